"""How strong the proof is that a person gave an approval; never overstated.

What vouches for a person is the profile before the commit that brought the approval in: what that
commit says of people itself proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ctpat_policy import approvals, clock, fields
from ctpat_policy.attachments import attachment_path
from ctpat_policy.trail.chain import (
    APPROVABLE,
    Brought,
    History,
    Step,
    Trail,
    Version,
    has_address,
    is_person,
)
from ctpat_policy.trail.merging import makers
from ctpat_policy.trail.signatures import APPROVAL, bare, claim, verify

#: From weak to strong.
CLAIMED, BY_COMMIT, SIGNED_COMMIT, SIGNED = "claimed", "commit", "signed_commit", "signed"
STRENGTHS = (CLAIMED, BY_COMMIT, SIGNED_COMMIT, SIGNED)
#: What the setting approval_strength asks for, in the same order.
ASKED = ("digest", "commit", "signed_commit", "signed_digest")


@dataclass(frozen=True, slots=True)
class Proof:
    """One approval at the tip. `fitted`: the last version whose text it is about, if any;
    `signature`: none, good, broken, unknown, other_person or other_purpose.
    """

    history: History
    entry: Mapping[str, Any]
    index: int
    newest: bool
    step: Step
    maker: Brought
    fitted: Version | None
    fits: bool
    strength: str
    signature: str
    #: Whether the approver's own git identity wrote the text, or who brought the approval did.
    own_text: bool
    writer_brought: bool
    with_text: bool

    @property
    def days(self) -> int:
        """From the day of the approval to that of the commit that brought it in."""
        return clock.days_between(self.entry["approved_on"], self.step.day)


@lru_cache(maxsize=1)
def proofs(trail: Trail) -> tuple[Proof, ...]:
    """Every approval of every document at the tip, oldest entry first."""
    return tuple(_proofs(trail))


def strength_of(trail: Trail, history: History, entry: Mapping[str, Any]) -> str:
    """How strong the proof of an approval is that some version of a document has."""
    if _signature(trail, history, entry) == "good":
        return SIGNED
    brought = next(v for v in history.readable if _has(v.value, entry))
    step = trail.steps[brought.step]
    person = trail.people_before(step.number).get(entry["by"], {})
    return _by_commit(trail, step, _maker(trail, step, brought, entry), person)


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


def _proofs(trail: Trail) -> Iterator[Proof]:
    for key, history in trail.histories.items():
        if key[0] not in APPROVABLE or history.last.value is None:
            continue
        entries = list(history.last.value.get("approvals", ()))
        newest = max(range(len(entries)), key=lambda i: (entries[i]["approved_on"], i), default=-1)
        for index, entry in enumerate(entries):
            yield _proof(trail, history, entry, index, index == newest)


def _proof(
    trail: Trail, history: History, entry: Mapping[str, Any], index: int, newest: bool
) -> Proof:
    brought = next(v for v in history.readable if _has(v.value, entry))
    step = trail.steps[brought.step]
    maker = _maker(trail, step, brought, entry)
    fitted = [v for v in history.readable if is_about(trail, history, v, entry)]
    signature = _signature(trail, history, entry)
    person = trail.people_before(step.number).get(entry["by"], {})
    now = trail.people_before(len(trail.steps)).get(entry["by"], {})
    writers = _writers(trail, history, brought, entry)
    return Proof(
        history=history,
        entry=entry,
        index=index,
        newest=newest,
        step=step,
        maker=maker,
        fitted=fitted[-1] if fitted else None,
        fits=is_about(trail, history, replace(history.last, step=len(trail.steps)), entry),
        strength=SIGNED if signature == "good" else _by_commit(trail, step, maker, person),
        signature=signature,
        own_text=any(_is_by(trail, w, entry["by"], (person, now)) for w in writers),
        writer_brought=any(_same_author(w, maker) for w in writers),
        with_text=any(w.commit.id == maker.commit.id for w in writers),
    )


def _has(value: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> bool:
    return any(same(e, entry) for e in (value or {}).get("approvals", ()))


def _maker(trail: Trail, step: Step, version: Version, entry: Mapping[str, Any]) -> Brought:
    """The commit that wrote the approval: in a branch the first that has it, else the step's."""
    for made in makers(trail, step, version.path):
        for change in made.changes if made.commit.id != step.commit.id else ():
            if change.path == version.path and _has(trail.values.get(change.new), entry):
                return made
    return Brought(step.commit, step.changes)


def _by_commit(trail: Trail, step: Step, maker: Brought, person: Mapping[str, Any]) -> str:
    found = CLAIMED
    for commit in (maker.commit, step.commit):
        seal = trail.seals.get(commit.id)
        if seal is not None and seal.state == "good" and person and seal.person == person["id"]:
            return SIGNED_COMMIT
        if is_person(person, commit.author):
            found = BY_COMMIT
    return found


def _signature(trail: Trail, history: History, entry: Mapping[str, Any]) -> str:
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


def _writers(
    trail: Trail, history: History, brought: Version, entry: Mapping[str, Any]
) -> list[Brought]:
    """The commits that wrote what this approval approves: all since an earlier one was good."""
    versions = [v for v in history.readable if v.step <= brought.step]
    start = max(
        (i for i, v in enumerate(versions[:-1]) if _newly_good(trail, history, versions, i, entry)),
        default=-1,
    )
    found: list[Brought] = []
    for index in range(start + 1, len(versions)):
        version = versions[index]
        if version.step < trail.judged_from:
            continue
        if index == 0 or version.content != versions[index - 1].content:
            found += _text_makers(trail, trail.steps[version.step], version)
    return found


def _newly_good(
    trail: Trail, history: History, versions: list[Version], index: int, entry: Mapping[str, Any]
) -> bool:
    """Whether a version brought in another approval that was good."""
    version = versions[index]
    earlier = versions[index - 1].value if index else None
    return any(
        not same(e, entry) and not _has(earlier, e) and is_about(trail, history, version, e)
        for e in (version.value or {}).get("approvals", ())
    )


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
    trail: Trail, made: Brought, name: str, then_and_now: Iterable[Mapping[str, Any]]
) -> bool:
    """Whether a commit is somebody's, by key or by an address that the person has or had."""
    seal = trail.seals.get(made.commit.id)
    signed = seal is not None and seal.state == "good" and seal.person == name
    return signed or any(has_address(person, made.commit.author) for person in then_and_now)


def _same_author(one: Brought, other: Brought) -> bool:
    authors = [b.commit.author.email.casefold() for b in (one, other) if b.commit.author]
    return len(authors) == 2 and authors[0] == authors[1]
