"""What every judging command starts from: the law, and how documents are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ctpat_policy.catalog import Catalog
    from ctpat_policy.reading import Reader


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --no-cache and --jobs; neither ever changes what a command says."""
    jobs = click.option(
        "--jobs",
        type=click.IntRange(1, 64),
        help="Processes that read and judge; default: by size.",
    )
    cache = click.option("--no-cache", is_flag=True, help="Read and judge everything anew.")
    return jobs(cache(command))


def engine(
    no_cache: bool = False, jobs: int | None = None, reports: Iterable[str] = ()
) -> tuple[Catalog, Reader]:
    """The installed law, and a reader by the options; `reports` are the formats to come."""
    import gc

    from ctpat_policy import cache, catalog
    from ctpat_policy.reading import Reader, processes

    # A run makes a large tree that lives until it ends: looking for cycles in it costs a fifth.
    gc.disable()
    store = cache.Cache(None if no_cache else cache.default_path())
    law = catalog.installed(store)
    return law, Reader(store, jobs or processes(), partial(_load, law, [*reports]))


def _load(law: Catalog, reports: Iterable[str]) -> None:
    """Load what is needed once documents are read: copies of this process read meanwhile."""
    from ctpat_policy import judgement  # noqa: F401
    from ctpat_policy.reports import writer

    _ = law.criteria
    for name in reports:
        writer(name)
