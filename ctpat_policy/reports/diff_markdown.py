"""What a change does, as a comment on its pull request."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.difference import Difference
from ctpat_policy.reports.diff_sections import head, sections, verdict
from ctpat_policy.reports.phrases import MARKER, as_markdown, marked, within

#: How many entries of one section are shown; the JSON has everything.
MOST = 25
#: GitHub takes comments of at most 65,536 characters.
LIMIT = 60_000


def render(difference: Difference) -> bytes:
    """Markdown in which everything from documents stands in code spans."""
    return within(_lines(difference), LIMIT)


def _lines(difference: Difference) -> Iterator[str]:
    yield MARKER
    yield f"### CTPAT: {verdict(difference)}"
    yield ""
    yield from (f"- {marked(phrase)}" for phrase in head(difference))
    for section in sections(difference):
        if section.items:
            yield ""
            yield from as_markdown(section, MOST)
