"""GitLab's code quality report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from ctpat_policy.model import INVALID, Finding, Place, Report
from ctpat_policy.reports import gitlab, render
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, PROFILE, SAMPLE, golden, row


def entries(report: Report) -> list[Any]:
    found: list[Any] = json.loads(render("gitlab", report))
    return found


def test_the_sample_reads_as_its_golden_file() -> None:
    produced = render("gitlab", SAMPLE)

    assert produced == golden("report.gitlab.json", produced)


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_every_entry_has_what_gitlab_reads(report: Report) -> None:
    written = render("gitlab", report)
    found = json.loads(written)

    assert written.isascii()
    assert len({e["fingerprint"] for e in found}) == len(found)
    for entry in found:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["description"]
        assert entry["severity"] in ("blocker", "critical", "minor", "info")
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] >= 1


def test_fingerprints_are_those_of_sarif() -> None:
    (sarif,) = json.loads(render("sarif", SAMPLE))["runs"]

    assert [e["fingerprint"] for e in entries(SAMPLE)] == [
        r["partialFingerprints"]["primaryLocationLineHash"] for r in sarif["results"]
    ]


def test_severities_follow_what_fails() -> None:
    found = {(e["check_name"], e["severity"]) for e in entries(SAMPLE)}

    assert ("yaml-duplicate-key", "blocker") in found
    assert ("document-invalid", "critical") in found
    assert {s for name, s in found if name == "MSC-6.6"} == {"critical", "minor"}
    assert {s for name, s in found if name == "MSC-6.10"} == {"info"}


def test_an_entry_says_what_where_and_why_it_is_accepted() -> None:
    (entry,) = (e for e in entries(SAMPLE) if e["check_name"] == "MSC-6.10")

    assert entry["description"] == (
        "MSC-6.10 must abc-con WH-EWR: the seals lay open "
        "(accepted: corrective action CA-2026-003 until 2026-12-15)"
    )
    assert entry["location"] == {"path": PROFILE, "lines": {"begin": 40}}


def test_a_place_without_a_file_or_line_has_one_here() -> None:
    report = replace(CLEAN, findings=(Finding("x", INVALID, "m", Place("")),))

    assert entries(report)[0]["location"] == {"path": PROFILE, "lines": {"begin": 1}}


def test_a_flood_is_cut_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitlab, "MOST", 5)
    rows = tuple(row("MSC-1.2", "not_met", f"S{n}") for n in range(40))

    found = entries(replace(CLEAN, rows=rows))

    assert len(found) == 5
    assert found[-1]["description"] == "more-than-fit: 36 more gaps and findings did not fit here"
    assert found[-1]["severity"] == "critical"
