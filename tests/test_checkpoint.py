"""A checkpoint kept elsewhere tells whether history extends it, and if not, why."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ctpat_policy.errors import UsageError
from ctpat_policy.reports.trail_outcome import exit_code
from ctpat_policy.trail import checkpoint
from ctpat_policy.trail.checkpoint import Checkpoint
from ctpat_policy.trail.repository import open_repository
from tests.history_repositories import record, run
from tests.repositories import (
    AUDIT,
    OTHER_AUDIT,
    TODAY,
    Trail,
    audit,
    build,
    codes,
    fresh,
    key,
    messages,
    public,
    who,
)


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """A copy of the trail in order."""
    return fresh(tmp_path / "trail")


def kept(trail: Trail, sign: str = "") -> Checkpoint:
    """A checkpoint of HEAD that was written, kept and read again."""
    made = checkpoint.make(open_repository(trail.root), TODAY)
    signed = (lambda text: checkpoint.sign(text, key(sign))) if sign else None
    return checkpoint.read(checkpoint.render(made, signed).encode())


def goes_on(trail: Trail) -> None:
    trail.write("evidence/seal_audit/c.yaml", record("seal_audit", audit("2026-06-20")))
    trail.commit("2026-06-20", "audit", by=who("P-5"))


def test_a_checkpoint_says_what_it_is_of(trail: Trail) -> None:
    made = kept(trail)

    assert made.commit == trail.git("rev-parse", "HEAD")
    assert made.origin == trail.git("rev-list", "--max-parents=0", "HEAD")
    assert made.commits == 7
    assert made.date == TODAY


def test_the_manifest_can_be_computed_with_other_tools(trail: Trail) -> None:
    script = (
        "git ls-files -s policies evidence | sort -k4 | while read -r mode blob stage path; do "
        'printf "%s %s\\0%s\\n" "$mode" "$path" '
        '"$(git cat-file blob "$blob" | sha256sum | cut -c1-64)"; done | sha256sum | cut -c1-64'
    )
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=trail.root, capture_output=True, check=True)

    assert kept(trail).manifest == f"sha256:{done.stdout.decode().strip()}"


def test_a_history_that_goes_on_extends_it(trail: Trail) -> None:
    made = kept(trail)
    at_once = trail.judged(kept=made)
    goes_on(trail)
    trail.branch("side")
    goes_on(trail)
    trail.merge("side")
    later = trail.judged(kept=made)

    assert (codes(at_once), codes(later)) == (set(), set())
    assert later.rules[-1].rule == "checkpoint"


def amend(trail: Trail) -> None:
    trail.git("commit", "-q", "--amend", "-m", "another word", day="2026-06-15", by=who("P-5"))


def forget(trail: Trail) -> None:
    amend(trail)
    trail.git("reflog", "expire", "--expire=now", "--all")
    trail.git("gc", "-q", "--prune=now")


def rewrite_all(trail: Trail) -> None:
    trail.git("checkout", "-q", "--orphan", "new")
    trail.commit("2026-06-15", "all of it", by=who("P-5"))
    trail.git("branch", "-q", "-D", "main")
    trail.git("reflog", "expire", "--expire=now", "--all")
    trail.git("gc", "-q", "--prune=now")


def truncate(trail: Trail) -> None:
    trail.git("reset", "-q", "--hard", "HEAD~2")


def turn_round(trail: Trail) -> None:
    trail.branch("side", "HEAD~1")
    trail.write("notes.txt", "side")
    trail.commit("2026-06-16", "side", by=who("P-3"))
    trail.git("merge", "-q", "-m", "main into side", "main", day="2026-06-17", by=who("P-3"))


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (amend, "checkpoint-rewritten"),
        (truncate, "checkpoint-rewritten"),
        (forget, "checkpoint-unknown-commit"),
        (rewrite_all, "checkpoint-other-repository"),
        (turn_round, "checkpoint-turned"),
    ],
)
def test_a_history_that_does_not_extend_it_is_refused(
    trail: Trail, lie: Callable[[Trail], None], code: str
) -> None:
    made = kept(trail)
    lie(trail)

    found = trail.judged(kept=made)

    assert [f.code for f in found.rules[-1].findings] == [code]
    assert exit_code(found) == 1


def test_a_checkpoint_of_another_repository_is_refused(trail: Trail, tmp_path: Path) -> None:
    other = build(tmp_path / "other", settings={"trail_from": "2026-05-01"})

    assert codes(trail.judged(kept=kept(other))) == {"checkpoint-other-repository"}


def test_a_checkpoint_of_another_folder_of_the_repository_is_refused(trail: Trail) -> None:
    made = kept(trail)
    moved = resummed(replace(made, origin=f"{made.origin} ctpat/", commit="0" * 40))

    assert codes(trail.judged(kept=moved)) == {"checkpoint-other-repository"}


ODD_FOLDERS = ["plain", "co\x85mp", "co\u2028mp", "co\nmp", "co\udcffmp", "100% \\u0085", "日本"]


def below(folder: Path, name: str) -> Trail:
    """A repository whose policies lie in a folder."""
    fresh(folder / name)
    (folder / name / ".git").rename(folder / ".git")
    whole = Trail(folder)
    whole.commit("2026-06-16", "into a folder", by=who("P-3"))
    return whole


@pytest.mark.parametrize("name", ODD_FOLDERS)
def test_the_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    whole = below(tmp_path / "r", name)
    part = Trail(whole.root / name)
    made = run("checkpoint", str(part.root), "--today", TODAY, cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, b"")
    assert len(made.stdout.decode().splitlines()) == 7
    assert kept(part) == checkpoint.read(made.stdout)
    assert part.judged(kept=kept(part)).rules[-1].findings == ()


def test_names_that_look_alike_when_shown_are_told_apart(tmp_path: Path) -> None:
    shown = {
        kept(Trail(below(tmp_path / str(n), name).root / name)).origin.partition(" ")[2]
        for n, name in enumerate(ODD_FOLDERS)
    }

    assert len(shown) == len(ODD_FOLDERS)


def test_a_checkpoint_of_a_folder_that_was_renamed_says_so(tmp_path: Path) -> None:
    whole = below(tmp_path / "r", "a")
    made = kept(Trail(whole.root / "a"))
    whole.git("mv", "a", "b")
    whole.commit("2026-06-20", "renamed", by=who("P-3"))
    part = Trail(whole.root / "b")

    (found,) = part.judged(kept=made).rules[-1].findings
    assert found.code == "checkpoint-other-folder"
    assert "is of the folder a/, and what is judged here is the folder b/" in found.message
    at_the_top = resummed(replace(kept(part), origin=made.origin.split()[0]))
    (found,) = part.judged(kept=at_the_top).rules[-1].findings
    assert "is of the top of the repository" in found.message


def resummed(made: Checkpoint) -> Checkpoint:
    """An edited checkpoint whose sum was edited with it."""
    return replace(made, sum=f"sha256:{hashlib.sha256(made.text.encode()).hexdigest()}")


@pytest.mark.parametrize(
    "edit", [{"date": "2026-06-01"}, {"commits": 6}, {"manifest": "sha256:" + "0" * 64}]
)
def test_an_edited_checkpoint_is_refused(trail: Trail, edit: dict[str, object]) -> None:
    made = replace(kept(trail), **edit)  # type: ignore[arg-type]

    assert codes(trail.judged(kept=made)) == {"checkpoint-edited"}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"commits": 6}, "checkpoint-count"),
        ({"commits": 600}, "checkpoint-count"),
        ({"manifest": "sha256:" + "0" * 64}, "checkpoint-manifest"),
    ],
)
def test_one_whose_sum_was_edited_with_it_does_not_fit_the_history(
    trail: Trail, edit: dict[str, object], code: str
) -> None:
    made = resummed(replace(kept(trail), **edit))  # type: ignore[arg-type]

    assert codes(trail.judged(kept=made)) == {code}


def test_the_manifest_does_not_rest_on_names_of_blobs(trail: Trail) -> None:
    before = kept(trail)
    trail.git("mv", OTHER_AUDIT, "evidence/seal_audit/z.yaml")
    trail.commit("2026-06-20", "renamed", by=who("P-5"))
    renamed = kept(trail)
    (trail.root / AUDIT).chmod(0o755)
    trail.commit("2026-06-21", "executable", by=who("P-5"))

    assert len({before.manifest, renamed.manifest, kept(trail).manifest}) == 3


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"ctpat-policy checkpoint/2\ncommits: 1\n",
        b"ctpat-policy checkpoint/1\norigin: main\n",
        b"ctpat-policy checkpoint/1\norigin: " + b"0" * 40 + b"\ncommits: 0\n",
    ],
)
def test_what_is_no_checkpoint_is_a_wrong_use(text: bytes) -> None:
    with pytest.raises(UsageError, match="no checkpoint"):
        checkpoint.read(text)


def test_a_mail_may_change_its_line_ends_and_indentation(trail: Trail) -> None:
    text = checkpoint.render(checkpoint.make(open_repository(trail.root), TODAY))
    mailed = "\ufeff" + "\r\n".join(f"  {line} " for line in text.splitlines())

    assert checkpoint.read(mailed.encode()) == kept(trail)


def _with_key(trail: Trail) -> None:
    trail.set_profile(P5={"signing_key": public("p-5")})
    trail.commit("2026-06-16", "key", by=who("P-1"))


def test_a_signature_with_a_key_of_the_profile_is_fine(trail: Trail) -> None:
    _with_key(trail)
    made = kept(trail, sign="p-5")
    goes_on(trail)

    assert trail.judged(kept=made).rules[-1].findings == ()


def test_a_signature_with_an_unknown_key_is_noted_with_the_key(trail: Trail) -> None:
    found = trail.judged(kept=kept(trail, sign="p-5"))

    assert codes(found) == set()
    assert " ".join(public("p-5").split()[:2]) in messages(found, "checkpoint-signature")[0]


def test_a_signature_over_other_lines_is_refused(trail: Trail) -> None:
    _with_key(trail)
    made = resummed(replace(kept(trail, sign="p-5"), date="2026-06-01"))

    assert codes(trail.judged(kept=made)) == {"checkpoint-signature"}


@pytest.mark.parametrize("namespace", ["git", "ctpat-approval"])
def test_a_signature_for_something_else_is_refused(trail: Trail, namespace: str) -> None:
    from ctpat_policy.trail.signatures import sign

    made = kept(trail)
    borrowed = replace(made, signature=sign(made.text, key("p-5"), namespace))

    assert codes(trail.judged(kept=borrowed)) == {"checkpoint-signature"}


def test_the_commands_work_together(trail: Trail, tmp_path: Path) -> None:
    options = ("--today", TODAY, "--sign", str(key("p-5")))
    made = run("checkpoint", str(trail.root), *options, cwd=tmp_path)
    file = tmp_path / "kept.txt"
    file.write_bytes(made.stdout)
    verify = ("verify", str(trail.root), "--today", TODAY, "--checkpoint", str(file))
    holds = run(*verify, cwd=tmp_path)
    amend(trail)
    refused = run(*verify, cwd=tmp_path)
    file.write_text("hello")
    wrong = run(*verify, cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, b"")
    assert holds.returncode == 0, holds.stdout
    assert refused.returncode == 1
    assert b"[checkpoint-rewritten]" in refused.stdout
    assert wrong.returncode == 2
    assert b"no checkpoint" in wrong.stderr
