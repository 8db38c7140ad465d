"""Two judgements become one: what a change does (diff, --since), and may not do (--trust)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from ctpat_policy.model import INVALID, NOTE, Finding, Place, Report, Row
from ctpat_policy.order import in_order

#: How bad a verdict is. Not assessed ranks with partly met, but finding out is never worse.
ORDER: Mapping[str, int] = {
    "met": 0,
    "not_applicable": 0,
    "not_adopted": 0,
    "action_open": 1,
    "partly_met": 2,
    "not_assessed": 2,
    "not_met": 3,
}
AS_BEFORE, WORSE, BETTER, NEW = "as_before", "worse", "better", "new"
_AT_ONCE = "it answers only records that are new with it, so it counts for them at once"


class Change(NamedTuple):
    """One row before and after; an absent side is None."""

    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The side that is there, the later one first."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def standing(self) -> str:
        """worse, better, as_before, or new where the row did not exist."""
        if self.before is None:
            return NEW
        if self.after is None:
            return WORSE
        return standing(self.before.verdict, self.after.verdict)


def standing(before: str, after: str) -> str:
    """Whether a verdict rose, fell or stayed."""
    found_out = before == "not_assessed" and ORDER[after] >= ORDER[before]
    if found_out or ORDER[after] == ORDER[before]:
        return AS_BEFORE
    return WORSE if ORDER[after] > ORDER[before] else BETTER


def changes(before: Report, after: Report) -> list[Change]:
    """Every row of both reports, paired, in the order of the later one; vanished rows last."""
    old = {row.key: row for row in before.rows}
    paired = [Change(old.pop(row.key, None), row) for row in after.rows]
    return [*paired, *(Change(row, None) for row in old.values())]


def since(before: Report, after: Report, removed: Iterable[str], name: str) -> Report:
    """The later report as a ratchet: what was so before does not fail, what rose does.

    `removed` are paths of documents that are gone; `name` is how the earlier revision is called.
    A row or document that vanished fails as one that became worse.
    """
    rows, vanished = [], []
    for change in changes(before, after):
        if change.after is not None:
            rows.append(change.after._replace(standing=change.standing))
        else:
            vanished.append(_vanished(change.row, name))
    known = {(f.code, f.place.path, f.message) for f in before.findings}
    findings = [
        _as_before(f) if (f.code, f.place.path, f.message) in known else f for f in after.findings
    ]
    gone = [_removed(path, name) for path in removed]
    return in_order(replace(after, rows=tuple(rows), findings=(*findings, *vanished, *gone)))


def lifted(governed: Report, answered: Report, before: Report) -> Report:
    """`governed` with what corrective actions do that came with their records (`answered`): they
    keep a row as it was `before`, and make none better.
    """
    theirs, old = ({row.key: row for row in report.rows} for report in (answered, before))
    rows = []
    for row in governed.rows:
        if row.key in theirs and row.key in old:
            worse = max(theirs[row.key], old[row.key], key=lambda r: ORDER[r.verdict])
            row = min(row, worse, key=lambda r: ORDER[r.verdict])
        rows.append(row)
    return replace(governed, rows=tuple(rows))


def trusted(
    head: Report, governed: Report, changed: Iterable[str], name: str, counting: Container[str] = ()
) -> Report:
    """The head's records under both governances: of each place the worse verdict counts.

    `head` is judged under its own policies, `governed` under those of the trusted revision
    `name`. A place that only one of them knows is judged by that one. `changed` are the paths of
    governance documents that differ; each is listed; `counting` those that count all the same.
    """
    theirs = {row.key: row for row in governed.rows}
    rows = []
    for row in head.rows:
        other = theirs.pop(row.key, None)
        if other is not None and ORDER[other.verdict] > ORDER[row.verdict]:
            row = other._replace(
                remark=f"judged by the policies of {name}; the change would make it {row.verdict}"
            )
        rows.append(row)
    dropped = [
        r._replace(remark=f"judged by the policies of {name}; the change drops this row")
        for r in theirs.values()
    ]
    listed = [
        Finding(
            "governance-changed",
            NOTE,
            f"it decides what is judged, and differs from {name}; "
            + (_AT_ONCE if path in counting else "it counts once it is merged"),
            Place(path),
            "a reviewer of the policies should agree to it",
        )
        for path in changed
    ]
    return in_order(replace(head, rows=(*rows, *dropped), findings=(*head.findings, *listed)))


def _vanished(row: Row, name: str) -> Finding:
    what = f"{row.account} {row.criterion} {row.level} {row.subject}"
    message = f"{what} was judged at {name} ({row.verdict}) and is not judged any more"
    return Finding(
        "row-vanished",
        INVALID,
        message,
        row.place,
        "say why in the policies, and have the change reviewed",
    )


def _removed(path: str, name: str) -> Finding:
    message = f"the document was there at {name} and is gone"
    hint = "records are never deleted: mark one as void, or supersede it"
    return Finding("document-vanished", INVALID, message, Place(path), hint)


def _as_before(finding: Finding) -> Finding:
    if finding.severity != INVALID:
        return finding  # what cannot be read leaves the check incomplete, as it did before
    return finding._replace(severity=NOTE, message=f"{finding.message} (as before)")
