"""Views: one row per entry, what is joined to it, and digests that stand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy.clock import FOREVER
from ctpat_policy.dossiers.rows import Row
from tests.doors import LOADS, door, ids, log, register, two_sites
from tests.small_law import DOOR_CHECK, LOAD_SHEET, SmallLaw

# -- views


def viewed(law: SmallLaw, records: Mapping[str, Any], subject: str = "", **more: Any) -> list[Row]:
    rows: list[Row] = law.dossier(law.programme(records, **more), subject).fact("views.v")
    return rows


def view(**made: Any) -> SmallLaw:
    scope = made.pop("scope", "site")
    return SmallLaw(views={"v": {"each": "records.door_check", **made}}, scope=scope)


def test_a_view_has_a_row_for_each_entry_of_each_of_its_facts() -> None:
    law = view(each=["records.door_check", "records.gate_log"])

    rows = viewed(
        law, {"door_check": [door(), door()], "gate_log": [log("2026-06-01", "2026-06-02")]}
    )

    assert [row["id"] for row in rows] == ["door_check/r1", "door_check/r2", "gate_log/r1"]


def test_only_takes_the_rows_that_fit() -> None:
    law = view(only={"required": ["data"], "properties": {"data": {"required": ["doors"]}}})

    assert ids(viewed(law, {"door_check": [door(), door(data={"doors": 1})]})) == ["r2"]


def test_unique_takes_the_first_of_each_and_all_that_have_none() -> None:
    law = view(unique="data.checker")
    checkers = ["P-1", None, "P-2", "P-1", None]

    records = [door(data={"checker": c} if c else {}) for c in checkers]

    assert ids(viewed(law, {"door_check": records})) == ["r1", "r2", "r3", "r5"]


def test_here_keeps_rows_of_the_subject_and_of_the_company() -> None:
    law = SmallLaw(
        {DOOR_CHECK: {"x-evidence": {"covers": "anywhere"}}},
        views={"v": {"each": "records.door_check", "here": True}},
    )
    records = [
        door(scope={"sites": ["S-1"]}),
        door(scope={"sites": ["S-2"]}),
        door(scope={"company": True}),
    ]

    assert ids(viewed(law, {"door_check": records}, "S-1", profile=two_sites())) == ["r1", "r3"]


def joined(join: Mapping[str, Any], each: str = "records.door_check") -> SmallLaw:
    return view(each=each, **{"with": {"j": join}})


def test_a_join_compares_candidate_and_row() -> None:
    law = joined(
        {"from": "records.gate_log", "where": {"data.visitors": "data.doors"}, "any_time": True}
    )
    logs = [
        log(
            "2026-06-01",
            "2026-06-02",
            data={"first": "2026-06-01", "last": "2026-06-02", "visitors": n},
        )
        for n in (1, 2, 2)
    ]

    (row,) = viewed(law, {"door_check": [door(data={"doors": 2})], "gate_log": logs})

    assert ids(row["j"]) == ["r2", "r3"]


def test_a_join_on_what_the_row_does_not_have_finds_nothing() -> None:
    law = joined(
        {"from": "records.gate_log", "where": {"data.visitors": "data.doors"}, "any_time": True}
    )

    (row,) = viewed(law, {"door_check": [door()], "gate_log": [log("2026-06-01", "2026-06-02")]})

    assert row["j"] == []


def test_a_list_of_the_row_matches_by_any_of_its_elements() -> None:
    law = joined({"from": "company.sites", "where": {"country": "data.countries"}})

    rows = viewed(
        law,
        {"door_check": [door(data={"countries": ["MX", "US"]}), door(data={"countries": ["MX"]})]},
    )

    assert [[s["id"] for s in row["j"]] for row in rows] == [["S-1"], []]


def test_has_asks_that_the_candidates_list_holds_the_rows_value() -> None:
    law = joined(
        {
            "from": "records.door_check",
            "where": {"data.countries": {"has": "country"}},
            "any_time": True,
        },
        each="company.sites",
    )

    (row,) = viewed(
        law,
        {"door_check": [door(data={"countries": ["MX", "US"]}), door(data={"countries": ["MX"]})]},
    )

    assert ids(row["j"]) == ["r1"]


def test_every_condition_must_hold() -> None:
    law = joined(
        {
            "from": "records.door_check",
            "where": {"data.checker": "data.checker", "data.doors": "data.doors"},
            "any_time": True,
        }
    )
    rows = viewed(
        law,
        {
            "door_check": [
                door(data={"checker": "P-1", "doors": 1}),
                door(data={"checker": "P-1", "doors": 2}),
                door(data={"checker": "P-2", "doors": 1}),
            ]
        },
    )

    assert [ids(row["j"]) for row in rows] == [["r1"], ["r2"], ["r3"]]


def test_a_second_condition_may_ask_for_a_list_too() -> None:
    law = joined(
        {
            "from": "records.door_check",
            "where": {"data.checker": "data.checker", "data.countries": {"has": "subject.country"}},
            "any_time": True,
        }
    )
    rows = viewed(
        law,
        {
            "door_check": [
                door(data={"checker": "P-1", "countries": ["US"]}),
                door(data={"checker": "P-1", "countries": ["MX"]}),
                door(data={"checker": "P-1"}),
            ]
        },
    )

    assert [ids(row["j"]) for row in rows] == [["r1"]] * 3


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-06-10T12:00:00Z", ["r1"]),
        ("2026-06-10T13:00:00+01:00", ["r1"]),  # the same moment
        ("2026-06-10T07:00:01-05:00", []),
        ("2026-06-10", ["r1"]),  # beside a day, by its day
        ("2026-06-11", []),
        ("Tomorrow", []),
        (None, []),
    ],
)
def test_a_moment_of_a_candidate_may_have_to_come_first(
    moment: str | None, found: list[str]
) -> None:
    condition = {"kind": "kind", "data.seen_at": {"to": "data.left_at"}}
    law = SmallLaw(
        {
            DOOR_CHECK: {
                "properties": {
                    "data": {
                        "properties": {"seen_at": {"type": "string"}, "left_at": {"type": "string"}}
                    }
                }
            }
        },
        views={
            "v": {
                "each": "records.door_check",
                "with": {"j": {"from": "records.door_check", "where": condition, "any_time": True}},
            }
        },
    )
    seen = {"seen_at": moment} if moment else {}
    check = door(data={**seen, "left_at": "2026-06-10T12:00:00Z"})

    (row,) = viewed(law, {"door_check": [check]})

    assert ids(row["j"]) == found


@pytest.mark.parametrize(
    ("right", "found"),
    [("subject.id", ["r1"]), ("account.id", []), ("as_of", []), ("company.id", [])],
)
def test_a_condition_may_start_at_subject_account_company_or_today(
    right: str, found: list[str]
) -> None:
    law = joined({"from": "records.door_check", "where": {"data.site": right}, "any_time": True})

    (row,) = viewed(law, {"door_check": [door(data={"site": "S-1"})]})

    assert ids(row["j"]) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"from": "data.doors"}, ["r2", "r3"]),
        ({"to": "data.doors"}, ["r1", "r2"]),
        ({"from": "data.doors", "to": "data.doors"}, ["r2"]),
        ({"from": "data.checker"}, []),
        ({"to": "data.site"}, []),
    ],
)
def test_a_condition_may_ask_for_an_order_of_numbers(order: Any, found: list[str]) -> None:
    law = joined(
        {
            "from": "records.gate_log",
            "where": {"data.visitors": order, "scope.sites": {"has": "data.site"}},
            "any_time": True,
        }
    )
    logs = [
        log("2026-06-01", "2026-06-02", data={"first": "2026-06-01", "last": "2026-06-02", **more})
        for more in ({"visitors": 1}, {"visitors": 2}, {"visitors": 3}, {})
    ]

    (row,) = viewed(law, {"door_check": [door(data={"doors": 2, "site": "S-1"})], "gate_log": logs})

    assert ids(row["j"]) == found


@pytest.mark.parametrize(
    ("where", "found", "lasts"),
    [
        ({"until": {"to": "as_of"}}, ["P-1", "P-2"], "2026-07-01"),
        ({"until": {"from": "as_of"}}, ["P-2", "P-3"], "2026-06-30"),
        ({"functions": {"from": "as_of"}}, [], FOREVER),
    ],
)
def test_a_condition_asks_today_so_that_a_verdict_may_outlive_its_day(
    where: Any, found: list[str], lasts: str
) -> None:
    law = joined({"from": "company.people", "where": where, "any_time": True})
    people = [
        {"id": f"P-{n}", "functions": ["other"], "from": "2015-01-01", "until": day}
        for n, day in enumerate(("2026-06-29", "2026-06-30", "2026-07-02"), 1)
    ]
    people.append({"id": "P-4", "functions": ["other"], "from": "2015-01-01"})
    dossier = law.dossier(law.programme({"door_check": [door()]}, profile={"people": people}))

    (row,) = dossier.fact("views.v")

    assert [person["id"] for person in row["j"]] == found
    assert dossier.ledger.today.lasts == lasts


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-05-31", []), ("2026-06-01", ["r1"]), ("2026-06-30", ["r1"]), ("2026-07-01", ["r2"])],
)
def test_a_condition_may_ask_for_the_period_that_a_day_lies_in(day: str, found: list[str]) -> None:
    period = {"data.first": {"to": "dated"}, "data.last": {"from": "dated"}}
    law = joined({"from": "records.gate_log", "where": period, "any_time": True})
    logs = [log("2026-06-01", "2026-06-30"), log("2026-07-01", "2026-07-31")]

    rows = viewed(law, {"door_check": [door(day)], "gate_log": logs}, today="2026-08-31")

    assert [ids(row["j"]) for row in rows] == [found]


def test_a_join_below_another_one_may_look_at_the_row_above() -> None:
    law = joined(
        {
            **SAME,
            "any_time": True,
            "with": {"again": {**SAME, "where": {"data.doors": "of.data.doors"}, "any_time": True}},
        }
    )

    rows = viewed(law, {"door_check": [door(data={"doors": 1}), door(data={"doors": 2})]})

    assert [[ids(c["again"]) for c in row["j"]] for row in rows] == [[["r1"]] * 2, [["r2"]] * 2]
    assert "of" not in rows[0]["j"][0]


def test_without_a_condition_every_candidate_matches() -> None:
    law = joined({"from": "records.gate_log", "where": {}, "any_time": True})

    (row,) = viewed(
        law,
        {
            "door_check": [door()],
            "gate_log": [log("2026-06-01", "2026-06-02"), log("2026-06-03", "2026-06-04")],
        },
    )

    assert ids(row["j"]) == ["r1", "r2"]


#: A check lives two months; so one of 10 March has run out by today, and held on 5 May.
OLD, NOW, LATER = door("2026-03-10"), door("2026-05-05"), door("2026-06-20")
SAME = {"from": "records.door_check", "where": {"kind": "kind"}}


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ({}, ["r2", "r3"]),
        ({"at": "dated"}, ["r1", "r2"]),
        ({"at": "as_of"}, ["r2", "r3"]),
        ({"any_time": True}, ["r1", "r2", "r3"]),
        ({"at": "data.expires_on"}, []),
    ],
)
def test_a_candidate_must_have_been_in_force_on_the_day(
    when: Mapping[str, Any], found: list[str]
) -> None:
    law = joined({**SAME, **when})

    rows = viewed(law, {"door_check": [OLD, NOW, LATER]})

    assert ids(rows) == ["r2", "r3"]  # the look-back bounds what is judged ...
    assert ids(rows[0]["j"]) == found  # ... never what proves it


def test_a_candidate_may_be_narrowed_and_joined_in_turn() -> None:
    law = joined(
        {
            **SAME,
            "any_time": True,
            "only": {"required": ["data"], "properties": {"data": {"required": ["doors"]}}},
            "with": {"again": {**SAME, "any_time": True}},
        }
    )

    (row, _) = viewed(law, {"door_check": [door(data={"doors": 1}), door()]})

    assert ids(row["j"]) == ["r1"]
    assert ids(row["j"][0]["again"]) == ["r1", "r2"]


def test_a_join_leaves_the_row_itself_as_it_was() -> None:
    law = joined({**SAME, "any_time": True})
    made = law.programme({"door_check": [door()]})

    dossier = law.dossier(made)
    dossier.fact("views.v")

    assert "j" not in dossier.fact("records.door_check")[0]


# -- digests that stand in for single sheets


SHEETS = {"from": "records.load_sheet", "where": {"data.shipment": "ref"}, "at": "dated"}


def sheet(shipment: str, day: str = "2026-06-10", **patch: Any) -> dict[str, Any]:
    return {"recorded_on": day, "data": {"loaded_on": day, "shipment": shipment}, **patch}


def digest(
    count: int, first: str = "2026-06-01", last: str = "2026-06-30", **patch: Any
) -> dict[str, Any]:
    data = {
        "period_from": first,
        "period_to": last,
        "count": count,
        "not_ok": 0,
        "log": {"path": "l.csv"},
    }
    return {"recorded_on": "2026-06-30", "data": data, **patch}


def load(ref: str, day: str = "2026-06-12", **more: str) -> dict[str, str]:
    return {"ref": ref, "dated": day, "site": "S-1", **more}


def loads(
    *entries: Mapping[str, str], records: list[dict[str, Any]], subject: str = ""
) -> list[list[str]]:
    law = SmallLaw(
        {LOAD_SHEET: {"x-evidence": {"covers": "anywhere"}}},
        views={"v": {**LOADS, "with": {"j": SHEETS}}},
    )
    events = register("2026-05-01", "2026-06-30", {"load": list(entries)}, scope={"company": True})
    rows = viewed(
        law, {"event_register": [events], "load_sheet": records}, subject, profile=two_sites()
    )
    return [ids(row["j"]) for row in rows]


def test_a_single_sheet_is_found_by_its_shipment() -> None:
    assert loads(load("A"), load("B"), records=[sheet("A")]) == [["r1"], []]


def test_a_digest_stands_in_on_the_days_and_at_the_place_that_it_is_about() -> None:
    entries = [load("A", "2026-06-01"), load("B", "2026-06-30"), load("C", "2026-05-31")]

    assert loads(*entries, records=[digest(9)]) == [["r1"], ["r1"], []]
    assert loads(load("A"), records=[digest(9, scope={"sites": ["S-2"]})]) == [[]]
    assert loads(load("A"), records=[digest(9, scope={"sites": ["S-1", "S-2"]})]) == [["r1"]]
    assert loads(load("A"), records=[digest(9, scope={"company": True})]) == [["r1"]]


def test_a_digest_speaks_for_as_many_as_it_counts() -> None:
    entries = [load("A"), load("B"), load("C")]

    assert loads(*entries, records=[digest(2)]) == [["r1"], ["r1"], []]
    assert loads(*entries, records=[digest(0)]) == [[], [], []]


def test_a_digest_stands_in_only_where_single_sheets_would_name_the_shipment() -> None:
    law = SmallLaw(
        views={
            "v": {
                **LOADS,
                "with": {
                    "j": {
                        "from": "records.load_sheet",
                        "where": {"kind": "record.kind"},
                        "at": "dated",
                    }
                },
            }
        }
    )
    events = register("2026-05-01", "2026-06-30", {"load": [load("A")]}, scope={"company": True})

    (row,) = viewed(law, {"event_register": [events], "load_sheet": [digest(9)]})

    assert row["j"] == []
