"""Several processes for one piece of work; the order of the results is the order of the tasks."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

_Shared = TypeVar("_Shared")
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: Tasks that wait for each process, so that none ever waits for the one that makes them.
_AHEAD = 4

_shared: list[Any] = []


def forks() -> bool:
    """Whether a new process begins as a copy of this one, so that nothing must be handed over."""
    return "fork" in multiprocessing.get_all_start_methods()


def mapped(
    work: Callable[[_Shared, _Task], _Result],
    shared: _Shared,
    tasks: Iterable[_Task],
    count: int,
) -> Iterator[_Result]:
    """`work(shared, task)` of each task, in order, done by `count` processes.

    `work` is a function of a module; tasks and results travel, and `shared` does only where
    processes cannot fork. Tasks are made as they are needed, a few ahead.
    """
    context = multiprocessing.get_context("fork" if forks() else "spawn")
    _shared[:] = [shared]
    given = None if forks() else shared
    with ProcessPoolExecutor(count, context, initializer=_begin, initargs=(given,)) as pool:
        waiting = deque[Future[_Result]]()
        for task in tasks:
            waiting.append(pool.submit(_Work(work), task))
            if len(waiting) > count * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    _shared.clear()


class _Work:
    """Calls the work with what this process shares with the others."""

    def __init__(self, work: Callable[[Any, Any], Any]) -> None:
        self._work = work

    def __call__(self, task: Any) -> Any:
        return self._work(_shared[0], task)


def _begin(given: Any) -> None:
    gc.disable()
    if given is not None:
        _shared[:] = [given]
