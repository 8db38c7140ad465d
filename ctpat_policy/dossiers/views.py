"""Views: one row per entry of a fact, with the facts joined that match it on its own day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ctpat_policy.clock import day_of, moment
from ctpat_policy.criteria import ORDERS, Join, View
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import MISSING, Row, in_force, is_number, look, steps

#: What a digest stands in for: single records that name one shipment, unit, trip or person.
_SINGLE = frozenset({"shipment", "unit_no", "trip", "unit", "person"})
#: Paths of a condition that begin with one of these do not start at the row.
_ROOTS = frozenset({"subject", "account", "company"})
_AS_OF = "as_of"

#: Rows of a fact path, as the dossier holds them.
Fetch = Callable[[str], list[Row]]


def view_rows(
    view: View, fetch: Fetch, candidates: Fetch, roots: Mapping[str, Any], ledger: Ledger
) -> list[Row]:
    """The rows of one view. `roots` holds subject, account and company.

    `fetch` gives the facts that make rows; `candidates` those that may be joined, which the
    look-back does not bound: it bounds what is judged, never what proves it.
    """
    rows = [row for fact in view.each for row in fetch(fact)]
    if view.here:
        rows = [row for row in rows if _is_here(row, roots["subject"])]
    if view.only is not None:
        rows = [row for row in rows if view.only.passes(row)]
    if view.unique:
        rows = _first_of_each(rows, view.unique)
    joiner = _Joiner(candidates, roots, ledger)
    return [row.extended(joiner.joined(row, view.joins)) for row in rows] if view.joins else rows


class _Source(NamedTuple):
    """What a join takes its candidates from: all of them, or by what the first condition asks."""

    rows: list[Row]
    by_first: Mapping[Any, list[Row]]
    #: Those that may stand in where single records would name a shipment or unit.
    digests: list[Row]


class _Joiner:
    def __init__(self, fetch: Fetch, roots: Mapping[str, Any], ledger: Ledger) -> None:
        self.fetch, self.roots, self.ledger = fetch, roots, ledger
        self.used: Counter[tuple[str, int]] = Counter()
        #: By the identity of their joins, which the view keeps alive.
        self._sources: dict[int, _Source] = {}

    def joined(self, row: Row, joins: tuple[Join, ...]) -> dict[str, list[Row]]:
        return {join.name: self.matches(row, join) for join in joins}

    def matches(self, row: Row, join: Join) -> list[Row]:
        """The candidates that meet every condition, were in force, and pass `only`."""
        source = self._sources.get(id(join)) or self._source(join)
        found = self._candidates(row, join, source)
        if not join.any_time:
            found = self._in_force(row, join, found)
        if source.digests:
            found = [*found, *self._stand_ins(row, join, source.digests)]
        if join.only is not None:
            found = [c for c in found if join.only.passes(c)]
        return [self._extended(c, row, join) for c in found] if join.joins else found

    def _extended(self, candidate: Row, row: Row, join: Join) -> Row:
        """A candidate with what is joined to it in turn; `of` is there what it is joined to."""
        return candidate.extended(self.joined(candidate.extended({"of": row}), join.joins))

    def _source(self, join: Join) -> _Source:
        rows, index = self.fetch(join.source), {}
        if _is_looked_up(join):
            path, operator, _ = join.where[0]
            index = self.ledger.index(rows, path, operator == "has")
        digests = self._digests(rows) if _by_single_thing(join.where) else []
        found = self._sources[id(join)] = _Source(rows, index, digests)
        return found

    def _candidates(self, row: Row, join: Join, source: _Source) -> list[Row]:
        if not _is_looked_up(join):
            return [c for c in source.rows if all(self._meets(row, c, w) for w in join.where)]
        (_, _, right), *others = join.where
        wanted, index = self._value(row, right), source.by_first
        if isinstance(wanted, list):
            by_id = {id(c): c for key in wanted if _hashable(key) for c in index.get(key, ())}
            found = list(by_id.values())
        else:
            found = index.get(wanted, []) if _hashable(wanted) else []
        for condition in others:
            found = [c for c in found if self._meets(row, c, condition)]
        return found

    def _stand_ins(self, row: Row, join: Join, digests: list[Row]) -> list[Row]:
        """Digests that speak for the row where single records would name its shipment or unit."""
        found = []
        for digest in digests:
            key = (join.name, id(digest))
            # A digest that counts three speaks for three rows; the fourth has no proof.
            if self._stands_in(row, digest) and self.used[key] < digest["data"]["count"]:
                self.used[key] += 1
                found.append(digest)
        return found

    def _meets(self, row: Row, candidate: Row, condition: tuple[str, str, str]) -> bool:
        left, operator, right = condition
        if right == _AS_OF and operator in ORDERS:
            return self._has_come_or_stays(look(candidate, left), operator)
        wanted, value = self._value(row, right), look(candidate, left)
        if wanted is MISSING or value is MISSING:
            return False
        if operator in ORDERS:
            return _in_order(value, wanted) if operator == "to" else _in_order(wanted, value)
        if operator == "has":
            return isinstance(value, list) and wanted in value
        return wanted == value or (isinstance(wanted, list) and value in wanted)

    def _has_come_or_stays(self, value: Any, operator: str) -> bool:
        """Whether a day of a candidate is not after today (`to`), or not before it (`from`).

        Today is not compared but asked, as what was told of the day itself holds for no other.
        """
        day, today = day_of(value) if isinstance(value, str) else "", self.ledger.today
        return bool(day) and (today.has_come(day) if operator == "to" else not today.is_past(day))

    def _digests(self, source: list[Row]) -> list[Row]:
        # The list's own identity is part of the key, as for the indexes.
        return self.ledger.kept(
            ("digests", str(id(source))), lambda: [c for c in source if _is_digest(c)]
        )

    def _stands_in(self, row: Row, digest: Row) -> bool:
        """Whether a digest speaks for a row: the same site, and dated inside its period."""
        site = self._site(row)
        scope = digest["scope"]
        near = site in scope.get("sites", ()) if scope.get("sites") else True
        return (
            near
            and digest["data"]["period_from"] <= row.get("dated", "") <= digest["data"]["period_to"]
        )

    def _site(self, row: Row) -> Any:
        for path in ("site", "data.site", "record.data.site"):
            found = look(row, path)
            if found is not MISSING:
                return found
        sites = look(row, "scope.sites")
        return (
            sites[0]
            if isinstance(sites, list) and len(sites) == 1
            else self.roots["subject"].get("id")
        )

    def _in_force(self, row: Row, join: Join, found: list[Row]) -> list[Row]:
        """The candidates that held on the row's own day, or today where it is asked for none."""
        if not join.at:
            return [c for c in found if self.ledger.today.in_force(c)]
        at = self._value(row, join.at)
        day = at[:10] if isinstance(at, str) else ""
        return [c for c in found if in_force(c, day)] if day else []

    def _value(self, row: Row, path: str) -> Any:
        if path == _AS_OF:
            return self.ledger.today.itself
        return look(self.roots if steps(path)[0] in _ROOTS else row, path)


