"""The report for a person."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings

from ctpat_policy.characters import HIDDEN
from ctpat_policy.errors import UsageError
from ctpat_policy.model import INVALID, MUST, SHOULD, Finding, Place, Report
from ctpat_policy.reports import FORMATS, clean, render
from ctpat_policy.reports.outcome import exit_code
from tests.report_strategies import REPORTS, TEXTS
from tests.reports_sample import CLEAN, EVIL, HEADS, SAMPLE, failed, golden, row

#: What the runners of GitHub, Azure and TeamCity look for; the first after trimming the line.
COMMAND = re.compile(r"##\[|##vso\[|##teamcity\[", re.IGNORECASE)


def text(report: Report) -> str:
    return render("text", report).decode()


def test_the_sample_reads_as_its_golden_file() -> None:
    assert text(SAMPLE).encode() == golden("report.txt", render("text", SAMPLE))


def test_the_headline_says_how_an_account_stands() -> None:
    rows = (
        *(row("MSC-1.1", "met", f"S{n}") for n in range(1058)),
        *(row("MSC-1.2", "not_met", f"S{n}") for n in range(2)),
        row("MSC-1.3", "partly_met"),
        row("MSC-1.4", "not_assessed"),
        row("MSC-1.5", "action_open"),
        row("MSC-1.6", "not_applicable"),
        row("MSC-1.7", "met", level=SHOULD),
        row("MSC-1.8", "not_adopted", level=SHOULD),
    )

    head = " ".join(text(replace(CLEAN, accounts=HEADS[:1], rows=rows)).split("\n\n")[1].split())

    assert head == (
        "abc-con · consolidator: Must 1,058/1,063 met · 3 gaps · 1 not assessed · 1 under "
        "corrective action | Should 1/2 · 1 not adopted | 17 fall due in 90 days "
        "57 of 102 criteria known for consolidator: 8 confirmed, 1 member, 47 recalled, "
        "1 disputed; CBP's word counts, not this list "
        "1 must does not apply; the reasons are below"
    )


def test_a_catalog_known_for_sure_carries_no_doubt() -> None:
    assert "  102 of 102 criteria known for importer: 102 confirmed\n" in text(CLEAN)


def test_what_falls_due_is_said_by_its_day_where_the_horizon_is_unknown() -> None:
    assert "17 fall due by 2026-12-17" in text(replace(CLEAN, within="P1Y6M"))


def test_filters_are_said() -> None:
    found = text(replace(CLEAN, filters={"accounts": ["abc-imp"], "criteria": [], "x": 3}))

    assert "\nonly accounts: abc-imp\nonly x: 3\n" in found


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (CLEAN, "nothing fails"),
        (replace(CLEAN, fail_on="should"), "1 should gap: CI fails (exit 1)"),
        (
            replace(CLEAN, rows=(row("MSC-6.6", "not_met"), row("MSC-6.7", "partly_met"))),
            "2 must gaps: CI fails (exit 1)",
        ),
        (
            replace(CLEAN, rows=(row("MSC-6.6", "not_met"),), fail_on="never"),
            "1 must gap, but nothing fails (--fail-on never)",
        ),
        (
            replace(
                CLEAN,
                rows=(row("MSC-6.6", "not_met"), row("MSC-6.7", "not_assessed")),
                findings=(Finding("x", INVALID, "m", Place("p")),),
            ),
            "1 must gap, 1 not assessed, 1 invalid document: CI fails (exit 1)",
        ),
        (replace(CLEAN, documents=0), "incomplete: CI fails (exit 3)"),
    ],
)
def test_the_last_line_is_the_verdict(report: Report, expected: str) -> None:
    assert text(report).splitlines()[-1] == expected


def test_an_incomplete_check_is_headed_so() -> None:
    assert text(SAMPLE).splitlines()[1].startswith("INCOMPLETE")
    assert "INCOMPLETE" not in text(CLEAN)


def test_what_does_not_apply_is_listed_with_its_reasons_musts_first() -> None:
    rows = (
        row("MSC-5.5", "not_applicable", "S1", SHOULD, reason="nothing is loaded at S1"),
        row("MSC-6.5", "not_applicable", "S1", reason="S1 keeps no stock of seals"),
        row("MSC-6.5", "not_applicable", "S1", SHOULD, reason="S1 keeps no stock of seals"),
        row("MSC-6.6", "not_applicable", "S1", reason="S1 keeps no stock of seals"),
        row("MSC-9.4", "not_applicable", "S1", reason="no guards are employed at S1"),
        row("MSC-9.4", "not_applicable", "S2", reason="no guards are employed at S2"),
        row("MSC-9.5", "not_applicable", "S1", reason="S1 has no yard"),
        row("MSC-9.5", "met", "S2"),
    )

    found = text(replace(CLEAN, accounts=HEADS[:1], rows=rows))

    assert "\n  3 musts and 1 should do not apply; the reasons are below\n" in found
    assert (
        "\n\nDoes not apply (4)\n"
        "  must MSC-6.5, 6.6: S1 keeps no stock of seals\n"
        "  must MSC-9.4: no guards are employed at S1 (and 1 more reason)\n"
        "  should MSC-5.5: nothing is loaded at S1\n\n"
    ) in found


def test_at_most_five_gaps_of_a_clause_are_shown() -> None:
    gaps = tuple(
        row("MSC-6.6", "not_met", f"S{n:02d}", clauses=(failed("audited", "none", f"no {n}"),))
        for n in range(30)
    )

    found = text(replace(CLEAN, rows=gaps))

    assert found.count("security-profile.yaml:") == 5
    assert "    and 55 more like these: --criterion 6.6 lists them all\n" in found
    assert found.count("Do: ") == 1
    asked = text(replace(CLEAN, rows=gaps, filters={"criteria": ["6.6"]}))
    assert asked.count("security-profile.yaml:") == 60
    assert "more like these" not in asked


def test_the_remedy_stands_once_for_must_and_should() -> None:
    rows = tuple(row("MSC-6.6", "not_met", level=level) for level in (SHOULD, MUST))

    found = text(replace(CLEAN, rows=rows))

    assert found.count("Do: ") == 1
    assert found.index("MSC-6.6 must") < found.index("Do: ") < found.index("MSC-6.6 should")


def test_five_thousand_partners_stay_under_a_hundred_lines() -> None:
    rows = tuple(
        row(
            criterion,
            "not_met" if n < 40 else "met",
            f"P-{n:04d}",
            clauses=(failed("screened", "no screening", "no answer"), failed("kept", "no log")),
        )
        for criterion in ("MSC-3.4", "MSC-3.5", "MSC-3.6", "MSC-3.7")
        for n in range(5000)
    )

    found = text(replace(CLEAN, rows=rows, accounts=HEADS[:1]))

    assert len(found.splitlines()) < 100
    assert "  MSC-3.5 partners 4,960/5,000 met · 40 gaps\n" in found
    assert found.count("P-0009") == 4
    assert found.count("P-0010") == 0
    assert found.count("    and 30 more partners\n") == 4


def test_lines_keep_to_eighty_columns_but_for_long_paths() -> None:
    rows = tuple(r for r in SAMPLE.rows if EVIL not in r.title)
    tame = replace(SAMPLE, rows=rows, notes=(), findings=SAMPLE.findings[:2], actions=())

    assert max(len(line) for line in text(tame).splitlines()) <= 80


@settings(max_examples=100, deadline=None)
@given(REPORTS)
def test_no_report_gives_a_terminal_or_a_runner_orders(report: Report) -> None:
    assert_inert(text(report))


def test_hostile_text_is_shown_and_does_nothing() -> None:
    assert_inert(text(SAMPLE))
    assert "\\x1b]0;owned\\x07" in text(SAMPLE)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_each_sink_has_its_own_escape(value: str) -> None:
    assert not HIDDEN.search(clean.line(value))
    assert "\n" not in clean.word(value)
    assert not HIDDEN.search(clean.word(value))
    assert not COMMAND.search(clean.inert(value))
    assert not any(ch in clean.xml(value) for ch in "\x00\x1b\ud800\ufffe\uffff")
    assert clean.json(value).encode() is not None


def test_long_fields_are_cut_and_paths_are_not() -> None:
    assert clean.line("x" * 600) == "x" * 499 + "…"
    assert clean.word("x" * 600) == "x" * 600


def test_a_command_behind_any_white_space_is_broken() -> None:
    assert clean.inert("\u3000 ::set-output::a") == "\u3000 \\x3a:set-output::a"
    assert clean.inert("a ::b\n::c") == "a ::b\n\\x3a:c"
    assert clean.inert("###[x] ##VSO[y]") == "#\\x23#[x] \\x23#VSO[y]"
    assert clean.inert("# heading ## [link]") == "# heading ## [link]"


def test_every_listed_format_renders() -> None:
    for name in FORMATS:
        assert render(name, SAMPLE) == render(name, SAMPLE)
    with pytest.raises(UsageError, match="there are text, json, junit"):
        render("xml", SAMPLE)


def test_the_list_of_formats_loads_none_of_them() -> None:
    code = "import sys, ctpat_policy.reports as r; print([m for m in sys.modules if 'junit' in m])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def assert_inert(found: str) -> None:
    assert not HIDDEN.search(found)
    for line in found.split("\n"):
        assert not line.lstrip().startswith("::"), line
        assert not COMMAND.search(line), line


def test_exit_code_and_last_line_agree() -> None:
    for report in (SAMPLE, CLEAN, replace(CLEAN, fail_on="should")):
        last = text(report).splitlines()[-1]
        assert ("CI fails" in last) == bool(exit_code(report))
