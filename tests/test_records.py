"""Which day a record tells of, until when it proves something, and what takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ctpat_policy import records
from ctpat_policy.clock import FOREVER
from ctpat_policy.filing import Filed
from ctpat_policy.kinds import Kind
from ctpat_policy.records import NEVER, Record
from tests import small_law
from tests.company import TODAY, patched

LAW = small_law.load()
DOOR = LAW.kinds["door_check"]
SHEET = LAW.kinds["load_sheet"]


def filed(name: str = "a", kind: str = "door_check", **patch: Any) -> Filed:
    value = {
        "schema": f"{kind}/1",
        "scope": {"sites": ["S-1"]},
        "recorded_on": "2026-06-10",
        "recorded_by": "P-2",
        "data": {"checked_on": "2026-06-10"},
    }
    return Filed(f"evidence/{kind}/{name}.yaml", kind, name, patched(value, patch))


def of(*found: Filed, kind: Kind = DOOR, today: str = TODAY) -> dict[str, Record]:
    return {r.stem: r for r in records.of_kind(found, kind, today)}


def test_a_record_is_known_by_its_kind_and_its_file() -> None:
    (record,) = of(filed("2026-06-s1")).values()

    assert (record.id, record.stem, record.kind) == (
        "door_check/2026-06-s1",
        "2026-06-s1",
        "door_check",
    )
    assert record.path == "evidence/door_check/2026-06-s1.yaml"
    assert record.scope == {"sites": ["S-1"]}
    assert record.accounts == ()


def test_a_record_proves_until_the_later_of_validity_and_rhythm() -> None:
    longer = DOOR._replace(valid_for="P1M", every="P1M", grace="P14D")

    assert of(filed())["a"].until == "2026-08-10"
    assert of(filed(), kind=longer)["a"].until == "2026-07-24"


@pytest.mark.parametrize(
    ("patch", "until"),
    [
        ({"data": {"expires_on": "2026-07-01"}}, "2026-07-01"),
        ({"valid_until": "2026-07-02"}, "2026-07-02"),
        ({"valid_until": "2026-07-02", "data": {"expires_on": "2026-07-01"}}, "2026-07-01"),
        ({"valid_until": "2029-01-01"}, "2026-08-10"),
    ],
)
def test_an_expiry_on_paper_shortens_and_never_lengthens(
    patch: Mapping[str, Any], until: str
) -> None:
    assert of(filed(**patch))["a"].until == until


def test_a_record_without_life_rhythm_or_expiry_proves_for_ever() -> None:
    (record,) = of(
        filed(kind="load_sheet", data={"checked_on": None, "loaded_on": "2026-06-10"}), kind=SHEET
    ).values()

    assert (record.dated, record.until) == ("2026-06-10", FOREVER)


def test_a_date_time_counts_by_its_local_day() -> None:
    (record,) = of(filed(data={"checked_on": "2026-06-10T23:30:00-07:00"})).values()

    assert record.dated == "2026-06-10"


def test_a_digest_is_dated_by_its_last_day() -> None:
    digest = {"period_from": "2026-05-01", "period_to": "2026-05-31", "count": 3, "not_ok": 0}
    found = filed(kind="load_sheet", data={"checked_on": None, **digest})

    assert of(found, kind=SHEET)["a"].dated == "2026-05-31"


def test_a_record_that_names_no_day_yet_proves_nothing() -> None:
    (record,) = of(filed(data={"checked_on": None})).values()

    assert (record.dated, record.until) == ("", NEVER)


@pytest.mark.parametrize(
    "patch", [{"recorded_on": "2026-07-01"}, {"data": {"checked_on": "2026-07-01"}}]
)
def test_a_record_of_tomorrow_does_not_exist_yet(patch: Mapping[str, Any]) -> None:
    assert of(filed(**patch)) == {}
    assert list(of(filed(**patch), today="2026-07-01")) == ["a"]


def test_a_void_record_proves_nothing() -> None:
    void = {"voided_on": "2026-06-12", "voided_by": "P-1", "reason": "Another door."}

    (record,) = of(filed(void=void)).values()

    assert record.void
    assert record.until == NEVER


def test_a_replaced_record_ends_the_day_before_its_successor() -> None:
    newer = filed("b", supersedes="door_check/a", data={"checked_on": "2026-06-20"})

    found = of(filed(), newer)

    assert (found["a"].until, found["a"].replaced) == ("2026-06-19", True)
    assert (found["b"].until, found["b"].replaced) == ("2026-08-20", False)


def test_a_successor_that_was_withdrawn_or_is_of_tomorrow_replaces_nothing() -> None:
    void = {"voided_on": "2026-06-22", "voided_by": "P-1", "reason": "A slip."}
    withdrawn = filed("b", supersedes="door_check/a", void=void)
    tomorrow = filed("b", supersedes="door_check/a", recorded_on="2026-07-01")

    assert not of(filed(), withdrawn)["a"].replaced
    assert not of(filed(), tomorrow)["a"].replaced


def test_two_records_that_replace_each_other_both_end() -> None:
    one, two = filed(supersedes="door_check/b"), filed("b", supersedes="door_check/a")

    assert {r.until for r in of(one, two).values()} == {"2026-06-09"}


def test_a_record_about_one_account_speaks_for_no_other() -> None:
    account = DOOR._replace(unit="account", anchor="checked_on")
    own = filed(data={"account": "acc"})

    assert of(own, kind=account)["a"].accounts == ("acc",)
    assert of(own)["a"].accounts == ()
    assert of(filed(accounts=["x"], data={"account": "acc"}), kind=account)["a"].accounts == ("x",)


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"data": {"checked_on": "2026-07-01"}}, "record-in-future", ("data", "checked_on")),
        ({"recorded_on": "2026-07-01"}, "record-in-future", ("data", "checked_on")),
        ({"data": {"checked_on": "2026-06-11"}}, "record-before-event", ("data", "checked_on")),
        (
            {"data": {"checked_on": None}, "recorded_on": "2026-07-01"},
            "record-in-future",
            ("recorded_on",),
        ),
    ],
)
def test_a_date_that_cannot_be_is_a_finding(
    patch: Mapping[str, Any], code: str, pointer: tuple[str, ...]
) -> None:
    (finding,) = records.misdated(filed(**patch), DOOR, TODAY)

    assert (finding.code, finding.severity, finding.place.pointer) == (code, "invalid", pointer)


def test_the_day_itself_and_a_later_entry_are_no_finding() -> None:
    assert list(records.misdated(filed(), DOOR, "2026-06-10")) == []
    assert list(records.misdated(filed(recorded_on="2026-06-20"), DOOR, TODAY)) == []
    assert list(records.misdated(filed(data={"checked_on": None}), DOOR, TODAY)) == []
