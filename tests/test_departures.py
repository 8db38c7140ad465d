"""Nobody does anything after having left, as far as a record can be held against the profile."""

from __future__ import annotations

from typing import Any

import pytest

from ctpat_policy.model import INVALID, NOTE
from tests.company import programme

LEFT = "2026-05-15"


def told(kind: str, record: dict[str, Any], **person: Any) -> list[tuple[str, Any]]:
    """Severity and field of each finding about P-9, who left in May."""
    nine = {"id": "P-9", "functions": ["other"], "from": "2015-01-01", "until": LEFT, **person}
    people = [{"id": "P-2", "functions": ["poc"], "from": "2015-01-01"}, nine]
    found = programme(profile={"people": people}, records={kind: [record]}).findings
    return [(f.severity, f.place.pointer[-1]) for f in found if f.code == "person-left"]


def audit(**data: Any) -> dict[str, Any]:
    return {"recorded_on": "2026-06-02", "data": {"audited_on": "2026-06-01", **data}}


@pytest.mark.parametrize(
    ("day", "wrong"), [("2026-05-14", []), (LEFT, []), ("2026-05-16", [(INVALID, "auditor")])]
)
def test_an_audit_by_somebody_who_had_left_cannot_be(day: str, wrong: list[Any]) -> None:
    assert told("seal_audit", audit(auditor="P-9", audited_on=day)) == wrong


def test_whoever_only_took_another_post_is_still_there() -> None:
    assert told("seal_audit", audit(auditor="P-9"), stays=True) == []


def test_what_was_looked_at_says_nothing_of_when_somebody_looked() -> None:
    period = {"period_from": "2026-01-01", "period_to": "2026-06-01"}

    assert told("internal_audit", audit(auditor="P-9", **period)) == [(INVALID, "auditor")]


def test_a_log_may_name_whoever_left_in_its_period() -> None:
    review = {"reviewer": "P-9", "period_from": LEFT, "period_to": "2026-06-14"}
    record = {"recorded_on": "2026-06-15", "data": review}

    assert told("intrusion_monitoring_review", record) == []
    review["period_from"] = "2026-05-16"
    assert told("intrusion_monitoring_review", record) == [(INVALID, "reviewer")]


def test_a_name_with_a_day_of_its_own_counts_on_that_day() -> None:
    early, late = (
        {**audit(), "reviewed_by": "P-9", "reviewed_on": d} for d in (LEFT, "2026-06-02")
    )

    assert told("seal_audit", early) == []
    assert told("seal_audit", late) == [(INVALID, "reviewed_by")]
    assert told("seal_audit", {**audit(), "recorded_by": "P-9"}) == [(INVALID, "recorded_by")]


def test_one_of_many_may_have_left_while_it_went_on() -> None:
    exercise = {"held_on": "2026-06-01", "participants": ["P-2", "P-9"]}
    record = {"recorded_on": "2026-06-02", "data": exercise}

    assert told("continuity_exercise", record) == [(NOTE, 1)]
