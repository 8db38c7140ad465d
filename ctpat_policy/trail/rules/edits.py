"""Records that were changed after they had been recorded, instead of being superseded."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy import clock
from ctpat_policy.fields import FieldChange, summary
from ctpat_policy.model import INVALID, NOTE, Finding, Place
from ctpat_policy.signed import APPROVABLE, CLOSED
from ctpat_policy.trail.chain import History, Trail, Version
from ctpat_policy.trail.lineage import later, life

_MEND = (
    "put back what was recorded, and write a new record with supersedes; "
    "or declare this one void, with the reason"
)
#: What may be added to a record later: that it is void, and that somebody looked it over.
_LATER = ("void", "reviewed_by", "reviewed_on", "approvals")


def find(trail: Trail) -> Iterator[Finding]:
    """One finding per record, about its worst edit; an approval answers for what it covers."""
    replaced = superseded(trail)
    for history in trail.histories.values():
        if history.kind in trail.catalog.kinds and len(history.versions) > 1:
            names = {history.name, later(trail, history).name}
            settled = _settled(trail, history) or not names.isdisjoint(replaced)
            edits = list(_edits(trail, history, settled))
            yield from sorted(edits, key=lambda f: f.severity == NOTE)[:1]


def superseded(trail: Trail) -> set[str]:
    """Records that another one at the tip replaces."""
    last = (h.last.value for h in trail.histories.values())
    return {v["supersedes"] for v in last if v and "supersedes" in v and "void" not in v}


def _settled(trail: Trail, history: History) -> bool:
    """Whether the record is void by now, or again what it was at first, whatever its name."""
    last = later(trail, history).last
    if last.value is None:
        return False
    first = next(v for v in life(trail, history) if v.value is not None)
    return "void" in last.value or last.content == first.content


def _edits(trail: Trail, history: History, settled: bool) -> Iterator[Finding]:
    first = min(life(trail, history)[0].step, history.versions[0].step)
    entered = trail.steps[first].day
    before: Version | None = None
    for version in history.versions:
        step = trail.steps[version.step]
        changed = [c for c in version.changed if not _is_later(c)]
        if before is not None and step.number >= trail.judged_from and version.blob:
            rewrites = [c for c in changed if c.rewrites]
            if version.value is None:
                yield _unreadable(history, step.told)
            elif _may_grow(history, before):
                pass
            elif rewrites and not settled and step.day > clock.plus(entered, trail.within):
                yield _edited(INVALID, f"changed by {step.told}", rewrites, version)
            elif changed:
                what = "corrected" if rewrites else "added to"
                yield _edited(NOTE, f"{what} by {step.told}", rewrites or changed, version)
        before = version if version.value is not None else before


def _may_grow(history: History, before: Version) -> bool:
    """Whether the document is one that is written on until it is closed, under its approvals."""
    if history.kind not in APPROVABLE or before.value is None:
        return False
    return bool(before.value["data"].get("status") != CLOSED)


def _is_later(change: FieldChange) -> bool:
    return change.at.startswith(_LATER) and not change.rewrites


def _edited(severity: str, how: str, found: list[FieldChange], version: Version) -> Finding:
    message = f"the record was {how}: {summary(found)}"
    return Finding("record-edited", severity, message, Place(version.path), _MEND)


def _unreadable(history: History, told: str) -> Finding:
    last = history.last
    severity = NOTE if last.value is not None else INVALID
    message = f"the record cannot be read since {told}"
    return Finding("record-edited", severity, message, Place(last.path), _MEND)
