"""The member's programme: documents linked, its own intervals, places found only when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy import program
from ctpat_policy.filing import PROFILE, Filed, Files
from ctpat_policy.kinds import BASES, OWN_BASES
from ctpat_policy.model import Finding, Place
from tests import company, small_law
from tests.company import TODAY, NoFiles
from tests.small_law import DOOR_CHECK, SmallLaw

LAW = SmallLaw()


def interval(basis: str = "custom", **own: str) -> tuple[Any, list[Finding]]:
    """The door check with the member's own interval."""
    made = small_law.load({DOOR_CHECK: {"x-evidence": {"interval_basis": basis}}})
    kinds, findings = program.own_kinds(made, {"intervals": {"door_check": own}})
    return kinds["door_check"], findings


def test_without_a_profile_there_is_no_programme() -> None:
    assert program.build(Files(), LAW.catalog, NoFiles(), TODAY, TODAY) is None


@pytest.mark.parametrize("basis", OWN_BASES)
@pytest.mark.parametrize(
    "own", [{"every": "P2M"}, {"grace": "P30D"}, {"valid_for": "P1Y"}, {"every": "P1W"}]
)
def test_a_rhythm_by_custom_or_proposal_is_the_members_own(
    basis: str, own: Mapping[str, str]
) -> None:
    kind, findings = interval(basis, **own)

    assert findings == []
    for key in ("every", "grace", "valid_for"):
        shipped = LAW.catalog.kinds["door_check"]
        assert getattr(kind, key) == own.get(key, getattr(shipped, key))


@pytest.mark.parametrize("basis", [b for b in BASES if b not in OWN_BASES])
@pytest.mark.parametrize(
    "own",
    [
        {"every": "P2M"},
        {"every": "P31D"},
        {"grace": "P15D"},
        {"valid_for": "P3M"},
        {"every": "P1W", "valid_for": "P3M"},
    ],
)
def test_what_cbp_or_the_law_sets_is_never_loosened(basis: str, own: Mapping[str, str]) -> None:
    kind, findings = interval(basis, **own)

    assert (kind.every, kind.grace, kind.valid_for) == ("P1M", "P14D", "P2M")
    assert [(f.code, f.severity, f.place) for f in findings] == [
        ("setting-loosens", "invalid", Place(PROFILE, ("settings", "intervals", "door_check")))
    ]
    assert f"is set by {basis}" in findings[0].message


@pytest.mark.parametrize("basis", BASES)
def test_every_rhythm_may_be_made_stricter(basis: str) -> None:
    kind, findings = interval(basis, every="P1W", grace="P0D", valid_for="P1M")

    assert (kind.every, kind.grace, kind.valid_for, findings) == ("P1W", "P0D", "P1M", [])


def test_a_life_where_the_law_gives_none_would_loosen_nothing_that_never_ends() -> None:
    """A record that never expires gets an end; that is stricter, yet it is not ours to invent."""
    made = small_law.load(
        {DOOR_CHECK: {"x-evidence": {"interval_basis": "law", "valid_for": None}}}
    )

    _, findings = program.own_kinds(made, {"intervals": {"door_check": {"valid_for": "P9Y"}}})

    assert [f.code for f in findings] == ["setting-loosens"]


def test_an_interval_for_an_unknown_kind_is_a_finding() -> None:
    kinds, findings = program.own_kinds(LAW.catalog, {"intervals": {"door_chek": {"every": "P1W"}}})

    assert kinds == LAW.catalog.kinds
    assert [f.code for f in findings] == ["setting-unknown-kind"]


def test_an_own_rhythm_changes_how_long_a_record_proves() -> None:
    record = {"data": {"checked_on": "2026-06-10"}}
    setting = {"settings": {"intervals": {"door_check": {"every": "P1W", "valid_for": "P2W"}}}}

    shipped = LAW.programme({"door_check": [record]})
    own = LAW.programme({"door_check": [record]}, profile=setting)

    assert shipped.records["door_check"][0].until == "2026-08-10"
    assert own.records["door_check"][0].until == "2026-07-01"


