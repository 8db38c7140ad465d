"""Several processes for reading; the order of the results is the order of the tasks."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ctpat_policy.kinds import Kind
    from ctpat_policy.reading import Job, Shapes

_shared: list[Shapes] = []


def mapped(shapes: Shapes, tasks: Sequence[Sequence[Job]], count: int) -> Iterator[list[str]]:
    """The outcomes of each task as JSON, in order."""
    fork = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if fork else "spawn")
    folder = None if fork else shapes.schemas.folder
    kinds = None if fork else shapes.kinds
    _shared[:] = [shapes]  # a forked worker finds them as they are
    with ProcessPoolExecutor(count, context, initializer=_begin, initargs=(folder, kinds)) as pool:
        yield from pool.map(_work, tasks)
    _shared.clear()


def _begin(folder: Path | None, kinds: Mapping[str, Kind] | None) -> None:
    from ctpat_policy.reading import Shapes
    from ctpat_policy.schemas import Schemas

    gc.disable()
    if folder is not None and kinds is not None:
        _shared[:] = [Shapes(Schemas(folder), kinds)]


def _work(jobs: Sequence[Job]) -> list[str]:
    from ctpat_policy.reading import read_many

    return read_many(jobs, _shared[0])
