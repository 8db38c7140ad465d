"""What a shell offers, and what a terminal shows: colours and progress only for a person."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ctpat_policy.cli import COMMANDS, colour, progress
from ctpat_policy.filing import PROFILE
from tests.company import TODAY, dump, example, law, patched

PROGRAM = str(Path(sys.executable).parent / "ctpat-policy")
TEXT = b"Test Company \xc2\xb7 as of 2026-06-30\n\nMSC-6.6 must \xc2\xb7 Seals\n  S-1 not met\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "policies/partners").mkdir(parents=True)
    (tmp_path / PROFILE).write_text(dump(patched(example("security_profile"), {})))
    (tmp_path / "policies/partners/PT-1.yaml").write_text("broken: [")
    return tmp_path


def offered(root: Path, words: str) -> list[str]:
    """What bash would offer after these words; the last one is being typed."""
    env = {
        **os.environ,
        "_CTPAT_POLICY_COMPLETE": "bash_complete",
        "COMP_WORDS": f"ctpat-policy {words}",
        "COMP_CWORD": str(words.count(" ") + 1),
    }
    done = subprocess.run([PROGRAM], cwd=root, env=env, capture_output=True)
    assert done.stderr == b""
    return [line.partition(",")[2] for line in done.stdout.decode().splitlines() if line]


def on_terminal(root: Path, *words: str, **env: str) -> str:
    """What a person sees whose standard output is a terminal."""
    master, slave = pty.openpty()
    done = subprocess.Popen(
        [PROGRAM, *words], cwd=root, stdout=slave, stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "HOME": str(root), **env},
    )  # fmt: skip
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        seen += piece
    os.close(master)
    done.wait()
    return seen.decode().replace("\r\n", "\n")


def test_commands(root: Path) -> None:
    assert set(offered(root, "")) == set(COMMANDS)


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ("check --criterion 6.", ["6.1", "6.6"]),
        ("check --criterion MSC-12.1", ["MSC-12.1", "MSC-12.10"]),
        ("explain seal_a", ["seal_audit"]),
        ("explain 6.6", ["6.6"]),
        ("new p", ["procedure", "partner", "perimeter_inspection"]),
        ("new seal_audit --site ", ["S-1"]),
        ("new partner_questionnaire --partner ", ["PT-1"]),
        ("check --account a", ["acc"]),
        ("approve x --by P-", ["P-1", "P-9"]),
        ("new procedure --criterion 7.2", ["7.2", "7.24"]),
        ("check --fail-on ", ["must", "should", "never"]),
    ],
)
def test_words(root: Path, words: str, some: list[str]) -> None:
    found = offered(root, words)

    assert set(some) <= set(found)
    assert all(word.startswith(words.split(" ")[-1]) for word in found)


def test_criteria_come_in_the_order_of_their_numbers(root: Path) -> None:
    found = offered(root, "check --criterion ")

    assert found == [name.removeprefix("MSC-") for name in law().criteria]


@pytest.mark.parametrize("content", ["", "sites: {", "sites: 7\n", "sites: [3, {x: y}]\n", "\x00"])
def test_a_broken_profile_offers_nothing_and_says_nothing(root: Path, content: str) -> None:
    (root / PROFILE).write_text(content)

    assert offered(root, "new seal_audit --site ") == []


def test_outside_a_repository_nothing_is_offered(tmp_path: Path) -> None:
    assert offered(tmp_path, "new seal_audit --site ") == []
    assert offered(tmp_path, "new x --partner ") == []


def test_a_terminal_gets_colours_and_a_pipe_none(root: Path) -> None:
    words = ("check", "--today", TODAY, "--criterion", "6.6")
    plain = subprocess.run([PROGRAM, *words], cwd=root, capture_output=True).stdout.decode()

    seen = on_terminal(root, *words)

    assert "\x1b" not in plain
    assert "\x1b[1mMSC-6.6\x1b[0m\x1b[31m must\x1b[0m" in seen
    assert re.sub("\x1b\\[[0-9]*m", "", seen) == plain


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_declines_colours_gets_none(root: Path, env: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(root, "check", "--today", TODAY, "--criterion", "6.6", **env)


def test_a_file_gets_the_bytes_of_the_format(root: Path) -> None:
    file = root / "report.txt"
    words = ("check", "--today", TODAY, "--criterion", "6.6")
    on_terminal(root, *words, "--report", f"text={file}")

    assert b"\x1b" not in file.read_bytes()


def test_colours_change_no_word() -> None:
    assert re.sub(rb"\x1b\[[0-9]*m", b"", colour.coloured(TEXT)) == TEXT


def test_json_is_never_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    assert not colour.wanted("json")


class Terminal:
    """A standard error that is a terminal."""

    def __init__(self) -> None:
        self.seen = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.seen += text

    def flush(self) -> None:
        return None


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error is a terminal, and patience soon at its end."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "BEAT", 0.02)
    return terminal


def test_long_work_says_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)

    with progress.progress("judging"):
        time.sleep(0.15)

    assert terminal.seen.startswith("\rjudging … 0 s")
    assert terminal.seen.endswith("\r")


def test_what_is_said_changes_with_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)

    with progress.progress("reading the history") as say:
        time.sleep(0.15)
        say("judging")
        time.sleep(0.15)

    first, *others, gone, _ = terminal.seen.removeprefix("\r").split("\r")
    assert first == "reading the history … 0 s"
    assert [line for line in others if re.fullmatch(r"judging … \d s {12}", line)]
    assert gone.isspace()


def test_short_work_and_a_pipe_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watched(monkeypatch)

    with progress.progress("judging"):
        pass
    assert terminal.seen == ""
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    with progress.progress("judging"):
        time.sleep(0.15)
    assert terminal.seen == ""
