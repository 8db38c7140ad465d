"""The report for a person: where each account stands, what is missing, what falls due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctpat_policy.model import INVALID, NOTE, UNREADABLE, AccountHead, Finding, Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.gaps import Group, groups, is_old
from ctpat_policy.reports.headline import SURE, due_count, known, of, rest, standing, verdict
from ctpat_policy.reports.lines import counted, more, whole, wrapped
from ctpat_policy.reports.outcome import GAPS, WORDS, all_findings, exit_code
from ctpat_policy.reports.phrases import as_text, plain
from ctpat_policy.reports.unasked import counts, section

#: How many a person is shown; the other formats hold everything.
DOCUMENTS, PARTNERS, ACTIONS, DUES, NOTES, REMARKS, UNASKED = 20, 10, 15, 15, 10, 15, 20

_SEVERITIES = (UNREADABLE, INVALID, NOTE)


def render(report: Report) -> bytes:
    """UTF-8 text, 80 columns but for paths that are longer; no colours, nothing that CI obeys."""
    sections = (
        _head(report),
        _documents([f for f in all_findings(report) if f.severity != NOTE]),
        *(_group_sections(report)),
        _remarks(report),
        _unasked(report),
        _actions(report),
        _dues(report),
        _notes([f for f in report.findings if f.severity == NOTE]),
        [verdict(report)],
    )
    return whole(sections)


def _head(report: Report) -> Iterator[str]:
    member = clean.line(report.member) or "CTPAT"
    yield from wrapped(f"{member} · as of {clean.line(report.today)}")
    if exit_code(report) == 3:
        yield from wrapped("INCOMPLETE: not everything could be checked, so much may be missing")
    for name, wanted in report.filters.items():
        if wanted:
            chosen = wanted if isinstance(wanted, list | tuple) else [wanted]
            listed = clean.line(", ".join(map(str, chosen)))
            yield from wrapped(f"only {clean.line(name)}: {listed}")
    for account in report.accounts:
        yield ""
        yield from _account(account, report)
    if len(report.accounts) > 1 and report.due:
        yield from ("", f"{plain(due_count(report))}, all accounts together")
    for note in report.notes:
        yield from wrapped(f"note: {clean.line(note)}")


def _account(head: AccountHead, report: Report) -> Iterator[str]:
    yield from wrapped(plain(standing(report, head)), 0, 2)
    yield from wrapped(plain(known(head)), 2, 2)
    yield from wrapped(counts(report, head), 2, 2)
    rows = (row for row in report.rows if row.account == head.id)
    old = sum(is_old(row) and row.verdict in GAPS for row in rows)
    if old:
        yield f"  {counted(old, 'gap')} as before"


def _documents(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "Documents in trouble"
    yield from _found(findings, DOCUMENTS, "document findings")


def _notes(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "Worth knowing"
    yield from _found(findings, NOTES, "notes")


def _found(findings: Sequence[Finding], most: int, what: str) -> Iterator[str]:
    ranks = {severity: rank for rank, severity in enumerate(_SEVERITIES)}
    ordered = sorted(findings, key=lambda f: ranks.get(f.severity, 0))
    for f in ordered[:most]:
        message = f"{clean.line(f'{f.severity}: {f.message}')} [{clean.line(f.code)}]"
        yield from wrapped(f"{clean.word(str(f.place))}: {message}", 2, 4)
        if f.hint:
            yield from wrapped(clean.line(f.hint), 4, 4)
    yield from more(len(ordered) - most, what, 2)


def _group_sections(report: Report) -> Iterator[Iterator[str]]:
    remedies: set[tuple[str, str]] = set()
    account = None
    for group in groups(report.rows, bool(report.filters.get("criteria"))):
        heading = f"Gaps of {clean.line(group.account)}, worst first"
        new = (group.account, group.criterion) not in remedies
        yield _group(group, heading if group.account != account else "", new)
        remedies.add((group.account, group.criterion))
        account = group.account


def _group(group: Group, heading: str, with_remedy: bool) -> Iterator[str]:
    if heading:
        yield from (heading, "")
    first = group.rows[0]
    basis = "" if first.basis in SURE else f" (level {clean.line(first.basis)})"
    title = f"{clean.line(first.criterion)} {clean.line(first.level)}{basis}"
    yield from wrapped(f"{title} · {clean.line(first.title)}", 0, 2)
    if group.of_partners:
        yield from _partners(group)
    for row, gaps in group.shown:
        if not group.of_partners:
            yield f"  {clean.line(row.subject)} {WORDS.get(row.verdict, row.verdict)}"
        if row.remark:
            yield from wrapped(clean.line(row.remark), 4, 6)
        for gap in gaps:
            yield from wrapped(f"{clean.word(str(gap.place))}: {clean.line(gap.message)}", 4, 6)
    number = clean.line(group.criterion.removeprefix("MSC-"))
    yield from more(group.left_out, f"like these: --criterion {number} lists them all", 4)
    if first.remedy and with_remedy:
        yield from wrapped(f"Do: {clean.line(first.remedy)}", 2, 6)


def _partners(group: Group) -> Iterator[str]:
    counts = group.counts
    head = f"{clean.line(group.criterion)} partners {of(counts)} met"
    yield from wrapped(f"{head}{rest(counts)}", 2, 4)
    # Where no gap is left out, no partner is, either.
    named = group.rows[:PARTNERS] if group.left_out else group.rows
    for found in dict.fromkeys(row.verdict for row in named):
        names = ", ".join(clean.line(r.subject) for r in named if r.verdict == found)
        yield from wrapped(f"{WORDS.get(found, found)}: {names}", 4, 6)
    left = len(group.rows) - len(named)
    yield from more(left, "partner" if left == 1 else "partners", 4)


def _remarks(report: Report) -> Iterator[str]:
    """Rows whose verdict comes from other policies, as far as they are no gap shown above."""
    rows = [r for r in report.rows if r.remark and (r.verdict not in GAPS or is_old(r))]
    if rows:
        yield "Decided by other policies"
    for row in rows[:REMARKS]:
        what = f"{row.account} {row.criterion} {row.level} {row.subject}"
        found = WORDS.get(row.verdict, row.verdict)
        yield from wrapped(clean.line(f"{what}: {found}; {row.remark}"), 2, 4)
    yield from more(len(rows) - REMARKS, "", 2)


def _unasked(report: Report) -> Iterator[str]:
    found = section(report)
    yield from as_text(found, UNASKED) if found.items else ()


def _actions(report: Report) -> Iterator[str]:
    if report.actions:
        yield "Open corrective actions"
    ordered = sorted(report.actions, key=lambda a: (a.due, a.id))
    for action in ordered[:ACTIONS]:
        state = clean.line(action.state).replace("_", " ")
        covers = f", covers {clean.line(', '.join(action.covers))}" if action.covers else ""
        head = f"due {clean.line(action.due)} {clean.line(action.id)} ({state})"
        says = f"{clean.line(action.subject)}{covers}: {clean.line(action.description)}"
        yield from wrapped(f"{head} {says}", 2, 4)
    yield from more(len(ordered) - ACTIONS, "", 2)


def _dues(report: Report) -> Iterator[str]:
    if report.due:
        yield plain(due_count(report))
    ordered = sorted(report.due, key=lambda d: (d.on, d.kind, d.subject))
    for due in ordered[:DUES]:
        what = f"{clean.line(due.what)} · {clean.line(due.subject)}"
        yield from wrapped(f"{clean.line(due.on)} {what}", 2, 13)
    yield from more(len(ordered) - DUES, "", 2)
