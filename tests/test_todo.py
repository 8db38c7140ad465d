"""What to do next: most serious and soonest first, each with a command that really starts it."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ctpat_policy import catalog
from ctpat_policy.authoring.steps import (
    DOCUMENT,
    FALLS_DUE,
    MUST_GAP,
    SHOULD_GAP,
    Step,
    steps,
)
from ctpat_policy.cache import Cache
from ctpat_policy.cli import group
from ctpat_policy.cli.options import real_today
from ctpat_policy.filing import PROFILE
from ctpat_policy.reading import Reader
from ctpat_policy.remembered import judged
from ctpat_policy.reports.todo_text import render
from ctpat_policy.request import Request
from ctpat_policy.sources import WorkTree
from tests.company import (
    TODAY,
    approved,
    dump,
    example,
    full_procedure,
    law,
    patched,
    read_yaml,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, PROFILE, example("security_profile"))
    return tmp_path


def write(root: Path, path: str, value: Mapping[str, Any]) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dump(patched(value, {})))


def todo(root: Path, *criteria: str) -> list[Step]:
    source = WorkTree(root)
    report = judged(source, law(), Request(TODAY, TODAY, (), criteria), Reader(Cache(None)))
    return steps(law(), source, read_yaml(root / PROFILE), report)


def commands(found: list[Step]) -> list[str]:
    return [step.command for step in found]


def run(root: Path, *words: str) -> Result:
    with contextlib.chdir(root):
        return CliRunner().invoke(group, ["todo", "--today", TODAY, "--no-cache", *words])


def printed(*words: str) -> list[str]:
    """The commands that `todo --all` prints here."""
    done = CliRunner().invoke(group, ["todo", "--all", "--no-cache", *words])
    assert done.exit_code == 0, done.exception
    lines = map(str.strip, done.output.splitlines())
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def follow(command: str) -> Result:
    """Run a command as it is printed; what is to be approved is written first, as it says there."""
    program, *words = shlex.split(command)
    assert program == "ctpat-policy"
    if words[0] == "approve":
        file = Path(words[1])
        said = file.read_text().replace("TODO", "We say").replace("?", ".")
        file.write_text(said)
    return CliRunner().invoke(group, words)


def company(root: Path, entity: str) -> None:
    """A new repository with two sites, two systems and an annual review that is due in a month."""
    certified = date.fromisoformat(real_today()) - timedelta(days=335)
    words = ["--entity-type", entity, "--site", "S-1", "--site", "S-2", "--yes", "--today", TODAY]
    words += ["--company", "X", "--answer", "systems=TMS, ERP"]
    words += ["--answer", "status=certified", "--answer", f"certified_on={certified}"]
    done = CliRunner().invoke(group, ["init", str(root), *words])
    assert done.exit_code == 0, done.exception


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law is loaded once, not by each command."""
    monkeypatch.setattr(catalog, "installed", lambda _=None: law())


def test_a_missing_record_is_begun_at_its_site(root: Path) -> None:
    assert "ctpat-policy new seal_audit --site S-1" in commands(todo(root, "6.6"))


def test_a_criterion_nobody_wrote_about_begins_with_its_questions(root: Path) -> None:
    wanted = "ctpat-policy new procedure --name msc-6.1 --criterion 6.1"

    assert wanted in commands(todo(root, "6.1"))


def test_a_text_without_approval_goes_to_who_may_give_it(root: Path) -> None:
    written = patched(example("procedure"), full_procedure(law().criteria["MSC-6.1"]))
    write(root, "policies/procedures/SOP-1.yaml", {**written, "owner": "P-1", "approvals": []})

    found = [c for c in commands(todo(root, "6.1")) if " approve " in c]

    assert found == [
        "ctpat-policy approve policies/procedures/SOP-1.yaml --by P-2 --as trade_security"
    ]


def test_without_partners_the_first_one_is_begun(root: Path) -> None:
    first = "ctpat-policy new partner --name PT-01"
    before = commands(todo(root, "3.1"))
    write(root, "policies/partners/PT-1.yaml", example("business_partner"))

    assert first in before
    assert first not in commands(todo(root, "3.1"))


def test_what_no_register_tells_begins_with_a_register(root: Path) -> None:
    found = [s for s in todo(root, "7.27") if "no event register" in s.why]

    assert found
    assert {s.command for s in found} == {"ctpat-policy new event_register --site S-1"}


