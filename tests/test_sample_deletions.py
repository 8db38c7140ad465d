"""A record or a procedure less: the right rows of the sample fail, at the right place."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from ctpat_policy.compare import ORDER
from ctpat_policy.criteria import WRITTEN
from ctpat_policy.reports.outcome import exit_code
from tests.sample import Changed, before, changed, records, sample

DELETIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "sample_deletions.yaml").read_text()
)
#: Kinds that other proof makes spare, or that only criteria of other entity types ask for.
SPARE = [
    "best_practice",
    "cargo_flow_map",
    "cargo_screening_record",
    "carrier_use_register",
    "cbp_alert_action",
    "cbp_validation",
    "forced_labor_due_diligence",
    "key_control_log",
    "last_chance_verification",
    "management_random_search",
    "membership_status",
    "partner_contract",
    "partner_site_visit",
    "pest_finding",
    "procedure_review",
    "reinvestigation",
    "seal_discrepancy",
    "security_profile_submission",
    "threat_notice",
    "trip_tracking_record",
]
#: What each procedure alone writes down: criterion and level of the rows that fall with it.
PROCEDURES = {
    "SOP-01": "1.2 should, 1.3 must",
    "SOP-02": "2.1 should, 2.3 should",
    "SOP-03": "2.4 should",
    "SOP-04": "3.1 must",
    "SOP-05": "",  # 3.8 has no level for these accounts
    "SOP-06": "6.1 must, 6.2 should, 6.5 should, 6.6 should, 6.7 should",
    "SOP-07": "5.1 should, 5.2 must, 5.3 should, 5.4 should",
    "SOP-08": "7.2 should, 8.1 must",
    "SOP-09": "",  # nor have 5.14 to 5.16 and 5.24
    "SOP-10": "7.1 should, 7.4 should, 7.5 should, 7.27 should, 7.28 should",
    "SOP-11": "7.6 must, 7.7 should, 7.8 should",
    "SOP-12": "7.10 should",
    "SOP-13": "5.29 should, 7.23 must, 7.37 should",
    "SOP-14": "7.24 must",
    "SOP-15": "7.25 should",
    "SOP-16": "4.1 must, 4.2 must, 4.3 should, 4.11 should",
    "SOP-17": "4.7 should",
    "SOP-18": "4.10 must",
    "SOP-19": "4.13 should",
    "SOP-20": "4.4 should",
    "SOP-21": "9.4 should, 9.5 should",
    "SOP-22": "9.7 should, 9.8 must, 9.15 should, 9.16 should",
    "SOP-23": "10.1 must",
    "SOP-24": "10.2 should, 10.3 should, 10.4 should",
    "SOP-25": "10.8 should",
    "SOP-26": "10.10 must",
    "SOP-27": "11.1 must, 11.2 should",
    "SOP-28": "11.5 must, 11.5 should",
    "SOP-29": "12.1 must, 12.4 should, 12.8 should, 12.9 should",
    "SOP-30": "12.5 should",
}
#: Three at once, of chapters far from each other: no criterion reads two of them.
THREES = [list(PROCEDURES)[start::10] for start in range(10)]
#: Clauses that fail with a procedure besides the written one, as they read it.
ALSO = {
    "SOP-03": ["exercised"],
    "SOP-26": ["checked_by_management"],  # the guards are audited against it
    "SOP-28": ["version_in_force_signed"],
}


@pytest.mark.parametrize("case", DELETIONS, ids=lambda c: c["without"])
def test_without_a_record_the_right_rows_fail_at_the_right_place(case: dict[str, Any]) -> None:
    kind = case["without"].partition("/")[0]
    lost = [p for p in records(kind) if fnmatch(p, f"evidence/{case['without']}.yaml")]
    expected = {
        f"{account} {criterion} {level} {subject}": verdict
        for says, subjects in case["changes"].items()
        for account, criterion, level, verdict in [says.split()]
        for subject in subjects
    }

    found = changed(sample().without(*lost))

    assert found.verdicts == expected
    _nothing_is_better(found)
    levels = ["must"] if any(" must " in key for key in expected) else ["should"]
    gaps = [g for row in found.rows if row.level in levels for g in row.gaps]
    gap = next(g for g in gaps if g.place.path == case["at"])
    assert gap.place.line > 0
    for name in case.get("names", ()):
        assert any(name in g.message for g in gaps), (name, [g.message for g in gaps])


def test_a_register_that_is_missing_leaves_rows_unknown_never_met() -> None:
    found = changed(sample().without("evidence/event_register/2026-q2-company.yaml"))

    assert {row.verdict for row in found.rows} == {"not_assessed"}
    assert {"MSC-4.7", "MSC-5.3", "MSC-6.7", "MSC-7.27", "MSC-11.1"} <= {
        row.criterion for row in found.rows
    }
    assert exit_code(found.report) == 1


@pytest.mark.parametrize("kind", SPARE)
def test_spare_kinds_decide_nothing_here(kind: str) -> None:
    found = changed(sample().without(*records(kind)))

    assert found.verdicts == {}


def test_every_kind_of_the_sample_is_among_the_deletions_or_spare() -> None:
    kinds = {case["without"].partition("/")[0] for case in DELETIONS} | {"event_register"}

    assert not kinds & set(SPARE)
    assert kinds | set(SPARE) == {p.split("/")[1] for p in sample() if p.startswith("evidence/")}


def test_an_open_action_cannot_be_made_to_vanish() -> None:
    """Without CA-2026-014 nothing fails 9.4, but the audit that found the gate open does."""
    found = changed(sample().without("evidence/corrective_action/CA-2026-014.yaml"))

    assert found.verdicts == {
        "abc-con MSC-1.3 must company": "partly_met",
        "abc-con MSC-9.4 must WH-EWR": "met",
    }
    assert exit_code(found.report) == 1
    assert {(f.code, f.place.path) for f in found.report.findings} >= {
        ("unknown-corrective-action", "evidence/internal_audit/2026-08-27-wh-ewr.yaml")
    }


@pytest.mark.parametrize("names", THREES, ids=" ".join)
def test_without_procedures_what_they_write_down_is_not_written(names: list[str]) -> None:
    found = changed(sample().without(*(f"policies/procedures/{name}.yaml" for name in names)))

    expected = [f"MSC-{x}" for name in names for x in PROCEDURES[name].split(", ") if x]
    assert sorted({f"{row.criterion} {row.level}" for row in found.rows}) == sorted(expected)
    old = {row.key: {c.clause for c in row.clauses if c.state == "fail"} for row in before().rows}
    also = {clause for name in names for clause in ALSO.get(name, ())}
    for row in found.rows:
        failing = {c.clause for c in row.clauses if c.state == "fail"}
        new = failing - old[row.key]
        assert new, row.key
        assert new <= {WRITTEN, *also}, (row.key, new)
        gaps = [g for c in row.clauses if c.clause == WRITTEN for g in c.gaps]
        assert all(g.place.path.startswith("policies/") and g.place.line for g in gaps), gaps
    _nothing_is_better(found)


def test_every_procedure_is_among_them() -> None:
    folder = "policies/procedures/"
    assert {f"{folder}{name}.yaml" for name in PROCEDURES} == {
        path for path in sample() if path.startswith(folder)
    }


def _nothing_is_better(found: Changed) -> None:
    old = {row.key: row.verdict for row in before().rows}
    better = [r.key for r in found.rows if ORDER[r.verdict] < ORDER[old[r.key]]]
    assert not better
    assert not found.gone
