"""What merges decided by themselves: a merge is to put both sides together, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ctpat_policy import filing
from ctpat_policy.fields import FieldChange, canonical, changes, leaves
from ctpat_policy.trail.chain import Brought, Decision, Step, Trail
from ctpat_policy.trail.commits import Commit

#: Items that only their place in a list tells apart: what comes before them moves them.
_BY_PLACE = re.compile(r"\[[0-9]+\]| \(order\)$")


def makers(trail: Trail, step: Step, path: str) -> list[Brought]:
    """The commits that made a step's change of a path: those of the branches, merges that decided
    it by themselves among them, or else the step's own.
    """
    found = [b for branch in step.branches for b in branch if _made(trail, b, path)]
    own = Brought(step.commit, step.changes)
    return [*found, own] if path in evils(trail).get(step.commit.id, ()) else found or [own]


@lru_cache(maxsize=1)
def evils(trail: Trail) -> Mapping[str, Mapping[str, str]]:
    """By commit and path, what a merge did that is not what its parents add up to."""
    return {
        commit: {d.path: what for d in decided if (what := _evil(trail, d))}
        for commit, decided in trail.decided.items()
    }


def holds_all(trail: Trail, decision: Decision) -> bool:
    """Whether what a merge made of a document has all that the further parent had changed."""
    theirs, new = (trail.values.get(blob) for blob in (decision.parents[-1], decision.new))
    bases = [trail.values[blob] for blob in decision.bases if blob in trail.values]
    if theirs is None or new is None:
        return False
    return any(
        {(c.at, repr(c.new)) for c in changes(base, theirs)}
        <= {(c.at, repr(c.new)) for c in changes(base, new)}
        for base in bases
    )


def _made(trail: Trail, brought: Brought, path: str) -> bool:
    if len(brought.commit.parents) > 1:
        return path in evils(trail).get(brought.commit.id, ())
    return any(change.path == path for change in brought.changes)


def _evil(trail: Trail, decision: Decision) -> str:
    """What the merge did that no parent has; empty where it only put both sides together."""
    if decision.what:
        return decision.what
    after = trail.values.get(decision.new)
    before = [trail.values[blob] for blob in decision.parents if blob in trail.values]
    if decision.new not in decision.parents:
        if after is None or not before or filing.expected(decision.path) is None:
            return "changes this file to what none of its parents has"
        if what := _mixed(before, after):
            return what
    if after is None or len(before) < len(decision.parents):
        return ""
    bases = [trail.values[blob] for blob in decision.bases if blob in trail.values]
    # Where lines crossed there are several, and one that explains all of it is enough.
    return min((_unlike(base, before, after) for base in bases), key=bool, default="")


def _mixed(sides: Sequence[Mapping[str, Any]], new: Mapping[str, Any]) -> str:
    """Single values that no side has, or that all had, whatever stood there before."""
    mine, theirs = _leaves(new), [_leaves(side) for side in sides]
    if foreign := sorted(mine - set().union(*theirs)):
        return f"sets {foreign[0][0]} to what none of its parents has"
    if lost := sorted(theirs[0].intersection(*theirs) - mine):
        return f"drops {lost[0][0]}, which all its parents have"
    return ""


def _leaves(value: object) -> set[tuple[str, str]]:
    return {(at, repr(leaf)) for at, leaf in leaves(canonical(value))}


def _unlike(
    base: Mapping[str, Any], sides: Sequence[Mapping[str, Any]], new: Mapping[str, Any]
) -> str:
    """Fields that only one side changed and that are not now as it made them, and fields that
    changed though no side did so; what both changed, somebody had to choose.
    """
    mine, theirs = _fields(base, new), [_fields(base, side) for side in sides]
    for at, made in mine.items():
        if all(side.get(at) != made for side in theirs) and not _contested(at, theirs):
            return f"sets {at} to what none of its parents has"
    for side in theirs:
        for at, made in side.items():
            if mine.get(at) != made and not _contested(at, theirs):
                return f"drops what one side alone did to {at}"
    return ""


def _fields(base: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, str]:
    return {c.at: repr(c.new) for c in changes(base, value) if _is_named(c)}


def _is_named(change: FieldChange) -> bool:
    return not _BY_PLACE.search(change.at)


def _contested(at: str, sides: Sequence[Mapping[str, str]]) -> bool:
    """Whether several sides changed a field, one inside it, or one around it."""
    return sum(any(_overlap(at, other) for other in side) for side in sides) > 1


def _overlap(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) : len(short) + 1] in ("", ".", "[")


def reported(trail: Trail, step: Step) -> Iterator[tuple[Commit, str, str]]:
    """The merges of a step, its own first, with the paths that they changed for the worse. What a
    side branch did wrong and set right before it was merged counts for nothing.
    """
    changed = {change.path for change in step.changes}
    for commit in (step.commit, *(b.commit for branch in step.branches for b in branch)):
        for path, what in evils(trail).get(commit.id, {}).items():
            if path in changed:
                yield commit, path, what
