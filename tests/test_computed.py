"""Computed fields, operator by operator; what is absent stays absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy.dossiers.computed import OPERATORS, compute, compute_item
from ctpat_policy.dossiers.today import Today

TODAY = Today("2026-06-30")
LOOKUPS: Mapping[str, Mapping[str, Any]] = {
    "checklists": {"two": ["walls", "floor"], "three": ["walls", "floor", "roof"]},
    "checklist_for_unit": {"box": "two", "reefer": "three"},
}
ABSENT = object()

#: Operator, data, and what comes out.
CASES: list[tuple[dict[str, Any], dict[str, Any], Any]] = [
    # between
    ({"between": ["a", "b"], "as": "days"}, {"a": "2026-02-27", "b": "2026-03-01"}, 2),
    ({"between": ["a", "b"], "as": "days"}, {"a": "2026-03-01", "b": "2026-02-27"}, -2),
    (
        {"between": ["a", "b"], "as": "days"},
        {"a": "2026-06-30T23:59:00-07:00", "b": "2026-07-01T00:01:00+07:00"},
        1,
    ),
    (
        {"between": ["a", "b"], "as": "hours"},
        {"a": "2026-06-30T10:00:00-05:00", "b": "2026-06-30T15:30:00Z"},
        0.5,
    ),
    ({"between": ["a", "b"], "as": "hours"}, {"a": "2026-06-30", "b": "2026-06-30T06:00:00Z"}, 6.0),
    ({"between": ["a", "b"], "as": "hours"}, {"a": "09:40", "b": "11:10"}, 1.5),
    ({"between": ["a", "b"], "as": "hours"}, {"a": "22:00", "b": "01:00"}, -21.0),
    ({"between": ["a", "b"], "as": "number"}, {"a": 30, "b": 45}, 15),
    ({"between": ["a", "b"], "as": "days"}, {"a": "2026-02-27"}, ABSENT),
    ({"between": ["a", "b"], "as": "days"}, {"b": "2026-02-27"}, ABSENT),
    ({"between": ["a", "b"], "as": "number"}, {"a": "30", "b": 45}, ABSENT),
    ({"between": ["a", "b"], "as": "hours"}, {"a": "x", "b": "2026-02-27"}, ABSENT),
    (
        {"between": ["a", "n.at"], "as": "hours"},
        {
            "a": "2026-06-30T10:00:00Z",
            "n": [{"at": "2026-06-30T13:00:00Z"}, {"at": "2026-06-30T14:00:00+02:00"}],
        },
        2.0,
    ),
    ({"between": ["a", "n.at"], "as": "days"}, {"a": "2026-06-30", "n": []}, ABSENT),
    (
        {"between": ["a", "n.at"], "as": "days"},
        {"a": "2026-06-30", "n": [{"at": 1}, {"at": "x"}]},
        ABSENT,
    ),
    # took: nothing takes any time before it has happened
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27", "b": "2026-06-30"}, 3),
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27", "b": "2026-06-20"}, -7),
    (
        {"took": ["a", "b"], "as": "hours"},
        {"a": "2026-06-30T10:00:00-05:00", "b": "2026-06-30T15:30:00Z"},
        0.5,
    ),
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27", "b": "2026-07-01"}, ABSENT),
    (
        {"took": ["a", "b"], "as": "hours"},
        {"a": "2026-06-27T10:00:00Z", "b": "2026-07-01T00:30:00+09:00"},
        ABSENT,
    ),
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27"}, ABSENT),
    ({"took": ["a", "b"], "as": "days"}, {"b": "2026-06-27"}, ABSENT),
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27", "b": 3}, ABSENT),
    ({"took": ["a", "b"], "as": "days"}, {"a": "2026-06-27", "b": "x"}, ABSENT),
    # sum
    ({"sum": ["a", "b"]}, {"a": 1, "b": 2}, 3),
    ({"sum": ["a", "-b"]}, {"a": 1, "b": 2}, -1),
    ({"sum": ["a", "-b"]}, {"a": 1}, 1),
    ({"sum": ["a", "b"]}, {"a": 1}, ABSENT),
    ({"sum": ["a", "-b"]}, {"b": 1}, ABSENT),
    ({"sum": ["a", "-b"]}, {"a": 1, "b": "2"}, ABSENT),
    ({"sum": ["a"]}, {"a": True}, ABSENT),
    ({"sum": ["a"]}, {"a": None}, ABSENT),
    ({"sum": {"in": "n", "field": "c"}}, {"n": [{"c": 1}, {"c": 2}, {}]}, 3),
    ({"sum": {"in": "n", "field": "c"}}, {"n": []}, 0),
    ({"sum": {"in": "n", "field": "c"}}, {}, ABSENT),
    ({"sum": {"in": "n", "field": "c"}}, {"n": [{"c": "1"}]}, ABSENT),
    # same
    ({"same": ["a", "b"]}, {"a": 1, "b": 1}, True),
    ({"same": ["a", "b"]}, {"a": 1, "b": 2}, False),
    ({"same": ["a", "b"]}, {"a": "1", "b": 1}, False),
    ({"same": ["a", "b"]}, {"a": 1, "b": True}, False),
    ({"same": ["a", "b"]}, {"a": 1}, ABSENT),
    ({"same": ["a", "b"]}, {}, ABSENT),
    # absent
    (
        {"absent": {"list": "three", "in": "p", "field": "point"}},
        {"p": [{"point": "roof"}, {"point": "x"}]},
        ["walls", "floor"],
    ),
    ({"absent": {"list": "two", "in": "p", "field": "point"}}, {"p": []}, ["walls", "floor"]),
    ({"absent": {"list": "two", "in": "p", "field": "point"}}, {}, ABSENT),
    ({"absent": {"list": "four", "in": "p", "field": "point"}}, {"p": []}, ABSENT),
    (
        {"absent": {"list_from": "l", "in": "p", "field": "point"}},
        {"p": [], "l": "two"},
        ["walls", "floor"],
    ),
    ({"absent": {"list_from": "l", "in": "p", "field": "point"}}, {"p": []}, ABSENT),
    # lookup
    ({"lookup": {"list": "checklist_for_unit", "key": "u"}}, {"u": "reefer"}, "three"),
    ({"lookup": {"list": "checklist_for_unit", "key": "u"}}, {"u": "tank"}, ABSENT),
    ({"lookup": {"list": "checklist_for_unit", "key": "u"}}, {}, ABSENT),
    ({"lookup": {"list": "checklist_for_unit", "key": "u"}}, {"u": ["box"]}, ABSENT),
    # days_left
    ({"days_left": "d"}, {"d": "2026-07-02"}, 2),
    ({"days_left": "d"}, {"d": "2026-06-30"}, 0),
    ({"days_left": "d"}, {"d": "2026-06-29T23:00:00-07:00"}, -1),
    ({"days_left": {"of": "d", "plus": "P1M"}}, {"d": "2026-05-31"}, 0),
    ({"days_left": {"of": "d", "plus": "P30D"}}, {"d": "2026-05-30"}, -1),
    ({"days_left": "d"}, {}, ABSENT),
    ({"days_left": "d"}, {"d": None}, ABSENT),
    # day
    ({"day": {"of": "d"}}, {"d": "2026-06-30T23:30:00-07:00"}, "2026-06-30"),
    ({"day": {"of": "d", "plus": "P30D"}}, {"d": "2026-06-30"}, "2026-07-30"),
    ({"day": {"of": "d", "minus": "P30D"}}, {"d": "2026-06-30"}, "2026-05-31"),
    ({"day": {"of": "d"}}, {}, ABSENT),
    ({"day": {"of": "d", "plus": "P30D"}}, {"d": 3}, ABSENT),
    # share
    ({"share": ["a", "b"]}, {"a": 1, "b": 3}, 33.33),
    ({"share": ["a", "b"]}, {"a": 0, "b": 3}, 0.0),
    ({"share": ["a", "b"]}, {"a": 1, "b": 0}, ABSENT),
    ({"share": ["a", "b"]}, {"a": 1}, ABSENT),
    # range
    ({"range": ["a", "b"]}, {"a": "AD100001", "b": "AD100050"}, 50),
    ({"range": ["a", "b"]}, {"a": "AD0099", "b": "AD0100"}, 2),
    ({"range": ["a", "b"]}, {"a": "7", "b": "7"}, 1),
    ({"range": ["a", "b"]}, {"a": "AD2-7X", "b": "AD2-9X"}, 3),
    ({"range": ["a", "b"]}, {"a": "AD9", "b": "AD1"}, -7),
    ({"range": ["a", "b"]}, {"a": "none", "b": "AD1"}, ABSENT),
    ({"range": ["a", "b"]}, {"a": "AD1"}, ABSENT),
    ({"range": ["a", "b"]}, {"a": 1, "b": 2}, ABSENT),
    # sequence
    ({"sequence": {"in": "n", "field": "s"}}, {"n": [{"s": 1}, {"s": 4}]}, [2, 3]),
    ({"sequence": {"in": "n", "field": "s"}}, {"n": [{"s": 2}, {"s": 1}]}, []),
    ({"sequence": {"in": "n", "field": "s"}}, {"n": []}, []),
    ({"sequence": {"in": "n", "field": "s"}}, {}, ABSENT),
    # duplicates
    ({"duplicates": {"in": "n", "field": "s"}}, {"n": [{"s": "b"}, {"s": "a"}, {"s": "b"}]}, ["b"]),
    ({"duplicates": {"in": "n", "field": "s"}}, {"n": [{"s": "a"}, {}]}, []),
    ({"duplicates": {"in": "n", "field": "s"}}, {}, ABSENT),
    # number
    ({"number": "n"}, {"n": [1, 2]}, 2),
    ({"number": "n"}, {"n": []}, 0),
    ({"number": "n"}, {"n": "ab"}, ABSENT),
    ({"number": "n"}, {}, ABSENT),
]


@pytest.mark.parametrize(("operation", "data", "value"), CASES)
def test_each_operator(operation: dict[str, Any], data: dict[str, Any], value: Any) -> None:
    found = compute({"made": operation}, data, TODAY, LOOKUPS)

    assert found == ({} if value is ABSENT else {"made": value})
    if value is not ABSENT:
        assert type(found["made"]) is type(value)


def test_every_operator_is_tried_with_its_operands_and_without() -> None:
    for name in OPERATORS:
        values = [value for operation, _, value in CASES if name in operation]
        assert any(v is ABSENT for v in values), name
        assert any(v is not ABSENT for v in values), name


def test_a_number_off_every_scale_builds_no_list_as_long_as_it_says() -> None:
    wild = {"n": [{"s": 1}, {"s": 10**17}]}

    missing = compute({"made": {"sequence": {"in": "n", "field": "s"}}}, wild, TODAY, {})["made"]

    assert len(missing) < 200


def test_a_truth_is_no_number_of_a_sequence() -> None:
    odd = {"n": [{"s": True}, {"s": 2}]}

    assert compute({"made": {"sequence": {"in": "n", "field": "s"}}}, odd, TODAY, {})["made"] == [1]


def test_a_computed_field_may_use_an_earlier_one() -> None:
    declared: dict[str, Any] = {
        "needed": {"lookup": {"list": "checklist_for_unit", "key": "u"}},
        "missing": {"absent": {"list_from": "needed", "in": "p", "field": "point"}},
        "count": {"number": "missing"},
    }

    found = compute(declared, {"u": "box", "p": [{"point": "floor"}]}, TODAY, LOOKUPS)

    assert found == {"needed": "two", "missing": ["walls"], "count": 1}


def test_what_depends_on_something_absent_is_absent() -> None:
    declared: dict[str, Any] = {
        "needed": {"lookup": {"list": "checklist_for_unit", "key": "u"}},
        "missing": {"absent": {"list_from": "needed", "in": "p", "field": "point"}},
    }

    assert compute(declared, {"p": []}, TODAY, LOOKUPS) == {}


def test_a_field_for_each_item_is_no_field_of_the_record() -> None:
    declared = {"left": {"days_left": "due", "each": "actions"}}

    assert compute(declared, {"due": "2026-07-01"}, TODAY, {}) == {}


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("actions", {"left": 1}),
        ("actions.parts", {"left": 1}),
        ("action", {}),
        ("actionsx", {}),
        ("", {}),
    ],
)
def test_a_field_for_each_item_is_made_for_items_of_its_list_alone(
    path: str, made: dict[str, Any]
) -> None:
    declared: dict[str, Any] = {
        "left": {"days_left": "due", "each": "actions"},
        "other": {"number": "due"},
    }

    assert compute_item(declared, path, {"due": "2026-07-01"}, TODAY, {}) == made


def test_a_field_for_each_item_may_read_the_record_of_the_item() -> None:
    declared: dict[str, Any] = {
        "hours": {"between": ["record.data.known_at", "at"], "as": "hours", "each": "notices"}
    }
    notice = {"at": "2026-06-30T12:00:00Z"}
    record = {"data": {"known_at": "2026-06-30T10:00:00Z"}}

    made = compute_item(declared, "notices", {**notice, "record": record}, TODAY, {})

    assert made == {"hours": 2.0}
    assert compute_item(declared, "notices", notice, TODAY, {}) == {}
