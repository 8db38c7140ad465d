"""What a dossier holds: what counts today and for whom, items, holes, registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy.dossiers.facts import company_facts, subjects
from ctpat_policy.dossiers.ledger import Ledger, lookback
from ctpat_policy.dossiers.rows import MISSING, Row, in_force, look, look_all
from ctpat_policy.dossiers.today import Today
from ctpat_policy.model import Place
from tests.company import example
from tests.doors import LOADS, OFFICE, door, ids, log, register, site, spans, two_sites
from tests.small_law import DOOR_CHECK, SmallLaw

LAW = SmallLaw()
COMPANY = SmallLaw(scope="company")
PARTNER = SmallLaw(scope="partner")


# -- rows


def test_a_value_is_looked_up_through_mappings_alone() -> None:
    row = {"data": {"points": [{"ok": True}, {"ok": False}], "n": None}}

    assert look(row, "data.n") is None
    assert look(row, "data.gone") is MISSING
    assert look(row, "data.points.ok") is MISSING
    assert list(look_all(row, "data.points.ok")) == [True, False]
    assert list(look_all(row, "data.gone")) == []


@pytest.mark.parametrize(
    ("row", "days"),
    [
        ({"dated": "2026-06-02", "until": "2026-06-03"}, ["2026-06-02", "2026-06-03"]),
        ({"since": "2026-06-02", "until": "2026-06-03"}, ["2026-06-02", "2026-06-03"]),
        ({"from": "2026-06-02", "until": "2026-06-03"}, ["2026-06-02", "2026-06-03"]),
        ({"started_on": "2026-06-02", "ended_on": "2026-06-03"}, ["2026-06-02", "2026-06-03"]),
        ({"since": "2026-06-04"}, ["2026-06-04"]),
        ({"until": "2026-06-01"}, ["2026-06-01"]),
        ({}, ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"]),
        (
            {"record": {"dated": "2026-06-02", "until": "2026-06-02"}, "dated": "2026-06-04"},
            ["2026-06-02"],
        ),
    ],
)
def test_the_days_on_which_a_row_was_in_force(row: Mapping[str, Any], days: list[str]) -> None:
    june = [f"2026-06-0{n}" for n in (1, 2, 3, 4)]

    assert [day for day in june if in_force(Row(row, "a.yaml"), day)] == days


def test_a_row_knows_where_its_values_stand() -> None:
    record = Row({"data": {"n": 1}}, "a.yaml")
    item = Row(
        {"ok": False, "computed": {"n": 1}, "actions": [], "record": record},
        "a.yaml",
        ("data", "p", 2),
    )

    assert record.place(("data", "n")) == Place("a.yaml", ("data", "n"))
    assert record.place(("computed", "n")) == Place("a.yaml")
    assert record.place(("until",)) == Place("a.yaml")
    assert item.place(("ok",)) == Place("a.yaml", ("data", "p", 2, "ok"))
    assert item.place(("computed", "n")) == Place("a.yaml", ("data", "p", 2))
    assert item.place(("record", "data")) == Place("a.yaml", ("data", "p", 2))
    assert item.place(("gone",)) == Place("a.yaml", ("data", "p", 2))


# -- what counts, and for whom


@pytest.mark.parametrize(
    ("account", "start"),
    [
        (
            {"last_validated_on": "2026-06-01", "certified_on": "2018-01-01"},
            "2026-06-01 (the last validation)",
        ),
        (
            {"last_validated_on": "2020-06-01", "certified_on": "2018-01-01"},
            "2026-05-01 (records_from)",
        ),
        ({"certified_on": "2026-05-20"}, "2026-05-20 (the certification)"),
        ({}, "2026-05-01 (records_from)"),
        (
            {"last_validated_on": "2026-07-01", "certified_on": "2026-05-20"},
            "2026-05-20 (the certification)",
        ),
        ({"last_validated_on": "2026-07-01"}, "2026-05-01 (records_from)"),
    ],
)
def test_the_look_back_begins_with_the_last_validation_but_not_before_the_records(
    account: Mapping[str, Any], start: str
) -> None:
    assert str(lookback(account, {"records_from": "2026-05-01"}, Today("2026-06-30"))) == start


def test_current_is_what_proves_today_and_records_what_is_dated_in_the_look_back() -> None:
    made = LAW.programme(
        {"door_check": [door("2026-04-29"), door("2026-04-30"), door("2026-05-01")]}
    )

    dossier = LAW.dossier(made)

    assert ids(dossier.fact("current.door_check")) == ["r2", "r3"]  # two months from 29 April
    assert ids(dossier.fact("records.door_check")) == ["r3"]


def test_a_row_of_a_record_carries_all_that_a_rule_may_read() -> None:
    made = LAW.programme({"door_check": [door(accounts=["acc"], data={"doors": 3})]})

    (row,) = LAW.dossier(made).fact("records.door_check")

    assert row == {
        "id": "door_check/r1",
        "kind": "door_check",
        "dated": "2026-06-10",
        "until": "2026-08-10",
        "scope": {"sites": ["S-1"]},
        "accounts": ["acc"],
        "actions": [],
        "computed": {},
        "data": {"checked_on": "2026-06-10", "doors": 3},
    }
    assert row.path == "evidence/door_check/r1.yaml"


def test_rows_are_in_the_order_of_their_days_and_void_ones_are_left_out() -> None:
    void = {"voided_on": "2026-06-12", "voided_by": "P-1", "reason": "A slip."}
    made = LAW.programme(
        {"door_check": [door("2026-06-20"), door("2026-06-01"), door("2026-06-10", void=void)]}
    )

    assert ids(LAW.dossier(made).fact("records.door_check")) == ["r2", "r1"]


def test_a_record_speaks_for_the_sites_that_its_scope_names_and_no_other() -> None:
    records = {
        "door_check": [
            door(scope={"sites": ["S-1"]}),
            door(scope={"sites": ["S-2"]}),
            door(scope={"sites": ["S-1", "S-2"]}),
            door(scope={"company": True}),
            door(scope={"partners": ["PT-1"]}),
        ]
    }
    made = LAW.programme(records, profile=two_sites())
    whole = COMPANY.programme(records, profile=two_sites())

    assert ids(LAW.dossier(made, "S-1").fact("current.door_check")) == ["r1", "r3"]
    assert ids(LAW.dossier(made, "S-2").fact("current.door_check")) == ["r2", "r3"]
    assert ids(COMPANY.dossier(whole).fact("current.door_check")) == ["r1", "r2", "r3", "r4", "r5"]


@pytest.mark.parametrize(
    ("covers", "seen"),
    [("company", ["r1", "r3"]), ("anywhere", ["r1", "r2", "r3", "r4"]), (None, ["r1"])],
)
def test_a_company_record_counts_for_a_site_only_where_its_kind_says_so(
    covers: str | None, seen: list[str]
) -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"covers": covers}}})
    made = law.programme(
        {
            "door_check": [
                door(scope={"sites": ["S-1"]}),
                door(scope={"sites": ["S-2"]}),
                door(scope={"company": True}),
                door(scope={"partners": ["PT-1"]}),
            ]
        },
        profile=two_sites(),
    )

    assert ids(law.dossier(made, "S-1").fact("current.door_check")) == seen


def test_a_partner_is_judged_by_its_own_records_alone() -> None:
    made = PARTNER.programme(
        {
            "door_check": [
                door(scope={"partners": ["PT-1"]}),
                door(scope={"partners": ["PT-2"]}),
                door(scope={"company": True}),
            ]
        },
        partners=[{}, {}],
    )

    assert ids(PARTNER.dossier(made, "PT-2").fact("current.door_check")) == ["r2"]


ACCOUNT = {
    "id": "other",
    "entity_type": "importer",
    "status": "applicant",
    "handles_cargo": False,
}


def two_accounts() -> dict[str, Any]:
    profile = example("security_profile")
    return {
        "accounts": [profile["accounts"][0], ACCOUNT],
        "sites": [site(), {**OFFICE, "accounts": ["other"]}],
    }


def test_a_record_serves_the_accounts_that_it_names_or_whose_sites_it_is_about() -> None:
    records = {
        "door_check": [
            door(accounts=["acc"], scope={"company": True}),
            door(accounts=["other"], scope={"company": True}),
            door(scope={"company": True}),
            door(scope={"sites": ["S-1"]}),
            door(scope={"sites": ["S-2"]}),
        ]
    }
    made = COMPANY.programme(records, profile=two_accounts())

    assert ids(COMPANY.dossier(made, account=0).fact("current.door_check")) == ["r1", "r3", "r4"]
    assert ids(COMPANY.dossier(made, account=1).fact("current.door_check")) == ["r2", "r3", "r5"]


def test_sites_lanes_and_systems_are_the_accounts_own_and_of_today() -> None:
    sites = [
        site(),
        {**OFFICE, "since": "2026-07-01"},
        {**OFFICE, "id": "S-3", "until": "2026-06-29"},
    ]
    made = LAW.programme(profile={"sites": sites})

    found = COMPANY.programme(profile=two_accounts())

    assert [s["id"] for s in LAW.dossier(made).fact("company.sites")] == ["S-1"]
    assert [s["id"] for s in COMPANY.dossier(found, account=1).fact("company.sites")] == ["S-2"]


def test_only_active_partners_of_today_are_judged() -> None:
    made = PARTNER.programme(
        partners=[
            {},
            {"active": False, "until": "2026-01-01"},
            {"since": "2026-07-01"},
            {"until": "2026-06-29"},
            {"until": "2026-06-30"},
            {"accounts": ["other"]},
        ],
        profile=two_accounts(),
    )
    ledger = Ledger(PARTNER.catalog, made, made.profile["accounts"][0])
    criterion = PARTNER.catalog.criteria["MSC-9.4"]

    assert [s.id for s in subjects(ledger, criterion, company_facts(ledger))] == ["PT-1", "PT-5"]


def test_a_new_site_waits_for_the_kinds_whose_first_record_is_not_due_yet() -> None:
    days = ("2026-05-16", "2026-05-15", "2015-01-01")
    site = example("security_profile")["sites"][0]
    sites = [{**site, "id": f"S-{n}", "since": day} for n, day in enumerate(days, 1)]
    dossier = LAW.dossier(LAW.programme(profile={"sites": sites}))

    assert [s.get("awaits") for s in dossier.fact("company.sites")] == [["door_check"], None, None]
    assert dossier.ledger.lasts == "2026-06-30"


def test_facts_of_the_profile_and_of_the_law() -> None:
    made = LAW.programme()

    dossier = LAW.dossier(made)

    assert dossier.fact("as_of") == "2026-06-30"
    assert dossier.fact("subject.cctv.installed") is True
    assert dossier.fact("subject.cctv.retention_days") == 60
    assert dossier.fact("subject.name") is MISSING
    assert dossier.fact("company.practices.own_drivers") is True
    assert dossier.fact("account.entity_type") == "consolidator"
    assert dossier.fact("reference.seal_editions")[0].path == "schemas/reference/seal_editions.yaml"
    assert [p["id"] for p in dossier.fact("company.partners")] == ["PT-1"]


# -- records that contradict themselves


@pytest.mark.parametrize(
    "patch",
    [
        {"scope": {"sites": ["S-1", "S-2"]}},  # a check of one site proves nothing at two
        {"scope": {"sites": ["S-2"]}},
        {"data": {"period_from": "2026-06-11", "period_to": "2026-06-10"}},
    ],
)
def test_a_record_that_contradicts_itself_proves_nothing_anywhere(patch: dict[str, Any]) -> None:
    period = {"period_from": {"type": "string"}, "period_to": {"type": "string"}}
    law = SmallLaw({DOOR_CHECK: {"properties": {"data": {"properties": period}}}})
    data = {"site": "S-1", **patch.get("data", {})}
    good, bad = door(data={"site": "S-1"}), door(**{**patch, "data": data})

    made = law.programme({"door_check": [good, bad]}, profile=two_sites())

    assert ids(law.dossier(made, "S-1").fact("records.door_check")) == ["r1"]
    assert ids(law.dossier(made, "S-2").fact("records.door_check")) == []
    assert [f.place.path for f in made.findings] == ["evidence/door_check/r2.yaml"]


@pytest.mark.parametrize(
    ("only_with", "patch", "proving"),
    [
        (["cctv"], {}, ["r2", "r1"]),
        (["cctv"], {"cctv": {"installed": False}}, ["r2"]),
        (["cctv", "guards"], {"cctv": {"installed": False}}, ["r2", "r1"]),
        (["port_calls"], {"activities": ["office"]}, ["r2"]),
        (["seal_stock"], {"seal_stock": False}, ["r2"]),
    ],
)
def test_a_record_of_what_the_profile_does_not_know_at_its_site_proves_nothing_today(
    only_with: list[str], patch: dict[str, Any], proving: list[str]
) -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"only_with": only_with}}})
    run_out = door("2026-01-10", recorded_on="2026-01-10")  # it may tell of what is gone since
    made = law.programme(
        {"door_check": [door(), run_out]}, profile={"sites": [site(**patch), OFFICE]}
    )

    found = law.dossier(made, "S-1")
    assert ids(found.ledger.seen("door_check", found.subject)) == proving
    assert ids(found.fact("current.door_check")) == [r for r in proving if r == "r1"]
    told = [f.place.path for f in made.findings if f.code == "record-unfounded"]
    assert told == ([] if "r1" in proving else ["evidence/door_check/r1.yaml"])


# -- actions on records


def action(state: str = "open", **data: Any) -> dict[str, Any]:
    return {"data": {"status": state, **data}}


def test_a_record_carries_the_actions_that_it_names_and_those_that_answer_it() -> None:
    made = LAW.programme(
        {
            "door_check": [door(data={"action": "r1"})],
            "corrective_action": [
                action(),
                action(answers=["door_check/r1"], due="2026-06-01"),
                action(answers=["door_check/r9"]),
                action("cancelled", answers=["door_check/r1"]),
            ],
        }
    )

    (row,) = LAW.dossier(made).fact("records.door_check")

    assert row["actions"] == [
        {"id": "r2", "state": "overdue", "due": "2026-06-01"},
        {"id": "r1", "state": "in_time", "due": "2026-07-31"},
    ]


def closed(verified_on: str, scope: dict[str, Any], **data: Any) -> dict[str, Any]:
    proof = {"closure_evidence": ["door_check/r1"], "implemented_on": verified_on}
    more = {
        **proof,
        "criteria": ["MSC-9.4"],
        "verified_by": "P-2",
        "verified_on": verified_on,
        **data,
    }
    return {**action("verified_closed", opened_on="2026-05-20", **more), "scope": scope}


@pytest.mark.parametrize(
    ("verified_on", "scope", "answers"),
    [
        ("2026-06-10", {"company": True}, True),  # on the day of the check itself
        ("2026-06-09", {"company": True}, False),
        ("2026-06-20", {"company": None, "sites": ["S-1"]}, True),
        ("2026-06-20", {"company": None, "sites": ["S-2"]}, False),
    ],
)
def test_an_action_answers_only_what_it_is_about_and_what_was_not_past_it(
    verified_on: str, scope: dict[str, Any], answers: bool
) -> None:
    check, own = door(data={"action": "r1"}), closed(verified_on, scope)
    made = LAW.programme({"door_check": [check], "corrective_action": [own]}, profile=two_sites())

    (row,) = LAW.dossier(made).fact("records.door_check")

    assert [a["id"] for a in row["actions"]] == (["r1"] if answers else [])
    assert [f.code for f in made.findings] == ([] if answers else ["action-no-answer"])


def test_a_log_is_answered_by_an_action_of_its_own_period() -> None:
    soon = closed("2026-06-05", {"company": True}, answers=["gate_log/r1", "door_check/r1"])
    made = LAW.programme(
        {
            "gate_log": [log("2026-06-01", "2026-06-28")],
            "door_check": [door()],
            "corrective_action": [soon],
        }
    )

    (row,) = LAW.dossier(made).fact("records.gate_log")

    assert [a["id"] for a in row["actions"]] == ["r1"]
    # It was too early for the check of the tenth, and says so itself.
    assert [(f.code, f.place.pointer) for f in made.findings] == [
        ("action-no-answer", ("data", "answers", 1))
    ]


def test_an_action_that_does_not_exist_answers_nothing() -> None:
    made = LAW.programme({"door_check": [door(data={"action": "CA-9"})]})

    assert LAW.dossier(made).fact("records.door_check")[0]["actions"] == []


def test_the_row_of_an_action_carries_its_state() -> None:
    made = COMPANY.programme({"corrective_action": [action(), action(due="2026-06-01")]})

    found = COMPANY.dossier(made).fact("records.corrective_action")

    assert {r["id"]: r["state"] for r in found} == {
        "corrective_action/r1": "in_time",
        "corrective_action/r2": "overdue",
    }


# -- items of lists


POINTS = [
    {"point": "gate", "ok": True, "action": "r1", "parts": ["hinge", "lock"]},
    {"point": "dock", "site": "S-2", "dated": "2026-06-09"},
    {"point": "roof", "site": "S-1", "due": "2026-07-02"},
]


def test_items_carry_their_record_their_day_and_both_their_actions() -> None:
    law = SmallLaw(
        {DOOR_CHECK: {"x-evidence": {"computed": {"left": {"days_left": "due", "each": "points"}}}}}
    )
    made = law.programme(
        {
            "door_check": [door(data={"points": POINTS, "action": "r2"})],
            "corrective_action": [action(), action()],
        }
    )

    first, second = law.dossier(made).fact("records.door_check.data.points")

    assert (first["point"], first["dated"], first["computed"]) == ("gate", "2026-06-10", {})
    assert [a["id"] for a in first["actions"]] == ["r2", "r1"]
    assert first["record"]["id"] == "door_check/r1"
    assert (first.path, first.pointer) == ("evidence/door_check/r1.yaml", ("data", "points", 0))
    assert (second["point"], second["computed"]) == ("roof", {"left": 2})
    assert [a["id"] for a in second["actions"]] == ["r2"]
    assert second.pointer == ("data", "points", 2)


def test_an_item_that_names_a_site_speaks_for_no_other() -> None:
    records = {"door_check": [door(scope={"sites": ["S-1", "S-2"]}, data={"points": POINTS})]}
    made = LAW.programme(records, profile=two_sites())
    whole = COMPANY.programme(records, profile=two_sites())
    narrow = COMPANY.programme(records)

    def points(dossier: Any) -> list[str]:
        return [item["point"] for item in dossier.fact("records.door_check.data.points")]

    assert points(LAW.dossier(made, "S-1")) == ["gate", "roof"]
    assert points(LAW.dossier(made, "S-2")) == ["gate", "dock"]
    assert points(COMPANY.dossier(whole)) == ["gate", "dock", "roof"]
    assert points(COMPANY.dossier(narrow)) == ["gate", "roof"]


def test_items_of_a_list_in_a_list_keep_the_keys_of_the_outer_item() -> None:
    made = LAW.programme({"door_check": [door(data={"points": POINTS[:1]})]})

    found = LAW.dossier(made).fact("records.door_check.data.points.parts")

    assert [(i["value"], i["point"], i.pointer) for i in found] == [
        ("hinge", "gate", ("data", "points", 0, "parts", 0)),
        ("lock", "gate", ("data", "points", 0, "parts", 1)),
    ]


def test_a_list_that_a_record_does_not_have_has_no_items() -> None:
    made = LAW.programme({"door_check": [door()]})

    assert LAW.dossier(made).fact("records.door_check.data.points") == []


# -- holes


def test_holes_are_those_of_each_unit_so_that_no_site_hides_another() -> None:
    records = {
        "door_check": [
            door("2026-05-20"),
            door("2026-06-20"),
            door("2026-06-20", scope={"sites": ["S-2"]}),
        ]
    }
    made = LAW.programme(records, profile=two_sites())
    whole = COMPANY.programme(records, profile=two_sites())

    assert spans(LAW.dossier(made, "S-1").fact("holes.door_check")) == []
    assert spans(LAW.dossier(made, "S-2").fact("holes.door_check")) == [
        ("S-2", "2026-05-01", "2026-06-20")
    ]
    assert spans(COMPANY.dossier(whole).fact("holes.door_check")) == [
        ("S-2", "2026-05-01", "2026-06-20")
    ]


def test_a_series_begins_when_its_site_does() -> None:
    made = LAW.programme(profile={"sites": [site(since="2026-05-25")]})

    assert LAW.dossier(made).fact("holes.door_check") == []


def test_before_the_first_day_of_the_look_back_there_is_no_hole() -> None:
    made = LAW.programme(profile={"settings": {"records_from": "2026-06-29"}})

    assert LAW.dossier(made).fact("holes.door_check") == []


def test_a_first_day_in_the_future_leaves_nothing_out() -> None:
    made = LAW.programme(profile={"settings": {"records_from": "2026-07-01"}})

    assert spans(LAW.dossier(made).fact("holes.door_check")) == [
        ("S-1", "2022-12-06", "2026-06-30")
    ]
    assert [(f.code, f.place.pointer) for f in made.findings] == [
        ("profile-day", ("settings", "records_from"))
    ]


@pytest.mark.parametrize(
    ("feature", "facts", "holes"),
    [
        ("cctv", {"cctv": {"installed": False}}, []),
        ("cctv", {"cctv": {"installed": True, "since": "2026-06-10"}}, []),
        (
            "cctv",
            {"cctv": {"installed": True, "since": "2026-05-10"}},
            [("S-1", "2026-05-10", "2026-06-30")],
        ),
        ("guards", {"guards": {"employed": "none"}}, []),
        (
            "guards",
            {"guards": {"employed": "own", "since": "2026-05-10"}},
            [("S-1", "2026-05-10", "2026-06-30")],
        ),
        ("gates", {"gates": {"present": False}}, []),
        (
            "gates",
            {"gates": {"present": True, "since": "2015-01-01"}},
            [("S-1", "2026-05-01", "2026-06-30")],
        ),
        ("badges", {"badges": {"issued": False}}, []),
        ("seal_stock", {"seal_stock": False}, []),
        ("seal_stock", {"seal_stock": True}, [("S-1", "2026-05-01", "2026-06-30")]),
    ],
)
def test_a_series_begins_with_the_feature_that_it_is_about(
    feature: str, facts: Mapping[str, Any], holes: list[tuple[str, str, str]]
) -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"series_from": feature}}})

    made = law.programme(profile={"sites": [site(**facts)]})

    assert spans(law.dossier(made).fact("holes.door_check")) == holes


def test_only_the_units_that_a_kind_is_about_have_a_series() -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"only_units": {"seal_stock": True}}}})

    made = law.programme(profile=two_sites())

    assert spans(law.dossier(made, "S-1").fact("holes.door_check")) != []
    assert spans(law.dossier(made, "S-2").fact("holes.door_check")) == []


def test_a_hole_points_at_the_record_before_it_or_at_the_unit_itself() -> None:
    none = LAW.programme()
    some = LAW.programme({"door_check": [door("2026-05-05")]})

    (nowhere,) = LAW.dossier(none).fact("holes.door_check")
    (after,) = LAW.dossier(some).fact("holes.door_check")

    assert nowhere.place() == Place("policies/security-profile.yaml", ("sites", 0))
    assert after.place() == Place("evidence/door_check/r1.yaml")


def test_an_older_record_that_is_not_in_the_look_back_still_opens_no_hole() -> None:
    made = LAW.programme({"door_check": [door("2026-04-30")]})

    assert spans(LAW.dossier(made).fact("holes.door_check")) == [
        ("S-1", "2026-05-01", "2026-06-30")
    ]


SYSTEM = {"id": "SYS-2", "name": "Mail", "sensitive": False, "since": "2026-05-10"}


@pytest.mark.parametrize(
    ("unit", "field", "scope", "holes"),
    [
        ("system", "systems", "SYS-1", [("SYS-2", "2026-05-10", "2026-06-30")]),
        ("lane", "lanes", "L-1", []),
    ],
)
def test_systems_and_lanes_have_series_of_their_own(
    unit: str, field: str, scope: str, holes: list[tuple[str, str, str]]
) -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"unit": unit}}}, scope="company")
    systems = [*example("security_profile")["systems"], SYSTEM]
    records = {
        "door_check": [
            door("2026-05-20", scope={field: [scope]}),
            door("2026-06-20", scope={field: [scope]}),
        ]
    }

    made = law.programme(records, profile={"systems": systems})

    assert spans(law.dossier(made).fact("holes.door_check")) == holes


def test_a_system_may_be_named_in_the_data_as_one_or_as_many() -> None:
    law = SmallLaw(
        {
            DOOR_CHECK: {
                "properties": {
                    "data": {
                        "properties": {
                            "system": {"type": "string"},
                            "systems": {"type": "array", "items": {"type": "string"}},
                        }
                    }
                },
                "x-evidence": {"unit": "system"},
            }
        },
        scope="company",
    )
    one = door("2026-05-20", scope={"company": True}, data={"system": "SYS-1"})
    many = door("2026-06-20", scope={"company": True}, data={"systems": ["SYS-1"]})

    made = law.programme({"door_check": [one, many]})

    assert law.dossier(made).fact("holes.door_check") == []


@pytest.mark.parametrize("unit", ["company", "account"])
def test_the_company_and_the_account_have_one_series(unit: str) -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"unit": unit}}}, scope="company")

    made = law.programme()

    assert spans(law.dossier(made).fact("holes.door_check")) == [
        ("acc", "2026-05-01", "2026-06-30")
    ]


def test_a_partner_has_its_series_from_its_first_day_on() -> None:
    law = SmallLaw({DOOR_CHECK: {"x-evidence": {"unit": "partner"}}}, scope="partner")

    made = law.programme(partners=[{"since": "2026-05-10"}, {"since": "2026-06-20"}])

    assert spans(law.dossier(made, "PT-1").fact("holes.door_check")) == [
        ("PT-1", "2026-05-10", "2026-06-30")
    ]
    assert law.dossier(made, "PT-2").fact("holes.door_check") == []


def test_a_partner_that_a_kind_excepts_has_no_series() -> None:
    facts = {"unit": "partner", "except_units": {"programme": ["none"]}}
    law = SmallLaw({DOOR_CHECK: {"x-evidence": facts}}, scope="partner")

    made = law.programme(partners=[{"programme": "ctpat"}, {"programme": "none"}])

    assert law.dossier(made, "PT-1").fact("holes.door_check") != []
    assert law.dossier(made, "PT-2").fact("holes.door_check") == []


def test_days_that_no_digest_covers_are_holes_of_a_log() -> None:
    today = "2026-09-30"
    made = LAW.programme(
        {"gate_log": [log("2026-05-01", "2026-05-31"), log("2026-07-01", "2026-07-31")]},
        today=today,
    )

    assert spans(LAW.dossier(made).fact("holes.gate_log")) == [
        ("S-1", "2026-06-01", "2026-06-30"),
        ("S-1", "2026-08-01", "2026-08-20"),
    ]


CLOSED = {
    "status": "verified_closed",
    "opened_on": "2026-06-01",
    "implemented_on": "2026-06-25",
    "closure_evidence": ["door_check/r1"],
    "verified_by": "P-5",
    "verified_on": "2026-06-25",
}
SPAN = {"kind": "door_check", "unit": "S-1", "from": "2026-05-01", "until": "2026-06-25"}


@pytest.mark.parametrize(
    ("data", "explained"),
    [
        ({**CLOSED, "explains": [SPAN]}, True),
        ({**CLOSED, "explains": [{**SPAN, "from": "2026-04-01", "until": "2026-06-26"}]}, True),
        ({"status": "open", "explains": [SPAN]}, False),
        ({"status": "cancelled", "explains": [SPAN]}, False),
        ({**CLOSED, "explains": [{**SPAN, "unit": "S-2"}]}, False),
        ({**CLOSED, "explains": [{**SPAN, "kind": "gate_log"}]}, False),
        ({**CLOSED, "explains": [{**SPAN, "from": "2026-05-02"}]}, False),
        ({**CLOSED, "explains": [{**SPAN, "until": "2026-06-24"}]}, False),
        ({**CLOSED, "verified_on": "2026-07-02", "explains": [SPAN]}, False),
        # It cannot tell of days that came after it, nor of a hole that nobody knew of.
        (
            {
                **CLOSED,
                "implemented_on": "2026-06-24",
                "verified_on": "2026-06-24",
                "explains": [SPAN],
            },
            False,
        ),
        ({**CLOSED, "opened_on": "2026-04-30", "explains": [SPAN]}, False),
    ],
)
def test_a_closed_action_that_names_the_whole_hole_explains_it(
    data: Mapping[str, Any], explained: bool
) -> None:
    made = LAW.programme(
        {"door_check": [door("2026-06-25")], "corrective_action": [{"data": data}]},
        profile=two_sites(),
    )

    assert (LAW.dossier(made, "S-1").fact("holes.door_check") == []) is explained


# -- registers


def test_an_event_is_known_where_a_register_names_it_even_with_an_empty_list() -> None:
    law = SmallLaw(views={"hires": {**LOADS, "known_by": "hire"}})

    known = law.programme({"event_register": [register("2026-05-01", "2026-06-30", {"hire": []})]})
    unnamed = law.programme(
        {"event_register": [register("2026-05-01", "2026-06-30", {"load": []})]}
    )

    assert law.dossier(known).unknown("views.hires") == []
    (hole,) = law.dossier(unnamed).unknown("views.hires")
    assert (hole["unit"], hole.path) == ("S-1", "evidence/event_register/r1.yaml")
    assert hole.pointer == ("data", "events")


_LOADED = {"ref": "SH-1", "dated": "2026-05-12", "site": "S-1"}


@pytest.mark.parametrize(
    ("site_patch", "loads", "still"),
    [
        ({}, [], ["S-1"]),
        ({}, [_LOADED], []),
        ({}, [{**_LOADED, "site": "S-2"}], ["S-1"]),
        ({"activities": ["receipt"]}, [], []),
        ({"since": "2026-06-20"}, [], ["S-1"]),
    ],
)
def test_where_an_event_goes_on_by_the_profile_empty_lists_alone_prove_nothing(
    site_patch: dict[str, Any], loads: list[Any], still: list[str]
) -> None:
    law = SmallLaw(views={"loads": LOADS})
    months = [("2026-05-01", "2026-05-31", loads), ("2026-06-01", "2026-06-30", [])]
    made = law.programme(
        {"event_register": [register(first, last, {"load": each}) for first, last, each in months]},
        profile={"sites": [site(**site_patch), OFFICE]},
    )

    found = law.dossier(made, "S-1").unknown("views.loads")

    assert [row["unit"] for row in found] == still
    since = max("2026-05-01", site_patch.get("since", ""))
    assert [row["from"] for row in found] == [since for _ in still]


def test_of_the_company_each_site_is_asked_for_its_own_flow() -> None:
    law = SmallLaw(views={"loads": LOADS}, scope="company")
    made = law.programme(
        {"event_register": [register("2026-05-01", "2026-06-30", {"load": [_LOADED]})]},
        profile=two_sites(activities=["stuffing"]),
    )

    assert [row["unit"] for row in law.dossier(made).unknown("views.loads")] == ["S-2"]


@pytest.mark.parametrize(("used", "still"), [(True, ["the company"]), (False, [])])
def test_a_practice_of_the_company_without_one_event_cannot_be_judged(
    used: bool, still: list[str]
) -> None:
    law = SmallLaw(views={"wood": {**LOADS, "known_by": "wood_packaging"}}, scope="company")
    made = law.programme(
        {"event_register": [register("2026-05-01", "2026-06-30", {"wood_packaging": []})]},
        profile={"practices": {"wood_packaging": used}},
    )

    assert [row["unit"] for row in law.dossier(made).unknown("views.wood")] == still


def test_a_site_that_does_nothing_of_the_sort_need_not_name_an_event() -> None:
    law = SmallLaw(views={"loads": LOADS, "hires": {**LOADS, "known_by": "hire"}})
    made = law.programme(profile=two_sites())

    assert law.dossier(made, "S-1").unknown("views.loads") != []
    assert law.dossier(made, "S-2").unknown("views.loads") == []
    assert law.dossier(made, "S-2").unknown("views.hires") != []


def test_a_hole_of_the_register_is_unknown_and_only_at_sites_that_must_name_the_event() -> None:
    law = SmallLaw(views={"loads": LOADS, "hires": {**LOADS, "known_by": "hire"}}, scope="company")
    today = "2026-09-30"
    made = law.programme(
        {
            "event_register": [
                register(
                    "2026-05-01", "2026-05-31", {"load": [], "hire": []}, scope={"sites": ["S-1"]}
                ),
                register(
                    "2026-07-01", "2026-09-30", {"load": [], "hire": []}, scope={"sites": ["S-1"]}
                ),
            ]
        },
        profile=two_sites(),
        today=today,
    )

    found = law.dossier(made)

    assert spans(found.unknown("views.loads")) == [("S-1", "2026-06-01", "2026-06-30")]
    assert [s for s in spans(found.unknown("views.hires")) if s[0] == "S-2"] != []


def test_a_register_of_the_company_speaks_for_every_site() -> None:
    law = SmallLaw(views={"hires": {**LOADS, "known_by": "hire"}})
    made = law.programme(
        {
            "event_register": [
                register("2026-05-01", "2026-06-30", {"hire": []}, scope={"company": True})
            ]
        },
        profile=two_sites(),
    )

    assert law.dossier(made, "S-1").unknown("views.hires") == []
    assert law.dossier(made, "S-2").unknown("views.hires") == []


def test_a_view_without_known_by_is_never_unknown() -> None:
    law = SmallLaw(views={"doors": {"each": "records.door_check"}})

    assert law.dossier(law.programme()).unknown("views.doors") == []
