"""The trail as one value: the first-parent commits, and every version of every document.

First-parent order is the fact; dates are claims. A step's time is the running maximum of committer
dates up to it, so that a back-dated commit does not slip into the past.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ctpat_policy.catalog import Catalog
from ctpat_policy.fields import FieldChange
from ctpat_policy.model import Problem
from ctpat_policy.signed import COMMIT_WITHIN
from ctpat_policy.trail.commits import Commit, Person, day_at
from ctpat_policy.trail.raw import Change, Merged
from ctpat_policy.trail.surroundings import Surroundings

if TYPE_CHECKING:
    from ctpat_policy.trail.graph import Graph

#: A document by its kind and id.
Key = tuple[str, str]
PROFILE_KEY: Key = ("security_profile", "security-profile")
#: The clocks that are furthest ahead of UTC.
_AHEAD = 14 * 3600


@dataclass(frozen=True, slots=True)
class Brought:
    """A commit, with what it changed against its own first parent below the policy root; `merged`:
    the paths that a merge made differ from every parent.
    """

    commit: Commit
    changes: tuple[Change, ...]
    merged: tuple[Merged, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a merge made of a path by itself: the blobs of its parents, of what both came from, and
    its own. `what` is wrong with it whatever the file says; else the fields have to be compared.
    """

    path: str
    parents: tuple[str, ...]
    new: str
    bases: tuple[str, ...] = ()
    what: str = ""
    #: Whether it kept the side of its first parent, though only the other had moved.
    discards: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One first-parent commit. `branches` holds the commits that a merge brought in, by parent,
    parents before children.
    """

    number: int
    commit: Commit
    latest: int
    changes: tuple[Change, ...]
    branches: tuple[tuple[Brought, ...], ...] = ()

    @property
    def day(self) -> str:
        """The day on which it came, UTC."""
        return day_at(self.latest)

    @property
    def told(self) -> str:
        """The commit as people read it; its author is a claim."""
        return f"commit {self.commit.short} of {self.day} by {self.commit.by}"

    @property
    def last_day(self) -> str:
        """The latest day that it was anywhere on earth."""
        return day_at(self.latest + _AHEAD)


@dataclass(frozen=True, slots=True)
class Version:
    """A document after one step. `blob` is empty where it was deleted; `value` is None then and
    where it cannot be read or breaks its schema, and lacks `data` in plain records.
    """

    step: int
    path: str
    blob: str
    value: Mapping[str, Any] | None
    content: str = ""
    dated: str = ""
    attached: tuple[tuple[str, str], ...] = ()
    changed: tuple[FieldChange, ...] = ()
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Every version of one document, oldest first."""

    kind: str
    id: str
    versions: tuple[Version, ...]

    @property
    def name(self) -> str:
        """As records are named: kind and id."""
        return f"{self.kind}/{self.id}"

    @property
    def last(self) -> Version:
        """The version at the tip."""
        return self.versions[-1]

    @property
    def readable(self) -> list[Version]:
        """The versions that can be read."""
        return [v for v in self.versions if v.value is not None]


@dataclass(frozen=True, slots=True)
class Attached:
    """The bytes of an attachment: their SHA-256, or what is wrong with them."""

    sha256: str
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed commit. `state`: good, broken, unknown (no such key in the profile), not_in_post,
    foreign (not SSH, so not checked here); `person` holds the key.
    """

    state: str
    person: str
    key: str = ""


@dataclass(frozen=True, eq=False)
class Trail:
    """Everything that the rules read. `first`: the first step with a security profile;
    `judged_from`: the first that is no imported history; `decided`: what each merge did by itself;
    `elsewhere`: the other folders that held policies before `first`, each with the step that took
    them away, if one did.
    """

    catalog: Catalog
    today: str
    steps: tuple[Step, ...]
    first: int
    judged_from: int
    histories: Mapping[Key, History]
    files: Mapping[str, Sequence[tuple[int, str]]]
    values: Mapping[str, Mapping[str, Any]]
    digests: Mapping[str, Attached]
    seals: Mapping[str, Sealed]
    graph: Graph
    decided: Mapping[str, tuple[Decision, ...]]
    surroundings: Surroundings
    elsewhere: Mapping[str, int | None]

    @property
    def judged(self) -> tuple[Step, ...]:
        """The steps that are no imported history."""
        return self.steps[self.judged_from :]

    @cached_property
    def profiles(self) -> list[Version]:
        """The readable versions of the security profile, oldest first."""
        history = self.histories.get(PROFILE_KEY)
        return history.readable if history else []

    @property
    def profile(self) -> Mapping[str, Any]:
        """The newest security profile that can be read; empty where there never was one."""
        return (self.profiles[-1].value if self.profiles else None) or {}

    @property
    def settings(self) -> Mapping[str, Any]:
        """The member's own settings."""
        found: Mapping[str, Any] = self.profile.get("settings", {})
        return found

    @property
    def within(self) -> str:
        """How long after its own day something may be committed without being late."""
        return str(self.settings.get("commit_within", COMMIT_WITHIN))

    def people_before(self, step: int) -> Mapping[str, Mapping[str, Any]]:
        """People by id in the profile as it stood before a step: what the step brings itself, it
        cannot vouch for.
        """
        at = bisect_left([v.step for v in self.profiles], step)
        value = self.profiles[at - 1].value if at else None
        return {p["id"]: p for p in value["people"]} if value else {}

    def blob_at(self, path: str, step: int) -> str:
        """The blob of a path after a step; empty where there is none."""
        known = self.files.get(path, ())
        at = bisect_right([number for number, _ in known], step)
        return known[at - 1][1] if at else ""

    def sha256(self, path: str, step: int) -> str:
        """The digest of an attachment after a step; empty where it cannot be one."""
        found = self.digests.get(self.blob_at(path, step))
        return found.sha256 if found else ""


def is_person(person: Mapping[str, Any], author: Person | None) -> bool:
    """Whether a commit's author is somebody's git identity, name and address."""
    name = person.get("git", {}).get("name", "").strip()
    return author is not None and has_address(person, author) and name == author.name


def has_address(person: Mapping[str, Any], author: Person | None) -> bool:
    """Whether a commit's author has somebody's address, capitals aside."""
    email = person.get("git", {}).get("email", "").strip().casefold()
    return bool(email) and author is not None and email == author.email.casefold()
