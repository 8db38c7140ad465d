"""SARIF: what code scanning requires, fingerprints that stay, a flood that hides nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
from hypothesis import given, settings

from ctpat_policy.model import INVALID, NOTE, SHOULD, ClauseResult, Finding, Place, Report, Row
from ctpat_policy.reports import render, sarif
from ctpat_policy.reports.outcome import exit_code
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, PROFILE, SAMPLE, failed, golden, row

SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text())
)


def run(report: Report) -> Any:
    (found,) = json.loads(render("sarif", report))["runs"]
    return found


def results(report: Report) -> list[Any]:
    found: list[Any] = run(report)["results"]
    return found


def fingerprints(report: Report) -> list[str]:
    return [r["partialFingerprints"]["primaryLocationLineHash"] for r in results(report)]


def uri(result: Any) -> str:
    found: str = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return found


def test_the_sample_reads_as_its_golden_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "__version__", "0.0.0")
    produced = json.dumps(json.loads(render("sarif", SAMPLE)), indent=1).encode() + b"\n"

    assert produced == golden("report.sarif", produced)


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_every_report_has_what_the_schema_and_code_scanning_require(report: Report) -> None:
    written = render("sarif", report)
    log = json.loads(written)

    assert written.isascii()
    assert [f"{e.instance_path}: {e.message}" for e in SCHEMA.iter_errors(log)] == []
    (found,) = log["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert all(len(rule[key]["text"]) <= 1024 for key in ("shortDescription", "help"))
        assert len(rule["properties"]["tags"]) <= 10
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    hashes = Counter(r["partialFingerprints"]["primaryLocationLineHash"] for r in found["results"])
    assert set(hashes.values()) <= {1}
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+(?:/[^/]+)*", uri(result))
        assert not {"", ".", ".."} & set(unquote(uri(result)).split("/"))
        region = result["locations"][0]["physicalLocation"]["region"]
        assert all(region[at] >= 1 for at in ("startLine", "startColumn", "endLine"))
        assert region["endColumn"] > region["startColumn"]


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_something_is_an_error_exactly_when_the_check_fails(report: Report) -> None:
    levels = {result["level"] for result in results(report)}

    if report.fail_on != "never":
        assert ("error" in levels) == bool(exit_code(replace(report, rows=unmoved(report.rows))))


def unmoved(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(r._replace(standing="") for r in rows)


def test_the_schema_is_not_pleased_by_everything() -> None:
    log = json.loads(render("sarif", CLEAN))
    log["runs"][0]["results"][0]["level"] = "fatal"

    assert not SCHEMA.is_valid(log)


def test_one_result_a_gap_and_a_finding_with_its_weight() -> None:
    found = Counter((r["ruleId"], r["level"]) for r in results(SAMPLE))

    assert found["MSC-6.6", "error"] == 9
    assert found["MSC-6.6-should", "warning"] == 1
    assert found["MSC-3.5", "error"] == 12
    assert found["document-invalid", "error"] == 1
    assert found["exception-redundant", "note"] == 1
    assert not any(rule.startswith("MSC-1.1") for rule, _ in found)


def test_what_is_accepted_is_suppressed_and_weighs_little() -> None:
    report = run(SAMPLE)
    accepted = {r["ruleId"]: r["suppressions"] for r in report["results"] if r["suppressions"]}
    scores = {
        rule["id"]: rule["properties"]["security-severity"]
        for rule in report["tool"]["driver"]["rules"]
    }

    external = {"kind": "external", "status": "accepted"}
    assert accepted == {
        "MSC-4.6-accepted": [
            {**external, "justification": "not adopted until 2027-03-31: done by hand"}
        ],
        "MSC-6.10-accepted": [
            {**external, "justification": "corrective action CA-2026-003 until 2026-12-15"}
        ],
    }
    assert all("suppressions" in r for r in report["results"])
    assert (scores["MSC-6.6"], scores["MSC-6.6-should"], scores["MSC-4.6-accepted"]) == (
        *("8.0", "5.0", "2.0"),
    )


def test_an_open_action_without_a_gap_is_told() -> None:
    clause = ClauseResult("locked", "pass", covered_by=("CA-1", "CA-2"))
    report = replace(CLEAN, rows=(row("MSC-6.10", "action_open", clauses=(clause,)),))

    (result,) = results(report)

    assert result["message"]["text"] == (
        "abc-con company (must): the corrective action CA-1, CA-2 is open"
    )
    assert result["suppressions"][0]["justification"] == "corrective action CA-1, CA-2"


def test_fingerprints_stay_when_lines_move_and_words_change() -> None:
    def moved(place: Place) -> Place:
        return place._replace(line=place.line + 40, column=9)

    rows = tuple(
        r._replace(
            title=f"New {r.title}",
            remedy="new",
            reason=r.reason and "new",
            place=moved(r.place),
            clauses=tuple(
                c._replace(
                    gaps=tuple(g._replace(message="new", place=moved(g.place)) for g in c.gaps),
                )
                for c in r.clauses
            ),
        )
        for r in SAMPLE.rows
    )
    findings = tuple(
        f._replace(message="new", hint="new", place=moved(f.place)) for f in SAMPLE.findings
    )

    changed = replace(SAMPLE, rows=rows, findings=findings)

    assert fingerprints(changed) == fingerprints(SAMPLE)
    assert results(changed) != results(SAMPLE)


@pytest.mark.parametrize(
    "other",
    [
        {"account": "x"},
        {"criterion": "MSC-6.7"},
        {"level": SHOULD},
        {"subject": "x"},
        {"clauses": (failed("other", "m", path="p"),)},
        {"clauses": (failed("audited", "m", path="q"),)},
        {"clauses": (failed("audited", "m", "n", path="p"),)},
    ],
)
def test_fingerprints_tell_apart_what_differs(other: dict[str, Any]) -> None:
    base = row("MSC-6.6", "not_met", "WH", clauses=(failed("audited", "m", path="p"),))

    both = replace(CLEAN, rows=(base, base._replace(**other)))

    assert len(set(fingerprints(both))) > 1


def test_two_gaps_at_one_place_are_two_alerts() -> None:
    base = row("MSC-6.6", "not_met", "WH", clauses=(failed("audited", "m"), failed("audited", "n")))

    assert len(set(fingerprints(replace(CLEAN, rows=(base,))))) == 2


def test_what_was_so_before_stays_the_alert_that_it_was() -> None:
    old = replace(SAMPLE, rows=tuple(r._replace(standing="as_before") for r in SAMPLE.rows))

    assert results(old) == results(SAMPLE)


def test_a_flood_is_cut_with_a_count_and_the_most_severe_come_first() -> None:
    flood = (
        row("MSC-1.2", "not_met", f"S{n}", level=SHOULD, clauses=(failed("a", "m"),))
        for n in range(26_000)
    )
    report = replace(CLEAN, rows=(*flood, row("MSC-9.9", "not_met", clauses=(failed("a", "m"),))))

    found = results(report)

    assert len(found) == sarif.MOST
    assert (found[0]["ruleId"], found[0]["level"]) == ("MSC-9.9", "error")
    assert found[-1]["message"]["text"] == "1,002 more gaps and findings did not fit here"
    assert (found[-1]["ruleId"], found[-1]["level"]) == ("more-than-fit", "warning")
    assert uri(found[-1]) == PROFILE


def test_one_criterion_with_many_gaps_hides_no_other() -> None:
    flood = (row("MSC-1.2", "not_met", f"S{n}", clauses=(failed("a", "m"),)) for n in range(50))
    report = replace(CLEAN, rows=(*flood, row("MSC-9.9", "not_met", clauses=(failed("a", "m"),))))

    assert [r["ruleId"] for r in results(report)[:3]] == ["MSC-1.2", "MSC-9.9", "MSC-1.2"]


def test_a_file_that_compresses_badly_is_cut_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "COMPRESSED", 3_000)
    rows = tuple(row("MSC-1.2", "not_met", f"S{n}") for n in range(400))

    found = results(replace(CLEAN, rows=rows))

    assert 1 < len(found) < 400
    assert f"{400 - len(found) + 1} more" in found[-1]["message"]["text"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("evidence/a b/%41.yaml", "evidence/a%20b/%2541.yaml"),
        ("evidence/é.yaml", "evidence/%C3%A9.yaml"),
        ("evidence/\udcff.yaml", "evidence/%FF.yaml"),
        ("evidence/\ud800.yaml", "evidence/%EF%BF%BD.yaml"),
        ("c:/x", "c%3A/x"),
        ("//host/../../etc/./x", "host/etc/x"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("a\nb?c#d", "a%0Ab%3Fc%23d"),
        ("", PROFILE),
        ("..", PROFILE),
    ],
)
def test_a_location_is_always_a_relative_path(path: str, expected: str) -> None:
    report = replace(CLEAN, findings=(Finding("x", INVALID, "m", Place(path)),))

    assert uri(results(report)[0]) == expected


def test_links_and_arguments_in_messages_are_broken() -> None:
    message = "[click](https://x) and [here](1), {0} {12} {x} [y]"
    report = replace(CLEAN, findings=(Finding("x", NOTE, message, Place("p")),))

    text = results(report)[-1]["message"]["text"]

    assert text == "[click] (https://x) and [here] (1), { 0} { 12} {x} [y]"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "ctpat-policy/"),
        ({"accounts": [], "criteria": []}, "ctpat-policy/"),
        (
            {"accounts": ["abc-con"], "criteria": ["6.6", "../x y"]},
            "ctpat-policy/abc-con/6.6/x%20y/",
        ),
        ({"accounts": ".."}, "ctpat-policy/-/"),
    ],
)
def test_a_run_of_a_part_has_an_id_of_its_own(filters: dict[str, Any], expected: str) -> None:
    assert run(replace(CLEAN, filters=filters))["automationDetails"] == {"id": expected}


@pytest.mark.parametrize(("documents", "whole"), [(3, True), (0, False)])
def test_an_incomplete_check_is_an_unsuccessful_invocation(documents: int, whole: bool) -> None:
    found = run(replace(CLEAN, documents=documents))

    assert found["invocations"] == [{"executionSuccessful": whole}]


def test_the_policies_that_decided_it_are_named() -> None:
    bad = row("MSC-6.6", "not_met", clauses=(failed("a", "m"),))._replace(remark="by main")

    (result,) = results(replace(CLEAN, rows=(bad,)))

    assert result["message"]["text"] == "abc-con company (must): m (by main)"
