"""What a change does to compliance: two judgements under one clock, and what lies between. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from ctpat_policy import compare
from ctpat_policy.catalog import Catalog
from ctpat_policy.compare import AS_BEFORE, WORSE, Change
from ctpat_policy.difference import (
    COLOURS,
    EASED,
    GONE,
    OTHERWISE,
    RED,
    TURNS,
    Counts,
    Deleted,
    Difference,
    Side,
    Signed,
    Turn,
)
from ctpat_policy.fields import listed, part, text
from ctpat_policy.filing import expected
from ctpat_policy.governance import EFFECTS, GovernanceChange, governance
from ctpat_policy.model import MUST, NOTE, SHOULD, UNREADABLE, Due, Finding, Report, Row
from ctpat_policy.reads import kinds_read
from ctpat_policy.waivers import WAIVERS, Waiver, waiver

#: The documents that a change touched: path -> the values before and after, None where there is no
#: such document, governance.UNREADABLE where it cannot be read.
Touched = Mapping[str, tuple[Any, Any]]


def difference(
    before: Report, after: Report, touched: Touched, catalog: Catalog, sides: tuple[Side, Side]
) -> Difference:
    """Hold two reports of one day against each other. `sides` are base and head."""
    turns = sorted(_turns(before, after), key=_worst)
    found = _new(before.findings, after.findings)
    voided = [*_voided(found, touched), *_signed(touched, 0)]
    return Difference(
        base=sides[0],
        head=sides[1],
        today=after.today,
        member=after.member or before.member,
        incomplete=tuple(n for n, r in (("base", before), ("head", after)) if _incomplete(r)),
        documents=_documents(touched),
        turns=tuple(turns),
        counts=tuple(_counts(before.rows, after.rows)),
        due=tuple(_new_dues(before.due, after.due)),
        voided=tuple(dict.fromkeys(voided)),
        given=tuple(_signed(touched, 1)),
        deleted=tuple(_deleted(touched, turns, catalog)),
        waivers=tuple(_waivers(touched, after)),
        governance=tuple(_governance(touched, catalog, after.today)),
        findings=tuple(f for f in found if f.severity != NOTE and not _is_approval(f)),
    )


def is_governance_document(path: str) -> bool:
    """Whether a document stands in the list of governance changes, not in that of waivers."""
    return path.startswith("policies/") and not path.startswith("policies/procedures/")


def _turns(before: Report, after: Report) -> Iterator[Turn]:
    for change in compare.changes(before, after):
        if change.before and change.after and change.before.verdict == change.after.verdict:
            continue
        yield Turn(change, _into(change))


def _into(change: Change) -> str:
    if change.after is None:
        return GONE
    now = COLOURS[change.after.verdict]
    if change.before is None or change.standing == WORSE:
        return now
    if change.standing == AS_BEFORE:
        return OTHERWISE
    return EASED if now == RED else now


def _worst(turn: Turn) -> tuple[Any, ...]:
    row = turn.row
    number = tuple(map(int, row.criterion.removeprefix("MSC-").split(".")))
    rank = (not turn.risen, TURNS.index(turn.into), row.level, -compare.ORDER[row.verdict])
    return (*rank, row.account, number, row.subject)


def _new(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    known = {(f.code, f.place.path, f.message) for f in before}
    return [f for f in after if (f.code, f.place.path, f.message) not in known]


def _incomplete(report: Report) -> bool:
    return not report.rows or any(f.severity == UNREADABLE for f in report.findings)


def _documents(touched: Touched) -> dict[str, int]:
    counts = {"added": 0, "changed": 0, "deleted": 0}
    for old, new in touched.values():
        counts["added" if old is None else "deleted" if new is None else "changed"] += 1
    return counts


def _counts(before: Iterable[Row], after: Iterable[Row]) -> Iterator[Counts]:
    old, new = (Counter((r.account, r.level, r.verdict) for r in side) for side in (before, after))
    accounts = dict.fromkeys(account for account, _, _ in (*new, *old))
    for account, level in product(accounts, (MUST, SHOULD)):
        sides = (
            {v: n for (a, lv, v), n in sorted(side.items()) if (a, lv) == (account, level)}
            for side in (old, new)
        )
        yield Counts(account, level, *sides)


def _new_dues(before: Iterable[Due], after: Iterable[Due]) -> Iterator[Due]:
    known = {(d.kind, d.subject, d.account, d.what) for d in before}
    yield from (d for d in after if (d.kind, d.subject, d.account, d.what) not in known)


def _voided(found: Sequence[Finding], touched: Touched) -> Iterator[Signed]:
    """Approvals that counted before and do not now, by what the judgement says of them."""
    for finding in found:
        if not _is_approval(finding):
            continue
        pointer = finding.place.pointer
        entries = listed(touched.get(finding.place.path, (None, None))[1], "approvals")
        index = pointer[1] if len(pointer) > 1 and isinstance(pointer[1], int) else len(entries)
        entry = entries[index] if index < len(entries) else {}
        by, function, day = (text(entry, key) for key in ("by", "as", "approved_on"))
        yield Signed(finding.place.path, by, function, day, finding.message)


def _is_approval(finding: Finding) -> bool:
    return finding.code.startswith("approval-")


def _signed(touched: Touched, side: int) -> Iterator[Signed]:
    """Approvals that only one side has: taken away (0) or given (1)."""
    for path, values in sorted(touched.items()):
        mine, other = _approvals(values[side]), _approvals(values[1 - side])
        if values[1] is None:
            continue  # the whole document is gone, and listed as such
        for by, function, day in mine:
            if (by, function, day) not in other:
                why = "" if side else "the approval was taken out of the document"
                yield Signed(path, by, function, day, why)


def _approvals(value: Any) -> list[tuple[str, str, str]]:
    entries = listed(value, "approvals")
    return [(text(e, "by"), text(e, "as"), text(e, "approved_on")) for e in entries]


def _deleted(touched: Touched, turns: Sequence[Turn], catalog: Catalog) -> Iterator[Deleted]:
    worse = [turn for turn in turns if turn.change.standing == WORSE and turn.change.before]
    for path, (before, after) in sorted(touched.items()):
        if after is None:
            held = [t.row.key for t in worse if _rests_on(t.change, path, before, catalog)]
            yield Deleted(path, tuple(held))


def _rests_on(change: Change, path: str, value: Any, catalog: Catalog) -> bool:
    """Whether a row rested on a document that is gone."""
    row = change.before
    kind, name = expected(path) or ("", "")
    if row is None or not kind:
        return False
    if kind == "procedure":
        return row.criterion in part(value, "satisfies")
    if kind == "business_partner":
        return row.subject == name
    if kind == "corrective_action":
        return any(name in clause.covered_by for clause in row.clauses)
    if kind == "criterion_exception":
        return bool(row.until) and row.criterion == text(part(value, "data"), "criterion")
    # A row names only so many of its records.
    unnamed = row.evidence_count > len(row.evidence)
    reads = kind in kinds_read(catalog.criteria[row.criterion])
    return f"{kind}/{name}" in row.evidence or (unnamed and reads)


def _waivers(touched: Touched, after: Report) -> Iterator[Waiver]:
    refused = {f.place.path for f in after.findings if f.severity != NOTE}
    for path, (old, new) in sorted(touched.items()):
        if (expected(path) or ("",))[0] in WAIVERS:
            yield waiver(path, old, new, path not in refused)


def _governance(touched: Touched, catalog: Catalog, today: str) -> list[GovernanceChange]:
    found = [
        change
        for path, (old, new) in sorted(touched.items())
        if is_governance_document(path)
        for change in governance(path, old, new, catalog, today)
    ]
    return sorted(found, key=lambda change: EFFECTS.index(change.effect))
