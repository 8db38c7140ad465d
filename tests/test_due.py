"""What falls due is known before it turns a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ctpat_policy import agenda as agendas
from ctpat_policy import clock, due
from ctpat_policy.model import Due, Row
from ctpat_policy.reads import kinds_behind
from tests.company import law, programme
from tests.sample import PROFILE, READER, TODAY, Files, judged, sample

#: What due does not know: the days by which tasks within a record have to be done.
TASKS = {("MSC-1.2", "actions_done"), ("MSC-2.1", "high_risk_is_mitigated")}


def as_proposed() -> Files:
    """The sample at the intervals that we propose for registers and logs."""
    own = r"^    {}: {{.*\n"
    kinds = ("event_register", "visitor_log", "cargo_pickup_log", "seal_log")
    return sample().reworded(PROFILE, *((own.format(kind), "") for kind in kinds))


def turned(files: Files, day: str) -> Iterator[Row]:
    """Rows that are met on TODAY and not on a later day, though nobody changes a file."""
    now = {row.key for row in judged(files).rows if row.verdict == "met"}
    bad = ("not_met", "partly_met", "not_assessed")
    yield from (r for r in judged(files, day).rows if r.key in now and r.verdict in bad)


def announces(item: Due, row: Row) -> bool:
    """Whether an item is about a row's subject, and about what its first gap lacks."""
    criterion, gap = law().criteria[row.criterion], row.gaps[0]
    clause = next(c for c in criterion.clauses if c.id == gap.clause)
    kinds = {kind for test in clause.tests for kind in kinds_behind(criterion, test.of)}
    kinds = {"event_register"} if gap.unknown else kinds or {"procedure"}
    kinds |= {"corrective_action"} if "corrective action" in gap.message else set()
    here = row.subject in ("company", item.subject) or item.subject in ("company", row.account)
    mine = item.account in ("", row.account)
    return item.kind in kinds and mine and (here or item.kind == "procedure")


@pytest.mark.parametrize("files", [sample, as_proposed], ids=["own intervals", "as proposed"])
@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-20", "2027-01-18"])
def test_what_turns_by_itself_fell_due_before(files: Any, day: str) -> None:
    found = list(turned(files(), day))
    span = f"P{clock.days_between(TODAY, day)}D"
    items = agendas.agenda(files(), law(), TODAY, TODAY, span, READER).items

    unknown = [
        (row.key, row.gaps[0].message)
        for row in found
        if (row.criterion, row.gaps[0].clause) not in TASKS
        and not any(announces(i, row) for i in items if TODAY <= i.on < day)
    ]

    assert found
    assert unknown == []


def dues(kind: str, *records: dict[str, Any], today: str = "2026-06-30") -> dict[str, str]:
    """What of a kind falls due, by the words of it."""
    built = programme(records={kind: records}, today=today)
    found = due.everything(law(), built, {"acc"})
    return {d.what.partition(": ")[2]: d.on for d in found if d.kind == kind}


def register(start: str, end: str, *events: str) -> dict[str, Any]:
    named = {e: None for e in law().events if events and e not in events}
    return {
        "scope": {"company": None, "sites": ["S-1"]},
        "recorded_on": end,
        "data": {"period_from": start, "period_to": end, "events": named},
    }


def test_the_next_record_is_due_when_its_lack_would_be_a_hole() -> None:
    walk = {"recorded_on": "2026-06-10", "data": {"inspected_on": "2026-06-10"}}

    assert dues("staging_area_pest_inspection", walk) == {"the next record is due": "2026-07-24"}
    # Then the hole is there, and what comes next is the end of the proof.
    late = dues("staging_area_pest_inspection", walk, today="2026-07-25")
    assert late == {"the newest record expires": "2026-08-10"}


def test_a_register_is_due_when_the_first_day_is_that_no_register_tells_of() -> None:
    whole = register("2026-05-01", "2026-06-30")

    assert dues("event_register", whole) == {"the next record is due": "2026-08-10"}


def test_a_register_that_leaves_days_out_is_due_by_the_first_of_them() -> None:
    first, second = register("2026-05-01", "2026-05-31"), register("2026-06-05", "2026-06-30")

    assert dues("event_register", first, second) == {"the next record is due": "2026-07-10"}


def test_a_register_is_due_for_the_event_that_ends_first() -> None:
    whole = register("2026-05-01", "2026-05-31")
    loads = register("2026-06-01", "2026-06-30", "load")

    assert dues("event_register", whole, loads) == {"the next record is due": "2026-07-10"}


def test_each_account_has_a_series_of_its_own() -> None:
    account = programme().profile["accounts"][0]
    held = [
        {"recorded_on": f"2026-0{month}-10", "accounts": [name], "data": {"held_on": day}}
        for month, name, day in ((5, "acc", "2026-05-10"), (6, "two", "2026-06-10"))
    ]

    built = programme(
        profile={"accounts": [account, {**account, "id": "two"}]},
        records={"continuity_exercise": held},
    )

    found = due.everything(law(), built, {"acc", "two"})
    assert {d.account for d in found if d.kind == "continuity_exercise"} == {"acc", "two"}
