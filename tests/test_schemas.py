"""The shipped schemas are closed: nothing is fetched, and no slip passes everything."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctpat_policy import clock, dialect, schemas
from ctpat_policy.errors import BrokenRule
from ctpat_policy.schemas import FORMATS, Schemas
from tests.company import example, law, patched

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def folder(tmp_path: Path, **files: str) -> Path:
    """A folder of schemas; `evidence__kind` becomes evidence/kind.yaml."""
    for name, text in files.items():
        path = tmp_path / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def one(tmp_path: Path, body: str) -> Schemas:
    return Schemas(folder(tmp_path, thing=f"$schema: {DRAFT}\ntitle: Thing\n{body}"))


def test_the_shipped_schemas_are_in_the_dialect() -> None:
    assert law().schemas.has("envelope.yaml")


def test_a_document_that_fits_has_no_violation() -> None:
    profile = example("security_profile")

    assert law().schemas.is_valid("security_profile.yaml", profile)
    assert law().schemas.violations("security_profile.yaml", profile) == []


def test_a_document_that_does_not_fit_always_has_a_violation() -> None:
    profile = patched(example("security_profile"), {"member": {"headcount": 0}})

    assert [v.pointer for v in law().schemas.violations("security_profile.yaml", profile)] == [
        ("member", "headcount")
    ]


_ACCOUNT = example("security_profile")["accounts"][0]
_SITE = example("security_profile")["sites"][0]


def _account(entity_type: str, **patch: Any) -> dict[str, Any]:
    return {"accounts": [{**_ACCOUNT, "entity_type": entity_type, **patch}]}


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        (
            _account("importer") | {"practices": {"imports_goods": False}},
            ("practices", "imports_goods"),
        ),
        (
            _account("foreign_manufacturer") | {"practices": {"imports_goods": False}},
            ("practices", "imports_goods"),
        ),
        (
            _account("sea_carrier") | {"practices": {"us_bound_cargo": False}},
            ("practices", "us_bound_cargo"),
        ),
        (
            _account("highway_carrier")
            | {
                "sites": [{**_SITE, "land_border": False}],
                "practices": {"land_border": False, "subcontracts_us_trucking": False},
            },
            ("practices", "land_border"),
        ),
        (
            {
                "sites": [{**_SITE, "land_border": False}],
                "practices": {"land_border": False, "subcontracts_us_trucking": True},
            },
            ("practices", "land_border"),
        ),
        (
            _account("rail_carrier", handles_cargo=False)
            | {"sites": [{**_SITE, "activities": ["office"]}]},
            ("accounts", 0, "handles_cargo"),
        ),
        (_account("customs_broker", handles_cargo=False), ("accounts",)),
        ({"sites": [{**_SITE, "staffed": False}]}, ("sites", 0, "staffed")),
        (
            {"sites": [{**_SITE, "cctv": {"installed": False}, "alarm": {"installed": False}}]},
            ("sites", 0, "offsite_monitoring"),
        ),
    ],
)
def test_answers_of_the_profile_that_contradict_each_other_are_told(
    patch: dict[str, Any], pointer: tuple[str | int, ...]
) -> None:
    profile = patched(example("security_profile"), patch)

    assert [v.pointer for v in law().schemas.violations("security_profile.yaml", profile)] == [
        pointer
    ]


def test_what_an_entity_type_may_be_without_is_no_contradiction() -> None:
    patch = {"practices": {"imports_goods": False, "us_bound_cargo": False}}

    for entity in ("consolidator", "exporter", "marine_port_terminal_operator"):
        profile = patched(example("security_profile"), _account(entity) | patch)
        assert law().schemas.violations("security_profile.yaml", profile) == []


@pytest.mark.parametrize("role", ["drayage", "packer"])
def test_a_partner_whose_role_is_to_carry_or_pack_handles_cargo(role: str) -> None:
    partner = patched(example("business_partner"), {"role": role, "handles_cargo": False})
    partner["us_inbound_carriage"] = False

    found = law().schemas.violations("business_partner.yaml", partner)

    assert [v.pointer for v in found] == [("handles_cargo",)]


@pytest.mark.parametrize(
    "kind", ["yard_control_check", "management_random_search", "vessel_access_control"]
)
def test_whoever_was_at_one_place_was_at_no_other(kind: str) -> None:
    here, both = (
        {**example(kind), "scope": {"sites": sites}} for sites in (["S-1"], ["S-1", "S-2"])
    )

    assert law().schemas.is_valid(f"evidence/{kind}.yaml", here)
    assert not law().schemas.is_valid(f"evidence/{kind}.yaml", both)


def test_no_review_is_of_a_system_without_accounts() -> None:
    empty = patched(example("access_review"), {"data": {"accounts_total": 0}})

    assert not law().schemas.is_valid("evidence/access_review.yaml", empty)


def test_a_seal_that_sits_on_a_unit_is_not_logged_as_spoiled() -> None:
    log = example("seal_log")
    entry = {**log["data"]["entries"][0], "reason": "error"}

    (told,) = law().schemas.violations(
        "evidence/seal_log.yaml", patched(log, {"data": {"entries": [entry]}})
    )
    assert told.pointer == ("data", "entries", 0, "applied_at")
    assert told.message.startswith("a seal that was put on a unit is neither error nor destroyed")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("requird: [a]\n", "thing.yaml:3:1: requird is no keyword of these schemas"),
        (
            "properties:\n  a:\n    minimun: 1\n",
            "thing.yaml:5:5: minimun is no keyword of these schemas",
        ),
        (
            "allOf:\n  - {}\n  - items: {maxlength: 2}\n",
            "thing.yaml:5:13: maxlength is no keyword of these schemas",
        ),
        ("format: hostname\n", "thing.yaml:3:1: format may not be hostname"),
        ("x-ref: sit\n", "thing.yaml:3:1: x-ref may not be sit"),
        (
            "$ref: https://example.invalid/x.yaml\n",
            "thing.yaml:3:1: $ref https://example.invalid/x.yaml names nothing in these schemas",
        ),
        (
            "$ref: file:///etc/hostname\n",
            "thing.yaml:3:1: $ref file:///etc/hostname names nothing in these schemas",
        ),
        ("$ref: other.yaml\n", "thing.yaml:3:1: $ref other.yaml names nothing in these schemas"),
        (
            "$ref: ../thing.yaml\n",
            "thing.yaml:3:1: $ref ../thing.yaml names nothing in these schemas",
        ),
        (
            "$ref: '#/$defs/gone'\n$defs: {}\n",
            "thing.yaml:3:1: $ref #/$defs/gone names nothing in these schemas",
        ),
        ("$ref: '#gone'\n", "thing.yaml:3:1: $ref #gone names nothing in these schemas"),
    ],
)
def test_a_slip_that_would_pass_everything_is_refused_with_its_line(
    tmp_path: Path, body: str, message: str
) -> None:
    with pytest.raises(BrokenRule) as error:
        one(tmp_path, body)

    assert str(error.value) == f"schemas/{message}"


@pytest.mark.parametrize(
    "body",
    ["type: strng\n", "minItems: -1\n", "required: a\n", "enum: a\n", "properties: [a]\n"],
)
def test_what_is_no_json_schema_is_refused_with_its_line(tmp_path: Path, body: str) -> None:
    with pytest.raises(BrokenRule, match=r"^schemas/thing\.yaml:3:1: .* is (not|less)"):
        one(tmp_path, body)


@pytest.mark.parametrize(
    "line",
    [
        "$schema: http://json-schema.org/draft-07/schema#\n",
        "$schema: https://example.invalid/my-own\n",
        "title: Thing\n",
    ],
)
def test_only_the_draft_of_2020_is_taken(tmp_path: Path, line: str) -> None:
    with pytest.raises(BrokenRule, match=r"^schemas/thing\.yaml:1:1: \$schema must be https"):
        Schemas(folder(tmp_path, thing=line))


def test_a_schema_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BrokenRule, match=r"^schemas/evidence/thing\.yaml:2:7: "):
        Schemas(folder(tmp_path, evidence__thing="title: x\ntype: [a\n"))


def test_references_to_a_neighbour_and_into_the_same_file_are_followed(tmp_path: Path) -> None:
    envelope = f"$schema: {DRAFT}\n$defs: {{name: {{type: string}}}}\nrequired: [who]\n"
    kind = (
        f"$schema: {DRAFT}\nallOf: [{{$ref: ../envelope.yaml}}]\n"
        "properties: {who: {$ref: '../envelope.yaml#/$defs/name'}, count: {$ref: '#/$defs/no'}}\n"
        "$defs: {'no': {type: integer}}\n"
    )

    found = Schemas(folder(tmp_path, envelope=envelope, evidence__thing=kind))

    assert found.is_valid("evidence/thing.yaml", {"who": "x", "count": 1})
    assert not found.is_valid("evidence/thing.yaml", {"count": 1})
    assert not found.is_valid("evidence/thing.yaml", {"who": 1})
    assert not found.is_valid("evidence/thing.yaml", {"who": "x", "count": "1"})


def test_schemas_that_are_compiled_together_judge_as_each_alone() -> None:
    together, kinds = Schemas(schemas.shipped()), ("seal_audit", "event_register")
    paths = [f"evidence/{kind}.yaml" for kind in kinds]
    values = [example(kind) for kind in kinds]

    together.prepare(paths)

    for found in (together, law().schemas):
        verdicts = [found.is_valid(path, value) for path in paths for value in values]
        assert verdicts == [True, False, False, True]


def test_of_schemas_that_are_compiled_together_the_broken_one_is_named(tmp_path: Path) -> None:
    lines = f"$schema: {DRAFT}\n"
    found = Schemas(folder(tmp_path, good=lines, wrong=lines + "pattern: '['\n"))

    with pytest.raises(BrokenRule, match=r"^schemas/wrong\.yaml: "):
        found.prepare(["good.yaml", "wrong.yaml"])


def test_the_validator_itself_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="not among the shipped schemas"):
        law().schemas._retrieved("https://example.invalid/schema.yaml")


def test_a_schema_that_is_not_there_is_named() -> None:
    with pytest.raises(BrokenRule, match=r"schemas/evidence/gone\.yaml: the file is missing"):
        law().schemas.is_valid("evidence/gone.yaml", {})


def test_a_copy_of_the_shipped_folder_reads_the_same(tmp_path: Path) -> None:
    copy = shutil.copytree(schemas.shipped(), tmp_path / "schemas")

    found = Schemas(copy)

    assert list(found.below("evidence")) == list(law().schemas.below("evidence"))


GOOD = {
    "date": ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"],
    "date-time": [
        "2026-01-01T10:00:00Z",
        "2026-01-01T10:00:00.5+05:30",
        "2026-12-31T23:59:59-00:00",
    ],
    "duration": ["P1Y", "P3M", "P2W", "P90D", "P0D", "PT4H", "P1Y2M", "PT30M"],
    "uri": ["https://example.invalid/a?b=c#d", "mailto:someone@example.invalid", "urn:isbn:1"],
}
BAD = {
    "date": [
        *("2026-02-30", "2025-02-29", "0000-01-01", "20260228", "2026-2-8", "2026-W01-1", ""),
        *("2026-01-01\n", " 2026-01-01", "2026-01-01T00:00:00Z", "١٢٣٤-01-01"),
    ],
    "date-time": [
        *("2026-01-01T10:00:00", "2026-01-01 10:00:00Z", "2026-01-01T24:00:00Z", "0"),
        *("2026-01-01T23:59:60Z", "2026-02-30T10:00:00Z", "2026-01-01T10:00Z"),
        "0000-01-01T00:00:00Z",
    ],
    "duration": ["P", "PT", "1Y", "P-1D", "P1.5D", "p1d", "P1D\n", "P1D1Y"],
    "uri": [
        *("x", "example.invalid/a", "https://a b", "C:\\scans\\a.pdf", "C:/scans/a.pdf", ""),
        *("https://exämple.invalid", "https://a\n"),
    ],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in GOOD.items() for t in texts])
def test_what_a_format_takes(name: str, text: str, tmp_path: Path) -> None:
    assert one(tmp_path, f"format: {name}\n").is_valid("thing.yaml", text)


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in BAD.items() for t in texts])
def test_what_a_format_refuses_and_says_so(name: str, text: str, tmp_path: Path) -> None:
    found = one(tmp_path, f"format: {name}\n").violations("thing.yaml", text)

    assert [v.message.partition(":")[0] for v in found] == [f"the document is no {name}"]
    assert found[0].hint.startswith("for example ")


def test_every_format_has_its_own_judge() -> None:
    assert set(FORMATS) == set(dialect.FORMATS) == set(GOOD) == set(BAD)


@given(st.text("PYMWDTHS0123456789", max_size=9))
def test_a_duration_that_a_schema_takes_the_clock_can_add(text: str) -> None:
    if FORMATS["duration"](text):
        assert clock.plus("2026-06-30", text) >= "2026-06-30"
    else:
        with pytest.raises(ValueError, match="not an ISO 8601 duration"):
            clock.duration(text)


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_a_date_that_a_schema_takes_the_clock_can_add(text: str) -> None:
    if FORMATS["date"](text):
        assert clock.plus(text, "P0D") == text


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["schema", "scope", "data", "recorded_on", "x"]), JSON))
def test_whatever_a_record_holds_it_is_refused_with_a_sentence(value: dict[str, Any]) -> None:
    found = law().schemas.violations("evidence/seal_audit.yaml", value)

    assert found
    assert all(v.message and v.hint and "\n" not in v.message + v.hint for v in found)


@pytest.mark.parametrize("kind", ["visitor_log", "cargo_pickup_log"])
def test_the_sample_lines_of_a_log_are_not_one_line_several_times(kind: str) -> None:
    log = example(kind)
    log["data"]["sample"] = [log["data"]["sample"][0]] * 3

    assert not law().schemas.is_valid(f"evidence/{kind}.yaml", log)
