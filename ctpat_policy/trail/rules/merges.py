"""Merges that hide something: a change that neither side made, or a side that was thrown away."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Brought, Step, Trail
from ctpat_policy.trail.merging import holds_all, reported

_EVIL = "make the change in a commit of its own, so that reviewers see it"
_DISCARDED = "bring the record in with a commit of its own, or say why it was wrong"


def find(trail: Trail) -> Iterator[Finding]:
    """Every merge, on side branches, too, that is not what its parents add up to."""
    known = {(path, blob) for path, blobs in trail.files.items() for _, blob in blobs}
    for step in trail.judged:
        for commit, path, what in reported(trail, step):
            aside = "" if commit is step.commit else f" (it came with {step.told})"
            told = f"commit {commit.short} by {commit.by}" if aside else step.told
            message = f"{told} merges, and {what}{aside}"
            yield Finding("merge-evil", INVALID, message, Place(path), _EVIL)
        yield from _discarded(trail, step, known)


def _discarded(trail: Trail, step: Step, known: set[tuple[str, str]]) -> Iterator[Finding]:
    """What a side branch held at its end and the merge did not take: what never reached the
    first-parent line, or what nobody there had touched since the branch began.
    """
    touched = {change.path for change in step.changes}
    decided = trail.decided.get(step.commit.id, ())
    kept = {d.path for d in decided if d.discards}
    touched |= {d.path for d in decided if holds_all(trail, d)}
    for parent, branch in zip(step.commit.parents[1:], step.branches, strict=True):
        last = {path: b.commit for b in branch for path in _of(trail, b) if path not in touched}
        for path, commit in sorted(last.items()):
            blob, taken = (trail.graph.blob(oid, path) for oid in (parent, step.commit.id))
            if blob != taken and ((blob and (path, blob) not in known) or path in kept):
                message = (
                    f"{step.told} merges commit {commit.short}, but throws away what it did here"
                )
                yield Finding("merge-discarded", INVALID, message, Place(path), _DISCARDED)


def _of(trail: Trail, brought: Brought) -> Iterator[str]:
    """The paths that a commit changed itself: what a merge only took, others had changed."""
    merges = len(brought.commit.parents) > 1
    own = trail.decided.get(brought.commit.id, ()) if merges else brought.changes
    yield from (each.path for each in own)
