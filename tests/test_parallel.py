"""Copies of a process that share its work: what they bring back, and what becomes of a lost one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from ctpat_policy.parallel import shared_out

HERE = os.getpid()


def who(share: str) -> tuple[str, int]:
    """The share, and the process that did it."""
    return share, os.getpid()


def die(share: str) -> tuple[str, int]:
    """Ends every copy as the system does when memory is short."""
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return who(share)


def leave(share: str) -> tuple[str, int]:
    """Ends every copy before it has said anything, as if all were well."""
    if os.getpid() != HERE:
        sys.exit(0)
    return who(share)


def refuse(share: str) -> tuple[str, int]:
    """Cannot do one of the shares."""
    if share == "b":
        raise ValueError("b cannot be done")
    return who(share)


def need_no_copy_left() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_each_share_but_the_first_is_done_by_a_copy_of_its_own() -> None:
    found = shared_out(who, ["a", "b", "c"])

    assert [share for share, _ in found] == ["a", "b", "c"]
    processes = [process for _, process in found]
    assert processes[0] == HERE
    assert len(set(processes)) == 3
    need_no_copy_left()


def test_a_single_share_takes_no_copy() -> None:
    assert shared_out(who, ["a"]) == [("a", HERE)]


@pytest.mark.parametrize("lost", [die, leave])
def test_what_a_lost_copy_should_have_done_is_done_here(
    lost: Callable[[str], tuple[str, int]],
) -> None:
    assert shared_out(lost, ["a", "b", "c"]) == [("a", HERE), ("b", HERE), ("c", HERE)]
    need_no_copy_left()


@pytest.mark.parametrize("shares", [["a", "b", "c"], ["b", "a"]])
def test_what_goes_wrong_in_a_share_is_raised_as_without_copies(
    shares: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="b cannot be done"):
        shared_out(refuse, shares)

    need_no_copy_left()
    assert capfd.readouterr() == ("", "")


def test_nobody_waits_for_a_copy_that_is_not_needed_any_longer() -> None:
    def slow_or_wrong(share: str) -> str:
        if share == "wrong":
            raise ValueError(share)
        time.sleep(60)
        return share

    begun = time.monotonic()
    with pytest.raises(ValueError, match="wrong"):
        shared_out(slow_or_wrong, ["wrong", "slow"])
    assert time.monotonic() - begun < 30


def test_more_than_a_pipe_holds_comes_back_whole() -> None:
    found = shared_out(lambda letter: letter * 5_000_000, ["a", "b", "c"])

    assert found == ["a" * 5_000_000, "b" * 5_000_000, "c" * 5_000_000]


def test_results_travel_as_they_are_packed() -> None:
    found = shared_out(str.upper, ["a", "b"], packed=str.encode, unpacked=lambda told: f"{told!r}")

    assert found == ["A", "b'B'"]


def test_where_a_process_cannot_be_copied_it_does_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "fork")

    assert shared_out(who, ["a", "b"]) == [("a", HERE), ("b", HERE)]


def test_what_the_system_has_no_more_copies_for_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = [os.fork]

    def fork() -> int:
        if not left:
            raise BlockingIOError("Resource temporarily unavailable")
        return left.pop()()

    monkeypatch.setattr(os, "fork", fork)
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0

    found = shared_out(who, ["a", "b", "c"])

    assert [share for share, _ in found] == ["a", "b", "c"]
    assert [process == HERE for _, process in found] == [True, False, True]
    need_no_copy_left()
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) == before


def test_what_waits_to_be_written_is_written_once() -> None:
    program = (
        "from ctpat_policy.parallel import shared_out; print('once'); shared_out(str, ['a', 'b'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("once\n", "")
