"""In a folder that holds no policies nothing is written or told: it says where to go instead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from ctpat_policy.cli import group
from ctpat_policy.errors import UsageError
from tests.policy_folder import small_company

COMMANDS = (
    ["new", "seal_audit", "--site", "S-1"],
    ["new", "partner", "--name", "PT-2"],
    ["new", "procedure", "--name", "seals"],
    ["todo"],
    ["check"],
    ["due"],
    ["history"],
    ["history", "--trend"],
)


def refusal(words: Sequence[str]) -> str:
    done = CliRunner().invoke(group, list(words))
    assert isinstance(done.exception, UsageError), done.exception
    return str(done.exception)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_inside_a_policy_repository_its_top_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    inside = small_company(tmp_path).root / "evidence" / "seal_audit"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)

    said = refusal(words)

    option = "--root " if words[0] in ("new", "history") else ""
    assert f"inside the policy repository ../..; run it there, or add {option}../.." in said
    assert not list(inside.iterdir())


@pytest.mark.parametrize("words", COMMANDS[:3], ids=" ".join)
def test_elsewhere_nothing_new_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "begin one with ctpat-policy init" in refusal(words)
    assert not list(tmp_path.iterdir())


def test_the_way_that_is_named_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_company(tmp_path / "our policies").root
    (root / "evidence").mkdir()
    monkeypatch.chdir(tmp_path)

    said = refusal(["new", "seal_audit", "--root", str(root / "evidence")])

    assert said.endswith("or add --root 'our policies'")
