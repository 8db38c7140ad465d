"""Who wrote a text that somebody approved: nobody looks over what he wrote himself.

Whoever approves answers for all that was written since another approval proved that somebody else
had read the text. What is merely claimed proves nothing: a writer can enter it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ctpat_policy import fields
from ctpat_policy.trail.chain import Brought, History, Step, Trail, Version, has_address
from ctpat_policy.trail.merging import makers
from ctpat_policy.trail.strength import (
    CLAIMED,
    SIGNED,
    by_commit,
    is_about,
    maker_of,
    same,
    signature_of,
)

#: The approvals that a version brought in and that prove that another than the writers gave them.
Proven = Sequence[Mapping[str, Any]]


def proven(trail: Trail, history: History) -> list[Proven]:
    """By readable version, oldest first: an approval rests on those before it."""
    found: list[Proven] = []
    for at, version in enumerate(history.readable):
        new = _new(history.readable[at - 1] if at else None, version)
        found.append([e for e in new if _is_proven(trail, history, at, e, found)])
    return found


def of(
    trail: Trail, history: History, at: int, entry: Mapping[str, Any], proven: Sequence[Proven]
) -> list[Brought]:
    """The commits that wrote what an approval, which came with a version, approves."""
    versions = history.readable
    others = (i for i in range(at) if any(not same(e, entry) for e in proven[i]))
    found: list[Brought] = []
    for index in range(max(others, default=-1) + 1, at + 1):
        version = versions[index]
        if version.step < trail.judged_from:
            continue
        if index == 0 or version.content != versions[index - 1].content:
            found += _text_makers(trail, trail.steps[version.step], version)
    return found


def include(trail: Trail, wrote: Sequence[Brought], name: str, step: Step) -> bool:
    """Whether a person is among the writers, by key or by an address then or now."""
    people = (trail.people_before(number) for number in (step.number, len(trail.steps)))
    identities = [known.get(name, {}) for known in people]
    return any(_is_by(trail, made, name, identities) for made in wrote)


def same_author(one: Brought, other: Brought) -> bool:
    """Whether two commits say that they are by the same address."""
    authors = [b.commit.author.email.casefold() for b in (one, other) if b.commit.author]
    return len(authors) == 2 and authors[0] == authors[1]


def _new(before: Version | None, version: Version) -> Iterator[Mapping[str, Any]]:
    """The approvals that a version has and the one before had not, or without that signature."""
    old = (before.value or {}).get("approvals", ()) if before else ()
    for entry in (version.value or {}).get("approvals", ()):
        if entry not in old:
            yield entry


def _is_proven(
    trail: Trail, history: History, at: int, entry: Mapping[str, Any], known: Sequence[Proven]
) -> bool:
    version = history.readable[at]
    if not is_about(trail, history, version, entry):
        return False
    step = trail.steps[version.step]
    person = trail.people_before(step.number).get(entry["by"], {})
    strength = by_commit(trail, step, maker_of(trail, step, version, entry), person)
    if signature_of(trail, history, entry) == "good":
        strength = SIGNED
    wrote = of(trail, history, at, entry, known)
    return strength != CLAIMED and not include(trail, wrote, entry["by"], step)


def _text_makers(trail: Trail, step: Step, version: Version) -> list[Brought]:
    """The commits of a step that changed the text itself, not only its approvals."""
    made_it = makers(trail, step, version.path)
    found = [m for m in made_it if m.commit.id != step.commit.id and _writes(trail, m, version)]
    return found or [made for made in made_it if made.commit.id == step.commit.id]


def _writes(trail: Trail, made: Brought, version: Version) -> bool:
    """Whether a commit of a branch changed the text; a merge that decided by itself did."""
    return len(made.commit.parents) > 1 or any(
        change.path == version.path and _content(trail, change.old) != _content(trail, change.new)
        for change in made.changes
    )


def _content(trail: Trail, blob: str) -> str:
    return fields.content(value) if (value := trail.values.get(blob)) is not None else ""


def _is_by(
    trail: Trail, made: Brought, name: str, then_and_now: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether a commit is somebody's, by key or by an address that the person has or had."""
    seal = trail.seals.get(made.commit.id)
    signed = seal is not None and seal.state == "good" and seal.person == name
    return signed or any(has_address(person, made.commit.author) for person in then_and_now)
