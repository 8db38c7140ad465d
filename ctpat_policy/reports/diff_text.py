"""What a change does, for a person at a terminal."""

from __future__ import annotations

from ctpat_policy.difference import Difference
from ctpat_policy.reports.diff_sections import head, sections, verdict
from ctpat_policy.reports.lines import whole, wrapped
from ctpat_policy.reports.phrases import as_text, plain

#: How many entries of one section are shown; the JSON has everything.
MOST = 40


def render(difference: Difference) -> bytes:
    """UTF-8 text, 80 columns but for long words."""
    top = [line for phrase in head(difference) for line in wrapped(plain(phrase))]
    parts = [list(as_text(s, MOST)) for s in sections(difference) if s.items]
    return whole([top, *parts, [verdict(difference)]])
