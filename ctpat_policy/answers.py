"""Corrective actions that are named as the answer to a record, and answer nothing in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ctpat_policy.briefs import named
from ctpat_policy.kinds import Kind
from ctpat_policy.model import NOTE, Finding, Place, Pointer
from ctpat_policy.records import Record
from ctpat_policy.references import walk
from ctpat_policy.signed import Action

_ACTION = "corrective_action"
_HINT = "name an action about it, or open one: ctpat-policy new corrective_action"


def idle(
    records: Mapping[str, Sequence[Record]],
    kinds: Mapping[str, Kind],
    actions: Mapping[str, Action],
) -> Iterator[Finding]:
    """A note for each place where a record names such an action, or such an action a record."""
    known = {named(_ACTION, name) for name in actions}
    answered = {r for a in actions.values() for r in a.record.data.get("answers", ())}
    about: dict[str, Record] = {}
    for name, found in records.items():
        for record in found:
            if not known.isdisjoint(record.brief.names):
                yield from _named(record, kinds[name], actions)
            if record.id in answered:
                about[record.id] = record
    for action in actions.values():
        for index, name in enumerate(action.record.data.get("answers", ())):
            if name in about:
                yield from _note(action, about[name], action.record, ("data", "answers", index))


def _named(record: Record, kind: Kind, actions: Mapping[str, Action]) -> Iterator[Finding]:
    for reference in kind.references:
        if reference.to == _ACTION:
            for name, pointer in walk(record.value, reference.path, ()):
                if name in actions:
                    yield from _note(actions[name], record, record, pointer)


def _note(action: Action, record: Record, at: Record, pointer: Pointer) -> Iterator[Finding]:
    if why := action.why_not(record.scope, record.began):
        message = f"corrective action {action.id} answers nothing in {record.id}: {why}"
        yield Finding("action-no-answer", NOTE, message, Place(at.path, pointer), _HINT)