def test_what_a_register_passes_over_is_added_to_it_and_to_no_further_one(root: Path) -> None:
    days = {"period_from": "2026-01-01", "period_to": "2026-06-30", "events": {"load": None}}
    path = "evidence/event_register/a.yaml"
    write(root, path, patched(example("event_register"), {"data": days}))

    (found,) = [s for s in todo(root, "6.2") if "no event register" in s.why]

    assert f"; add load to {path}, as an empty list if there was none" in found.why
    assert found.command == "ctpat-policy explain event_register"
    assert found.place.startswith(f"{path}:")


@pytest.mark.parametrize(
    ("programme", "kind"),
    [("none", "partner_questionnaire"), ("ctpat", "partner_membership_check")],
)
def test_a_partner_of_no_programme_is_asked_and_not_looked_up(
    root: Path, programme: str, kind: str
) -> None:
    facts = {"programme": programme, "handles_cargo": True}
    write(root, "policies/partners/PT-1.yaml", patched(example("business_partner"), facts))

    found = [c for c in commands(todo(root, "3.4", "3.5", "3.6")) if " --partner " in c]

    assert found == [f"ctpat-policy new {kind} --partner PT-1"]


@pytest.mark.parametrize(
    ("has", "kind"),
    [
        ({}, "cctv_system_record"),
        ({"cctv": {"installed": False}}, "alarm_test"),
        ({"cctv": {"installed": False}, "alarm": {"installed": False}}, "gate_and_guard_log"),
    ],
)
def test_entrances_are_watched_by_what_the_site_has(
    root: Path, has: Mapping[str, Any], kind: str
) -> None:
    value = patched(example("security_profile"), {})
    bare = {"guards": {"employed": "none"}, "offsite_monitoring": False}
    value["sites"][0] = patched(value["sites"][0], {**bare, **has})
    write(root, PROFILE, value)

    assert f"ctpat-policy new {kind} --site S-1" in commands(todo(root, "9.4"))


def test_bad_news_asks_for_a_corrective_action(root: Path) -> None:
    bad = {"data": {"counted_stock": 3, "difference": -7}}
    write(root, "evidence/seal_audit/2026-06-20-s-1.yaml", patched(example("seal_audit"), bad))

    found = [s for s in todo(root, "6.6") if s.place.startswith("evidence/seal_audit")]

    assert "ctpat-policy new corrective_action --site S-1" in commands(found)


def test_a_hole_that_a_record_has_ended_asks_for_an_action_which_explains_it(root: Path) -> None:
    walked = {"recorded_on": "2026-06-25", "data": {"inspected_on": "2026-06-25"}}
    kind = "staging_area_pest_inspection"
    write(root, f"evidence/{kind}/a.yaml", patched(example(kind), walked))
    span = {"kind": kind, "unit": "S-1", "from": "2026-05-01", "until": "2026-06-25"}
    closed = {
        "opened_on": "2026-06-20",
        "status": "verified_closed",
        "implemented_on": "2026-06-25",
        "closure_evidence": [f"{kind}/a"],
        "verified_by": "P-5",
        "verified_on": "2026-06-26",
        "explains": [span],
    }

    def about_the_hole() -> list[Step]:
        return [s for s in todo(root, "7.2") if "2026-05-01 and 2026-06-25" in s.why]

    (step,) = about_the_hole()
    assert "everything counts since 2026-05-01 (records_from); no later record closes" in step.why
    assert step.command == "ctpat-policy new corrective_action --site S-1"
    action = patched(example("corrective_action"), {"data": closed})
    write(root, "evidence/corrective_action/CA-1.yaml", approved("corrective_action/CA-1", action))
    assert about_the_hole() == []


def test_documents_come_first_and_shoulds_last(root: Path) -> None:
    write(root, "evidence/seal_audit/broken.yaml", {"schema": "seal_audit/1"})
    write(root, "evidence/seal_certificate/a.yaml", example("seal_certificate"))

    ranks = [step.rank for step in todo(root)]

    assert ranks == sorted(ranks)
    assert set(ranks) >= {DOCUMENT, MUST_GAP, SHOULD_GAP}


def test_what_falls_due_comes_soonest_first(root: Path) -> None:
    for kind in ("seal_audit", "lighting_check", "perimeter_inspection"):
        write(root, f"evidence/{kind}/a.yaml", example(kind))

    due = [step.why for step in todo(root) if step.rank == FALLS_DUE]

    assert len(due) >= 2
    assert due == sorted(due, key=lambda why: why[:14])


