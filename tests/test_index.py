"""A work tree is judged as what git makes of it: a commit, or a clone that somebody else has."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ctpat_policy.cli import group
from ctpat_policy.cli.check import with_history
from ctpat_policy.errors import CtpatError
from ctpat_policy.model import Report
from ctpat_policy.reports.outcome import exit_code
from tests.company import law
from tests.history_repositories import READER, Built, record, request, started

REVIEW = "evidence/cctv_footage_review/2026-06-10-s-1.yaml"
TODAY = ("--today", "2026-06-30")


@pytest.fixture
def built(tmp_path: Path) -> Built:
    built = started(tmp_path / "r")
    built.write(REVIEW, record("cctv_footage_review"))
    built.commit("2026-06-10", "a review")
    return built


def since(root: Path) -> Report:
    return with_history(root, law(), READER, request("9.15"), since="HEAD")


def run(*words: str) -> Result:
    return CliRunner().invoke(group, [*words, *TODAY, "--no-cache"])


def refused(*words: str) -> tuple[int, str]:
    error = run(*words).exception
    assert isinstance(error, CtpatError), error
    return error.exit_code, str(error)


@pytest.mark.parametrize("folder", ["", "trade/compliance"])
def test_a_record_that_is_taken_out_of_the_index_is_gone(built: Built, folder: str) -> None:
    root = built.root / folder
    if folder:
        root.mkdir(parents=True)
        for name in ("policies", "evidence"):
            (built.root / name).rename(root / name)
        built.commit("2026-06-11", "moved")
    built.git("rm", "-q", "--cached", str(root / REVIEW))

    report = since(root)

    assert {row.verdict for row in report.rows if row.level == "must"} == {"not_met"}
    assert "document-vanished" in {f.code for f in report.findings}
    assert exit_code(report) == 1
    assert run("diff", "HEAD", "--root", str(root)).exit_code == 1


def test_what_git_does_not_track_counts_and_is_told(built: Built) -> None:
    built.write(REVIEW.replace("10", "11"), record("cctv_footage_review"))

    (note,) = since(built.root).notes
    told = run("diff", "HEAD", "--root", str(built.root)).stderr
    built.git("add", "-A")

    assert "1 file counts here that git does not track" in note
    assert "2026-06-11-s-1.yaml" in note
    assert f"note: {note}\n" == told
    assert since(built.root).notes == ()


@pytest.mark.parametrize(
    "words", [("check",), ("due",), ("todo",), ("check", "--since=HEAD"), ("diff", "HEAD")]
)
def test_a_sparse_checkout_that_leaves_evidence_out_is_not_judged(
    built: Built, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    built.git("sparse-checkout", "set", "policies")
    monkeypatch.chdir(built.root)

    code, said = refused(*words)

    assert code == 3
    assert "git sparse-checkout disable" in said
    assert REVIEW in said


def test_a_work_tree_beside_the_first_may_be_sparse_too(built: Built, tmp_path: Path) -> None:
    built.git("worktree", "add", "-q", "--detach", str(tmp_path / "w"))
    Built(tmp_path / "w").git("sparse-checkout", "set", "policies")

    assert refused("due", str(tmp_path / "w"))[0] == 3
    assert run("due", str(built.root)).exit_code == 0


def test_a_sparse_checkout_that_holds_all_of_it_is_judged(built: Built) -> None:
    built.write("code/main.c", "int x;\n")
    built.commit("2026-06-11", "code")
    built.git("sparse-checkout", "set", "policies", "evidence")
    assert not (built.root / "code").exists()

    assert run("due", str(built.root)).exit_code == 0
    built.git("sparse-checkout", "set", "policies")
    built.git("sparse-checkout", "disable")
    assert run("due", str(built.root)).exit_code == 0


def test_a_bare_repository_has_no_work_tree(built: Built, tmp_path: Path) -> None:
    bare = str(tmp_path / "bare.git")
    built.git("clone", "-q", "--bare", str(built.root), bare)

    assert refused("check", bare, "--since", "HEAD") == refused("diff", "HEAD", "--root", bare)
    code, said = refused("check", bare, "--since", "HEAD")
    assert code == 2
    assert "--as-of" in said
