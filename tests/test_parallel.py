"""Copies of a process that task its work: what they bring back, and what becomes of a lost one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ctpat_policy.parallel import shared_out

HERE = os.getpid()


def who(task: str) -> tuple[str, int]:
    """The task, and the process that did it."""
    return task, os.getpid()


def die(task: str) -> tuple[str, int]:
    """Ends every copy as the system does when memory is short."""
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return who(task)


def leave(task: str) -> tuple[str, int]:
    """Ends every copy before it has said anything, as if all were well."""
    if os.getpid() != HERE:
        sys.exit(0)
    return who(task)


def refuse(task: str) -> tuple[str, int]:
    """Cannot do one of the tasks."""
    if task == "b":
        raise ValueError("b cannot be done")
    return who(task)


def open_files() -> int:
    """How many files this process has open; 0 where nobody can tell."""
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0


def need_no_copy_left() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_each_process_does_what_it_takes_and_all_is_told_in_order() -> None:
    def slow(task: str) -> tuple[str, int]:
        time.sleep(0.2)  # so that everybody has begun before all is taken
        return who(task)

    (found,) = shared_out(slow, [["a", "b", "c", "d", "e", "f"]], 3)

    assert "".join(task for task, _ in found) == "abcdef"
    assert len({process for _, process in found}) == 3
    need_no_copy_left()


def test_each_begins_with_a_queue_of_its_own_and_then_helps() -> None:
    begun = HERE

    def work(task: str) -> tuple[str, int]:
        time.sleep(0.1 if task == "quick" else 0.5)
        return who(task)

    mine, other = shared_out(work, [["quick"], ["slow", "left", "left"]], 2)

    (_, first), (_, slow), (_, helped), _ = *mine, *other
    assert first == begun
    assert slow != begun
    assert helped == begun


def test_one_process_takes_no_copy() -> None:
    assert shared_out(who, [["a"], ["b"]], 1) == [[("a", HERE)], [("b", HERE)]]


def test_queues_may_be_empty_and_processes_more_than_tasks() -> None:
    assert shared_out(str.upper, [[], ["a"], []], 5) == [[], ["A"], []]
    assert shared_out(str.upper, [], 2) == []
    need_no_copy_left()


def test_every_task_of_many_is_done_once(tmp_path: Path) -> None:
    log = os.open(tmp_path / "log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def work(task: int) -> int:
        os.write(log, b"%d\n" % task)
        return -task

    many = 2 * 2000 + 1  # more than there are tickets
    (found,) = shared_out(work, [range(many)], 3)

    assert found == [-task for task in range(many)]
    done = sorted(map(int, (tmp_path / "log").read_text().split()))
    assert done == list(range(many))


@pytest.mark.parametrize("lost", [die, leave])
def test_what_a_lost_copy_should_have_done_is_done_here(
    lost: Callable[[str], tuple[str, int]],
) -> None:
    found = shared_out(lost, [["a", "b"], ["c", "d"], ["e"]], 3)

    assert found == [[("a", HERE), ("b", HERE)], [("c", HERE), ("d", HERE)], [("e", HERE)]]
    need_no_copy_left()


@pytest.mark.parametrize("queues", [[["a"], ["b"], ["c"]], [["b", "a"]]])
def test_what_goes_wrong_in_a_task_is_raised_as_without_copies(
    queues: list[list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    before = open_files()

    with pytest.raises(ValueError, match="b cannot be done"):
        shared_out(refuse, queues, 3)

    need_no_copy_left()
    assert open_files() == before
    assert capfd.readouterr() == ("", "")


def test_nobody_waits_for_a_copy_that_is_not_needed_any_longer() -> None:
    def slow_or_wrong(task: str) -> str:
        if task == "wrong":
            raise ValueError(task)
        time.sleep(60)
        return task

    begun = time.monotonic()
    with pytest.raises(ValueError, match="wrong"):
        shared_out(slow_or_wrong, [["wrong"], ["slow"]], 2)
    assert time.monotonic() - begun < 30


def test_more_than_a_pipe_holds_comes_back_whole() -> None:
    def letters(letter: str) -> str:
        return letter * 5_000_000

    found = shared_out(letters, [["a"], ["b"], ["c"]], 3)

    assert found == [["a" * 5_000_000], ["b" * 5_000_000], ["c" * 5_000_000]]


def test_results_travel_as_they_are_packed() -> None:
    def work(task: str) -> str:
        time.sleep(0.2)
        return task.upper()

    found = shared_out(work, [["a"], ["b"]], 2, str.encode, lambda told: f"{told!r}")

    assert found == [["A"], ["b'B'"]]


def test_what_comes_first_is_done_here_while_copies_work() -> None:
    begun: list[int] = []

    def first() -> None:
        begun.append(os.getpid())
        time.sleep(0.5)

    (found,) = shared_out(who, [["a", "b"]], 2, first=first)

    assert begun == [HERE]
    assert HERE not in {process for _, process in found}


def test_where_a_process_cannot_be_copied_it_does_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "fork")
    begun: list[str] = []

    found = shared_out(who, [["a"], ["b"]], 2, first=lambda: begun.append("first"))

    assert found == [[("a", HERE)], [("b", HERE)]]
    assert begun == ["first"]


def test_what_the_system_has_no_more_copies_for_is_done_by_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fork() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    before = open_files()

    assert shared_out(who, [["a"], ["b"]], 2) == [[("a", HERE)], [("b", HERE)]]
    assert open_files() == before


def test_what_waits_to_be_written_is_written_once() -> None:
    program = (
        "from ctpat_policy.parallel import shared_out; print('once');"
        " shared_out(str, [['a'], ['b']], 2)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("once\n", "")


def test_nobody_has_to_listen() -> None:
    program = "from ctpat_policy.parallel import shared_out; shared_out(str, [['a'], ['b']], 2)"
    closed = ["sh", "-c", '"$0" -c "$1" >&- 2>&-', sys.executable, program]

    assert subprocess.run(closed).returncode == 0


def test_there_are_no_more_processes_than_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    forked: list[int] = []
    real = os.fork

    def fork() -> int:
        forked.append(1)
        return real()

    monkeypatch.setattr(os, "fork", fork)

    assert shared_out(str.upper, [["a", "b"], ["c"]], 64) == [["A", "B"], ["C"]]
    assert len(forked) == 2
