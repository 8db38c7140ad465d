"""Evidence records with their dates: which day each tells of, and until when it proves it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ctpat_policy import clock
from ctpat_policy.briefs import Brief, brief
from ctpat_policy.filing import Filed
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, NOTE, Finding, Place

NEVER = "0001-01-01"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T|\Z)", re.ASCII)


class Record(NamedTuple):
    """One evidence record. `dated` is empty where it names no day yet (an unanswered letter)."""

    id: str
    filed: Filed
    brief: Brief
    until: str
    #: Whether a newer record says that it takes this one's place.
    replaced: bool = False
    #: The site that by the profile has nothing of which it could tell; empty where there is none.
    without: str = ""

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.filed.kind

    @property
    def path(self) -> str:
        """Where it lies."""
        return self.filed.path

    @property
    def stem(self) -> str:
        """The id within its kind."""
        return self.filed.id

    @property
    def value(self) -> Mapping[str, Any]:
        """The whole document."""
        return self.filed.value

    @property
    def data(self) -> Mapping[str, Any]:
        """The kind's own fields."""
        found: Mapping[str, Any] = self.filed.value["data"]
        return found

    @property
    def dated(self) -> str:
        """The day it tells of."""
        return self.brief.dated

    @property
    def began(self) -> str:
        """The first day that its data speak of: a log may tell of a month, an audit of a week."""
        return began(self.data, self.dated)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that it speaks for; empty: all."""
        return tuple(self.brief.accounts)

    @property
    def scope(self) -> Mapping[str, Any]:
        """Sites, partners, lanes, systems, persons, or the whole company."""
        return self.brief.scope

    @property
    def void(self) -> bool:
        """Whether it was withdrawn; a withdrawn record stays in the trail and proves nothing."""
        return self.brief.void

    @property
    def proves(self) -> bool:
        """Whether it may prove something: it has a day, stands, and contradicts nothing."""
        brief = self.brief
        return bool(brief.dated) and not (brief.void or brief.at_odds or self.without)


def brief_of(filed: Filed, kind: Kind) -> Brief:
    """The brief of a filed record, made now where reading did not."""
    return brief(filed.value, kind) if filed.brief is None else filed.brief


def began(data: Mapping[str, Any], dated: str) -> str:
    """The first day that the data of a record speak of, which tells of the day `dated`."""
    days = (v[:10] for v in data.values() if isinstance(v, str) and _DAY.match(v))
    return min(days, default=dated)


def of_kind(filed: Iterable[Filed], kind: Kind, today: str) -> list[Record]:
    """The records of one kind that exist by `today`; one that was replaced ends the day before."""
    briefs = [(f, brief_of(f, kind)) for f in filed]
    found = [
        Record(f"{kind.id}/{f.id}", f, b, _until(kind, b))
        for f, b in briefs
        if b.recorded_on <= today and b.dated <= today
    ]
    ends = {
        r.brief.supersedes: clock.next_day(r.dated or r.brief.recorded_on, -1)
        for r in found
        if r.brief.supersedes and not r.void
    }
    return [
        r._replace(until=min(r.until, ends[r.id]), replaced=True) if r.id in ends else r
        for r in found
    ]


def misdated(filed: Filed, kind: Kind, real_today: str) -> Iterator[Finding]:
    """A record that is dated in the future, or that was recorded before its own event."""
    found = brief_of(filed, kind)
    dated, recorded = found.dated, found.recorded_on
    if dated <= recorded <= real_today:
        return
    pointer = ("data", kind.anchor) if kind.anchor in filed.value["data"] else ("recorded_on",)
    place = Place(filed.path, pointer)
    if max(dated, recorded) > real_today:
        message = f"it is dated {max(dated, recorded)}, which is in the future"
        hint = "a record is written when the thing has happened"
        yield Finding("record-in-future", INVALID, message, place, hint)
    else:
        message = f"recorded on {recorded}, before the day it tells of ({dated})"
        yield Finding("record-before-event", INVALID, message, place, "correct one of the two")


def copied(copies: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """A note for each record that is another one to the byte: no two things happen so alike."""
    for path, twin in copies:
        message = f"it is the same to the byte as {twin}"
        hint = "delete it, or write down what happened on that day at that place"
        yield Finding("record-copied", NOTE, message, Place(path), hint)


def _until(kind: Kind, found: Brief) -> str:
    if found.void or found.at_odds or not found.dated:
        return NEVER
    return clock.valid_until(
        found.dated, kind.valid_for, kind.every, kind.grace, found.ends or None
    )