def _is_looked_up(join: Join) -> bool:
    """Whether the first condition asks for what is equal, by which candidates are found."""
    return bool(join.where) and join.where[0][1] not in ORDERS


def _in_order(first: Any, second: Any) -> bool:
    """Whether two numbers, days or moments are the same or in order; beside a day, a moment counts
    by its day.
    """
    if isinstance(first, str) and isinstance(second, str):
        try:
            if "T" in first and "T" in second:
                return moment(first) <= moment(second)
            return bool(first) and day_of(first) <= day_of(second)
        except ValueError:
            return False
    return is_number(first) and is_number(second) and bool(first <= second)


def _by_single_thing(where: tuple[tuple[str, str, str], ...]) -> bool:
    """Whether conditions ask for the records of one shipment, unit, trip or person."""
    return any(steps(left)[-1] in _SINGLE for left, _, _ in where)


def _first_of_each(rows: list[Row], path: str) -> list[Row]:
    """The first row for each value at a path; one that has none is like no other."""
    found: dict[str | int, Row] = {}
    for row in rows:
        value = look(row, path)
        found.setdefault(id(row) if value is MISSING else str(value), row)
    return list(found.values())


def _hashable(value: Any) -> bool:
    return isinstance(value, (str, int))


def _is_here(row: Row, subject: Mapping[str, Any]) -> bool:
    scope, mine = row.get("record", row).get("scope", {}), subject["id"]
    if mine == "company" or scope.get("company"):
        return True
    return any(mine in listed for listed in scope.values() if isinstance(listed, list))


def _is_digest(row: Row) -> bool:
    data = row.get("data")
    return isinstance(data, dict) and "not_ok" in data and "count" in data and "period_from" in data
