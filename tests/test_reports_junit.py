"""JUnit XML: red exactly when the exit code is, names that stay, text that does nothing."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from junitparser import JUnitXml
from junitparser.cli import verify
from lxml import etree  # type: ignore[import-untyped]

from ctpat_policy.characters import HIDDEN
from ctpat_policy.model import INVALID, SHOULD, Finding, Place, Report
from ctpat_policy.reports import junit, render
from ctpat_policy.reports.outcome import exit_code
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, EVIL, SAMPLE, failed, golden, row

XSD = etree.XMLSchema(etree.parse(Path(__file__).parent / "data" / "junit-10.xsd"))


def parsed(report: Report, strict: bool = False) -> ET.Element:
    return ET.fromstring(render("junit-strict" if strict else "junit", report))


def names(report: Report) -> list[tuple[str, str]]:
    cases = parsed(report).iter("testcase")
    return [(case.get("classname", ""), case.get("name", "")) for case in cases]


def red(root: ET.Element) -> int:
    return len(root.findall(".//failure")) + len(root.findall(".//error"))


def case(report: Report, name: str) -> ET.Element:
    (found,) = (c for c in parsed(report).iter("testcase") if c.get("name") == name)
    return found


@pytest.mark.parametrize(
    ("name", "file"), [("junit", "report.xml"), ("junit-strict", "report-strict.xml")]
)
def test_the_sample_reads_as_its_golden_file(name: str, file: str) -> None:
    assert render(name, SAMPLE) == golden(file, render(name, SAMPLE))


@settings(max_examples=150, deadline=None)
@given(REPORTS)
def test_junit_is_red_exactly_when_the_exit_code_is(report: Report) -> None:
    for strict in (False, True):
        root = parsed(report, strict)

        assert bool(red(root)) == bool(exit_code(report))
        assert red(root) == sum(int(root.get(key, "x")) for key in ("failures", "errors"))
        assert len(list(root.iter("testcase"))) == int(root.get("tests", "x")) >= len(report.rows)


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_the_strict_flavour_is_valid_for_jenkins_and_readable(report: Report) -> None:
    document = etree.fromstring(render("junit-strict", report))

    assert XSD.validate(document), XSD.error_log


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_every_name_is_unique_and_every_text_visible(report: Report) -> None:
    found = names(report)

    assert len(set(found)) == len(found)
    assert not HIDDEN.search(render("junit", report).decode())


@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_junitparser_agrees_with_the_exit_code(
    tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    file = tmp_path_factory.mktemp("junit") / "report.xml"
    file.write_bytes(render("junit", report))

    assert bool(verify([str(file)])) == bool(exit_code(report))  # type: ignore[no-untyped-call]
    assert JUnitXml.fromfile(str(file)).tests == len(names(report))


def test_the_rich_flavour_breaks_the_jenkins_schema_only_where_it_adds() -> None:
    XSD.validate(etree.fromstring(render("junit", SAMPLE)))

    kinds = {error.message.partition(". Expected")[0] for error in XSD.error_log}
    assert kinds == {
        "Element 'testcase', attribute 'file': The attribute 'file' is not allowed.",
        "Element 'testcase', attribute 'line': The attribute 'line' is not allowed.",
        "Element 'properties': This element is not expected.",
    }
    assert XSD.validate(etree.fromstring(render("junit-strict", SAMPLE))), XSD.error_log


def test_suites_are_accounts_and_categories_then_documents() -> None:
    found = [suite.get("name") for suite in parsed(SAMPLE).iter("testsuite")]

    assert found == [
        "abc-con.01-security-vision",
        "abc-con.02",
        "abc-con.03-business-partners",
        "abc-con.04",
        "abc-con.06-seal-security",
        "abc-con.07",
        "abc-con.09",
        "abc-con.10",
        "abc-con.12",
        "abc-imp.06-seal-security",
        "abc-imp.09",
        "documents",
    ]


def test_a_name_is_criterion_level_and_subject() -> None:
    assert ("abc-con.06-seal-security", "MSC-6.6 must WH-EWR") in names(SAMPLE)


def test_names_stay_when_every_title_and_message_changes() -> None:
    rows = [
        r._replace(
            title=f"New {r.title}",
            remedy="new",
            reason="new",
            clauses=tuple(
                c._replace(gaps=tuple(g._replace(message="new", place=Place("n")) for g in c.gaps))
                for c in r.clauses
            ),
        )
        for r in SAMPLE.rows
    ]
    findings = [f._replace(message="new", hint="new", code="new") for f in SAMPLE.findings]

    changed = replace(SAMPLE, rows=tuple(reversed(rows)), findings=tuple(reversed(findings)))

    assert names(changed) == names(SAMPLE)


def test_a_failure_holds_every_gap_with_its_place_and_the_remedy() -> None:
    found = case(CLEAN_WITH_GAPS, "MSC-6.6 must WH-EWR")

    assert (found.get("file"), found.get("line")) == ("evidence/seal_audit/a.yaml", "7")
    failure = found.find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "not_met", "message": "seal 1 is missing (and 1 more)"}
    assert failure.text == (
        "evidence/seal_audit/a.yaml:7:3: seal 1 is missing\n"
        "evidence/seal_audit/a.yaml:8:3: seal 2 is missing\n"
        "Do: Do what MSC-6.6 asks, and commit evidence/<kind>/<date>-<site>.yaml."
    )


CLEAN_WITH_GAPS = replace(
    CLEAN,
    rows=(
        row(
            "MSC-6.6",
            "not_met",
            "WH-EWR",
            clauses=(
                failed(
                    "audited",
                    "seal 1 is missing",
                    "seal 2 is missing",
                    path="evidence/seal_audit/a.yaml",
                    line=7,
                ),
            ),
        ),
    ),
)


def test_a_should_row_is_skipped_and_says_what_is_missing() -> None:
    report = replace(CLEAN_WITH_GAPS, rows=(CLEAN_WITH_GAPS.rows[0]._replace(level=SHOULD),))

    skipped = case(report, "MSC-6.6 should WH-EWR").find("skipped")

    assert skipped is not None
    assert skipped.get("message") == "should, not met: seal 1 is missing (and 1 more)"
    assert red(parsed(replace(report, fail_on="should"))) == 1


def test_a_corrective_action_is_named_with_what_it_covers() -> None:
    skipped = case(SAMPLE, "MSC-6.10 must WH-EWR").find("skipped")

    assert skipped is not None
    assert skipped.get("message") == ("must, under corrective action CA-2026-003 until 2026-12-15")
    assert "the seals lay open (corrective action CA-2026-003)" in (skipped.text or "")


def test_properties_of_a_case_say_what_it_is_about() -> None:
    found = case(SAMPLE, "MSC-6.6 must DC-DFW").findall("properties/property")

    assert {p.get("name"): p.get("value") for p in found} == {
        "criterion": "MSC-6.6",
        "title": "Seals are audited, and the log is reconciled",
        "level": "must",
        "basis": "recalled",
        "verdict": "met",
    }


def test_a_document_is_one_case_with_its_worst_finding_first() -> None:
    place = Place("policies/a.yaml", (), 3, 1)
    report = replace(
        CLEAN,
        findings=(
            Finding("b", "note", "a note", place),
            Finding("a", INVALID, "it is wrong", place._replace(line=9), "mend it"),
        ),
    )

    found = case(report, "policies/a.yaml")

    failure = found.find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "a", "message": "invalid: it is wrong (and 1 more)"}
    assert failure.text == (
        "policies/a.yaml:9:1: invalid: it is wrong [a]\n"
        "  mend it\n"
        "policies/a.yaml:3:1: note: a note [b]"
    )
    assert found.get("line") == "9"


@pytest.mark.parametrize("nothing", [{"documents": 0}, {"accounts": ()}, {"rows": ()}])
def test_a_check_of_nothing_is_an_error(nothing: dict[str, object]) -> None:
    report = replace(CLEAN, fail_on="never", **nothing)  # type: ignore[arg-type]

    assert len(parsed(report).findall("testsuite[@name='documents']/testcase/error")) == 1


def test_two_paths_that_look_alike_once_cleaned_keep_two_names() -> None:
    paths = ("a\x1b.yaml", "a\\x1b.yaml")
    alike = tuple(Finding("x", INVALID, "m", Place(path)) for path in paths)

    assert [
        name for group, name in names(replace(CLEAN, findings=alike)) if group == "documents"
    ] == [
        "a\\x1b.yaml",
        "a\\x1b.yaml #2",
    ]


def test_no_message_is_empty_whatever_the_gap_says() -> None:
    silent = replace(CLEAN, rows=(row("MSC-6.6", "not_met", clauses=(failed("a", " "),)),))

    for element in parsed(silent).iter("failure"):
        assert element.get("message") == "failure"


def test_times_are_fixed_and_nothing_is_disabled() -> None:
    root = parsed(SAMPLE)

    assert {e.get("time") for tag in ("testcase", "testsuite") for e in root.iter(tag)} == {"0.000"}
    assert {s.get("timestamp") for s in root.iter("testsuite")} == {"2026-11-24T00:00:00"}
    assert not any("disabled" in e.attrib for e in root.iter())


def test_hostile_text_is_shown_and_stays_text() -> None:
    written = render("junit", SAMPLE).decode()

    assert not HIDDEN.search(written)
    assert "<script>" not in written
    assert not any(line.lstrip().startswith("::") for line in written.splitlines())
    assert "##[" not in written
    assert {e.tag for e in ET.fromstring(written.encode()).iter()} == {
        *("testsuites", "testsuite", "testcase", "properties", "property"),
        *("failure", "error", "skipped"),
    }
    assert EVIL not in written


def test_the_folder_falls_back_to_the_number() -> None:
    assert junit.folder(SAMPLE, 6) == "06-seal-security"
    assert junit.folder(SAMPLE, 11) == "11"