def test_a_covering_action_is_found_by_the_criterion_and_only_while_it_is_open() -> None:
    covers = {"data": {"covers": ["MSC-9.4/checked"]}}
    cancelled = {"data": {"covers": ["MSC-9.4/checked"], "status": "cancelled"}}

    made = LAW.programme({"corrective_action": [covers, cancelled, {}]})

    assert {c: [a.id for a in found] for c, found in made.covering.items()} == {"MSC-9.4": ["r1"]}


def test_what_is_dated_in_the_real_future_is_a_finding_whatever_the_clock_says() -> None:
    record = {"recorded_on": "2026-07-05", "data": {"checked_on": "2026-07-05"}}

    early = LAW.programme({"door_check": [record]}, today="2026-06-30", real_today="2026-06-30")
    moved = LAW.programme({"door_check": [record]}, today="2026-08-01", real_today="2026-06-30")
    late = LAW.programme({"door_check": [record]}, today="2026-06-30", real_today="2026-08-01")

    assert [f.code for f in early.findings] == ["record-in-future"]
    assert [f.code for f in moved.findings] == ["record-in-future"]
    assert late.findings == []
    assert late.records["door_check"] == []


def test_places_are_found_with_one_reading_of_each_file() -> None:
    asked: list[str] = []
    files = {"a.yaml": b"x: 1\nlist:\n  - one\n  - two\n", "b.yaml": b"- not a mapping"}

    def read(path: str) -> bytes | None:
        asked.append(path)
        return files.get(path)

    wanted = [
        Place("a.yaml", ("list", 1)),
        Place("a.yaml", ("list", 9, "gone")),
        Place("a.yaml"),
        Place("b.yaml", ("x",)),
        Place("gone.yaml", ("x",)),
        Place("a.yaml", (), 7, 3),
        Place(""),
    ]
    found = program.locate(wanted, read)

    assert sorted(asked) == ["a.yaml", "b.yaml", "gone.yaml"]
    assert [str(found.get(place, place)) for place in wanted] == [
        "a.yaml:4:5",
        "a.yaml:2:1",
        "a.yaml:1:1",
        "b.yaml:1:1",
        "gone.yaml",
        "a.yaml:7:3",
        "",
    ]


def test_partners_and_procedures_are_known_by_their_files() -> None:
    made = LAW.programme(procedures=[{"id": "SOP-06"}], partners=[{"id": "PT-7"}])

    assert list(made.partners) == ["PT-7"]
    assert [p.id for p in made.procedures] == ["SOP-06"]


@pytest.mark.parametrize(("one", "other"), [("must", "absent"), ("absent", "must")])
def test_of_two_levels_that_differ_the_stricter_one_counts(one: str, other: str) -> None:
    made = _with(_overlay("a", one), _overlay("b", other))

    assert made.own_levels("consolidator") == {"MSC-9.4": "must"}
    (finding,) = made.findings
    assert (finding.code, finding.place) == (
        "overlay-contradicts",
        Place("policies/levels/b.yaml", ("levels", "consolidator")),
    )
    assert f"is {other} here and {one} in policies/levels/a.yaml" in finding.message


def _overlay(name: str, level: str) -> Filed:
    value = {
        "schema": "level_overlay/1",
        "criterion": "MSC-9.4",
        "levels": {"consolidator": level},
        "source": {"document": "CBP", "dated": "2026-01-01", "page": "7"},
    }
    approval = {"by": "P-1", "as": "executive", "approved_on": "2026-05-21", "digest": "right"}
    signed = company.approved(name, {**value, "approvals": [approval]})
    return Filed(f"policies/levels/{name}.yaml", "level_overlay", name, signed)


def _with(*overlays: Filed) -> program.Programme:
    profile = Filed(PROFILE, "security_profile", "x", company.example("security_profile"))
    files = Files({"security_profile": [profile], "level_overlay": list(overlays)}, count=3)
    made = program.build(files, LAW.catalog, NoFiles(), TODAY, TODAY)
    assert made is not None
    return made


def test_a_level_that_is_not_approved_is_left_out() -> None:
    signed = _overlay("a", "must")
    value = company.patched(signed.value, {"approvals": None})
    unsigned = Filed(signed.path, signed.kind, signed.id, value)

    made = _with(unsigned, _overlay("b", "should"))

    assert made.own_levels("consolidator") == {"MSC-9.4": "should"}
    assert [f.code for f in made.findings] == ["overlay-unapproved"]
