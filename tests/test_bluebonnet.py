"""The second sample company, a small importer: it passes with its faults shown, and can fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ctpat_policy.cli import group
from ctpat_policy.reads import source_of
from tests.company import law

COMPANY = Path(__file__).parent / "companies" / "bluebonnet"
TODAY = "2026-10-31"
REGISTER = "evidence/event_register/2026-Q3.yaml"
Key = tuple[str, str, str]


def checked(root: Path, today: str = TODAY) -> dict[str, Any]:
    """The report of a check; its exit code is in it."""
    words = ["check", str(root), "--today", today, "--no-cache", "--report", "json"]
    done = CliRunner().invoke(group, words)
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["exit_code"] == done.exit_code
    return report


def rows_of(report: Mapping[str, Any], *verdicts: str) -> dict[Key, Mapping[str, Any]]:
    """Rows by criterion, level and subject; of these verdicts, if some are named."""
    return {
        (row["criterion"], row["level"], row["subject"]): row
        for row in report["rows"]
        if not verdicts or row["verdict"] in verdicts
    }


def known_by_register(row: Mapping[str, Any]) -> bool:
    """Whether some clause of the row passes on rows that only the register makes known."""
    criterion = law().criteria[row["criterion"]]
    passing = {clause["clause"] for clause in row["clauses"] if clause["state"] == "pass"}
    facts = (t.of for c in criterion.clauses if c.id in passing for t in c.tests)
    views = (source_of(fact)[1] for fact in facts if source_of(fact)[0] == "views")
    return any(criterion.views[view].known_by for view in views)


def messages(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the gaps of rows say."""
    return [g["message"] for row in rows for clause in row["clauses"] for g in clause["gaps"]]


def covering(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """The corrective actions that cover clauses of a row."""
    return {c["clause"]: c["covered_by"] for c in row["clauses"] if c["covered_by"]}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return checked(COMPANY)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The company, to be spoiled."""
    return shutil.copytree(COMPANY, tmp_path / "bluebonnet")


def test_nothing_fails(report: dict[str, Any]) -> None:
    assert report["exit_code"] == 0
    assert report["findings"] == []
    assert rows_of(report, "not_met", "not_assessed") == {}
    assert all(level == "should" for _, level, _ in rows_of(report, "partly_met"))


def test_a_small_firm_does_not_drown() -> None:
    records = list((COMPANY / "evidence").rglob("*.yaml"))

    assert 60 <= len(records) <= 90
    assert len(list((COMPANY / "policies/partners").iterdir())) == 11
    assert len(list((COMPANY / "policies/procedures").iterdir())) == 12


def test_the_head_says_what_is_known() -> None:
    done = CliRunner().invoke(group, ["check", str(COMPANY), "--today", TODAY, "--no-cache"])

    assert "94 of 102 criteria known for importer" in " ".join(done.stdout.split())


def test_the_honest_faults_show(report: dict[str, Any]) -> None:
    open_rows = rows_of(report, "action_open")

    assert {key: covering(row) for key, row in open_rows.items()} == {
        ("MSC-3.9", "must", "company"): {"signs_answered": ["ca-2026-04"]},
        ("MSC-4.2", "must", "company"): {"recovered": ["ca-2026-05"]},
    }
    assert any("signs of forced labor" in m for m in messages(open_rows.values()))
    untaught = rows_of(report, "partly_met")[("MSC-12.6", "should", "company")]
    assert any("BP-04 judged the screen" in m for m in messages([untaught]))
    assert set(rows_of(report, "not_adopted")) == {
        ("MSC-5.14", "should", "BB-OC-1"),
        ("MSC-5.14", "should", "BB-OC-2"),
        ("MSC-9.2", "should", "BB-WAC"),
        ("MSC-9.16", "should", "BB-WAC"),
    }


def test_the_open_actions_cover_no_longer_than_they_may() -> None:
    late = checked(COMPANY, "2026-12-01")

    assert late["exit_code"] == 1
    assert {"MSC-1.3", "MSC-3.9", "MSC-4.2"} <= {key[0] for key in rows_of(late, "partly_met")}


def test_the_profile_alone_takes_out_what_the_firm_does_not_do(report: dict[str, Any]) -> None:
    away = {criterion for criterion, _, _ in rows_of(report, "not_applicable")}

    assert {"MSC-4.10", "MSC-5.1", "MSC-5.16", "MSC-6.6", "MSC-7.5", "MSC-10.10"} <= away
    assert all(row["reason"] for row in rows_of(report, "not_applicable").values())


def test_a_long_rhythm_is_the_members_own_choice(copy: Path) -> None:
    profile = copy / "policies/security-profile.yaml"
    text = profile.read_text()
    line = "    cctv_footage_review: {every: P2M, grace: P14D}\n"
    assert line in text
    profile.write_text(text.replace(line, ""))

    spoiled = rows_of(checked(copy), "partly_met")

    assert ("MSC-9.15", "must", "BB-WAC") in spoiled


def test_without_the_register_nobody_knows(copy: Path, report: dict[str, Any]) -> None:
    known = rows_of(report, "met")
    expected = {key for key, row in known.items() if known_by_register(row)}
    (copy / REGISTER).unlink()

    spoiled = checked(copy)

    assert spoiled["exit_code"] == 1
    assert len(expected) > 15
    assert set(rows_of(spoiled, "not_assessed")) == expected
    assert set(rows_of(spoiled, "met")) == set(known) - expected


def test_a_chapter_that_nobody_approved_proves_nothing(copy: Path) -> None:
    chapter = copy / "policies/procedures/MAN-04.yaml"
    text, mark = chapter.read_text(), "\napprovals:"
    assert mark in text
    chapter.write_text(text[: text.index(mark) + 1])

    spoiled = checked(copy)

    assert spoiled["exit_code"] == 1
    assert ("MSC-4.1", "must", "company") in rows_of(spoiled, "not_met")
