"""How it stands in a line: of each account, of what falls due, and of the whole check."""

from __future__ import annotations

import re
from collections import Counter

from ctpat_policy.model import INVALID, MUST, NOTE, SHOULD, AccountHead, Report
from ctpat_policy.reports.lines import counted
from ctpat_policy.reports.outcome import ERROR, FAILURE, NEVER, all_findings, exit_code, outcome
from ctpat_policy.reports.phrases import Phrase, Theirs
from ctpat_policy.reports.tally import Tally, tally

#: Bases on which nobody has to look a level up again.
SURE = ("confirmed", "member")

_BASES = (*SURE, "corroborated", "recalled", "inferred", "disputed")
_SPAN = re.compile("P([0-9]{1,6})([DWMY])")
_SHARD = re.compile("[0-9]{1,3}/[0-9]{1,3}")
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}


def standing(report: Report, head: AccountHead) -> Phrase:
    """What of one account is met; with what falls due where there is no other account."""
    rows = [r for r in report.rows if r.account == head.id]
    musts, shoulds = (tally(r for r in rows if r.level == level) for level in (MUST, SHOULD))
    parts = [f": Must {of(musts)} met{rest(musts)}"]
    parts += [f" | Should {of(shoulds)}{_apart(shoulds)}"] if shoulds.total else []
    falling = (" | ", *due_count(report)) if len(report.accounts) == 1 else ()
    return (Theirs(head.id), " · ", _entity(head), *parts, *falling)


def known(head: AccountHead) -> Phrase:
    """Of how many criteria the level is known, and how surely."""
    order = {basis: rank for rank, basis in enumerate(_BASES)}
    bases = sorted(head.bases.items(), key=lambda b: (order.get(b[0], len(order)), b[0]))
    listed: list[str | Theirs] = []
    for basis, count in bases:
        if count:
            listed += [", " if listed else ": ", f"{count:,} ", Theirs(basis)]
    unsure = any(count for basis, count in bases if basis not in SURE)
    doubt = "; CBP's word counts, not this list" if unsure or head.known < head.total else ""
    counts = f"{head.known:,} of {head.total:,} criteria known for "
    return (counts, _entity(head), *listed, doubt)


def due_count(report: Report) -> Phrase:
    """How many fall due in the span that was asked for."""
    count = len(report.due)
    verb = "falls due" if count == 1 else "fall due"
    span = _SPAN.fullmatch(report.within)
    if span:
        return (f"{count:,} {verb} in {counted(int(span[1]), _UNITS[span[2]])}",)
    last = max((d.on for d in report.due), default="")
    return (f"{count:,} {verb} by ", Theirs(last)) if last else ("nothing falls due",)


def verdict(report: Report) -> str:
    """What the exit code says; of a shard, that it says so of no more."""
    shard = str(report.filters.get("shard", ""))
    told = _verdict(report)
    return f"shard {shard} only: {told}" if _SHARD.fullmatch(shard) else told


def of(counts: Tally) -> str:
    """How many of how many are met."""
    return f"{counts.met:,}/{counts.total:,}"


def rest(counts: Tally) -> str:
    """What became of those that are not met."""
    gaps = f" · {counted(counts.gaps, 'gap')}" if counts.gaps else ""
    unknown = f" · {counts.not_assessed:,} not assessed" if counts.not_assessed else ""
    return gaps + unknown + _apart(counts)


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


def _apart(counts: Tally) -> str:
    action = f" · {counts.under_action:,} under corrective action" if counts.under_action else ""
    return action + (f" · {counts.not_adopted:,} not adopted" if counts.not_adopted else "")


def _entity(head: AccountHead) -> Theirs:
    return Theirs(head.entity_type.replace("_", " "))


def _row_faults(report: Report) -> list[str]:
    """What fails at the level asked for, or would if `never` were not asked for."""
    at = MUST if report.fail_on == NEVER else report.fail_on
    found = Counter(
        (outcome(row, at), row.level if row.level in (MUST, SHOULD) else "other")
        for row in report.rows
    )
    parts = [
        counted(count, f"{level} gap") if what == FAILURE else f"{count:,} not assessed"
        for (what, level), count in sorted(found.items())
        if what in (FAILURE, ERROR)
    ]
    return sorted(parts, key=lambda part: part.endswith("assessed"))
