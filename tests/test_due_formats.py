"""What falls due: every source of a day, and each format as its reader takes it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner

from ctpat_policy import agenda as agendas
from ctpat_policy import due
from ctpat_policy.agenda import Agenda
from ctpat_policy.cli import group
from ctpat_policy.errors import NotTrusted
from ctpat_policy.model import Due, Place
from ctpat_policy.reports import AGENDAS, render
from ctpat_policy.reports.due_ics import folded
from ctpat_policy.schemas import Schemas, shipped
from ctpat_policy.sources import WorkTree
from tests.company import TODAY, law, programme
from tests.reports_sample import HOSTILE

SAMPLE = Path(__file__).parent.parent
DAY = "2026-10-31"
ITEMS = (
    Due(
        "2026-06-01",
        "corrective action CA-1",
        "corrective_action",
        "S-1",
        Place("evidence/corrective_action/CA-1.yaml", (), 3, 1),
        "acc",
    ),
    Due(
        "2026-07-01",
        "Seal audit: the newest record expires",
        "seal_audit",
        "S-1",
        Place("evidence/seal_audit/a.yaml", (), 9, 3),
    ),
    Due(
        "2026-07-02",
        "yearly review of SOP-1, Seals, bolts; and locks",
        "procedure",
        "SOP-1",
        Place("policies/procedures/SOP-1.yaml", (), 4, 1),
    ),
)
AGENDA = Agenda("Tëst Company", TODAY, "2026-09-28", ITEMS)


def found(**changes: Any) -> dict[str, Due]:
    built = programme(**changes)
    return {d.what: d for d in due.everything(law(), built, {"acc"})}


def calendar(agenda: Agenda) -> list[Any]:
    parsed = icalendar.Calendar.from_ical(render("ics", agenda, AGENDAS))
    assert not parsed.errors
    return list(parsed.walk("VEVENT"))


def test_windows_and_validations_name_their_account() -> None:
    dues = found()

    assert dues["annual security profile review (window opens 2026-12-12)"].account == "acc"
    assert dues["validation by CBP"].on == "2026-12-06"
    assert dues["validation by CBP"].account == "acc"


def test_an_applicant_has_neither_window_nor_validation() -> None:
    account = {"id": "acc", "entity_type": "importer", "status": "applicant", "handles_cargo": True}

    dues = found(profile={"accounts": [account]}, entity_type="importer")

    assert not [d for d in dues.values() if d.account == "acc"]


def test_a_point_of_cbp_awaits_its_answer_until_its_action_is_closed() -> None:
    point = {
        "criterion": "MSC-9.4",
        "class": "action_required",
        "text": "Repair.",
        "response_due": "2026-08-01",
    }
    visit = {"data": {"findings": [point]}}

    dues = found(records={"cbp_validation": [visit]})

    assert dues["answer to CBP on MSC-9.4 (action required)"].on == "2026-08-01"
    point["corrective_action"] = "CA-1"
    proof = {"implemented_on": "2026-06-05", "closure_evidence": ["alarm_test/r1"]}
    end = {"status": "verified_closed", "verified_by": "P-5", "verified_on": "2026-06-10"}
    closed = {"id": "CA-1", "data": {**end, **proof}}
    after = found(records={"cbp_validation": [visit], "corrective_action": [closed]})
    assert "answer to CBP on MSC-9.4 (action required)" not in after


def test_what_stays_open_is_listed_when_its_day_is_past() -> None:
    text = render("text", AGENDA, AGENDAS).decode()

    assert "Overdue (1)\n  2026-06-01 corrective action CA-1 · S-1 [acc]\n" in text
    assert "July 2026 (2)" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_sample_has_something_of_every_source() -> None:
    agenda = agendas.agenda(WorkTree(SAMPLE), law(), DAY, DAY, "P1Y")

    kinds = {d.kind for d in agenda.items}
    assert kinds >= {"seal_audit", "procedure", "corrective_action", "criterion_exception"}
    assert kinds >= {"partner_membership_check", "security_profile_submission", "cbp_validation"}
    assert all(d.place.line for d in agenda.items)


def test_json_is_what_its_schema_says() -> None:
    document = json.loads(render("json", AGENDA, AGENDAS))

    assert not Schemas(shipped()).violations("outputs/due.yaml", document)
    assert [item["overdue"] for item in document["items"]] == [True, False, False]


def test_a_calendar_reads_every_event() -> None:
    events = calendar(AGENDA)

    assert [str(e["dtstart"].dt) for e in events] == [d.on for d in ITEMS]
    assert [str(e["dtend"].dt) for e in events] == ["2026-06-02", "2026-07-02", "2026-07-03"]
    assert events[0]["summary"] == "OVERDUE: corrective action CA-1 · S-1 [acc]"
    assert events[2]["summary"] == "yearly review of SOP-1, Seals, bolts; and locks · SOP-1"
    assert len({e["uid"] for e in events}) == len(events)
    assert all(not e.errors for e in events)


def test_a_newer_record_moves_its_event() -> None:
    moved = ITEMS[1]._replace(on="2026-10-01", place=Place("evidence/seal_audit/b.yaml"))
    later = replace(AGENDA, today="2026-07-15", items=(moved,))

    before, after = calendar(AGENDA)[1], calendar(later)[0]

    assert before["uid"] == after["uid"]
    assert before["dtstamp"].dt < after["dtstamp"].dt


def test_lines_of_a_calendar_are_folded_between_characters() -> None:
    line = "SUMMARY:" + "ü€😀" * 40

    pieces = folded(line).split("\r\n")

    assert all(len(p.encode()) <= 75 for p in pieces)
    assert "".join(p.removeprefix(" ") for p in pieces) == line


def test_equal_input_gives_equal_bytes() -> None:
    for name in AGENDAS:
        assert render(name, AGENDA, AGENDAS) == render(name, AGENDA, AGENDAS)


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "=1+1",
        "@SUM(A1)",
        "+1",
        "-1",
        "＝1",
        "a\r\nEND:VEVENT",
        "\ud800",
        "a;=1",
        'a; "-1',
    ],
)
def test_hostile_text_stays_text(text: str) -> None:
    agenda = replace(
        AGENDA,
        member=text,
        items=(Due("2026-07-01", text, text, text, Place(text, (), 1, 1), text),),
    )

    written = render("csv", agenda, AGENDAS).decode("utf-8-sig")
    for separator in ",;":  # whichever a spreadsheet takes for its language
        table = list(csv.reader(io.StringIO(written, newline=""), delimiter=separator))
        cells = [cell.lstrip(' "') for row in table[1:] for cell in row]
        assert len(table) == 2
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in cells)
    assert len(calendar(agenda)) == 1
    assert json.loads(render("json", agenda, AGENDAS))["items"]
    assert "\x1b" not in render("text", agenda, AGENDAS).decode()


def test_without_a_profile_nothing_is_said_to_be_due(tmp_path: Path) -> None:
    with pytest.raises(NotTrusted):
        agendas.agenda(WorkTree(tmp_path), law(), DAY, DAY)


def test_the_command_writes_the_format_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "due.ics"

    done = CliRunner().invoke(
        group, f"due {SAMPLE} --today {DAY} --within P14D --no-cache --report ics={file}"
    )

    assert done.exit_code == 0
    assert done.output == ""
    assert b"BEGIN:VEVENT" in file.read_bytes()


def test_a_span_that_is_none_is_refused() -> None:
    done = CliRunner().invoke(group, ["due", str(SAMPLE), "--within", "soon"])

    assert done.exit_code == 2
    assert "write P14D, P2W, P3M or P1Y" in done.output
