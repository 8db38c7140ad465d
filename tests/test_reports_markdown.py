"""The report as Markdown: what a reviewer reads, as GitHub renders it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctpat_policy.model import MUST, SHOULD, Gap, Place, Report
from ctpat_policy.reports import clean, markdown, render
from ctpat_policy.reports.headline import verdict
from ctpat_policy.reports.phrases import MARKER
from tests.report_strategies import REPORTS, TEXTS
from tests.reports_sample import CLEAN, HEADS, SAMPLE, failed, golden, row
from tests.sinks import assert_dead, assert_no_commands, assert_visible, page


def text(report: Report) -> str:
    return render("markdown", report).decode()


def table(report: Report) -> list[list[str]]:
    return page(render("markdown", report)).rows[1:]


def test_the_sample_reads_as_its_golden_file() -> None:
    assert text(SAMPLE).encode() == golden("report.md", render("markdown", SAMPLE))


@settings(max_examples=80, deadline=None)
@given(REPORTS)
def test_nothing_of_a_report_is_live_on_a_page(report: Report) -> None:
    written = render("markdown", report)

    assert_dead(page(written))
    assert_visible(written)
    assert_no_commands(written)
    assert len(written) <= markdown.LIMIT


@given(TEXTS | st.text("`|\\ab", max_size=20))
def test_a_cell_holds_its_text_and_ends_where_it_ends(value: str) -> None:
    written = f"| a | b |\n|---|---|\n| {clean.cell(value)} | end |\n"

    found = page(written.encode("utf-8", "replace"))

    shown = clean.line(value.replace("\\|", "\\ |"))
    assert found.rows[1] == [shown, "end"]


def test_it_begins_with_the_marker_and_the_verdict() -> None:
    lines = text(SAMPLE).splitlines()

    assert lines[:3] == [MARKER, f"### CTPAT: {verdict(SAMPLE)}", ""]
    assert lines[3] == "- `ABC Logistics, Inc.` · as of `2026-11-24`"
    assert lines[4].startswith("- INCOMPLETE")


def test_each_account_has_its_headline() -> None:
    found = text(replace(CLEAN, accounts=HEADS, rows=(row("MSC-1.1", "met"),)))

    assert "\n- `abc-con` · `consolidator`: Must 1/1 met; 57 of 102 criteria known" in found
    assert "\n- `abc-imp` · `importer`: Must 0/0 met; 102 of 102" in found


def test_gaps_that_were_there_before_are_counted_only() -> None:
    old = row("MSC-6.6", "not_met", account="abc-imp")._replace(standing="as_before")

    found = text(replace(CLEAN, rows=(old,)))

    assert " | 1 gap as before; " in found
    assert "#### Gaps" not in found


def test_the_table_has_the_worst_first_with_its_place() -> None:
    rows = table(SAMPLE)

    assert [r[:4] for r in rows[:3]] == [
        ["MSC-1.3", "must", "abc-con", "company"],
        ["MSC-3.5", "must", "abc-con", "partner-01"],
        ["MSC-3.5", "must", "abc-con", "partner-02"],
    ]
    assert rows[0][4:] == ["nobody signed it", "policies/security-profile.yaml:40"]
    levels = [r[1] for r in rows]
    assert levels == sorted(levels)


def test_a_gap_says_whose_policies_decided_it() -> None:
    bad = row("MSC-6.6", "not_met", clauses=(failed("a", "m"),))._replace(remark="by main")

    assert table(replace(CLEAN, rows=(bad,)))[0][4] == "m (by main)"


def test_what_is_not_shown_is_counted() -> None:
    rows = tuple(
        row(f"MSC-1.{number}", "not_met", f"S{n}", level=level, clauses=(failed("a", "m"),))
        for number in range(1, 31)
        for level in (MUST, SHOULD)
        for n in range(7)
    )
    report = replace(CLEAN, rows=rows)

    found = table(report)

    assert len(found) == markdown.GAPS_SHOWN
    assert [r[1] for r in found].count(MUST) == 150
    assert {r[0] for r in found if r[1] == SHOULD} == {f"MSC-1.{n}" for n in range(1, 31)}
    assert "#### Gaps, worst first (420)" in text(report)
    assert "\nand 220 more; the JSON report has them all\n" in text(report)
    assert text(report).count("Do what") == markdown.MOST


def test_the_remedy_of_a_criterion_stands_once() -> None:
    rows = tuple(row("MSC-6.6", "not_met", level=level) for level in (SHOULD, MUST))

    assert text(replace(CLEAN, rows=rows)).count("Do what MSC-6.6 asks") == 1


def test_it_fits_into_a_comment_whatever_the_gaps_say() -> None:
    rows = tuple(
        row("MSC-6.6", "not_met", f"S{n}", clauses=(failed(f"c{n}", "long " * 200),))
        for n in range(300)
    )

    written = render("markdown", replace(CLEAN, rows=rows))

    assert len(written) <= markdown.LIMIT
    assert b"more lines do not fit here" in written
    assert_dead(page(written))


def test_a_report_without_gaps_is_short() -> None:
    report = replace(CLEAN, rows=CLEAN.rows[:1], due=(), actions=())

    assert text(report) == (
        "<!-- ctpat-policy -->\n### CTPAT: nothing fails\n\n"
        "- `ABC Logistics, Inc.` · as of `2026-11-24`\n"
        "- `abc-imp` · `importer`: Must 1/1 met | 17 fall due in 90 days; "
        "102 of 102 criteria known for `importer`: 102 `confirmed`\n"
    ).replace("17 fall", "0 fall")


def test_filters_and_notes_are_said() -> None:
    found = text(replace(CLEAN, filters={"accounts": ["abc-imp"], "x": 3}, notes=("a note",)))

    assert "\n- only `accounts`: `abc-imp`\n- only `x`: `3`\n" in found
    assert "\n- note: `a note`\n" in found


@pytest.mark.parametrize("line", [0, 7])
def test_a_place_without_a_line_is_the_file(line: int) -> None:
    gap = Gap("a", "m", Place("p.yaml", (), line, 1))
    clause = failed("a", "m")._replace(gaps=(gap,))

    (found,) = table(replace(CLEAN, rows=(row("MSC-6.6", "not_met", clauses=(clause,)),)))

    assert found[5] == ("p.yaml:7" if line else "p.yaml")
