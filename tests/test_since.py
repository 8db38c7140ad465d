"""The ratchet: a change is blamed for what it made worse, not for what was so, nor for the day."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ctpat_policy.cli.check import with_history
from ctpat_policy.compare import standing
from ctpat_policy.errors import NotTrusted, UsageError
from ctpat_policy.model import VERDICTS, Report, Row
from ctpat_policy.reports import render
from ctpat_policy.reports.outcome import exit_code, outcome
from tests.company import example, law, patched
from tests.history_repositories import READER, Built, procedure, record, request, run, started

REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
SECOND = patched(example("security_profile")["sites"][0], {"id": "S-2"})


#: From each verdict (a line) to each (in the order of the lines): better, worse or as before.
STANDINGS = """
met             = = = - - - -
not_applicable  = = = - - - -
not_adopted     = = = - - - -
action_open     + + + = - - -
partly_met      + + + + = = -
not_assessed    + + + + = = =
not_met         + + + + + + =
"""
SIGNS = {"=": "as_before", "-": "worse", "+": "better"}
LINES = [line.split() for line in STANDINGS.strip().splitlines()]
PAIRS = {
    (before, LINES[column][0]): SIGNS[sign]
    for before, *signs in LINES
    for column, sign in enumerate(signs)
}


def test_every_verdict_against_every_other() -> None:
    assert {pair: standing(*pair) for pair in PAIRS} == PAIRS
    assert {before for before, _ in PAIRS} == set(VERDICTS)


def site(report: Report, subject: str = "S-1") -> Row:
    """The must row of 9.15 at a site."""
    return next(r for r in report.rows if r.subject == subject and r.level == "must")


def since(built: Built, *criteria: str, today: str = "2026-06-30", base: str = "main") -> Report:
    return with_history(built.root, law(), READER, request(*criteria, today=today), since=base)


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A site with cameras that were reviewed once; main is the base, the work tree the change."""
    built = started(tmp_path / "r")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10", "a review")
    built.git("checkout", "-q", "-b", "change")
    return built


def test_gaps_as_before_do_not_fail(built: Built) -> None:
    report = since(built)

    assert {row.standing for row in report.rows} == {"as_before"}
    assert any(row.verdict == "not_met" for row in report.rows)
    assert exit_code(report) == 0


def test_a_row_that_rose_fails(built: Built) -> None:
    built.remove(REVIEW)

    report = since(built, "9.15")

    assert site(report).standing == "worse"
    assert exit_code(report) == 1


def test_a_document_that_vanished_fails_even_if_no_row_rose(built: Built) -> None:
    built.write("evidence/best_practice/2026-06-01-x.yaml", record("best_practice"))
    built.commit("2026-06-11", "more")
    built.git("branch", "-f", "main")
    built.remove("evidence/best_practice/2026-06-01-x.yaml")

    report = since(built, "9.15")

    assert [f.code for f in report.findings if f.severity != "note"] == ["document-vanished"]
    assert exit_code(report) == 1


def test_what_got_better_is_said_and_passes(built: Built) -> None:
    built.write("policies/procedures/SOP-1.yaml", procedure("MSC-9.15"))

    report = since(built, "9.15")

    assert {r.standing for r in report.rows if r.level == "should"} == {"better"}
    assert exit_code(report) == 0


def test_what_got_better_passes_though_it_is_still_red(built: Built) -> None:
    old = {"reviewed_at": "2026-01-10T10:15:00Z", "footage_from": "2026-01-09T05:50:00Z"}
    old["footage_to"] = "2026-01-09T06:40:00Z"
    built.write(REVIEW, record("cctv_footage_review", {"recorded_on": "2026-01-10", "data": old}))
    built.commit("2026-06-12", "an old review")
    built.git("branch", "-f", "main")
    news = {"procedure_followed": False, "deviations": ["a door stood open"]}
    built.write(REVIEW, record("cctv_footage_review", {"data": news}))

    report = since(built, "9.15")

    assert (site(report).verdict, site(report).standing) == ("partly_met", "better")
    assert exit_code(report) == 0
    assert "as before" in render("text", report).decode()


def test_a_new_row_fails_when_it_is_a_gap(built: Built) -> None:
    built.profile({"sites": [*example("security_profile")["sites"], SECOND]})

    report = since(built, "9.15")

    assert site(report, "S-2").standing == "new"
    assert site(report).standing == "as_before"
    assert exit_code(report) == 1


def test_a_row_that_vanished_is_worse(built: Built) -> None:
    built.profile({"sites": [*example("security_profile")["sites"], SECOND]})
    built.commit("2026-06-12", "two sites")
    built.git("branch", "-f", "main")
    built.profile({})

    report = since(built, "9.15")

    gone = [f for f in report.findings if f.code == "row-vanished"]
    assert [f.severity for f in gone] == ["invalid", "invalid"]
    assert all("S-2" in f.message for f in gone)
    assert exit_code(report) == 1


