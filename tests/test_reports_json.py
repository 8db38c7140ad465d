"""The JSON report: everything, as its schema describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ctpat_policy.model import Report
from ctpat_policy.reports import json_report, render
from ctpat_policy.reports.outcome import exit_code
from ctpat_policy.schemas import Schemas, shipped
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, SAMPLE, golden

SCHEMA_FILE = shipped() / "outputs" / "report.yaml"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas(shipped())


def test_the_sample_reads_as_its_golden_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_report, "__version__", "0.0.0")

    produced = render("json", SAMPLE)

    assert produced == golden("report.json", produced)


@pytest.mark.parametrize("report", [SAMPLE, CLEAN, replace(CLEAN, accounts=(), documents=0)])
def test_a_report_fits_its_schema(schemas: Schemas, report: Report) -> None:
    value = json.loads(render("json", report))

    assert schemas.violations("outputs/report.yaml", value) == []
    assert value["exit_code"] == exit_code(report)


@settings(max_examples=100, deadline=None)
@given(report=REPORTS)
def test_every_report_is_ascii_json_that_fits_its_schema(schemas: Schemas, report: Report) -> None:
    written = render("json", report)

    value = json.loads(written)
    assert written.isascii()
    assert written.endswith(b"}\n")
    assert json.dumps(value, ensure_ascii=False).encode()
    assert schemas.violations("outputs/report.yaml", value) == []
    red = [o for o in value["rows"] + value["findings"] if o["outcome"] in ("failure", "error")]
    assert bool(red) == bool(value["exit_code"])


def test_the_schema_describes_every_field() -> None:
    schema = yaml.safe_load(SCHEMA_FILE.read_text())

    silent = [path for path, node in fields(schema, "") if "description" not in node]

    assert silent == []


def test_the_keys_come_in_the_order_of_the_schema() -> None:
    schema = yaml.safe_load(SCHEMA_FILE.read_text())
    value = json.loads(render("json", SAMPLE))
    parts = {
        "account": value["accounts"][0],
        "row": value["rows"][0],
        "clause": value["rows"][1]["clauses"][0],
        "gap": value["rows"][1]["clauses"][0]["gaps"][0],
        "place": value["rows"][0]["place"],
        "finding": value["findings"][0],
        "due": value["due"][0],
        "action": value["actions"][0],
    }

    assert list(value) == list(schema["properties"]) == schema["required"]
    for name, part in parts.items():
        described = schema["$defs"][name]
        assert list(part) == list(described["properties"]) == described["required"], name


def test_nothing_of_the_report_is_left_out() -> None:
    value = json.loads(render("json", SAMPLE))

    assert len(value["rows"]) == len(SAMPLE.rows)
    assert value["rows"][1]["clauses"][0]["gaps"][0]["place"] == {
        "path": "policies/security-profile.yaml",
        "pointer": ["data", 0],
        "line": 40,
        "column": 3,
    }
    assert [d["due"] for d in value["due"]] == [d.on for d in SAMPLE.due]
    assert value["categories"]["6"] == "06-seal-security"


def test_odd_values_of_filters_become_text() -> None:
    value = json.loads(render("json", replace(CLEAN, filters={"x": (1, 2.5, None, True, {"y"})})))

    assert value["filters"] == {"x": [1, "2.5", None, True, "{'y'}"]}


def fields(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema that stands for a value, with its path."""
    for key in ("properties", "patternProperties", "$defs"):
        for name, inner in node.get(key, {}).items():
            yield f"{path}/{name}", inner
            yield from fields(inner, f"{path}/{name}")
    for key in ("items", "additionalProperties"):
        inner = node.get(key)
        if isinstance(inner, dict):
            if "$ref" not in inner:
                yield f"{path}/{key}", inner
            yield from fields(inner, f"{path}/{key}")
