"""Signed commits: whole, and with the key of whoever they say they are by."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, NOTE, Finding, Place
from ctpat_policy.trail.chain import Sealed, Step, Trail, has_address
from ctpat_policy.trail.commits import Commit
from ctpat_policy.trail.signatures import bare

_ASK = "ask the person whom the commit names"


def find(trail: Trail) -> Iterator[Finding]:
    """Broken and borrowed signatures; those that cannot be checked are counted."""
    unknown: dict[str, list[str]] = {}
    for step in trail.judged:
        for commit in (step.commit, *(b.commit for branch in step.branches for b in branch)):
            seal = trail.seals.get(commit.id)
            if seal is None:
                continue
            message = _wrong(trail, step, commit, seal)
            if message:
                code = "commit-signature-broken" if seal.state == "broken" else "commit-signature"
                yield Finding(code, INVALID, message, Place(""), _ASK)
            elif seal.state != "good":
                unknown.setdefault(seal.key, []).append(commit.short)
    for key, commits in sorted(unknown.items()):
        what = f"with a key that the profile does not know ({key[:40]}…)" if key else "not by SSH"
        noun = "commit is" if len(commits) == 1 else "commits are"
        message = f"{len(commits):,} {noun} signed {what}, which proves nothing here"
        hint = "name the key in the profile (signing_key), or let it be"
        yield Finding("commit-signature-unknown", NOTE, f"{message}: {commits[0]}", Place(""), hint)


def _wrong(trail: Trail, step: Step, commit: Commit, seal: Sealed) -> str:
    if seal.state == "broken":
        return f"the signature of commit {commit.short} does not fit: it was changed afterwards"
    if seal.state == "not_in_post":
        return f"commit {commit.short} is signed by {seal.person}, who was not in post"
    people = trail.people_before(step.number).values()
    author = next((p for p in people if has_address(p, commit.author)), None)
    if author is None or seal.state == "foreign":
        return ""
    own = bare(author.get("signing_key", ""))
    if own and seal.key != own:
        by = seal.person or "nobody whom the profile knows"
        return f"commit {commit.short} says it is by {author['id']}, but {by} signed it"
    return ""
