"""An answer about history, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.chronicle import Chronicle, Entry
from ctpat_policy.reports.history_lines import entry, head, trend, waived
from ctpat_policy.reports.lines import whole, wrapped
from ctpat_policy.reports.phrases import as_text, plain

_WAIVED = 40


def render(chronicle: Chronicle) -> bytes:
    """UTF-8 text, 80 columns but for long words; every entry that was asked for."""
    ran = waived(chronicle)
    sections = (
        [line for phrase in head(chronicle) for line in wrapped(plain(phrase))],
        [line for phrase in trend(chronicle.months) for line in wrapped(plain(phrase), 0, 10)],
        *(_entry(each) for each in chronicle.entries),
        as_text(ran, _WAIVED) if ran.items else (),
    )
    return whole(sections)


def _entry(each: Entry) -> Iterator[str]:
    for depth, phrase in entry(each):
        yield from wrapped(plain(phrase), 2 * depth, 2 * depth + 2)
