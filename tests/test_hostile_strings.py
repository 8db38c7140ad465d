"""Hostile text in every text field and file name, through every output: none of it is active."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import icalendar
import jsonschema_rs
import pytest

from ctpat_policy import approvals
from ctpat_policy.characters import HIDDEN
from ctpat_policy.model import Place, Report
from ctpat_policy.reports import AGENDAS, DIFFERENCES, FORMATS, HISTORIES, TRAILS, Format, render
from ctpat_policy.shape import is_report
from tests import sinks
from tests.company import example, patched
from tests.history_repositories import PROGRAM
from tests.hostile_strings import STRINGS
from tests.hostile_values import MARK, VALUES, filled
from tests.reports_sample import SAMPLE

SARIF = jsonschema_rs.Draft202012Validator(
    json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text())
)


def test_there_are_enough_of_them_and_every_field_is_filled() -> None:
    report: Report = filled(SAMPLE, "x")

    assert len(STRINGS) >= 30
    assert report.member == "x canary"
    assert report.rows[1].clauses[0].gaps[0].place == Place(
        "evidence/x.yaml", ("x canary", 0), 40, 3
    )
    assert report.accounts[0].bases == {"x": 47}
    assert report.rows[0].subject == report.due[0].what == report.notes[0] == "x canary"
    assert report.rows[0].verdict == "met"


# --- what each sink must find


def terminal(written: bytes) -> None:
    sinks.assert_visible(written)
    sinks.assert_no_commands(written)


def as_json(written: bytes) -> None:
    assert written.isascii()
    json.dumps(json.loads(written), ensure_ascii=False).encode()
    sinks.assert_no_commands(written)


def as_xml(written: bytes) -> None:
    known = {"testsuites", "testsuite", "testcase", "properties", "property"}
    root = ET.fromstring(written)
    assert {e.tag for e in root.iter()} <= known | {"failure", "error", "skipped"}
    assert b"<!" not in written
    assert written.count(b"<?") == 1
    said = [t for e in root.iter() for t in (e.text, e.tail, *e.attrib.values()) if t]
    assert not any(HIDDEN.search(t) for t in said)
    sinks.assert_no_commands(written)


def as_sarif(written: bytes) -> None:
    as_json(written)
    log = json.loads(written)
    assert [f"{e.instance_path}: {e.message}" for e in SARIF.iter_errors(log)] == []
    (run,) = log["runs"]
    texts = [r["message"]["text"] for r in run["results"]]
    texts += [
        r[k]["text"] for r in run["tool"]["driver"]["rules"] for k in ("help", "fullDescription")
    ]
    texts += [s["justification"] for r in run["results"] for s in r["suppressions"]]
    for text in texts:
        assert not re.search(r"\]\(|\{[0-9]+\}", text)
        assert not HIDDEN.search(text)
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert not uri.startswith("/")
        assert ".." not in unquote(uri).split("/")


def as_gitlab(written: bytes) -> None:
    as_json(written)
    for entry in json.loads(written):
        assert not HIDDEN.search(entry["description"] + entry["location"]["path"])
        assert len(entry["description"]) <= 500


def as_github(written: bytes) -> None:
    sinks.assert_visible(written)
    lines = written.decode().splitlines()
    found = list(sinks.github(written))
    assert len(found) == len(lines) - 1
    assert {c.kind for c in found} <= {"error", "warning", "notice"}
    assert all(set(c.properties) <= {"file", "line", "col", "title"} for c in found)
    assert "##" not in re.sub("##(?!\\w*\\[)", "", written.decode())


def as_azure(written: bytes) -> None:
    sinks.assert_visible(written)
    lines = written.decode().splitlines()
    found = list(sinks.azure(written))
    assert len(found) == len(lines) - 1
    assert written.lower().count(b"##vso[") == len(found)
    assert {c.kind for c in found} <= {"error", "warning"}
    known = {"sourcepath", "linenumber", "columnnumber", "code"}
    assert all(set(c.properties) <= known for c in found)
    assert not list(sinks.github(written))


def as_page(written: bytes) -> None:
    terminal(written)
    sinks.assert_dead(sinks.page(written))
    assert len(written) <= 65_536


def as_badge(written: bytes) -> None:
    as_json(written)
    assert MARK.encode() not in written
    assert json.loads(written)["color"] in ("red", "lightgrey", "yellow", "brightgreen")


def as_picture(written: bytes) -> None:
    tags = {e.tag.rpartition("}")[2] for e in ET.fromstring(written).iter()}
    assert tags == {"svg", "title", "rect", "text"}
    terminal(written)


def as_part(written: bytes) -> None:
    """For `merge` alone, which needs every word as it is; its line is no command all the same."""
    assert written.isascii()
    assert written.count(b"\n") == 1
    assert is_report(json.loads(written)["report"])
    sinks.assert_no_commands(written)


def as_table(written: bytes) -> None:
    text = written.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    assert not any(
        cell.startswith(tuple("=+@\t\r\uff1d\uff0b\uff0d\uff20")) for row in rows for cell in row
    )
    assert not any(re.match(r"-(?![0-9]+$)", cell) for row in rows for cell in row)
    sinks.assert_visible(text.replace("\r\n", "\n").encode())
    sinks.assert_no_commands(text.encode())


def as_calendar(written: bytes) -> None:
    parsed = icalendar.Calendar.from_ical(written)
    assert not parsed.errors
    names = {line.partition(b":")[0].partition(b";")[0] for line in written.split(b"\r\n")}
    assert not {b"ATTACH", b"ATTENDEE", b"URL", b"ORGANIZER"} & names
    terminal(written.replace(b"\r\n", b"\n"))


#: Family and format -> what its reader must find.
CHECKS: Mapping[tuple[str, str], Callable[[bytes], None]] = {
    ("report", "text"): terminal,
    ("report", "json"): as_json,
    ("report", "junit"): as_xml,
    ("report", "junit-strict"): as_xml,
    ("report", "sarif"): as_sarif,
    ("report", "github"): as_github,
    ("report", "azure"): as_azure,
    ("report", "gitlab"): as_gitlab,
    ("report", "markdown"): as_page,
    ("report", "badge"): as_badge,
    ("report", "badge-svg"): as_picture,
    ("report", "part"): as_part,
    ("difference", "text"): terminal,
    ("difference", "json"): as_json,
    ("difference", "markdown"): as_page,
    ("history", "text"): terminal,
    ("history", "json"): as_json,
    ("history", "markdown"): as_page,
    ("trail", "text"): terminal,
    ("trail", "json"): as_json,
    ("trail", "junit"): as_xml,
    ("trail", "junit-strict"): as_xml,
    ("agenda", "text"): terminal,
    ("agenda", "json"): as_json,
    ("agenda", "csv"): as_table,
    ("agenda", "ics"): as_calendar,
}
FAMILIES: Mapping[str, Mapping[str, Format]] = {
    "report": FORMATS,
    "difference": DIFFERENCES,
    "history": HISTORIES,
    "trail": TRAILS,
    "agenda": AGENDAS,
}


def test_every_format_has_a_check() -> None:
    known = {(family, name) for family, formats in FAMILIES.items() for name in formats}

    assert set(CHECKS) == known


@pytest.mark.parametrize("what", STRINGS)
@pytest.mark.parametrize("family", FAMILIES)
def test_no_hostile_text_is_active_in_any_output(family: str, what: str) -> None:
    value = filled(VALUES[family], STRINGS[what])

    for name in FAMILIES[family]:
        written = render(name, value, FAMILIES[family])

        CHECKS[family, name](written)
        assert "badge" in name or MARK.encode() in written or len(STRINGS[what]) > 400
        assert len(written) < 12_000_000


# --- from files on a disk to the bytes of every report


def repository(root: Path, strings: Iterable[str]) -> None:
    """A policy repository with each text in names, descriptions, values and file names."""
    documents: dict[str, Any] = {
        "policies/security-profile.yaml": patched(
            example("security_profile"),
            {"member": {"name": "::error::x ##[error]y ##vso[z] @me #1 <b> `a` | ![x](http://y)"}},
        )
    }
    for n, text in enumerate(strings):
        documents |= dict(_documents(n, text))
        safe = text.replace("/", "_").replace("\0", "_").encode("utf-8", "surrogatepass")[:200]
        name = os.fsdecode(safe)
        documents[f"evidence/seal_audit/{name}.yaml"] = documents[f"evidence/{name}/x.yaml"] = {}
    for path, value in documents.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, and holds every character as an escape.
        file.write_text(json.dumps(value))


def _documents(n: int, text: str) -> Iterator[tuple[str, Any]]:
    yield f"policies/partners/PT-{n}.yaml", patched(example("business_partner"), {"name": text})
    wrong = {"scope": {"sites": [text]}, "recorded_by": text}
    yield f"evidence/seal_audit/site-{n}.yaml", patched(example("seal_audit"), wrong)
    for kind, name, data in (
        ("corrective_action", f"CA-{n}", {"description": text, "action": text}),
        ("criterion_exception", f"reason-{n}", {"reason": text}),
        ("criterion_exception", f"type-{n}", {"type": text}),
    ):
        value = patched(example(kind), {"data": data})
        for given in value["approvals"]:
            signed = (given["by"], given["as"], given["approved_on"])
            if not HIDDEN.search(text):
                given["digest"] = approvals.digest(f"{kind}/{name}", value, *signed)
        yield f"evidence/{kind}/{name}.yaml", value


@pytest.mark.parametrize("readable", [True, False])
def test_a_hostile_repository_is_reported_without_harm(tmp_path: Path, readable: bool) -> None:
    strings = {
        what: text for what, text in STRINGS.items() if not readable or not HIDDEN.search(text)
    }
    repository(tmp_path / "r", strings.values())
    targets = [f"--report={name}={tmp_path / name}" for name in FORMATS if name != "text"]
    command = [str(PROGRAM), "check", str(tmp_path / "r"), "--today=2026-06-30", "--report=text"]

    done = subprocess.run([*command, *targets], capture_output=True, cwd=tmp_path, check=False)

    assert done.returncode in (1, 3), done.stderr
    assert b"Traceback" not in done.stderr
    sinks.assert_visible(done.stderr)
    terminal(done.stdout)
    for name in FORMATS:
        if name != "text":
            CHECKS["report", name]((tmp_path / name).read_bytes())
    everything = json.loads((tmp_path / "json").read_text())
    assert len({f["place"]["path"] for f in everything["findings"]}) > 3 * len(strings)
    assert len(everything["actions"]) > 20
    assert any("=cmd|" in action["description"] for action in everything["actions"])
