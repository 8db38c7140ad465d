"""Series: where the records of a kind leave holes, unit by unit, and where registers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.clock import Hole, in_time, missed, uncovered
from ctpat_policy.dossiers.ledger import Ledger
from ctpat_policy.dossiers.rows import Row
from ctpat_policy.dossiers.sight import Subject
from ctpat_policy.features import feature_since, there
from ctpat_policy.filing import PROFILE
from ctpat_policy.kinds import Kind

REGISTER = "event_register"
#: What a hole says that a later record has ended.
PAST = (
    "; no later record closes this, but a corrective action does that names it under explains, "
    "once it is closed"
)
#: Where a scope lists units that have a series.
SCOPES = {"site": "sites", "partner": "partners", "lane": "lanes", "system": "systems"}


def holes(ledger: Ledger, kind_id: str, subject: Subject) -> list[Row]:
    """Where the series of a kind has holes, for every unit inside the subject."""
    kind = ledger.programme.kinds[kind_id]
    return ledger.kept(
        ("holes", kind_id, subject.scope, subject.id),
        lambda: [h for h in _all_holes(ledger, kind, subject) if not _explained(ledger, kind, h)],
    )


def register_holes(ledger: Ledger, event: str, subject: Subject) -> list[Row]:
    """Days on which no register says whether an event happened, site by site."""
    kind = ledger.programme.kinds[REGISTER]
    return ledger.kept(
        ("register", event, subject.scope, subject.id),
        lambda: [
            hole
            for site in _sites_naming(ledger, event, subject)
            for hole in _site_register(ledger, kind, event, site)
            if not _explained(ledger, kind, hole)
        ],
    )


def standstills(
    ledger: Ledger, event: str, subject: Subject, company: Mapping[str, Any]
) -> list[Row]:
    """Where the profile says that an event goes on, and no register of the look-back has one.

    The company is asked as a whole where one of its practices says so.
    """
    flow = ledger.catalog.flows[event]
    if not flow:
        return []
    return ledger.kept(
        ("standstill", event, subject.scope, subject.id),
        lambda: [*_standstills(ledger, event, subject, company["practices"], flow)],
    )


def unit_rows(ledger: Ledger, kind: Kind, subject: Subject) -> Iterator[tuple[Row, list[Row], str]]:
    """Each unit whose series lies inside the subject: its row, its records, its first day."""
    if kind.unit == "site":
        sites = [s for s in ledger.sites if subject.scope != "site" or s["id"] == subject.id]
        for site in sites:
            since = feature_since(site, kind.series_from)
            if since is not None and is_wanted(site, kind):
                about = ledger.seen(kind.id, Subject("site", site["id"], site))
                yield site, about, max(since, site.get("since", ""))
    elif kind.unit in ("system", "lane"):
        units = ledger.systems if kind.unit == "system" else ledger.lanes
        for unit in units:
            if is_wanted(unit, kind):
                about = _about(ledger, kind, unit["id"])
                yield unit, about, unit.get("since") or unit.get("started_on") or ""
    elif kind.unit == "partner" and subject.scope == "partner":
        if is_wanted(subject.row, kind):
            yield subject.row, ledger.seen(kind.id, subject), subject.row.get("since", "")
    elif kind.unit in ("company", "account"):
        unit = Row({"id": ledger.account["id"]}, PROFILE, ("accounts",))
        yield unit, ledger.rows(kind.id), ""


def _all_holes(ledger: Ledger, kind: Kind, subject: Subject) -> Iterator[Row]:
    for unit, records, since in unit_rows(ledger, kind, subject):
        yield from _spans(ledger, kind, unit, records, since)


def _spans(ledger: Ledger, kind: Kind, unit: Row, records: list[Row], since: str) -> Iterator[Row]:
    start = max(ledger.start, since)
    if kind.every is None or not ledger.today.has_come(start):
        return
    grace = kind.grace or "P0D"
    if kind.period:
        first, last = kind.period
        periods = [(r["data"][first], r["data"][last]) for r in records]
        found = uncovered(periods, start, ledger.today.itself, kind.every, grace)
    else:
        newest = max((r["dated"] for r in records), default="")
        # Until the next record is late the day makes no hole, and so no difference.
        on_time = not ledger.today.is_past(in_time(max(newest, start), kind.every, grace))
        end = max(newest, start) if on_time else ledger.today.itself
        found = missed([r["dated"] for r in records], start, end, kind.every, grace)
    for hole in found:
        yield _row(ledger, kind, unit, hole, records)


def _row(ledger: Ledger, kind: Kind, unit: Row, hole: Hole, records: list[Row]) -> Row:
    """A hole, at the last record before it; `remark` says what made it and what closes it."""
    days = {r["dated"] for r in records}
    remark = ""
    if hole.start == ledger.start and hole.start not in days:
        remark = f"; everything counts since {ledger.since}"
    if not kind.period and hole.end in days:
        remark += PAST
    content = {"kind": kind.id, "unit": unit["id"], "from": hole.start, "until": hole.end}
    before = [r for r in records if r["dated"] <= hole.start]
    at, pointer = (before[-1].path, ()) if before else (unit.path, unit.pointer)
    return Row({**content, "remark": remark}, at, pointer)


def _about(ledger: Ledger, kind: Kind, unit: str) -> list[Row]:
    """Records of a lane's or system's series: named in the scope, or in the data as one or many."""
    named = ledger.naming(kind.id, f"{kind.unit}s").get(unit, [])
    inside = [
        r
        for r in ledger.rows(kind.id)
        if r not in named
        and (r["data"].get(kind.unit) == unit or unit in (r["data"].get(f"{kind.unit}s") or ()))
    ]
    return sorted([*named, *inside], key=lambda r: str(r["dated"]))


def _site_register(ledger: Ledger, kind: Kind, event: str, site: Row) -> Iterator[Row]:
    seen = ledger.seen(REGISTER, Subject("site", site["id"], site))
    naming = [r for r in seen if event in r["data"]["events"]]
    silent = [r for r in seen if event not in r["data"]["events"]]
    start = max(ledger.start, site.get("since", ""))
    if not naming and ledger.today.has_come(start):
        # Before the first register nothing is known, however short the time: never a met.
        holes = iter([_row(ledger, kind, site, Hole(start, ledger.today.itself), [])])
    else:
        holes = _spans(ledger, kind, site, naming, site.get("since", ""))
    for hole in holes:
        yield _to_mend(hole, silent, kind)


def _to_mend(hole: Row, silent: list[Row], kind: Kind) -> Row:
    """The hole, in the register of those days where there is one: it lacks but a line."""
    assert kind.period is not None, "a register is a log"
    first, last = kind.period
    for register in silent:
        data = register["data"]
        if data[first] <= hole["until"] and data[last] >= hole["from"]:
            return Row({**hole, "silent": True}, register.path, ("data", "events"))
    return hole


def _sites_naming(ledger: Ledger, event: str, subject: Subject) -> list[Row]:
    """The sites whose registers must name an event: of one that is asked about, nobody has to
    work there.
    """
    activities = set(ledger.catalog.events[event])
    if subject.scope == "site":
        mine = [s for s in ledger.sites if s["id"] == subject.id]
    else:
        mine = [s for s in ledger.sites if activities or s.get("staffed")]
    return [s for s in mine if not activities or activities & set(s["activities"])]


def _standstills(
    ledger: Ledger,
    event: str,
    subject: Subject,
    practices: Mapping[str, Any],
    flow: frozenset[str],
) -> Iterator[Row]:
    registers = ledger.records(REGISTER, subject)
    entries = [e for r in registers for e in r["data"]["events"].get(event, ())]
    moved = {entry["site"] for entry in entries}
    of_company = subject.scope == "company"
    if of_company and not moved and any(practices.get(name) for name in flow):
        yield _still(subject.row, "the company", ledger.start)
        return
    for site in ledger.sites:
        mine = of_company or site["id"] == subject.id
        if mine and site["id"] not in moved and not flow.isdisjoint(there(site)):
            yield _still(site, site["id"], max(ledger.start, site.get("since", "")))


def _still(row: Row, unit: str, start: str) -> Row:
    return Row({"unit": unit, "from": start}, row.path, row.pointer)


def _explained(ledger: Ledger, kind: Kind, hole: Row) -> bool:
    """Whether a closed corrective action about the unit names the kind, the unit and the whole
    span. What was opened before the hole or closed before its end cannot tell of it.
    """
    listed = SCOPES.get(kind.unit)
    scope = {listed: [hole["unit"]]} if listed else {"company": True}
    for action in ledger.programme.actions.values():
        data = action.record.data
        if (
            action.state == "closed"
            and data["opened_on"] >= hole["from"]
            and not action.why_not(scope, hole["until"])
            and any(_names(span, kind, hole) for span in data.get("explains", ()))
        ):
            return True
    return False


def _names(span: Mapping[str, Any], kind: Kind, hole: Row) -> bool:
    """Whether a span that an action explains is of the kind and the unit, and has all of a hole."""
    about = (span["kind"], span["unit"]) == (kind.id, hole["unit"])
    return about and span["from"] <= hole["from"] and span["until"] >= hole["until"]


def is_wanted(unit: Mapping[str, Any], kind: Kind) -> bool:
    """Whether the records of a kind are asked of a unit at all."""
    wanted = all(unit.get(key) == value for key, value in kind.only_units.items())
    return wanted and not any(unit.get(key) in some for key, some in kind.except_units.items())