def test_the_calendar_is_not_blamed_on_the_change(built: Built) -> None:
    report = since(built, "9.15", today="2026-10-30")

    assert site(report).verdict == "not_met"
    assert site(report).standing == "as_before"
    assert exit_code(report) == 0


def test_finding_out_is_not_worse(built: Built) -> None:
    assert standing("not_assessed", "not_met") == "as_before"
    assert standing("partly_met", "not_met") == "worse"
    assert standing("not_assessed", "met") == "better"
    assert standing("action_open", "partly_met") == "worse"


def test_the_base_is_where_the_change_left_it(built: Built) -> None:
    """What main got meanwhile is neither blamed on the change nor credited to it."""
    built.commit("2026-06-13", "on the branch")
    built.git("checkout", "-q", "main")
    built.profile({"sites": [*example("security_profile")["sites"], SECOND]})
    built.commit("2026-06-14", "main goes on")
    built.git("checkout", "-q", "change")

    report = since(built, "9.15")

    assert not [f for f in report.findings if f.code == "row-vanished"]
    assert exit_code(report) == 0


def test_an_invalid_document_of_before_is_noted_and_a_new_one_fails(built: Built) -> None:
    bad = record("cctv_footage_review", {"data": {"cameras": None}})
    built.write("evidence/cctv_footage_review/old.yaml", bad)
    built.commit("2026-06-11", "bad")
    built.git("branch", "-f", "main")

    assert exit_code(since(built, "9.15")) == 0

    built.write("evidence/cctv_footage_review/new.yaml", bad)
    report = since(built, "9.15")

    wrong = [f.place.path for f in report.findings if f.severity == "invalid"]
    assert wrong == ["evidence/cctv_footage_review/new.yaml"]
    assert exit_code(report) == 1


def test_what_cannot_be_read_leaves_the_check_incomplete_as_before(built: Built) -> None:
    built.write("evidence/cctv_footage_review/old.yaml", "a: [")
    built.commit("2026-06-11", "bad")
    built.git("branch", "-f", "main")

    assert exit_code(since(built, "9.15")) == 3


def test_the_text_sums_up_what_is_as_before(built: Built) -> None:
    old = sum(r.verdict in ("not_met", "partly_met", "not_assessed") for r in since(built).rows)

    text = render("text", since(built)).decode()

    assert f"  {old:,} gaps as before\n" in text
    assert "Gaps of" not in text
    assert text.rstrip().endswith("nothing fails")


def test_the_text_shows_only_the_gaps_of_the_change(built: Built) -> None:
    built.remove(REVIEW)

    text = render("text", since(built, "9.15")).decode()

    assert "  1 gap as before\n" in text
    assert "MSC-9.15 must" in text
    assert "MSC-9.15 should" not in text
    assert "1 must gap" in text


def test_junit_skips_gaps_as_before_and_says_so(built: Built) -> None:
    report = since(built, "9.15")

    root = ET.fromstring(render("junit", report))

    cases = {c.get("name"): c for c in root.iter("testcase")}
    skipped = cases["MSC-9.15 should S-1"].find("skipped")
    assert skipped is not None
    assert "as before, " in str(skipped.get("message"))
    assert root.get("failures") == root.get("errors") == "0"
    assert {outcome(r, "must") for r in report.rows} <= {"passed", "skipped"}


def test_junit_fails_what_rose(built: Built) -> None:
    built.remove(REVIEW)

    root = ET.fromstring(render("junit", since(built, "9.15")))

    failed = [c.get("name") for c in root.iter("testcase") if c.find("failure") is not None]
    assert "MSC-9.15 must S-1" in failed
    assert "MSC-9.15 should S-1" not in failed


def test_a_shallow_clone_knows_no_merge_base(built: Built, tmp_path: Path) -> None:
    built.git("clone", "-q", "--depth", "1", f"file://{built.root}", str(tmp_path / "shallow"))

    with pytest.raises(NotTrusted, match="fetch-depth: 0"):
        since(Built(tmp_path / "shallow"), "9.15", base="HEAD")


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "HEAD^{tree}"])
def test_a_base_that_is_no_commit_is_refused(built: Built, base: str) -> None:
    with pytest.raises(UsageError):
        since(built, "9.15", base=base)

    assert not (built.root / "x").exists()


def test_the_program_ends_as_the_report_says(built: Built) -> None:
    command = ("check", "--since", "main", "--today", "2026-06-30", "--criterion", "9.15")

    before = run(*command, cwd=built.root)
    built.remove(REVIEW)
    after = run(*command, cwd=built.root)

    assert (before.returncode, after.returncode) == (0, 1)
    assert b"as before" in before.stdout
