"""The answer to a question about history: who changed and approved what, when. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: What a commit did to a document; discarded, a merge threw away what its side branch had done.
ADDED, CHANGED, DELETED, DISCARDED = "added", "changed", "deleted", "discarded"

#: Level -> verdict -> number of rows.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: empty parts narrow nothing."""

    what: str = ""
    title: str = ""
    site: str = ""
    partner: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field before and after, in short; empty where it was not, or is not, there."""

    at: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Given:
    """An approval that a commit brought in. `strength` says how far that it was given is proven:
    claimed, commit, signed_commit or signed; `fits`, whether its digest is that of the text.
    """

    by: str
    function: str
    approved_on: str
    strength: str
    fits: bool


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What one commit did to one document; `more` fields changed than are listed.

    `by`: the side commits that did it, where a merge brought it in; empty where the commit
    itself did.
    """

    path: str
    effect: str
    fields: tuple[Field, ...] = ()
    more: int = 0
    approvals: tuple[Given, ...] = ()
    by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """A commit and whose it says it is: name and address as they stand in it, never mapped."""

    commit: str
    author: str
    day: str
    subject: str


@dataclass(frozen=True, slots=True)
class Turned:
    """A row whose verdict is another one than after the change before; null where there was, or
    is, no such row.
    """

    account: str
    level: str
    subject: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdicts after a commit, judged on its day."""

    counts: Counts
    turned: tuple[Turned, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One first-parent commit that changed something. `day`: when it came, the running maximum of
    commit dates; `doubt` says why its own date is not to be trusted, if it is not.
    """

    hand: Hand
    day: str
    doubt: str
    committer: str
    merged: tuple[Hand, ...]
    changes: tuple[DocumentChange, ...]
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """A corrective action or exception that ran: from when to when, and who approved it."""

    path: str
    kind: str
    about: tuple[str, ...]
    subject: str
    start: str
    until: str
    status: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The state at the end of a month, judged on that day; no counts where it could not be."""

    month: str
    day: str
    commit: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The whole answer, entries newest first. Every output renders this value."""

    asked: Asked
    today: str
    head: str
    commits: int
    entries: tuple[Entry, ...]
    waived: tuple[Waived, ...]
    months: tuple[Month, ...] = ()
