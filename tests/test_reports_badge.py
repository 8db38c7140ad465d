"""Badges: what they say, in which colour, and that the picture is one that anybody can read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from ctpat_policy.model import Report
from ctpat_policy.reports import badge, render
from tests.report_strategies import REPORTS
from tests.reports_sample import CLEAN, SAMPLE, golden, row

_SVG = "{http://www.w3.org/2000/svg}"
MET = row("MSC-1.1", "met")


def said(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render("badge", report))
    return found


def of(*verdicts: str, **more: Any) -> Report:
    rows = (MET, *(row(f"MSC-1.{n}", verdict) for n, verdict in enumerate(verdicts, 2)))
    return replace(CLEAN, rows=rows, **more)


@pytest.mark.parametrize(
    ("name", "file"), [("badge", "report.badge.json"), ("badge-svg", "report.svg")]
)
def test_the_sample_reads_as_its_golden_file(name: str, file: str) -> None:
    assert render(name, SAMPLE) == golden(file, render(name, SAMPLE))


@pytest.mark.parametrize(
    ("report", "message", "colour"),
    [
        (of(), "1/1 must met", "brightgreen"),
        (of("not_applicable"), "1/1 must met", "brightgreen"),
        (of("action_open"), "1/2 must met", "yellow"),
        (of("partly_met"), "1/2 must met", "red"),
        (of("not_assessed"), "1/2 must met", "red"),
        (of("not_adopted"), "1/2 must met", "red"),
        (of("not_met", fail_on="never"), "1/2 must met", "red"),
        (replace(CLEAN, fail_on="should"), "1/1 must met", "red"),
    ],
)
def test_a_badge_says_how_many_musts_are_met(report: Report, message: str, colour: str) -> None:
    assert said(report) == {
        "schemaVersion": 1,
        "label": "CTPAT",
        "message": message,
        "color": colour,
    }


def test_an_incomplete_check_gives_no_number() -> None:
    assert said(replace(CLEAN, documents=0)) == {
        "schemaVersion": 1,
        "label": "CTPAT",
        "message": "incomplete",
        "color": "lightgrey",
        "isError": True,
    }


def test_a_check_of_a_part_says_so() -> None:
    assert said(replace(CLEAN, filters={"criteria": ["6.6"]}))["label"] == "CTPAT (part)"
    assert said(replace(CLEAN, filters={"criteria": []}))["label"] == "CTPAT"


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_the_picture_says_what_the_badge_says(report: Report) -> None:
    found = said(report)
    root = ET.fromstring(render("badge-svg", report))

    says = f"{found['label']}: {found['message']}"
    assert (root.get("role"), root.get("aria-label")) == ("img", says)
    assert root.findtext(f"{_SVG}title") == says
    assert [e.text for e in root.iter(f"{_SVG}text")] == [found["label"], found["message"]]
    assert {e.tag.removeprefix(_SVG) for e in root.iter()} == {"svg", "title", "rect", "text"}
    assert not any("href" in key or key.startswith("on") for e in root.iter() for key in e.attrib)


def test_the_texts_lie_inside_their_boxes() -> None:
    root = ET.fromstring(render("badge-svg", SAMPLE))
    boxes = [(float(r.get("x", "")), float(r.get("width", ""))) for r in root.iter(f"{_SVG}rect")]
    middles = [float(t.get("x", "")) for t in root.iter(f"{_SVG}text")]

    assert middles == [x + width / 2 for x, width in boxes]
    assert float(root.get("width", "")) == sum(width for _, width in boxes)


def test_white_text_is_legible_on_every_colour() -> None:
    for colour in ("#444444", *badge._COLOURS.values()):
        assert contrast_with_white(colour) >= 4.5, colour


def contrast_with_white(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    weights: Mapping[int, float] = {0: 0.2126, 1: 0.7152, 2: 0.0722}
    return 1.05 / (sum(weights[n] * value for n, value in enumerate(linear)) + 0.05)
