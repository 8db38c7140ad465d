"""Rows and findings stand in one order, whatever they came from."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ctpat_policy.model import NOTE, Finding, Place, Report
from ctpat_policy.order import in_order, number
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, row
from tests.sample import before


def test_rows_come_by_account_and_by_the_number_of_the_criterion() -> None:
    rows = (
        row("MSC-6.10", "met", account="abc-imp"),
        row("MSC-6.9", "met", "B", account="abc-imp"),
        row("MSC-6.9", "met", "A", account="abc-imp"),
        row("MSC-1.1", "met", account="gone"),
        row("MSC-10.1", "met", account="abc-con"),
    )
    report = replace(CLEAN, accounts=(*CLEAN.accounts,), rows=rows)

    found = [(r.account, r.criterion, r.subject) for r in in_order(report).rows]

    assert found == [
        ("abc-imp", "MSC-6.9", "B"),
        ("abc-imp", "MSC-6.9", "A"),
        ("abc-imp", "MSC-6.10", "company"),
        ("abc-con", "MSC-10.1", "company"),
        ("gone", "MSC-1.1", "company"),
    ]


def test_findings_at_one_place_come_by_what_they_say() -> None:
    place = Place("policies/x.yaml", (), 3, 1)
    found = [Finding("a", NOTE, text, place) for text in ("one", "two", "three")]

    orders = {in_order(replace(CLEAN, findings=tuple(f))).findings for f in (found, found[::-1])}

    assert len(orders) == 1


@settings(max_examples=100, deadline=None)
@given(report=REPORTS, seed=st.integers(0, 9))
def test_the_turns_of_findings_make_no_difference(report: Report, seed: int) -> None:
    shuffled = list(report.findings)
    random.Random(seed).shuffle(shuffled)

    assert in_order(replace(report, findings=tuple(shuffled))).findings == in_order(report).findings
    assert in_order(in_order(report)) == in_order(report)


def test_a_judgement_is_in_order() -> None:
    assert in_order(before()) == before()
    numbers = [number(r.criterion) for r in before().rows if r.account == "abc-con"]
    assert numbers == sorted(numbers)
