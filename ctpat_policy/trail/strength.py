"""How strong the proof is that a person gave an approval; never overstated.

What vouches for a person is the profile before the commit that brought the approval in: what that
commit says of people itself proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy import approvals
from ctpat_policy.attachments import attachment_path
from ctpat_policy.trail.chain import (
    Brought,
    History,
    Step,
    Trail,
    Version,
    is_person,
)
from ctpat_policy.trail.merging import makers
from ctpat_policy.trail.signatures import APPROVAL, bare, claim, verify

#: From weak to strong.
CLAIMED, BY_COMMIT, SIGNED_COMMIT, SIGNED = "claimed", "commit", "signed_commit", "signed"
STRENGTHS = (CLAIMED, BY_COMMIT, SIGNED_COMMIT, SIGNED)
#: What the setting approval_strength asks for, in the same order.
ASKED = ("digest", "commit", "signed_commit", "signed_digest")


def strength_of(trail: Trail, history: History, entry: Mapping[str, Any]) -> str:
    """How strong the proof of an approval is that some version of a document has."""
    if signature_of(trail, history, entry) == "good":
        return SIGNED
    brought = next(v for v in history.readable if has(v.value, entry))
    step = trail.steps[brought.step]
    person = trail.people_before(step.number).get(entry["by"], {})
    return by_commit(trail, step, maker_of(trail, step, brought, entry), person)


def is_about(trail: Trail, history: History, version: Version, entry: Mapping[str, Any]) -> bool:
    """Whether an approval's digest is that of a version of the document."""
    record = history.kind in trail.catalog.kinds
    digests = {}
    for attachment in (version.value or {}).get("attachments", ()):
        if "path" in attachment:
            path = attachment_path(version.path, attachment["path"])
            digests[attachment["path"]] = trail.sha256(path, version.step)
    try:
        right = approvals.digest(
            history.name if record else history.id,
            version.value or {},
            entry["by"],
            entry["as"],
            entry["approved_on"],
            digests,
        )
    except approvals.NotApprovableError:
        return False
    return bool(right == entry["digest"])


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries are one approval, whatever became of its signature."""
    return all(one.get(key) == other.get(key) for key in ("by", "as", "approved_on", "digest"))


def has(value: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> bool:
    """Whether a version of a document carries an approval."""
    return any(same(e, entry) for e in (value or {}).get("approvals", ()))


def maker_of(trail: Trail, step: Step, version: Version, entry: Mapping[str, Any]) -> Brought:
    """The commit that wrote the approval: in a branch the first that has it, else the step's."""
    for made in makers(trail, step, version.path):
        for change in made.changes if made.commit.id != step.commit.id else ():
            if change.path == version.path and has(trail.values.get(change.new), entry):
                return made
    return Brought(step.commit, step.changes)


def by_commit(trail: Trail, step: Step, maker: Brought, person: Mapping[str, Any]) -> str:
    """How strong the commits prove that a person gave an approval, its signature apart."""
    found = CLAIMED
    for commit in (maker.commit, step.commit):
        seal = trail.seals.get(commit.id)
        if seal is not None and seal.state == "good" and person and seal.person == person["id"]:
            return SIGNED_COMMIT
        if is_person(person, commit.author):
            found = BY_COMMIT
    return found


def signature_of(trail: Trail, history: History, entry: Mapping[str, Any]) -> str:
    """What the signature over the digest is worth, by the key before the commit that brought it."""
    made = entry.get("signature")
    if not made:
        return "none"
    brought = (
        v.step
        for v in history.readable
        for e in (v.value or {}).get("approvals", ())
        if same(e, entry) and e.get("signature") == made
    )
    people = trail.people_before(next(brought))
    key = bare(people.get(entry["by"], {}).get("signing_key", ""))
    claimed = claim(made)
    if claimed is None:
        return "broken"
    if claimed.namespace != APPROVAL:
        return "other_purpose"
    if claimed.key != key:
        keys = [bare(p.get("signing_key", "")) for p in people.values()]
        return "other_person" if claimed.key in keys else "unknown"
    return "good" if verify(entry["digest"].encode(), made, APPROVAL, key) else "broken"
