"""A badge: how many must rows are met, for shields.io to draw or drawn by ourselves.

It says what is true whatever --fail-on asks for, and of a check of a part that it is one.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ctpat_policy.model import MUST, Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.headline import of
from ctpat_policy.reports.json_writer import written
from ctpat_policy.reports.outcome import exit_code
from ctpat_policy.reports.tally import tally

#: Names as shields.io knows them, and what they look like; each takes white text in AA contrast.
_COLOURS = {"brightgreen": "#2e7d32", "yellow": "#8a6100", "red": "#c62828", "lightgrey": "#5f6368"}
_HEIGHT, _PAD, _LETTER = 20, 6, 6.6
_FONT = "Verdana,Geneva,DejaVu Sans,sans-serif"


def render(report: Report) -> bytes:
    """JSON for the endpoint badge of shields.io."""
    label, message, colour = _said(report)
    endpoint = {"schemaVersion": 1, "label": label, "message": message, "color": colour}
    return written({**endpoint, "isError": True} if exit_code(report) == 3 else endpoint)


def render_svg(report: Report) -> bytes:
    """A picture that says what it shows, without script, style sheet or anything to load."""
    label, message, colour = _said(report)
    left, right = _width(label), _width(message)
    size = {"width": str(left + right), "height": str(_HEIGHT)}
    says = clean.xml(f"{label}: {message}")
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": says}
    root = ET.Element("svg", attributes | size)
    ET.SubElement(root, "title").text = says
    for x, width, text, fill in (
        (0, left, label, "#444"),
        (left, right, message, _COLOURS[colour]),
    ):
        box = {"x": str(x), "width": str(width), "height": str(_HEIGHT), "fill": fill}
        ET.SubElement(root, "rect", box)
        middle = {"x": str(x + width / 2), "y": "14", "text-anchor": "middle"}
        look = {"fill": "#fff", "font-family": _FONT, "font-size": "11", "aria-hidden": "true"}
        ET.SubElement(root, "text", middle | look).text = clean.xml(text)
    picture: bytes = ET.tostring(root, encoding="utf-8")
    return picture + b"\n"


def _said(report: Report) -> tuple[str, str, str]:
    """Label, message and colour."""
    label = "CTPAT (part)" if any(report.filters.values()) else "CTPAT"
    if exit_code(report) == 3:
        return label, "incomplete", "lightgrey"
    musts = tally(row for row in report.rows if row.level == MUST)
    if musts.gaps or musts.not_assessed or musts.not_adopted or exit_code(report):
        colour = "red"
    else:
        colour = "yellow" if musts.met < musts.total else "brightgreen"
    return label, f"{of(musts)} must met", colour


def _width(text: str) -> int:
    return round(2 * _PAD + _LETTER * len(text))
