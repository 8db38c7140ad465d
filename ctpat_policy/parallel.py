"""Copies of this process that take a share of its work; nothing has to be handed over to them."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn, TypeVar

_Share = TypeVar("_Share")
_Result = TypeVar("_Result")


def shared_out(
    work: Callable[[_Share], _Result],
    shares: Sequence[_Share],
    packed: Callable[[_Result], bytes] = pickle.dumps,
    unpacked: Callable[[bytes], _Result] = pickle.loads,
) -> list[_Result]:
    """`work(share)` of each share, in order: of the first by this process, of each other by a copy.

    What a copy does not bring back is done here, so that whatever stopped it is raised as it would
    have been without it; and so is what the system has no copy for. `packed` and `unpacked` are for
    results that travel faster than pickled.
    """
    first, *others = shares
    copies: list[_Copy | None] = []
    try:
        copies += (_copy(partial(_packed, work, share, packed)) for share in others)
        results = [work(first)]
        for share, copy in zip(others, copies, strict=True):
            told = copy.told() if copy is not None else None
            results.append(work(share) if told is None else unpacked(told))
        return results
    finally:
        for copy in copies:
            if copy is not None:
                copy.stop()


def _packed(
    work: Callable[[_Share], _Result], share: _Share, packed: Callable[[_Result], bytes]
) -> bytes:
    return packed(work(share))


class _Copy:
    """A copy of this process at its work; what it tells comes back through a pipe."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._pid, self._pipe = pid, os.fdopen(pipe, "rb")

    def told(self) -> bytes | None:
        """What it tells, as soon as it is done; None where it came to nothing."""
        told = self._pipe.read()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return None if status else told

    def stop(self) -> None:
        """Nobody waits for it any longer."""
        self._pipe.close()
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)


def _copy(work: Callable[[], bytes]) -> _Copy | None:
    """A copy that has begun; None where the system has none, or no more of them."""
    sys.stdout.flush()  # what waits to be written would be written twice
    sys.stderr.flush()
    if not hasattr(os, "fork"):
        return None
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if not pid:
        _tell(work, writing)
    os.close(writing)
    return _Copy(pid, reading)


def _tell(work: Callable[[], bytes], pipe: int) -> NoReturn:
    """What a copy does, before it ends as it is: nothing that it holds is its own to tidy up."""
    code = 1
    try:
        told = work()
        with os.fdopen(pipe, "wb") as file:
            file.write(told)
        code = 0
    finally:
        os._exit(code)
