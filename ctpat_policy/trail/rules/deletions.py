"""Records and attachments that went before their retention ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ctpat_policy import clock, filing
from ctpat_policy.model import INVALID, NOTE, Finding, Place
from ctpat_policy.signed import APPROVABLE
from ctpat_policy.trail.chain import History, Step, Trail, Version
from ctpat_policy.trail.lineage import last_day, later, life
from ctpat_policy.trail.rules.edits import superseded

_RESTORE = "restore it: git checkout {}^ -- '{}'; declare a wrong record void, with the reason"


@dataclass(frozen=True, slots=True)
class Loss:
    """A record that was deleted: what it was before, and until when it had to be kept."""

    history: History
    before: Version
    step: Step
    keep_until: str


def find(trail: Trail) -> Iterator[Finding]:
    """Deleted records, deleted attachments, and attachments whose bytes were exchanged."""
    for history in trail.histories.values():
        if history.kind in trail.catalog.kinds:
            yield from _records(trail, history)
    yield from _attachments(trail)
    yield from _imported(trail)


def losses(trail: Trail, history: History) -> Iterator[Loss]:
    """Every deletion of a record that was neither void nor merely renamed, and is still gone."""
    kind = trail.catalog.kinds[history.kind]
    before = None
    for version in history.versions:
        if not version.blob and before is not None and not version.renamed:
            gone = history.last.blob == ""
            if gone and before.value is not None and "void" not in before.value:
                until = clock.plus(last_day(trail, history, version.step), kind.retention)
                yield Loss(history, before, trail.steps[version.step], until)
        before = version if version.value is not None else before


def _records(trail: Trail, history: History) -> Iterator[Finding]:
    lost = {loss.step.number: loss for loss in losses(trail, history)}
    for version in history.versions:
        step = trail.steps[version.step]
        readable = any(v.step < version.step for v in history.readable)
        if version.blob or step.number < trail.judged_from or not readable:
            continue
        place = Place(version.path)
        loss = lost.get(step.number)
        if version.renamed:
            message = f"{history.name} became {history.kind}/{version.renamed} with {step.told}"
            yield Finding("record-renamed", NOTE, message, place)
        elif loss is None:
            how = "and is back" if history.last.blob else "having been declared void before"
            message = f"the record was deleted with {step.told}, {how}"
            yield Finding("record-deleted", NOTE, message, place)
        elif step.day <= loss.keep_until:
            message = (
                f"the record was deleted with {step.told}; it has to be kept until "
                f"{loss.keep_until}"
            )
            hint = _RESTORE.format(step.commit.short, version.path)
            yield Finding("record-deleted", INVALID, message, place, hint)


def _imported(trail: Trail) -> Iterator[Finding]:
    """Records that went while older papers were brought in: counted, not judged."""
    kinds = trail.catalog.kinds
    found = [x for h in trail.histories.values() if h.kind in kinds for x in losses(trail, h)]
    count = sum(loss.step.number < trail.judged_from for loss in found)
    if count:
        noun = "record was" if count == 1 else "records were"
        message = f"{count:,} {noun} deleted while older papers were imported"
        hint = "ask why, if the import took long"
        yield Finding("import-deleted", NOTE, message, Place(""), hint)


def _attachments(trail: Trail) -> Iterator[Finding]:
    owners = _owners(trail)
    void = superseded(trail)
    alive = {blobs[-1][1] for blobs in trail.files.values()}
    for path, blobs in trail.files.items():
        if filing.expected(path) is not None or path not in owners:
            continue
        for old, number, new, back in _exchanges(blobs):
            step = trail.steps[number]
            if number < trail.judged_from or blobs[-1][1] == old:
                continue
            kept = [h for h in owners[path] if _keeps(trail, h, step, void)]
            kept = [h for h in kept if _is_other(trail, h, path, number, back=back)]
            if kept and (new or old not in alive):
                yield _attachment(path, step, kept[0], deleted=not new)


def _exchanges(blobs: Sequence[tuple[int, str]]) -> Iterator[tuple[str, int, str, bool]]:
    """What a path held, the step in which that went, what it holds then, and whether it had been
    away: who moves a paper and puts another in its place exchanges it, too.
    """
    held, away = "", False
    for number, new in blobs:
        if held and new != held and not (away and not new):
            yield held, number, new, away
        held, away = new or held, not new


def _is_other(trail: Trail, history: History, path: str, number: int, *, back: bool) -> bool:
    """Whether what a path holds after a step is not what a record first named there. Where the
    paper had been away, the record must name the path still: another may have it now.
    """
    named = [v.step for v in life(trail, history) if path in dict(v.attached)]
    came = (blob for step, blob in trail.files[path] if step >= min(named, default=0) and blob)
    recorded = (trail.blob_at(path, named[0]) if named else "") or next(came, "")
    last = later(trail, history).last
    still = path in dict(last.attached) and min(named, default=number) < number
    return (still or not back) and trail.blob_at(path, number) != recorded


def _owners(trail: Trail) -> Mapping[str, list[History]]:
    """The records by the attachments that any of their versions named."""
    found: dict[str, list[History]] = {}
    for history in trail.histories.values():
        if history.kind in trail.catalog.kinds and history.kind not in APPROVABLE:
            for path in {path for v in history.versions for path, _ in v.attached}:
                found.setdefault(path, []).append(history)
    return found


def _keeps(trail: Trail, history: History, step: Step, superseded: set[str]) -> bool:
    """Whether a record stood before a step and its papers had to be kept after it."""
    before = [v for v in history.readable if v.step < step.number]
    if not before or history.name in superseded or "void" in (history.last.value or {}):
        return False
    retention = trail.catalog.kinds[history.kind].retention
    return step.day <= clock.plus(last_day(trail, history, step.number), retention)


def _attachment(path: str, step: Step, owner: History, *, deleted: bool) -> Finding:
    if deleted:
        message = f"the attachment of {owner.name} was deleted with {step.told}"
        hint = _RESTORE.format(step.commit.short, path)
        return Finding("attachment-deleted", INVALID, message, Place(path), hint)
    message = f"the attachment of {owner.name} was exchanged with {step.told}"
    hint = "put the recorded file back; what replaces it belongs to a new record with supersedes"
    return Finding("attachment-exchanged", INVALID, message, Place(path), hint)
