"""Series as dossiers judge them (`dossiers.series`), looked at ahead: when a hole would open.

Most records stay closed: briefs say on which day each was made, and only logs of days that are not
due yet are looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.dossiers.ledger import lookback
from ctpat_policy.dossiers.series import REGISTER, SCOPES, is_wanted
from ctpat_policy.dossiers.today import Today
from ctpat_policy.features import feature_since
from ctpat_policy.kinds import Kind
from ctpat_policy.program import Programme
from ctpat_policy.reads import events_known, series_read
from ctpat_policy.records import Record

COMPANY = "company"


class End(NamedTuple):
    """The last day before a series has a new hole, and the record that it ends with."""

    on: str
    record: Record


def units_of(record: Record, kind: Kind) -> list[str]:
    """The units whose series a record belongs to; of none in particular, the company's."""
    if kind.unit == "model":
        return [record.brief.model]
    if kind.unit == "person":
        return []  # one-off checks of people; views judge them one by one
    return list(record.scope.get(SCOPES.get(kind.unit, ""), ())) or [COMPANY]


class Rhythm:
    """The series of one account."""

    def __init__(self, catalog: Catalog, programme: Programme, account: Mapping[str, Any]) -> None:
        self._today, self._partners = programme.today, programme.partners
        self._start = lookback(account, programme.settings, Today(programme.today)).day
        mine = [s for s in programme.profile["sites"] if account["id"] in s["accounts"]]
        self._places: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
            "site": {site["id"]: site for site in mine},
            **{u: {x["id"]: x for x in programme.profile.get(f"{u}s", ())} for u in _LISTED},
        }
        criteria = catalog.criteria.values()
        self._events = frozenset(event for c in criteria for event in events_known(c))
        self._kinds = frozenset(kind for c in criteria for kind in series_read(c))

    def ends(self, kind: Kind, by_unit: Mapping[str, Sequence[Record]]) -> dict[str, End]:
        """By the unit of the record with which it ends, the first end of a series of a kind."""
        found: dict[str, End] = {}
        if kind.every is None or kind.id not in self._kinds:
            return found
        wide = by_unit.get(COMPANY, ()) if kind.unit == "site" and kind.covers else ()
        for unit in self._places["site"] if wide else by_unit:
            since = self._since(kind, unit)
            if since is None:
                continue
            about = [r for r in (*by_unit.get(unit, ()), *wide) if r.proves]
            for end in self._ends(kind, about, max(self._start, since)):
                owner = unit if unit in units_of(end.record, kind) else COMPANY
                if owner not in found or end.on < found[owner].on:
                    found[owner] = end
        return found

    def _since(self, kind: Kind, unit: str) -> str | None:
        """The day from which a series is asked of a unit; None where it is not asked."""
        if kind.unit == "partner":
            partner = self._partners.get(unit)
            return partner.value.get("since", "") if partner else None
        if kind.unit not in self._places:
            return ""
        place = self._places[kind.unit].get(unit)
        if place is None or not is_wanted(place, kind):
            return None
        since = feature_since(place, kind.series_from)
        own = place.get("since") or place.get("started_on") or ""
        return None if since is None else max(since, own)

    def _ends(self, kind: Kind, records: Sequence[Record], start: str) -> Iterator[End]:
        if not kind.period:
            if records:
                newest = max(records, key=lambda r: r.dated)
                yield End(clock.in_time(max(newest.dated, start), *_pace(kind)), newest)
            return
        recent = [r for r in records if r.dated >= clock.due_by(self._today, *_pace(kind))]
        if kind.id != REGISTER:
            yield from self._covered(kind, recent, start)
            return
        for event in sorted({e for r in recent for e in r.data["events"]} & self._events):
            naming = [r for r in recent if event in r.data["events"]]
            yield from self._covered(kind, naming, start)

    def _covered(self, kind: Kind, recent: Iterable[Record], start: str) -> Iterator[End]:
        """The end of a log; none where days that are due already are not covered."""
        assert kind.period is not None
        first, last = kind.period
        due = clock.due_by(self._today, *_pace(kind))
        uncovered, newest = max(start, due), None
        for record in sorted(recent, key=lambda r: str(r.data[first])):
            newest = newest or record
            if record.data[first] > uncovered:
                break
            if record.data[last] >= uncovered:
                uncovered, newest = clock.next_day(record.data[last]), record
        if newest is not None and uncovered > due:
            yield End(clock.in_time_for(clock.next_day(uncovered, -1), *_pace(kind)), newest)


#: Units, beside sites, that the profile lists.
_LISTED = ("lane", "system")


def _pace(kind: Kind) -> tuple[str, str]:
    return kind.every or "P0D", kind.grace or "P0D"
