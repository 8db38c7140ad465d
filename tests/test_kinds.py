"""An evidence kind says what the engine needs to know, and nothing that means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ctpat_policy import documents, kinds, operands, schemas
from ctpat_policy.cli import group
from ctpat_policy.dossiers.computed import OPERATORS
from ctpat_policy.errors import BrokenRule
from ctpat_policy.kinds import Kind, Reference
from ctpat_policy.model import Place
from tests import small_law
from tests.company import law, patched, read_yaml

SHARED = kinds.Shared(*(law().schemas.value(name) for name in ("envelope.yaml", "digest.yaml")))
FACTS = ("x-evidence",)


def kind(name: str = "door_check", **patch: Any) -> Kind:
    """A kind of the small law, with a merge patch on its x-evidence."""
    raw = read_yaml(small_law.base() / f"evidence/{name}.yaml")
    return kinds.read(name, patched(raw, {"x-evidence": patch}), SHARED)


def refused(value: Mapping[str, Any], name: str = "door_check") -> tuple[str, Place | None]:
    with pytest.raises(BrokenRule) as error:
        kinds.read(name, value, SHARED)
    return error.value.message, error.value.place


def test_a_kind_is_read_with_all_that_it_says() -> None:
    found = kind(series_from="cctv", only_units={"staffed": True}, covers="company")

    assert (found.id, found.unit, found.anchor, found.model) == (
        "door_check",
        "site",
        "checked_on",
        "periodic",
    )
    assert (found.every, found.grace, found.valid_for, found.expires) == (
        "P1M",
        "P14D",
        "P2M",
        "expires_on",
    )
    assert (found.series_from, found.only_units, found.covers) == (
        "cctv",
        {"staffed": True},
        "company",
    )
    assert found.schema_path == "evidence/door_check.yaml"
    assert not found.has_digest


def test_a_rhythm_without_grace_has_none() -> None:
    assert kind(grace=None).grace == "P0D"
    assert kind(every=None, grace=None, model="point").grace is None


def test_every_reference_is_found_with_its_path() -> None:
    found = kind().references

    assert Reference(("data", "site"), "site") in found
    assert Reference(("data", "points", "*", "action"), "corrective_action") in found
    assert Reference(("scope", "sites", "*"), "site") in found
    assert Reference(("recorded_by",), "person") in found


def test_a_kind_with_a_digest_has_the_references_of_both_its_shapes() -> None:
    found = kind("load_sheet")

    assert found.has_digest
    assert Reference(("data", "site"), "site") in found.references


def test_references_behind_a_local_definition_are_found() -> None:
    register = law().kinds["event_register"]

    assert Reference(("data", "events", "load", "*", "site"), "site") in register.references


@pytest.mark.parametrize(
    ("patch", "message", "at"),
    [
        ({"unit": "sites"}, "unit may not be sites", "unit"),
        ({"model": "rolling"}, "model may not be rolling", "model"),
        ({"interval_basis": "us"}, "interval_basis may not be us", "interval_basis"),
        ({"demanded_by": "us"}, "demanded_by may not be us", "demanded_by"),
        ({"covers": "site"}, "covers may not be site", "covers"),
        ({"privacy": "secret"}, "privacy may not be secret", "privacy"),
        ({"repo_form": "paper"}, "repo_form may not be paper", "repo_form"),
        ({"cover": "company"}, "cover is no key of x-evidence", "cover"),
        ({"every": None}, "a periodic kind needs `every`", None),
        ({"every": "monthly"}, "every: not an ISO 8601 duration: monthly", "every"),
        ({"grace": "14"}, "grace: not an ISO 8601 duration: 14", "grace"),
        ({"valid_for": "1Y"}, "valid_for: not an ISO 8601 duration: 1Y", "valid_for"),
        ({"retention": "P"}, "retention: not an ISO 8601 duration: P", "retention"),
        ({"deadline": "P1"}, "deadline: not an ISO 8601 duration: P1", "deadline"),
        ({"anchor": "checked"}, "anchor: there is no field checked", "anchor"),
        ({"expires": "expires"}, "expires: there is no field expires", "expires"),
        ({"model": "log"}, "a log needs `period`, its first and its last day", None),
        (
            {"model": "log", "period": ["checked_on"]},
            "a log needs `period`, its first and its last day",
            None,
        ),
        (
            {"model": "log", "period": ["checked_on", "to"]},
            "period: there is no field to",
            "period",
        ),
        *(
            ({key: None}, f"x-evidence lacks {key}", None)
            for key in ("category", "criteria", "unit", "anchor", "model", "interval_basis")
        ),
        *(
            ({key: None}, f"x-evidence lacks {key}", None)
            for key in ("demanded_by", "retention", "privacy", "repo_form", "asked")
        ),
    ],
)
def test_a_broken_kind_is_refused_where_it_is_broken(
    patch: Mapping[str, Any], message: str, at: str | None
) -> None:
    raw = read_yaml(small_law.base() / small_law.DOOR_CHECK)

    said, place = refused(patched(raw, {"x-evidence": patch}))

    assert said == message
    assert place == Place(small_law.DOOR_CHECK, (*FACTS, at) if at else FACTS)


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"x-evidence": None}, "x-evidence is missing"),
        ({"x-evidence": ["a"]}, "x-evidence is missing"),
        ({"title": None}, "title is missing"),
        ({"description": None}, "description is missing"),
        ({"properties": None}, "properties is missing"),
        ({"properties": {"data": None}}, "the kind says nothing about `data`"),
        (
            {"properties": {"schema": {"const": "door_checks/1"}}},
            "`schema` must be {const: door_check/1}",
        ),
        ({"properties": {"schema": None}}, "`schema` must be {const: door_check/1}"),
        (
            {"properties": {"data": {"then": {"$ref": "../digest.yaml"}}}},
            "a kind with a digest needs $defs.single",
        ),
    ],
)
def test_a_kind_that_lacks_a_part_is_refused(patch: Mapping[str, Any], message: str) -> None:
    raw = read_yaml(small_law.base() / small_law.DOOR_CHECK)

    said, place = refused(patched(raw, patch))

    assert said == message
    assert place is not None
    assert place.path == small_law.DOOR_CHECK


COMPUTED = [
    ({"same": ["doors", "shuts"]}, "same reads shuts, which is no field"),
    ({"same": ["doors"]}, "same compares two fields"),
    ({"share": ["open", "doors", "shut"]}, "share compares two fields"),
    (
        {"between": ["checked_on", "expires"], "as": "days"},
        "between reads expires, which is no field",
    ),
    ({"between": ["checked_on", "expires_on"]}, "`as` must be one of days, hours, number"),
    (
        {"between": ["checked_on", "expires_on"], "as": "weeks"},
        "`as` must be one of days, hours, number",
    ),
    ({"took": ["checked_on", "expires_on"], "as": "number"}, "`as` must be one of days, hours"),
    ({"sum": ["open", "-shuts"]}, "sum reads shuts, which is no field"),
    ({"sum": {"in": "points", "field": "okay"}}, "sum reads points.okay, which is no field"),
    ({"sum": {"in": "point", "field": "ok"}}, "sum reads point, which is no field"),
    ({"sum": {"in": "points"}}, "sum is not written as it should be"),
    ({"number": "point"}, "number reads point, which is no field"),
    ({"days_left": "due"}, "days_left reads due, which is no field"),
    ({"days_left": {"plus": "P1D"}}, "days_left is not written as it should be"),
    ({"absent": {"list": "truck_17", "in": "points"}}, "absent is not written as it should be"),
    (
        {"absent": {"list_from": "needed", "in": "points", "field": "point"}},
        "absent reads needed, which is no field",
    ),
    (
        {"lookup": {"list": "checklist_for_unit", "key": "unit"}},
        "lookup reads unit, which is no field",
    ),
    ({"days_left": "due", "each": "point"}, "there is no list point"),
    ({"days_left": "dues", "each": "points"}, "days_left reads dues, which is no field"),
    (
        {"days_left": "record.data.dues", "each": "points"},
        "days_left reads record.data.dues, which is no field",
    ),
    (
        {"days_left": "record.data.checked_on"},
        "days_left reads record.data.checked_on, which is no field",
    ),
    ({"sequence": {"in": "points", "field": "no"}}, "sequence reads points.no, which is no field"),
]


@pytest.mark.parametrize(("operation", "message"), COMPUTED)
def test_a_computed_field_that_reads_no_field_is_refused(
    operation: Mapping[str, Any], message: str
) -> None:
    raw = read_yaml(small_law.base() / small_law.DOOR_CHECK)

    said, place = refused(patched(raw, {"x-evidence": {"computed": {"made": operation}}}))

    assert said == f"made: {message}"
    assert place == Place(small_law.DOOR_CHECK, (*FACTS, "computed", "made"))


def test_a_computed_field_of_an_item_may_read_its_record() -> None:
    left = {"days_left": "record.data.checked_on", "each": "points"}

    assert list(kind(computed={"left": left}).computed) == ["left"]


@pytest.mark.parametrize(
    "operation",
    [
        {"difference": ["open", "shut"]},
        {},
        {"same": ["open", "shut"], "share": ["open", "shut"]},
        {"same": ["open", "shut"], "unless": "x"},
    ],
)
def test_an_unknown_operator_is_refused(operation: Mapping[str, Any]) -> None:
    raw = read_yaml(small_law.base() / small_law.DOOR_CHECK)

    said, _ = refused(patched(raw, {"x-evidence": {"computed": {"made": operation}}}))

    assert said == f"made: one operator is needed, out of {', '.join(OPERATORS)}"


def test_a_computed_field_may_read_one_that_stands_before_it_and_no_later_one() -> None:
    left, rest = {"sum": ["doors", "-open"]}, {"same": ["left", "shut"]}

    assert list(kind(computed={"left": left, "rest": rest}).computed) == ["left", "rest"]
    with pytest.raises(BrokenRule, match="rest: same reads left, which is no field"):
        kind(computed={"rest": rest, "left": left})


def test_the_operators_that_are_checked_are_those_that_compute() -> None:
    assert list(operands.OPERANDS) == list(OPERATORS)


@pytest.mark.parametrize(
    ("patch", "due"),
    [
        ({}, "2026-02-14"),
        ({"grace": None}, "2026-01-31"),
        ({"first": "P3D"}, "2026-01-03"),
    ],
)
def test_the_first_record_of_a_new_unit_is_due_after_its_rhythm_or_when_the_kind_says(
    patch: dict[str, Any], due: str
) -> None:
    assert kind(**patch).first_due("2025-12-31") == due


@pytest.mark.parametrize("name", sorted(law().kinds))
def test_a_shipped_kind_explains_every_field(name: str) -> None:
    """A compliance manager reads title and description in the editor."""
    raw = law().schemas.value(f"evidence/{name}.yaml")
    data = raw["$defs"]["single"] if law().kinds[name].has_digest else raw["properties"]["data"]

    bare = [path for path, field in _fields(data) if not {"title", "description"} <= set(field)]

    assert bare == []


def _fields(schema: Mapping[str, Any], at: str = "data") -> list[tuple[str, Mapping[str, Any]]]:
    found = []
    for name, field in schema.get("properties", {}).items():
        if isinstance(field, Mapping) and "$ref" not in field:
            found += [(f"{at}.{name}", field), *_fields(field, f"{at}.{name}")]
            found += _fields(field.get("items", {}), f"{at}.{name}.*")
    return found


def test_the_line_of_a_broken_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenRule) as error:
        small_law.load({small_law.DOOR_CHECK: {"x-evidence": {"unit": "sites"}}})

    text = (small_law.base() / small_law.DOOR_CHECK).read_bytes()
    line, column = documents.position_of(text, ("x-evidence", "unit"))
    assert (
        str(error.value) == f"schemas/{small_law.DOOR_CHECK}:{line}:{column}: unit may not be sites"
    )


def test_a_kind_that_is_no_schema_is_refused_with_its_line(tmp_path: Path) -> None:
    made = small_law.folder(
        tmp_path, {small_law.DOOR_CHECK: {"properties": {"data": {"tipe": "x"}}}}
    )

    with pytest.raises(
        BrokenRule, match=r"^schemas/evidence/door_check\.yaml:\d+:\d+: tipe is no key"
    ):
        schemas.Schemas(made)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pest_finding", "in a staging area; due P1D later"),
        ("container_inspection", "Called for by: each load of the register; due the same day"),
        ("reinvestigation", "or somebody takes a sensitive post"),
    ],
)
def test_explain_says_what_calls_for_a_record_and_how_soon(name: str, says: str) -> None:
    told = CliRunner().invoke(group, ["explain", name]).output

    assert says in " ".join(told.split())
