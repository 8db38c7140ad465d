"""Several processes for reading; the order of the results is the order of the tasks."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from ctpat_policy.schemas import Schemas

if TYPE_CHECKING:
    from ctpat_policy.reading import Job

_shared: list[Schemas] = []


def mapped(schemas: Schemas, tasks: Sequence[Sequence[Job]], count: int) -> Iterator[list[str]]:
    """The outcomes of each task as JSON, in order."""
    fork = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if fork else "spawn")
    folder = None if fork else schemas.folder
    _shared[:] = [schemas]  # a forked worker finds the schemas as they are
    with ProcessPoolExecutor(count, context, initializer=_begin, initargs=(folder,)) as pool:
        yield from pool.map(_work, tasks)
    _shared.clear()


def _begin(folder: object) -> None:
    from pathlib import Path

    gc.disable()
    if folder is not None:
        _shared[:] = [Schemas(Path(str(folder)))]


def _work(jobs: Sequence[Job]) -> list[str]:
    from ctpat_policy.reading import read_many

    return read_many(jobs, _shared[0])
