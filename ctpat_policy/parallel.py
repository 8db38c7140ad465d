"""Copies of this process that share its work; nothing has to be handed over to them."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Generic, NoReturn, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: Bytes of a ticket, and how many there are at most: any system's pipe holds them all.
_TICKET, _TICKETS = 2, 2000


def shared_out(
    work: Callable[[_Task], _Result],
    queues: Sequence[Sequence[_Task]],
    processes: int,
    packed: Callable[[_Result], bytes] = pickle.dumps,
    unpacked: Callable[[bytes], _Result] = pickle.loads,
    first: Callable[[], object] | None = None,
) -> list[list[_Result]]:
    """`work(task)` of each task, as they stand in their queues, by this process and copies of it.

    Each begins with a queue of its own, as far as there are so many, takes from it whenever it is
    free, and then helps with the others: a processor may have more to do than this. What a copy
    does not bring back is done here, so that whatever stopped it is raised as it would have been
    without it; and so is what the system has no copy for. `packed` and `unpacked` are for results
    that travel faster than pickled; `first` is what this process does before it takes a task.
    """
    shares = _Shares(work, queues)
    found: list[dict[int, _Result]] = [{} for _ in queues]
    copies: list[_Copy] = []
    try:
        for number in range(1, min(processes, sum(map(len, queues)))):
            copies += _copies(partial(_told, shares, number, packed))
        if first is not None:
            first()
        for queue, task, result in shares.taken(0):
            found[queue][task] = result
        for copy in copies:
            for queue, task, told in pickle.loads(copy.told()):  # noqa: S301  from our own copy
                found[queue][task] = unpacked(told)
    finally:
        for copy in copies:
            copy.stop()
        shares.close()
    return [
        [known[n] if n in known else work(task) for n, task in enumerate(queue)]
        for queue, known in zip(queues, found, strict=True)
    ]


class _Shares(Generic[_Task, _Result]):
    """Tasks that several processes take from: who gets a ticket does what it stands for.

    The tickets of a queue lie in a pipe. All are in it before anybody takes one, and they have one
    size, so that nobody gets a part of one.
    """

    def __init__(self, work: Callable[[_Task], _Result], queues: Sequence[Sequence[_Task]]) -> None:
        self._work, self._queues = work, queues
        #: How many tasks a ticket stands for.
        self._each = [-(-len(queue) // _TICKETS) or 1 for queue in queues]
        self._pipes = [
            _filled(-(-len(queue) // each)) for queue, each in zip(queues, self._each, strict=True)
        ]

    def taken(self, number: int) -> Iterator[tuple[int, int, _Result]]:
        """What one of the processes gets done: the queue, the number and the result of each task;
        those of its own queue first.
        """
        for step in range(len(self._queues)):
            queue = (number + step) % len(self._queues)
            while ticket := os.read(self._pipes[queue], _TICKET):
                start = int.from_bytes(ticket, "big") * self._each[queue]
                for task in range(len(self._queues[queue]))[start : start + self._each[queue]]:
                    yield queue, task, self._work(self._queues[queue][task])

    def close(self) -> None:
        """No more tickets are given out."""
        for pipe in self._pipes:
            os.close(pipe)


def _filled(tickets: int) -> int:
    """The reading end of a pipe with as many tickets."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.writelines(number.to_bytes(_TICKET, "big") for number in range(tickets))
    return reading


def _told(
    shares: _Shares[_Task, _Result], number: int, packed: Callable[[_Result], bytes]
) -> bytes:
    """What a copy brings back."""
    taken = [(queue, task, packed(result)) for queue, task, result in shares.taken(number)]
    return pickle.dumps(taken)


class _Copy:
    """A copy of this process at its work; what it tells comes back through a pipe."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._pid, self._pipe = pid, os.fdopen(pipe, "rb")

    def told(self) -> bytes:
        """What it tells, as soon as it is done; that it did nothing, where it came to nothing."""
        told = self._pipe.read()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return pickle.dumps([]) if status else told

    def stop(self) -> None:
        """Nobody waits for it any longer."""
        self._pipe.close()
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)


def _copies(work: Callable[[], bytes]) -> Iterator[_Copy]:
    """A copy that has begun; none where the system has none, or no more of them."""
    if not hasattr(os, "fork"):
        return
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return
    if not pid:
        _tell(work, writing)
    os.close(writing)
    yield _Copy(pid, reading)


def _tell(work: Callable[[], bytes], pipe: int) -> NoReturn:
    """What a copy does, before it ends as it is: nothing that it holds is its own to tidy up, nor
    to write.
    """
    code = 1
    try:
        told = work()
        with os.fdopen(pipe, "wb") as file:
            file.write(told)
        code = 0
    finally:
        os._exit(code)
