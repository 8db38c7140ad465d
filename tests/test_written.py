"""What the written procedures spell out, and how gaps are worded and placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.model import Place
from tests.doors import door, log, two_sites
from tests.small_law import CRITERION, GATE_LOG, SmallLaw

MINIMUM = {"minItems": 1}


# -- written procedures


ELEMENTS = {"who": "who looks", "when": "when it is done"}


def written(
    *procedures: Mapping[str, Any],
    subject: str = "",
    scope: str = "site",
    today: str = "2026-06-30",
    **criterion: Any,
) -> tuple[str, list[str]]:
    """State and gaps of the clause `written`."""
    patch = {"elements": ELEMENTS, "clauses": [{"id": "written", "level": "must"}], **criterion}
    law = SmallLaw({CRITERION: patch}, scope=scope)
    made = law.programme(procedures=procedures, profile=two_sites(), today=today)
    found = law.clause(made, subject)
    return found.state, [gap.message for gap in found.gaps]


def procedure(*elements: str, **patch: Any) -> dict[str, Any]:
    steps = [{"id": name, "text": f"This is {name}."} for name in elements or ("nothing",)]
    satisfies = {"MSC-9.4": {name: [name] for name in elements}} if elements else {}
    return {"steps": steps, "satisfies": satisfies, **patch}


def test_every_element_must_be_spelled_out() -> None:
    assert written(procedure("who", "when")) == ("pass", [])
    assert written(procedure("who"), procedure("when")) == ("pass", [])
    assert written(procedure("who")) == ("fail", ["no procedure spells out when: when it is done"])


def test_where_nothing_is_spelled_out_one_sentence_says_so() -> None:
    nothing = ("fail", ["no written procedure spells out any element of MSC-9.4 for S-1"])

    assert written() == nothing
    assert written(procedure()) == nothing


def test_a_step_that_is_not_there_spells_nothing_out() -> None:
    hollow = procedure("who", "when", satisfies={"MSC-9.4": {"who": ["who"], "when": ["gone"]}})

    assert written(hollow) == ("fail", ["no procedure spells out when: when it is done"])


def test_a_procedure_without_a_valid_approval_proves_nothing() -> None:
    told = ("fail", ["procedure SOP-1 has no valid approval, so it proves nothing"])

    assert written(procedure("who", "when", approvals=[])) == told
    assert written(procedure("who", "when", owner="P-1")) == told


def test_a_procedure_with_a_todo_proves_nothing() -> None:
    unfinished = procedure("who", "when", purpose="TODO")

    assert written(unfinished) == (
        "fail",
        ["procedure SOP-1 still holds a TODO, so it proves nothing"],
    )


def test_a_procedure_with_a_question_for_a_step_proves_nothing() -> None:
    asking = procedure("who", "when")
    asking["steps"][1]["text"] = "9.4 when it is done?"

    assert written(asking) == (
        "fail",
        ["procedure SOP-1 still holds a question instead of an answer, so it proves nothing"],
    )


def test_a_sound_procedure_beside_an_unfinished_one_is_enough() -> None:
    assert written(procedure("who", "when", purpose="TODO"), procedure("who", "when")) == (
        "pass",
        [],
    )


def test_a_review_lasts_until_the_end_of_its_last_day() -> None:
    """The example was approved on 4 May 2026."""
    yearly = procedure("who", "when", review_every="P1Y")

    assert written(yearly, today="2027-05-04") == ("pass", [])
    assert written(yearly, today="2027-05-05") == (
        "fail",
        ["the review of SOP-1 was due on 2027-05-04; it was last approved on 2026-05-04"],
    )


def test_the_criterion_may_ask_for_a_review_sooner_than_the_procedure() -> None:
    slow = procedure("who", "when", review_every="P3Y")

    assert written(slow, today="2027-05-05", review_within="P1Y")[0] == "fail"
    assert written(slow, today="2027-05-05", review_within="P3Y")[0] == "pass"


def test_a_procedure_for_some_sites_does_not_speak_for_the_others() -> None:
    dock = procedure("who", "when", sites=["S-1"])

    assert written(dock, subject="S-1") == ("pass", [])
    assert written(dock, subject="S-2")[0] == "fail"


def test_a_procedure_for_some_sites_never_speaks_for_the_company() -> None:
    dock, both = (procedure("who", "when", sites=s) for s in (["S-1"], ["S-1", "S-2"]))

    assert written(dock, scope="company")[0] == "fail"
    assert written(both, scope="company") == ("pass", [])


def test_an_element_is_asked_for_only_where_it_applies() -> None:
    condition = {"of": "subject.seal_stock", "rule": {"const": True}, "reason": "no seals"}
    elements = {"who": "who looks", "seals": {"says": "where seals lie", "applies_when": condition}}

    assert written(procedure("who"), subject="S-2", elements=elements) == ("pass", [])
    assert written(procedure("who"), subject="S-1", elements=elements) == (
        "fail",
        ["no procedure spells out seals: where seals lie"],
    )


def test_an_element_that_the_profile_does_not_decide_is_unknown() -> None:
    condition = {"of": "subject.name", "rule": {"const": "Dock"}, "reason": "another dock"}
    elements = {"who": "who looks", "name": {"says": "its name", "applies_when": condition}}

    assert written(procedure("who"), elements=elements) == (
        "unknown",
        ["the profile does not say whether name applies"],
    )


def test_a_review_that_spans_other_criteria_counts_their_procedures_too() -> None:
    """4.6: the yearly review must reach every procedure of its category."""
    seals = procedure("who", "when")
    other = {
        "steps": [{"id": "a", "text": "This is a."}],
        "satisfies": {"MSC-9.4": {"other": ["a"]}},
        "approvals": [],
    }

    alone, _ = written(seals, other)
    spanning, gaps = written(seals, other, reviews=["MSC-9.4"])

    assert alone == "pass"
    assert (spanning, gaps) == (
        "fail",
        ["procedure SOP-2 has no valid approval, so it proves nothing"],
    )


# -- messages and places


def gap_of(
    rule: Any, of: str, records: Mapping[str, Any], gap: str, **more: Any
) -> tuple[str, Place]:
    test = {"of": of, "rule": rule, "gap": gap}
    law = SmallLaw({CRITERION: {"clauses": [{"id": "checked", "level": "must", "all": [test]}]}})
    (found,) = law.clause(law.programme(records, **more)).gaps
    return found.message, found.place


def test_blanks_are_filled_from_the_failing_value_its_parents_and_the_subject() -> None:
    rule = {
        "minItems": 1,
        "items": {"properties": {"data": {"properties": {"doors": {"minimum": 9}}}}},
    }
    gap = "<value> doors by <checker> on <dated> at <id> (<data.open>, <headcount>, <gone>)"

    message, place = gap_of(
        rule,
        "records.door_check",
        {"door_check": [door(data={"doors": 3, "checker": "P-1", "open": 2})]},
        gap,
    )

    assert message == "3 doors by P-1 on 2026-06-10 at door_check/r1 (2, 30, (not stated))"
    assert place == Place("evidence/door_check/r1.yaml", ("data", "doors"))


def test_a_gap_of_an_item_points_at_the_item() -> None:
    rule = {"minItems": 1, "items": {"properties": {"ok": {"const": True}}}}
    points = [{"point": "gate", "ok": True}, {"point": "roof", "ok": False}]

    message, place = gap_of(
        rule,
        "records.door_check.data.points",
        {"door_check": [door(data={"points": points})]},
        "<point> of <record.id> is <value>",
    )

    assert message == "roof of door_check/r1 is false"
    assert place == Place("evidence/door_check/r1.yaml", ("data", "points", 1, "ok"))


def test_with_nothing_to_point_at_the_newest_record_that_has_expired_is_shown() -> None:
    old = {"door_check": [door("2026-01-10"), door("2026-02-10"), door("2026-01-20")]}

    _, place = gap_of(MINIMUM, "current.door_check", old, "no current check")

    assert place == Place("evidence/door_check/r2.yaml")


def test_without_any_record_the_subject_is_shown() -> None:
    _, place = gap_of(MINIMUM, "current.door_check", {}, "no current check")

    assert place == Place("policies/security-profile.yaml", ("sites", 0))


def test_each_gap_is_said_once() -> None:
    rule = {"minItems": 1, "items": {"properties": {"data": {"required": ["doors", "open"]}}}}

    message, _ = gap_of(rule, "records.door_check", {"door_check": [door()]}, "nothing was counted")

    assert message == "nothing was counted"


def test_a_long_list_is_cut_and_a_text_kept_on_one_line() -> None:
    rule = {
        "minItems": 1,
        "items": {"properties": {"data": {"properties": {"countries": {"maxItems": 1}}}}},
    }
    many = {"door_check": [door(data={"countries": list("ABCDEFG")})]}

    assert gap_of(rule, "records.door_check", many, "<value>")[0] == "A, B, C, D, E…"
    long = {"door_check": [door(notes="a\n" + "b" * 200, data={"countries": ["x " * 99, "y"]})]}
    assert len(gap_of(rule, "records.door_check", long, "<value>")[0]) < 130


def test_a_log_without_a_digest_shape_and_its_series_are_read_by_their_own_fields() -> None:
    law = SmallLaw({GATE_LOG: {"x-evidence": {"grace": None}}})
    made = law.programme({"gate_log": [log("2026-05-01", "2026-05-31")]})

    assert law.dossier(made).fact("holes.gate_log") == []
    assert law.dossier(made).fact("current.gate_log")[0]["dated"] == "2026-05-31"
