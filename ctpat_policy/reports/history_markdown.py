"""An answer about history as Markdown, everything from documents and commits in code spans."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.chronicle import Chronicle
from ctpat_policy.reports.history_lines import entry, head, trend, waived
from ctpat_policy.reports.phrases import MARKER, as_markdown, marked, within

#: GitHub takes summaries of a job of at most 1 MiB.
LIMIT = 1_000_000
_WAIVED = 100


def render(chronicle: Chronicle) -> bytes:
    """A list with one entry for each commit."""
    return within(_lines(chronicle), LIMIT)


def _lines(chronicle: Chronicle) -> Iterator[str]:
    yield MARKER
    first, *others = head(chronicle)
    yield f"### {marked(first)}"
    yield ""
    yield from (f"- {marked(phrase)}" for phrase in others)
    yield ""
    yield from (f"- {marked(phrase)}" for phrase in trend(chronicle.months))
    for each in chronicle.entries:
        yield from (f"{'  ' * depth}- {marked(phrase)}" for depth, phrase in entry(each))
    ran = waived(chronicle)
    if ran.items:
        yield ""
        yield from as_markdown(ran, _WAIVED)
