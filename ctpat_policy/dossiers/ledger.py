"""The ledger: record rows as each account and each subject sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from ctpat_policy.catalog import Catalog
from ctpat_policy.dossiers.making import Making
from ctpat_policy.dossiers.rows import Row, look
from ctpat_policy.dossiers.sight import Sight, Subject
from ctpat_policy.dossiers.today import Today
from ctpat_policy.filing import PROFILE, open_all
from ctpat_policy.kinds import Kind
from ctpat_policy.program import Programme
from ctpat_policy.records import Record

_Made = TypeVar("_Made")
#: Where a scope lists the subjects of a kind of subject.
_LISTED = {"site": "sites", "partner": "partners"}


class Ledger:
    """Rows of one programme for one account. Everything is made when first asked for."""

    def __init__(self, catalog: Catalog, programme: Programme, account: Mapping[str, Any]) -> None:
        self.catalog, self.programme, self.account = catalog, programme, account
        self.today = Today(programme.today)
        self.since = lookback(account, programme.settings, self.today)
        self.start = self.since.day
        # Verdicts are kept by what a dossier may look at: one that looked further would be wrong.
        self.sight = Sight(programme.kinds, programme.kinds)
        #: What was made once, each with the last day on which it is the same.
        self._made: dict[tuple[str, ...], tuple[Any, str]] = {}
        self._indexes: dict[tuple[int, str], dict[Any, list[Row]]] = {}
        # Lists are known by their identity (items, indexes), so an empty one must stay alive too.
        self._nothing: list[Row] = []
        #: Rows by kind of the state judged before, if any: most records are the same in this one.
        self.before: Mapping[str, list[Row]] = {}
        self._making = Making(catalog, programme, self.today)
        sites = programme.profile["sites"]
        self._all_sites = {s["id"] for s in sites if account["id"] in s["accounts"]}
        self.sites = self._profile_rows("sites")
        self.lanes = self._profile_rows("lanes")
        self.systems = self._profile_rows("systems")
        #: The last day on which the account looks as it does today.
        self.lasts = self.today.lasts

    # -- rows

    def rows(self, kind: str) -> list[Row]:
        """Every record row of a kind for this account, by day; void ones left out."""
        assert kind in self.sight.whole, f"not every record of {kind} may be looked at"
        return self._all(kind)

    @property
    def made(self) -> dict[str, list[Row]]:
        """The rows by kind that were made so far."""
        return {key[1]: rows for key, (rows, _) in self._made.items() if key[0] == "rows"}

    def seen(self, kind: str, subject: Subject) -> list[Row]:
        """The rows of a kind that say something about a subject."""
        assert self.sight.reaches(kind, subject), f"{kind} of {subject.id} may not be looked at"
        covers = self.programme.kinds[kind].covers
        if subject.scope == "company" or covers == "anywhere":
            return self._all(kind)
        named = self._naming(kind, _LISTED[subject.scope]).get(subject.id, self._nothing)
        if covers != "company" or subject.scope != "site":
            return named
        return self.kept(
            ("wide", kind, subject.id), lambda: _by_day(named, self._company_wide(kind))
        )

    def naming(self, kind: str, scope: str) -> dict[str, list[Row]]:
        """Rows by each site, partner, lane or system that their scope names."""
        assert kind in self.sight.whole, f"not every record of {kind} may be looked at"
        return self._naming(kind, scope)

    def current(self, kind: str, subject: Subject) -> list[Row]:
        """The rows that prove something today."""
        key = ("current", kind, subject.scope, subject.id)
        return self.kept(key, self._current, kind, subject)

    def records(self, kind: str, subject: Subject) -> list[Row]:
        """The rows dated in the look-back."""
        return self.kept(
            ("records", kind, subject.scope, subject.id),
            lambda: [r for r in self.seen(kind, subject) if r["dated"] >= self.start],
        )

    def items(self, rows: list[Row], path: str) -> list[Row]:
        """One row per item of the list at a path of each row (`data.entries`)."""
        return self.kept(
            ("items", str(id(rows)), path),
            lambda: [item for row in rows for item in self._making.items(row, path)],
        )

    def index(self, rows: list[Row], path: str, listed: bool) -> dict[Any, list[Row]]:
        """Rows by the value at a path; with `listed`, by every element of the list there."""
        key = (id(rows), path + ("[]" if listed else ""))
        if key not in self._indexes:
            index: dict[Any, list[Row]] = {}
            for row in rows:
                value = look(row, path)
                for each in value if listed and isinstance(value, list) else (value,):
                    if isinstance(each, (str, int)):
                        index.setdefault(each, []).append(row)
            self._indexes[key] = index
        return self._indexes[key]

    def kept(self, key: tuple[str, ...], make: Callable[..., _Made], *of: Any) -> _Made:
        """What `make(*of)` makes, made once; how long it lasts is noted at each question.

        A list's identity is what items and indexes are kept by.
        """
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = self.today.noted(make, *of)
        self.today.holds_until(known[1])
        made: _Made = known[0]
        return made

    # -- making rows

    def _all(self, kind: str) -> list[Row]:
        return self.kept(("rows", kind), self._rows_of, kind)

    def _naming(self, kind: str, scope: str) -> dict[str, list[Row]]:
        return self.kept(("naming", kind, scope), self._grouped, kind, scope)

    def _current(self, kind: str, subject: Subject) -> list[Row]:
        return self.today.current(self.seen(kind, subject))

    def _grouped(self, kind: str, scope: str) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in self._all(kind):
            for name in row["scope"].get(scope, ()):
                groups.setdefault(name, []).append(row)
        return groups

    def _concerns(self, record: Record, anywhere: bool) -> bool:
        """Whether a record is this account's: it says so, or it names one of its sites or none."""
        brief = record.brief
        if brief.accounts:
            return self.account["id"] in brief.accounts
        sites = brief.scope.get("sites")
        return (
            not sites
            or anywhere
            or "company" in brief.scope
            or not self._all_sites.isdisjoint(sites)
        )

    def _rows_of(self, kind: str) -> list[Row]:
        records, known = self.programme.records.get(kind, ()), self.programme.kinds[kind]
        anywhere = known.covers == "anywhere"
        dated = [r for r in records if r.proves and self._concerns(r, anywhere)]
        dated.sort(key=lambda r: (r.dated, r.id))
        open_all(record.filed for record in dated)
        return self._making.rows(dated, known, self.before.get(kind, ()))

    def _company_wide(self, kind: str) -> list[Row]:
        return self.kept(
            ("company", kind), lambda: [r for r in self._all(kind) if r["scope"].get("company")]
        )

    def _profile_rows(self, name: str) -> list[Row]:
        """Sites, lanes or systems of this account that exist today."""
        items = enumerate(self.programme.profile.get(name, ()))
        mine = (
            (i, x)
            for i, x in items
            if self.account["id"] in x.get("accounts", (self.account["id"],))
        )
        rows = (Row(x, PROFILE, (name, i)) for i, x in mine)
        kinds = [k for k in self.programme.kinds.values() if k.every and f"{k.unit}s" == name]
        return [self._newcomer(row, kinds) for row in rows if self.today.in_force(row)]

    def _newcomer(self, row: Row, kinds: Iterable[Kind]) -> Row:
        """A site, lane or system; where it is new, with the kinds of which no record is due yet."""
        since = row.get("since") or row.get("started_on")
        waits = [k.id for k in kinds if since and not self.today.is_past(k.first_due(since))]
        return row.extended({"awaits": waits}) if waits else row


class Lookback(NamedTuple):
    """The first day that is judged, and what makes it the first."""

    day: str
    reason: str

    def __str__(self) -> str:
        return f"{self.day} ({self.reason})" if self.day else self.reason


def lookback(account: Mapping[str, Any], settings: Mapping[str, Any], today: Today) -> Lookback:
    """Since the last validation, not before `records_from`.

    A day that has not come yet is none: nothing at all would be judged.
    """
    validated = Lookback(account.get("last_validated_on", ""), "the last validation")
    if not validated.day or not today.has_come(validated.day):
        validated = Lookback(account.get("certified_on", ""), "the certification")
    bounds = (validated, Lookback(settings["records_from"], "records_from"))
    come = [bound for bound in bounds if bound.day and today.has_come(bound.day)]
    return max(come, key=lambda bound: bound.day, default=Lookback("", "the beginning"))


def _by_day(first: list[Row], second: list[Row]) -> list[Row]:
    unique = {row["id"]: row for row in (*first, *second)}
    return sorted(unique.values(), key=lambda r: (r["dated"], r["id"]))
