"""The hooks for pre-commit, run by a real `git commit` as pre-commit's own documents say."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.history_repositories import PROGRAM, Built, record, started

ROOT = Path(__file__).parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
TODAY = "2026-06-30"
#: What pre-commit asks git for: a file that is deleted is none that a hook could open.
_STAGED = ("diff", "--staged", "--name-only", "--no-ext-diff", "-z", "--diff-filter=ACMRTUXB")


def committed(built: Built, hook: Mapping[str, Any], *arguments: str) -> int:
    """The exit code of committing everything with that hook; git runs it, or pre-commit skips it
    for want of a file that it is for.
    """
    command = [str(PROGRAM), *shlex.split(hook["entry"])[1:], "--today", TODAY, *arguments]
    built.git("add", "-A")
    staged = built.git(*_STAGED).split("\0")
    wanted = re.compile(hook.get("files", ""))
    if not (hook.get("always_run") or any(name and wanted.search(name) for name in staged)):
        command = ["true"]
    script = built.root / ".git/hooks/pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\nexec {shlex.join(command)} > /dev/null\n")
    script.chmod(0o755)
    try:
        built.git("commit", "-q", "-m", "change", day=TODAY)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


@pytest.fixture
def built(tmp_path: Path) -> Built:
    built = started(tmp_path / "r")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10", "a review")
    return built


def hook(name: str = "ctpat-policy") -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(h for h in HOOKS if h["id"] == name)
    return found


def test_a_commit_that_only_deletes_evidence_fails(built: Built) -> None:
    built.remove(REVIEW)

    assert committed(built, hook()) == 1


def test_a_commit_that_makes_nothing_worse_goes_in(built: Built) -> None:
    built.write("README.md", "more\n")

    assert committed(built, hook()) == 0
    assert built.git("status", "--porcelain") == ""


def test_a_policy_repository_in_a_folder_is_judged_when_the_hook_names_it(built: Built) -> None:
    folder = built.root / "a b" / "cömp"
    folder.mkdir(parents=True)
    for name in ("policies", "evidence"):
        (built.root / name).rename(folder / name)
    built.commit("2026-06-11", "moved")
    (folder / REVIEW).unlink()

    assert committed(built, hook(), "a b/cömp") == 1


def test_a_hook_that_finds_no_policies_says_so(built: Built) -> None:
    (built.root / "compliance").mkdir()
    (built.root / "policies").rename(built.root / "compliance/policies")

    assert committed(built, hook()) != 0


@pytest.mark.parametrize("name", [h["id"] for h in HOOKS])
def test_every_hook_runs_at_every_commit(name: str) -> None:
    assert hook(name)["always_run"] is True
    assert "files" not in hook(name)
