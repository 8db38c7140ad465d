"""Evidence records with their dates: which day each tells of, and until when it proves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ctpat_policy import clock
from ctpat_policy.filing import Filed
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, Finding, Place

NEVER = "0001-01-01"


@dataclass(frozen=True, slots=True)
class Record:
    """One evidence record. `dated` is empty where it names no day yet (an unanswered letter)."""

    id: str
    kind: str
    path: str
    value: Mapping[str, Any]
    dated: str
    until: str
    accounts: tuple[str, ...]
    #: Whether a newer record says that it takes this one's place.
    replaced: bool = False

    @property
    def stem(self) -> str:
        """The id within its kind."""
        return self.id.partition("/")[2]

    @property
    def data(self) -> Mapping[str, Any]:
        """The kind's own fields."""
        found: Mapping[str, Any] = self.value["data"]
        return found

    @property
    def scope(self) -> Mapping[str, Any]:
        """Sites, partners, lanes, systems, persons, or the whole company."""
        found: Mapping[str, Any] = self.value["scope"]
        return found

    @property
    def void(self) -> bool:
        """Whether it was withdrawn; a withdrawn record stays in the trail and proves nothing."""
        return "void" in self.value


def of_kind(filed: Iterable[Filed], kind: Kind, today: str) -> list[Record]:
    """The records of one kind that exist by `today`; one that was replaced ends the day before."""
    found = [_record(f, kind) for f in filed if f.value["recorded_on"] <= today]
    found = [r for r in found if r.dated <= today]
    ends = {
        r.value["supersedes"]: clock.next_day(r.dated or r.value["recorded_on"], -1)
        for r in found
        if "supersedes" in r.value and not r.void
    }
    return [
        replace(r, until=min(r.until, ends[r.id]), replaced=True) if r.id in ends else r
        for r in found
    ]


def misdated(filed: Filed, kind: Kind, real_today: str) -> Iterator[Finding]:
    """A record that is dated in the future, or that was recorded before its own event."""
    dated, recorded = day_of(filed, kind), filed.value["recorded_on"]
    pointer = ("data", kind.anchor) if kind.anchor in filed.value["data"] else ("recorded_on",)
    place = Place(filed.path, pointer)
    if max(dated, recorded) > real_today:
        message = f"it is dated {max(dated, recorded)}, which is in the future"
        hint = "a record is written when the thing has happened"
        yield Finding("record-in-future", INVALID, message, place, hint)
    elif dated > recorded:
        message = f"recorded on {recorded}, before the day it tells of ({dated})"
        yield Finding("record-before-event", INVALID, message, place, "correct one of the two")


def day_of(filed: Filed, kind: Kind) -> str:
    """The day that a record tells of; empty where it names none yet."""
    data = filed.value["data"]
    is_digest = kind.has_digest and "not_ok" in data and "count" in data
    moment = data.get("period_to" if is_digest else kind.anchor)
    return clock.day_of(moment) if moment else ""


def _record(filed: Filed, kind: Kind) -> Record:
    dated = day_of(filed, kind)
    data = filed.value["data"]
    # A record about one account says so in its data; it must not speak for the others.
    own = (data["account"],) if kind.unit == "account" and "account" in data else ()
    return Record(
        id=f"{kind.id}/{filed.id}",
        kind=kind.id,
        path=filed.path,
        value=filed.value,
        dated=dated,
        until=_until(kind, filed.value, dated) if dated else NEVER,
        accounts=tuple(filed.value.get("accounts", own)),
    )


def _until(kind: Kind, value: Mapping[str, Any], dated: str) -> str:
    if "void" in value:
        return NEVER
    on_paper = value["data"].get(kind.expires) if kind.expires else None
    printed = [day for day in (on_paper, value.get("valid_until")) if day]
    return clock.valid_until(
        dated, kind.valid_for, kind.every, kind.grace, min(printed) if printed else None
    )
