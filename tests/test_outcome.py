"""What rows, findings and reports mean for the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctpat_policy.model import (
    INVALID,
    MUST,
    NOTE,
    SHOULD,
    UNREADABLE,
    VERDICTS,
    Finding,
    Gap,
    Place,
)
from ctpat_policy.reports.outcome import (
    OUTCOMES,
    WORDS,
    all_findings,
    exit_code,
    finding_outcome,
    outcome,
    reasons,
    worst_first,
)
from ctpat_policy.reports.tally import Tally, tally
from tests.reports_sample import CLEAN, SAMPLE, row

TABLE = {
    # verdict: a must row; a should row with --fail-on must, should
    "met": ("passed", "passed", "passed"),
    "not_applicable": ("skipped", "skipped", "skipped"),
    "not_adopted": ("failure", "skipped", "skipped"),
    "action_open": ("skipped", "skipped", "skipped"),
    "partly_met": ("failure", "skipped", "failure"),
    "not_assessed": ("error", "skipped", "error"),
    "not_met": ("failure", "skipped", "failure"),
}


def test_every_verdict_has_an_outcome_and_a_word() -> None:
    assert set(OUTCOMES) == set(WORDS) == set(TABLE) == set(VERDICTS)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_row_comes_out_as_the_truth_table_says(verdict: str) -> None:
    must, should = row("MSC-6.6", verdict), row("MSC-6.6", verdict, level=SHOULD)
    in_must, in_should, moved = TABLE[verdict]

    assert outcome(must, "must") == outcome(must, "should") == in_must
    assert outcome(should, "must") == in_should
    assert outcome(should, "should") == moved


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("level", [MUST, SHOULD])
def test_no_row_fails_when_nothing_is_asked_to(verdict: str, level: str) -> None:
    found = outcome(row("MSC-6.6", verdict, level=level), "never")

    assert found == ("passed" if verdict == "met" else "skipped")


@pytest.mark.parametrize("level", [MUST, "shall", ""])
def test_an_unknown_verdict_or_level_never_passes(level: str) -> None:
    assert outcome(row("MSC-6.6", "fine")._replace(level=level), "must") == "error"
    assert outcome(row("MSC-6.6", "not_met")._replace(level=level), "must") == "failure"


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        (UNREADABLE, "must", "error"),
        (UNREADABLE, "never", "error"),
        (INVALID, "must", "failure"),
        (INVALID, "should", "failure"),
        (INVALID, "never", "skipped"),
        (NOTE, "must", "skipped"),
        (NOTE, "never", "skipped"),
        ("strange", "never", "error"),
    ],
)
def test_a_finding_comes_out_by_its_severity(severity: str, fail_on: str, expected: str) -> None:
    finding = Finding("x", severity, "m", Place("p"))

    assert finding_outcome(finding, fail_on) == expected


def test_exit_0_when_nothing_fails() -> None:
    assert exit_code(CLEAN) == 0


def test_exit_1_for_a_gap_only_at_the_level_asked_for() -> None:
    assert exit_code(replace(CLEAN, fail_on="should")) == 1
    assert exit_code(replace(CLEAN, rows=(row("MSC-6.6", "not_met"),))) == 1
    assert exit_code(replace(CLEAN, rows=(row("MSC-6.6", "not_assessed"),))) == 1
    assert exit_code(replace(CLEAN, rows=(row("MSC-6.6", "not_met"),), fail_on="never")) == 0


def test_exit_1_for_an_invalid_document_unless_nothing_may_fail() -> None:
    wrong = replace(CLEAN, findings=(Finding("x", INVALID, "m", Place("p")),))

    assert exit_code(wrong) == 1
    assert exit_code(replace(wrong, fail_on="never")) == 0


def test_exit_3_for_an_unreadable_document_even_when_nothing_may_fail() -> None:
    assert exit_code(replace(SAMPLE, fail_on="never")) == 3


@pytest.mark.parametrize(
    ("nothing", "code"),
    [
        ({"documents": 0}, "documents-none"),
        ({"accounts": ()}, "accounts-none"),
        ({"rows": ()}, "rows-none"),
        ({"documents": 0, "accounts": (), "rows": ()}, "documents-none"),
    ],
)
def test_exit_3_when_nothing_was_checked_with_a_finding_that_says_so(
    nothing: dict[str, object], code: str
) -> None:
    report = replace(CLEAN, fail_on="never", **nothing)  # type: ignore[arg-type]

    assert exit_code(report) == 3
    assert [f.code for f in all_findings(report)] == [code]


def test_an_unreadable_document_explains_itself_why_nothing_was_checked() -> None:
    report = replace(SAMPLE, accounts=(), rows=())

    assert all_findings(report) == SAMPLE.findings


def test_the_worst_rows_come_first() -> None:
    keys = [
        ("must", "not_met", "MSC-6.9", "A"),
        ("must", "not_met", "MSC-6.9", "B"),
        ("must", "not_met", "MSC-6.10", "A"),
        ("must", "not_assessed", "MSC-1.1", "A"),
        ("must", "partly_met", "MSC-1.1", "A"),
        ("should", "not_met", "MSC-1.1", "A"),
    ]
    rows = [row(c, verdict, subject, level) for level, verdict, c, subject in keys]

    found = worst_first(reversed(rows))

    assert [(r.level, r.verdict, r.criterion, r.subject) for r in found] == keys


def test_a_row_always_has_a_reason() -> None:
    bare = row("MSC-6.6", "not_assessed")

    assert reasons(bare) == (Gap("", "not assessed", bare.place),)
    assert reasons(bare._replace(reason="no site"))[0].message == "no site"


def test_what_does_not_apply_is_not_counted_and_only_met_counts_as_met() -> None:
    assert tally(row("MSC-6.6", verdict) for verdict in VERDICTS) == Tally(
        met=1, gaps=2, not_assessed=1, under_action=1, not_adopted=1, total=6
    )
