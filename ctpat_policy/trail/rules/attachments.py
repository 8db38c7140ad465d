"""Attachments of the documents at the tip: there, and with the digest that was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.codes import problem
from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import History, Trail


def find(trail: Trail) -> Iterator[Finding]:
    """Every attachment whose committed bytes are missing or are not those that were recorded."""
    for history in trail.histories.values():
        yield from wrong(trail, history)


def wrong(trail: Trail, history: History) -> Iterator[Finding]:
    """The same for one document."""
    last = history.last
    for path, stated in last.attached:
        found = trail.digests.get(trail.blob_at(path, len(trail.steps)))
        bad = problem("attachment-missing", "there is no such file") if found is None else None
        bad = bad or (found.problem if found else None)
        if bad is not None:
            message = f"{path}: {bad.message} in the last commit"
            yield Finding(bad.code, INVALID, message, Place(last.path, ("attachments",)), bad.hint)
        elif found is not None and stated and stated != found.sha256:
            message = f"{path} is not the file that was recorded: its committed bytes differ"
            hint = "restore the file; a new one belongs to a new record that supersedes this one"
            place = Place(last.path, ("attachments",))
            yield Finding("attachment-digest", INVALID, message, place, hint)