def test_one_command_is_one_step_with_all_its_criteria(root: Path) -> None:
    found = todo(root)

    starts = [s.command for s in found if " explain " not in s.command]
    assert len(starts) == len(set(starts))
    assert any(len(s.criteria) > 2 and s.more for s in found)


def action(root: Path, **data: Any) -> str:
    """A corrective action for bad news in a seal audit of S-1; its path."""
    bad = {"data": {"counted_stock": 3, "difference": -7}}
    write(root, "evidence/seal_audit/2026-06-20-s-1.yaml", patched(example("seal_audit"), bad))
    about = {"covers": ["MSC-6.6/reconciled"], "criteria": ["MSC-6.6"], "source": "seal_audit"}
    path = "evidence/corrective_action/CA-1.yaml"
    value = patched(example("corrective_action"), {"data": {**about, **data}})
    write(root, path, approved("corrective_action/CA-1", value))
    return path


def of(path: str, found: list[Step]) -> set[str]:
    return {step.command for step in found if step.place.startswith(path)}


def test_an_action_without_approval_is_approved(root: Path) -> None:
    path = action(root)
    write(root, path, {**read_yaml(root / path), "approvals": []})

    found = todo(root, "6.6")

    approve = f"ctpat-policy approve {path} --by P-1 --as executive"
    assert of(path, found) == {approve}
    assert approve in commands(found)


def test_an_action_that_is_overdue_is_worked_on_and_not_begun_anew(root: Path) -> None:
    path = action(root, due="2026-06-10")

    found = todo(root, "6.6")

    assert of(path, found) == {"ctpat-policy explain action-overdue"}
    assert (
        "edit it: close it, or have a later day approved:" in render("X", TODAY, found, 9).decode()
    )


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("entity", list(law().entity_types))
def test_every_command_that_is_printed_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entity: str
) -> None:
    company(tmp_path, entity)
    monkeypatch.chdir(tmp_path)

    found = printed()

    assert [c for c in found if " security_profile_submission " in c]
    for command in found:
        done = follow(command)
        assert done.exit_code == 0, (command, done.exception)


@pytest.mark.usefixtures("quick")
def test_commands_work_from_where_they_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(tmp_path / "our policies", "highway_carrier")
    monkeypatch.chdir(tmp_path)

    found = printed("our policies")

    assert "ctpat-policy new seal_audit --site S-1 --root 'our policies'" in found
    for verb in ("new", "approve"):
        assert follow(next(c for c in found if f" {verb} " in c)).exit_code == 0
    assert [f.name for f in tmp_path.iterdir()] == ["our policies"]


@pytest.mark.usefixtures("quick")
def test_the_next_subject_comes_once_one_is_begun_and_then_what_was_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(tmp_path, "highway_carrier")
    monkeypatch.chdir(tmp_path)
    first, second = (f"ctpat-policy new access_review --name {name}" for name in ("TMS", "ERP"))

    follow(first)
    after_one = printed()
    follow(second)
    after_two = printed()

    assert first not in after_one
    assert second in after_one
    assert not [command for command in after_two if "access_review" in command]


@pytest.mark.usefixtures("quick")
def test_a_further_record_of_one_day_gets_a_name_that_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(tmp_path, "highway_carrier")
    monkeypatch.chdir(tmp_path)
    today = real_today()
    good = patched(example("seal_audit"), {"recorded_on": today, "data": {"audited_on": today}})
    write(tmp_path, f"evidence/seal_audit/{today}-s-1.yaml", good)

    again = [command for command in printed() if " seal_audit --site S-1" in command]

    assert again == ["ctpat-policy new seal_audit --site S-1 --name s-1-2"]
    assert follow(again[0]).exit_code == 0


def test_twenty_are_shown_and_the_rest_is_counted(root: Path) -> None:
    short, whole = run(root).output, run(root, "--all").output

    assert "\n 20. " in short
    assert "\n 21. " not in short
    assert "more steps: ctpat-policy todo --all lists them\n" in short
    assert "\n 21. " in whole
    assert "--all" not in whole


def test_lines_fit_a_terminal_but_for_paths_and_commands(root: Path) -> None:
    lines = run(root, "--all").output.splitlines()

    assert not [w for w in lines if len(w) > 80 and "$ " not in w and ".yaml" not in w]


def test_when_all_is_done_it_says_so() -> None:
    assert render("X", TODAY, [], None).decode().endswith("\n\nnothing is left to do\n")


def test_a_folder_without_a_profile_begins_with_init(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert "$ ctpat-policy init\n" in done.output
