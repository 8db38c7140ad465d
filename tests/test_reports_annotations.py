"""Annotations for GitHub Actions and Azure Pipelines, read back as their runners do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from ctpat_policy.model import INVALID, MUST, NOTE, SHOULD, Finding, Place, Report
from ctpat_policy.reports import render
from ctpat_policy.reports.headline import verdict
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, PROFILE, SAMPLE, failed, golden, row
from tests.sinks import Command, azure, github


def flood(level: str, count: int) -> tuple[Report, list[str]]:
    rows = tuple(
        row("MSC-1.2", "not_met", f"S{n:03d}", level=level, clauses=(failed("a", "m"),))
        for n in range(count)
    )
    last = row("MSC-9.9", "not_met", level=level, clauses=(failed("a", "m"),))
    return replace(CLEAN, rows=(*rows, last)), [r.subject for r in rows]


@pytest.mark.parametrize("name", ["github", "azure"])
def test_the_sample_reads_as_its_golden_file(name: str) -> None:
    assert render(name, SAMPLE) == golden(f"report.{name}", render(name, SAMPLE))


@settings(max_examples=100, deadline=None)
@given(REPORTS)
def test_a_runner_finds_our_annotations_and_nothing_else(report: Report) -> None:
    for name, read in (("github", github), ("azure", azure)):
        written = render(name, report)
        lines = written.decode().split("\n")
        found = list(read(written))

        assert lines[-1] == ""
        assert lines[-2].startswith("CTPAT: ")
        assert len(found) == len(lines) - 2
        assert {c.kind for c in found} <= {"error", "warning", "notice"}
        assert max(Counter(c.kind for c in found).values(), default=0) <= 10
        assert all(c.message for c in found)


def test_an_annotation_says_where_what_and_what_to_do() -> None:
    gap = failed("audited", "50% of a:b, c;d]", path="evidence/a, b.yaml", line=7)
    report = replace(CLEAN, rows=(row("MSC-6.6", "not_met", "WH-EWR", clauses=(gap,)),))

    (ours,) = github(render("github", report))
    (theirs,) = azure(render("azure", report))

    place = {"file": "evidence/a, b.yaml", "line": "7", "col": "3"}
    said = (
        "50% of a:b, c;d]\nDo: Do what MSC-6.6 asks, and commit evidence/<kind>/<date>-<site>.yaml."
    )
    assert ours == Command("error", {**place, "title": "MSC-6.6 must abc-con WH-EWR"}, said)
    assert theirs.message == f"MSC-6.6 must abc-con WH-EWR: {said}"
    assert theirs.properties == {
        "sourcepath": "evidence/a, b.yaml",
        "linenumber": "7",
        "columnnumber": "3",
        "code": "MSC-6.6",
    }


def test_a_whole_file_has_no_line_and_no_file_is_the_profile() -> None:
    findings = tuple(Finding("x", INVALID, "m", Place(path)) for path in ("a.yaml", ""))
    report = replace(CLEAN, findings=findings)

    found = list(github(render("github", report)))[:2]

    assert [c.properties for c in found] == [
        {"file": "a.yaml", "title": "x"},
        {"file": PROFILE, "title": "x"},
    ]
    assert next(azure(render("azure", report))).properties == {"sourcepath": "a.yaml", "code": "x"}


@pytest.mark.parametrize(("level", "kind"), [(MUST, "error"), (SHOULD, "warning")])
def test_ten_of_a_kind_are_shown_and_the_rest_counted(level: str, kind: str) -> None:
    report, subjects = flood(level, 30)

    for name, read in (("github", github), ("azure", azure)):
        written = render(name, report)
        found = list(read(written))

        assert [c.kind for c in found] == [kind] * 10
        assert "MSC-9.9" in str(found[1])
        assert subjects[0] in str(found[0])
        assert written.decode().splitlines()[-1] == (
            f"CTPAT: {verdict(report)}; 21 {kind}s more in the other reports of this run"
        )


def test_the_most_severe_come_first() -> None:
    kinds = [c.kind for c in github(render("github", SAMPLE))]

    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    assert kinds[0] == "error"
    first = next(github(render("github", SAMPLE)))
    assert first.properties["title"] == "yaml-duplicate-key"


def test_what_was_so_before_is_no_news() -> None:
    report, _ = flood(MUST, 0)
    old = replace(report, rows=tuple(r._replace(standing="as_before") for r in report.rows))

    (found,) = github(render("github", old))

    assert found.kind == "notice"
    assert found.message.splitlines()[1] == "before the change, too"


def test_what_is_accepted_says_why() -> None:
    found = [c for c in github(render("github", SAMPLE)) if "accepted" in c.message]

    assert [c.message for c in found] == [
        "the seals lay open\naccepted: corrective action CA-2026-003 until 2026-12-15",
        "done by hand\naccepted: not adopted until 2027-03-31: done by hand",
    ]


def test_azure_counts_what_it_has_no_kind_for() -> None:
    report = replace(CLEAN, rows=CLEAN.rows[:1], findings=(Finding("x", NOTE, "m", Place("p")),))

    assert render("azure", report) == (
        b"CTPAT: nothing fails; 1 note more in the other reports of this run\n"
    )
    assert render("github", replace(report, findings=())) == b"CTPAT: nothing fails\n"
