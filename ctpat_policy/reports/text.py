"""The report for a person: where each account stands, what is missing, what falls due."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ctpat_policy.model import INVALID, MUST, NOTE, SHOULD, UNREADABLE, AccountHead, Finding, Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.gaps import Group, groups, is_old
from ctpat_policy.reports.lines import counted, more, whole, wrapped
from ctpat_policy.reports.outcome import (
    ERROR,
    FAILURE,
    GAPS,
    NEVER,
    WORDS,
    all_findings,
    exit_code,
    outcome,
)
from ctpat_policy.reports.tally import Tally, tally

#: How many a person is shown; the other formats hold everything.
DOCUMENTS, PARTNERS, ACTIONS, DUES, NOTES, REMARKS = 20, 10, 15, 15, 10, 15

_SEVERITIES = (UNREADABLE, INVALID, NOTE)
_BASES = ("confirmed", "member", "corroborated", "recalled", "inferred", "disputed")
#: Bases on which nobody has to look a level up again.
_SURE = ("confirmed", "member")
_SPAN = re.compile("P([0-9]{1,6})([DWMY])")
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}


def render(report: Report) -> bytes:
    """UTF-8 text, 80 columns but for paths that are longer; no colours, nothing that CI obeys."""
    sections = (
        _head(report),
        _documents([f for f in all_findings(report) if f.severity != NOTE]),
        *(_group_sections(report)),
        _remarks(report),
        _actions(report),
        _dues(report),
        _notes([f for f in report.findings if f.severity == NOTE]),
        [_verdict(report)],
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
        yield from ("", f"{_due_count(report)}, all accounts together")
    for note in report.notes:
        yield from wrapped(f"note: {clean.line(note)}")


def _account(head: AccountHead, report: Report) -> Iterator[str]:
    rows = [r for r in report.rows if r.account == head.id]
    musts, shoulds = (tally(r for r in rows if r.level == level) for level in (MUST, SHOULD))
    entity = clean.line(head.entity_type).replace("_", " ")
    parts = [f"Must {_of(musts)} met{_rest(musts)}"]
    parts += [f"Should {_of(shoulds)}{_apart(shoulds)}"] if shoulds.total else []
    if len(report.accounts) == 1:
        parts.append(_due_count(report))
    yield from wrapped(f"{clean.line(head.id)} · {entity}: {' | '.join(parts)}", 0, 2)
    known = f"{head.known:,} of {head.total:,} criteria known for {entity}"
    order = {basis: rank for rank, basis in enumerate(_BASES)}
    bases = sorted(head.bases.items(), key=lambda b: (order.get(b[0], len(order)), b[0]))
    counts = ", ".join(f"{count:,} {clean.line(basis)}" for basis, count in bases if count)
    unsure = any(count for basis, count in bases if basis not in _SURE)
    doubt = "; CBP's word counts, not this list" if unsure or head.known < head.total else ""
    yield from wrapped(known + (f": {counts}" if counts else "") + doubt, 2, 2)
    old = sum(is_old(row) and row.verdict in GAPS for row in rows)
    if old:
        yield f"  {counted(old, 'gap')} as before"


def _of(counts: Tally) -> str:
    return f"{counts.met:,}/{counts.total:,}"


def _rest(counts: Tally) -> str:
    gaps = f" · {counted(counts.gaps, 'gap')}" if counts.gaps else ""
    unknown = f" · {counts.not_assessed:,} not assessed" if counts.not_assessed else ""
    return gaps + unknown + _apart(counts)


def _apart(counts: Tally) -> str:
    action = f" · {counts.under_action:,} under corrective action" if counts.under_action else ""
    return action + (f" · {counts.not_adopted:,} not adopted" if counts.not_adopted else "")


def _due_count(report: Report) -> str:
    count = len(report.due)
    verb = "falls due" if count == 1 else "fall due"
    span = _SPAN.fullmatch(report.within)
    if span:
        return f"{count:,} {verb} in {counted(int(span[1]), _UNITS[span[2]])}"
    last = max((d.on for d in report.due), default="")
    return f"{count:,} {verb} by {clean.line(last)}" if last else "nothing falls due"


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
    for group in groups(report.rows):
        heading = f"Gaps of {clean.line(group.account)}, worst first"
        new = (group.account, group.criterion) not in remedies
        yield _group(group, heading if group.account != account else "", new)
        remedies.add((group.account, group.criterion))
        account = group.account


def _group(group: Group, heading: str, with_remedy: bool) -> Iterator[str]:
    if heading:
        yield from (heading, "")
    first = group.rows[0]
    basis = "" if first.basis in _SURE else f" (level {clean.line(first.basis)})"
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
    for clause, count in group.left_out:
        yield from more(count, f"of {clean.line(clause)}" if clause else "", 4)
    if first.remedy and with_remedy:
        yield from wrapped(f"Do: {clean.line(first.remedy)}", 2, 6)


def _partners(group: Group) -> Iterator[str]:
    counts = group.counts
    head = f"{clean.line(group.criterion)} partners {_of(counts)} met"
    yield from wrapped(f"{head}{_rest(counts)}", 2, 4)
    named = group.rows[:PARTNERS]
    for verdict in dict.fromkeys(row.verdict for row in named):
        names = ", ".join(clean.line(r.subject) for r in named if r.verdict == verdict)
        yield from wrapped(f"{WORDS.get(verdict, verdict)}: {names}", 4, 6)
    yield from more(len(group.rows) - PARTNERS, "partners", 4)


def _remarks(report: Report) -> Iterator[str]:
    """Rows whose verdict comes from other policies, as far as they are no gap shown above."""
    rows = [r for r in report.rows if r.remark and (r.verdict not in GAPS or is_old(r))]
    if rows:
        yield "Decided by other policies"
    for row in rows[:REMARKS]:
        what = f"{row.account} {row.criterion} {row.level} {row.subject}"
        verdict = WORDS.get(row.verdict, row.verdict)
        yield from wrapped(clean.line(f"{what}: {verdict}; {row.remark}"), 2, 4)
    yield from more(len(rows) - REMARKS, "", 2)


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
        yield _due_count(report)
    ordered = sorted(report.due, key=lambda d: (d.on, d.kind, d.subject))
    for due in ordered[:DUES]:
        what = f"{clean.line(due.what)} · {clean.line(due.subject)}"
        yield from wrapped(f"{clean.line(due.on)} {what}", 2, 13)
    yield from more(len(ordered) - DUES, "", 2)


def _verdict(report: Report) -> str:
    code = exit_code(report)
    parts = _row_faults(report)
    faults = [f for f in all_findings(report) if f.severity != NOTE]
    wrong = {f.place.path for f in faults if f.severity == INVALID}
    parts += [counted(len(wrong), "invalid document")] if wrong else []
    parts += ["incomplete"] if code == 3 else []
    if code:
        return f"{', '.join(parts)}: CI fails (exit {code})"
    return f"{', '.join(parts)}, but nothing fails (--fail-on never)" if parts else "nothing fails"


def _row_faults(report: Report) -> list[str]:
    """What fails at the level asked for, or would if `never` were not asked for."""
    at = MUST if report.fail_on == NEVER else report.fail_on
    found = Counter((outcome(row, at), row.level) for row in report.rows)
    parts = [
        counted(count, f"{clean.line(level)} gap") if what == FAILURE else f"{count:,} not assessed"
        for (what, level), count in sorted(found.items())
        if what in (FAILURE, ERROR)
    ]
    return sorted(parts, key=lambda part: part.endswith("assessed"))
