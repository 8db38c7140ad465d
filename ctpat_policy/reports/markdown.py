"""The report for a comment or a job summary: where it stands, and the gaps in one table.

Everything from documents stands in code spans, in which Markdown knows no link, mention or markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctpat_policy.model import MUST, NOTE, Finding, Gap, Place, Report, Row
from ctpat_policy.reports import clean
from ctpat_policy.reports.gaps import Group, groups, is_old
from ctpat_policy.reports.headline import known, standing, verdict
from ctpat_policy.reports.lines import counted
from ctpat_policy.reports.outcome import GAPS, all_findings, badness, exit_code, reasons
from ctpat_policy.reports.phrases import (
    MARKER,
    Item,
    Section,
    Theirs,
    as_markdown,
    marked,
    within,
)
from ctpat_policy.reports.unasked import counts, section

#: How many rows of the table and entries of a list are shown; the JSON has everything.
GAPS_SHOWN, MOST = 200, 25
#: GitHub takes comments of at most 65,536 characters, and job summaries of 1 MiB.
LIMIT = 60_000

_COLUMNS = ("criterion", "level", "account", "where", "what is missing", "file")


def render(report: Report) -> bytes:
    """UTF-8 Markdown, small enough for a comment."""
    return within(_lines(report), LIMIT)


def _lines(report: Report) -> Iterator[str]:
    found = sorted(groups(report.rows), key=lambda g: badness(g.rows[0]))
    yield MARKER
    yield f"### CTPAT: {verdict(report)}"
    yield ""
    yield from (f"- {line}" for line in _head(report))
    yield from _table(found)
    for told in (_remedies(found), *_sections(report)):
        if told.items:
            yield ""
            yield from as_markdown(told, MOST)


def _head(report: Report) -> Iterator[str]:
    yield marked((Theirs(report.member or "CTPAT"), " · as of ", Theirs(report.today)))
    if exit_code(report) == 3:
        yield "INCOMPLETE: not everything could be checked, so much may be missing"
    for name, wanted in report.filters.items():
        if wanted:
            chosen = wanted if isinstance(wanted, list | tuple) else [wanted]
            yield marked(("only ", Theirs(name), ": ", Theirs(", ".join(map(str, chosen)))))
    for head in report.accounts:
        rows = (row for row in report.rows if row.account == head.id)
        old = sum(is_old(row) and row.verdict in GAPS for row in rows)
        before = (f" | {counted(old, 'gap')} as before",) if old else ()
        unasked = (f"; {said}",) if (said := counts(report, head)) else ()
        yield marked((*standing(report, head), *before, "; ", *known(head), *unasked))
    yield from (marked(("note: ", Theirs(note))) for note in report.notes)


def _table(found: Sequence[Group]) -> Iterator[str]:
    """A row a gap, by criterion, the worst first."""
    total = sum(len(reasons(row)) for group in found for row in group.rows)
    shown = list(_shown(found))
    if not shown:
        return
    yield from ("", f"#### Gaps, worst first ({total:,})", "")
    yield _row(*_COLUMNS)
    yield _row(*("---" for _ in _COLUMNS))
    for row, gap in shown:
        message = f"{gap.message} ({row.remark})" if row.remark else gap.message
        words = (row.criterion, row.level, row.account, row.subject, message, _file(gap.place))
        yield _row(*map(clean.cell, words))
    if total > len(shown):
        yield from ("", f"and {total - len(shown):,} more; the JSON report has them all")


def _shown(found: Sequence[Group]) -> Iterator[tuple[Row, Gap]]:
    """Where there are too many, must before should, and of each criterion the first ones."""
    all_of_them = [
        (group.level != MUST, nth, at, pair)
        for at, group in enumerate(found)
        for nth, pair in enumerate((row, gap) for row, gaps in group.shown for gap in gaps)
    ]
    kept = sorted(all_of_them, key=lambda entry: entry[:2])[:GAPS_SHOWN]
    yield from (pair for *_, pair in sorted(kept, key=lambda entry: (entry[2], entry[1])))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _remedies(found: Sequence[Group]) -> Section:
    first = {group.criterion: group.rows[0] for group in reversed(found)}
    items = [
        Item((Theirs(row.criterion), " ", Theirs(row.title)), ((Theirs(row.remedy),),))
        for row in reversed(first.values())
        if row.remedy
    ]
    return Section("What to do", tuple(items))


def _sections(report: Report) -> Iterator[Section]:
    faults = [f for f in all_findings(report) if f.severity != NOTE]
    yield Section("Documents in trouble", tuple(map(_finding, faults)))
    yield section(report)
    yield Section("Open corrective actions", tuple(_actions(report)))
    ordered = sorted(report.due, key=lambda d: (d.on, d.kind, d.subject))
    dues = tuple(Item((Theirs(d.on), " ", Theirs(f"{d.what} · {d.subject}"))) for d in ordered)
    yield Section("Falls due", dues)
    notes = [f for f in report.findings if f.severity == NOTE]
    yield Section("Worth knowing", tuple(map(_finding, notes)))


def _actions(report: Report) -> Iterator[Item]:
    for action in sorted(report.actions, key=lambda a: (a.due, a.id)):
        state = Theirs(action.state.replace("_", " "))
        head = ("due ", Theirs(action.due), " ", Theirs(action.id), " ", state)
        covers = (" covers ", Theirs(", ".join(action.covers))) if action.covers else ()
        yield Item((*head, " ", Theirs(action.subject), *covers), ((Theirs(action.description),),))


def _finding(finding: Finding) -> Item:
    head = (Theirs(_file(finding.place)), ": ", Theirs(finding.message), " ", Theirs(finding.code))
    return Item(head, ((Theirs(finding.hint),),) if finding.hint else ())


def _file(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path
