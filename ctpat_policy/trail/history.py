"""Who changed and approved what, when: the trail told as entries, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ctpat_policy import waivers
from ctpat_policy.chronicle import (
    ADDED,
    CHANGED,
    DELETED,
    DISCARDED,
    DocumentChange,
    Entry,
    Field,
    Given,
    Hand,
    Waived,
)
from ctpat_policy.concern import Concern
from ctpat_policy.fields import FieldChange, listed, part, shown, text
from ctpat_policy.filing import expected
from ctpat_policy.trail import strength
from ctpat_policy.trail.chain import History, Step, Trail, Version
from ctpat_policy.trail.commits import Commit
from ctpat_policy.trail.merging import makers

#: How many fields of one document an entry names.
FIELDS = 20


def entries(trail: Trail, concern: Concern, wanted: Callable[[Step], bool]) -> list[Entry]:
    """The steps that changed what the concern is about, newest first; `wanted` picks steps."""
    changes: dict[int, list[DocumentChange]] = {}
    for step, change in _changes(trail, concern):
        changes.setdefault(step, []).append(change)
    chosen = [step for step in reversed(trail.steps) if step.number in changes and wanted(step)]
    return [_entry(trail, step, changes[step.number]) for step in chosen]


def waived(trail: Trail, concern: Concern) -> list[Waived]:
    """The corrective actions and exceptions that ran about the concern, or that answer a record
    of it, by their first day.
    """
    named = set(_named(trail, concern)) if concern.path else set()
    found = [
        _waived(history)
        for history in trail.histories.values()
        if history.kind in waivers.WAIVERS and history.readable
        if any(_covers(concern, history, v) for v in history.readable)
        or not named.isdisjoint(_answers(history))
    ]
    return sorted(found, key=lambda w: (w.start, w.path))


def _named(trail: Trail, concern: Concern) -> Iterator[str]:
    """The records that a path holds, by their ids."""
    for history in trail.histories.values():
        if any(_covers(concern, history, version) for version in history.versions):
            yield history.name


def _answers(history: History) -> Iterator[str]:
    data = part(history.readable[-1].value, "data")
    yield from (text(data, "source_ref"), *map(str, listed(data, "answers")))


def _changes(trail: Trail, concern: Concern) -> Iterator[tuple[int, DocumentChange]]:
    for history in trail.histories.values():
        before: Version | None = None
        readable: Version | None = None
        for version in history.versions:
            known = [v for v in (readable, version) if v is not None and v.value is not None]
            mine = any(_covers(concern, history, v) for v in known or [version])
            if mine and (change := _change(trail, concern, history, before, version)):
                yield version.step, change
            before, readable = version, known[-1] if known else None
    yield from _beside(trail, concern)
    yield from _discarded(trail, concern)


def _covers(concern: Concern, history: History, version: Version) -> bool:
    return concern.covers(version.path, history.kind, history.id, version.value)


def _change(
    trail: Trail, concern: Concern, history: History, before: Version | None, version: Version
) -> DocumentChange | None:
    step = trail.steps[version.step]
    path, by = version.path, tuple(_by(trail, step, version.path))
    if not version.blob:
        note = f"its text went on as {version.renamed}" if version.renamed else ""
        return DocumentChange(path, DELETED, by=by, note=note)
    there = before is not None and bool(before.blob)
    changed = [c for c in version.changed if not c.at.startswith("approvals")] if there else []
    kept = [c for c in changed if concern.keeps(history.kind, c.at)]
    if changed and not kept:
        return None  # something else in a document about many places
    approvals = tuple(_given(trail, history, before if there else None, version))
    return DocumentChange(
        path=path,
        effect=CHANGED if there else ADDED,
        fields=tuple(map(_field, kept[:FIELDS])),
        more=max(len(kept) - FIELDS, 0),
        approvals=approvals,
        by=by,
        note=_note(before if there else None, version, bool(kept or approvals)),
    )


def _note(before: Version | None, version: Version, said: bool) -> str:
    if version.value is None:
        return "it cannot be read, or breaks its schema"
    if before is not None and before.value is None:
        return "it can be read again"
    if before is not None and before.path != version.path:
        return f"it was moved here from {before.path}"
    return "" if said or before is None else "only its layout, comments or approvals changed"


def _field(change: FieldChange) -> Field:
    return Field(change.at, shown(change.old), shown(change.new))


def _given(
    trail: Trail, history: History, before: Version | None, version: Version
) -> Iterator[Given]:
    """The approvals that a version has and the one before had not."""
    old = _approvals(before)
    for entry in _approvals(version):
        if not any(strength.same(entry, known) for known in old):
            yield Given(
                by=entry["by"],
                function=entry["as"],
                approved_on=entry["approved_on"],
                strength=strength.strength_of(trail, history, entry),
                fits=strength.is_about(trail, history, version, entry),
            )


def _approvals(version: Version | None) -> Sequence[Mapping[str, Any]]:
    value = version.value if version is not None else None
    found: Sequence[Mapping[str, Any]] = (value or {}).get("approvals", ())
    return found


def _beside(trail: Trail, concern: Concern) -> Iterator[tuple[int, DocumentChange]]:
    """Files that are no documents, such as attachments: only a path finds them."""
    for path, blobs in trail.files.items() if concern.path else ():
        if expected(path) is None and Concern(path=concern.path).covers(path, "", "", None):
            before = ""
            for number, blob in blobs:
                effect = DELETED if not blob else CHANGED if before else ADDED
                by = tuple(_by(trail, trail.steps[number], path))
                yield number, DocumentChange(path, effect, by=by)
                before = blob


def _discarded(trail: Trail, concern: Concern) -> Iterator[tuple[int, DocumentChange]]:
    """What a side branch held at its end and its merge did not take."""
    for step in trail.steps:
        touched = {change.path for change in step.changes}
        for branch in step.branches:
            last = {c.path: (c.new, b.commit) for b in branch for c in b.changes}
            for path, (blob, commit) in sorted(last.items()):
                key = expected(path)
                if key is None or path in touched or trail.blob_at(path, step.number) == blob:
                    continue
                known = trail.histories.get(key)
                value = known.readable[-1].value if known and known.readable else None
                if concern.covers(path, *key, trail.values.get(blob, value)):
                    by, note = (commit.id,), "the merge threw this away"
                    yield step.number, DocumentChange(path, DISCARDED, by=by, note=note)


def _by(trail: Trail, step: Step, path: str) -> Iterator[str]:
    """The side commits behind a change that a merge brought in."""
    if len(step.commit.parents) > 1:
        yield from (made.commit.id for made in makers(trail, step, path))


def _entry(trail: Trail, step: Step, changes: Iterable[DocumentChange]) -> Entry:
    ordered = tuple(sorted(changes, key=lambda c: (c.path, c.effect)))
    hands = {oid for change in ordered for oid in change.by}
    sides = [b.commit for branch in step.branches for b in branch if b.commit.id in hands]
    hand = _hand(step.commit)
    committer = _who(step.commit, "committer")
    return Entry(
        hand=hand,
        day=step.day,
        doubt=_doubt(trail, step),
        committer="" if committer == hand.author else committer,
        merged=tuple(_hand(commit) for commit in sides),
        changes=ordered,
    )


def _hand(commit: Commit) -> Hand:
    day = commit.committer.day if commit.committer else ""
    return Hand(commit.id, _who(commit, "author"), day, commit.subject)


def _who(commit: Commit, role: str) -> str:
    person = commit.author if role == "author" else commit.committer
    return f"{person.name} <{person.email}>" if person else ""


def _doubt(trail: Trail, step: Step) -> str:
    """Why a commit's own date is not to be trusted; empty where nothing speaks against it."""
    committer = step.commit.committer
    if committer is None:
        return step.commit.odd
    if committer.day > trail.today:
        return f"dated {committer.day}, which is in the future"
    if committer.day < step.day:
        return f"dated {committer.day}, but it stands after a commit of {step.day}"
    return ""


def _waived(history: History) -> Waived:
    last = history.readable[-1]
    data = part(last.value, "data")
    status = "void" if "void" in (last.value or {}) else text(data, "status")
    given = (f"{a['by']} as {a['as']} on {a['approved_on']}" for a in _approvals(last))
    return Waived(
        path=last.path,
        kind=history.kind,
        about=waivers.about(last.value),
        subject=waivers.subject(last.value),
        start=text(data, "opened_on") or text(data, "decided_on"),
        until=text(data, waivers.WAIVERS[history.kind]),
        status=status if history.last.blob else f"{status}, deleted".removeprefix(", "),
        approved_by=tuple(given),
    )
