"""Copies of this process that take a share of its work; nothing has to be handed over to them."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Generic, NoReturn, TypeVar

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
    have been without it; where a system cannot copy a process, all is done here. `packed` and
    `unpacked` are for results that travel faster than pickled.
    """
    if not hasattr(os, "fork"):
        return [work(share) for share in shares]
    first, *others = shares
    copies: list[_Copy[_Share]] = []
    try:
        copies += (_Copy(lambda share: packed(work(share)), share) for share in others)
        results = [work(first)]
        for copy, share in zip(copies, others, strict=True):
            told = copy.told()
            results.append(work(share) if told is None else unpacked(told))
        return results
    finally:
        for copy in copies:
            copy.stop()


class _Copy(Generic[_Share]):
    """A copy of this process at its share; what it tells comes back through a pipe."""

    def __init__(self, work: Callable[[_Share], bytes], share: _Share) -> None:
        sys.stdout.flush()  # what waits to be written would be written twice
        sys.stderr.flush()
        reading, writing = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            _tell(work, share, writing)
        os.close(writing)
        self._pipe = os.fdopen(reading, "rb")

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


def _tell(work: Callable[[_Share], bytes], share: _Share, pipe: int) -> NoReturn:
    """What a copy does, before it ends as it is: nothing that it holds is its own to tidy up."""
    code = 1
    try:
        told = work(share)
        with os.fdopen(pipe, "wb") as file:
            file.write(told)
        code = 0
    finally:
        os._exit(code)
