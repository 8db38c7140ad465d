"""Merges that hide something: a change that neither side made, or a side that was thrown away."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy import filing
from ctpat_policy.fields import canonical, leaves
from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Step, Trail
from ctpat_policy.trail.raw import Merged

_EVIL = "make the change in a commit of its own, so that reviewers see it"
_DISCARDED = "bring the record in with a commit of its own, or say why it was wrong"


def find(trail: Trail) -> Iterator[Finding]:
    """Every merge on the first-parent line that is not what its parents add up to."""
    known = {(path, blob) for path, blobs in trail.files.items() for _, blob in blobs}
    for step in trail.judged:
        for merged in step.merged:
            if what := _evil(trail, merged):
                message = f"{step.told} merges, and {what}"
                yield Finding("merge-evil", INVALID, message, Place(merged.path), _EVIL)
        yield from _discarded(step, known)


def _evil(trail: Trail, merged: Merged) -> str:
    """What the merge did that no parent has; empty where it only put both sides together."""
    if not merged.new:
        return "deletes this file, which all its parents have"
    if not any(merged.parents):
        return "adds this file, which none of its parents has"
    after = trail.values.get(merged.new)
    before = [trail.values[blob] for blob in merged.parents if blob in trail.values]
    if after is None or not before or filing.expected(merged.path) is None:
        return "changes this file to what none of its parents has"
    new = _leaves(after)
    sides = [_leaves(value) for value in before]
    if foreign := sorted(new - set().union(*sides)):
        return f"sets {foreign[0][0]} to what none of its parents has"
    if lost := sorted(sides[0].intersection(*sides) - new):
        return f"drops {lost[0][0]}, which all its parents have"
    return ""


def _leaves(value: object) -> set[tuple[str, str]]:
    return {(at, repr(leaf)) for at, leaf in leaves(canonical(value))}


def _discarded(step: Step, known: set[tuple[str, str]]) -> Iterator[Finding]:
    """What a side branch held at its end that never reached the first-parent line."""
    touched = {change.path for change in step.changes}
    for branch in step.branches:
        last = {c.path: (c.new, b.commit) for b in branch for c in b.changes}
        for path, (blob, commit) in sorted(last.items()):
            if blob and path not in touched and (path, blob) not in known:
                message = (
                    f"{step.told} merges commit {commit.short}, but throws away what it did here"
                )
                yield Finding("merge-discarded", INVALID, message, Place(path), _DISCARDED)
