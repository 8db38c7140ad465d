"""What a shell or CI does to the process: readers that go, streams that are closed, signals."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history_repositories import PROGRAM, started

ASKED = ("--today", "2026-06-30", "--criterion", "9.15", "--no-cache")
_CODE = "import os, signal, sys; from ctpat_policy.__main__ import main; {}; main()"


def unread(*words: str, unbuffered: str = "") -> tuple[int, bytes]:
    """Exit code and messages where nobody reads what is said."""
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run([PROGRAM, *words], stdout=writing, stderr=subprocess.PIPE, env=env)
    os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [("explain", "criteria"), ("--version",)])
def test_a_reader_that_goes_makes_no_gap(words: tuple[str, ...], unbuffered: str) -> None:
    assert unread(*words, unbuffered=unbuffered) == (0, b"")


def test_the_verdict_is_the_exit_code_whoever_reads_and_files_are_written(tmp_path: Path) -> None:
    root = started(tmp_path / "r").root
    file = tmp_path / "report.json"

    done = unread(
        *("check", str(root), *ASKED, "--fail-on", "never"),
        *("--report", "text", "--report", f"json={file}"),
    )

    assert done == (0, b"")
    assert file.stat().st_size


def test_a_full_disk_is_a_fault_of_the_environment(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "full", stat.S_IFCHR | 0o666, os.makedev(1, 7))
        full = os.open(tmp_path / "full", os.O_WRONLY)
    except (AttributeError, OSError):
        pytest.skip("nobody may make a device here")
    done = subprocess.run([PROGRAM, "explain", "6.6"], stdout=full, stderr=subprocess.PIPE)
    os.close(full)

    assert (done.returncode, done.stderr) == (4, b"error: No space left on device\n")


def test_closed_standard_output_is_no_bug(tmp_path: Path) -> None:
    root = started(tmp_path / "r").root

    done = subprocess.run(
        ["sh", "-c", 'exec "$0" check "$@" >&-', PROGRAM, root, *ASKED],
        capture_output=True,
    )

    assert done.returncode == 4
    assert b"standard output is closed" in done.stderr


def inside(what: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run with a statement between loading and beginning."""
    return subprocess.run([sys.executable, "-c", _CODE.format(what), *words], capture_output=True)


def test_a_signal_leaves_no_half_report(tmp_path: Path) -> None:
    root = started(tmp_path / "r").root
    killed = "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGTERM)"
    folder = tmp_path / "reports"
    folder.mkdir()

    done = inside(killed, "check", str(root), *ASKED, "--report", f"json={folder}/r.json")

    assert done.returncode == 128 + signal.SIGTERM
    assert not list(folder.iterdir())


def test_ctrl_c_while_modules_are_loaded_says_that_it_stopped() -> None:
    class_ = "type('F', (), {'find_spec': lambda *_: signal.raise_signal(signal.SIGINT)})"
    done = inside(f"sys.meta_path.insert(0, {class_}())", "explain")

    assert (done.returncode, done.stderr) == (130, b"stopped\n")
