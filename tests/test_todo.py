"""What to do next: most serious and soonest first, each with a command that really starts it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

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
from ctpat_policy.filing import PROFILE
from ctpat_policy.reading import Reader
from ctpat_policy.remembered import judged
from ctpat_policy.reports.todo_text import render
from ctpat_policy.request import Request
from ctpat_policy.sources import WorkTree
from tests.company import TODAY, dump, example, full_procedure, law, patched


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
    profile = patched(example("security_profile"), {})
    return steps(law(), source, profile, report)


def commands(found: list[Step]) -> list[str]:
    return [step.command for step in found]


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["todo", str(root), "--today", TODAY, "--no-cache", *words])


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


def test_bad_news_asks_for_a_corrective_action(root: Path) -> None:
    bad = {"data": {"counted_stock": 3, "difference": -7}}
    write(root, "evidence/seal_audit/2026-06-20-s-1.yaml", patched(example("seal_audit"), bad))

    found = [s for s in todo(root, "6.6") if s.place.startswith("evidence/seal_audit")]

    assert "ctpat-policy new corrective_action --site S-1" in commands(found)


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


def test_every_command_is_one_that_the_program_takes(root: Path) -> None:
    for step in todo(root):
        program, name, *words = shlex.split(step.command)
        command = group.get_command(None, name)  # type: ignore[arg-type]
        assert program == "ctpat-policy"
        assert command is not None
        if name == "new":
            done = CliRunner().invoke(group, ["new", *words, "--root", str(root)])
            named = "name it with" in str(done.exception)
            assert done.exit_code == 0 or named, (step.command, done.exception)


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
