"""ctpat-policy diff: what a change does to compliance, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctpat_policy.cli.engine import engine, engine_options
from ctpat_policy.cli.options import Day, real_today, report_option, root_option
from ctpat_policy.cli.progress import progress
from ctpat_policy.reports import DIFFERENCES

if TYPE_CHECKING:
    from ctpat_policy.catalog import Catalog
    from ctpat_policy.difference import Difference, Side
    from ctpat_policy.reading import Reader
    from ctpat_policy.request import Request
    from ctpat_policy.sources import Source
    from ctpat_policy.trail.repository import Repository
    from ctpat_policy.trail.revision import Revision


@click.command()
@click.argument("base")
@click.argument("head", default=None, required=False)
@root_option
@click.option("--today", type=Day(), help="Judge both sides as of this day, not today, UTC.")
@report_option(DIFFERENCES)
@engine_options
@click.pass_context
def command(
    ctx: click.Context,
    base: str,
    head: str | None,
    root: Path,
    today: str | None,
    reports: tuple[tuple[str, str], ...],
    no_cache: bool,
    jobs: int | None,
) -> None:
    """What the change from BASE to HEAD (default: the work tree) does to compliance.

    Both are judged on the same day, so the change is blamed and not the calendar. What BASE got
    since HEAD left it is no part of the change. Exit codes: 0 no row is worse; 1 a row is worse,
    gone, or new with a gap; 2 wrong usage; 3 one side was not judged whole, or a shallow clone.
    """
    from ctpat_policy.cli.output import write
    from ctpat_policy.request import Request

    now = real_today()
    law, reader = engine(no_cache, jobs)
    with progress("judging both sides"):
        found = compared(root, base, head, law, reader, Request(today or now, now))
    write(found, reports or (("text", ""),), DIFFERENCES)
    ctx.exit(found.exit_code)


def compared(
    root: Path, base: str, head: str | None, law: Catalog, reader: Reader, request: Request
) -> Difference:
    """What lies between where `head` (None: the work tree) left `base`, and `head`.

    Raises UsageError when a revision is not to be had, NotTrusted in a shallow clone.
    """
    from ctpat_policy import changes
    from ctpat_policy.difference import Side
    from ctpat_policy.remembered import judged
    from ctpat_policy.trail.moment import touched
    from ctpat_policy.trail.repository import open_repository
    from ctpat_policy.trail.revision import Revision

    repository = open_repository(root)
    repository.need_full_history()
    commit = repository.resolve(head) if head is not None else ""
    start = repository.merge_base(repository.resolve(base), commit or repository.head())
    before = Revision(repository, start)
    after, side = _head(repository, root, head, commit, before)
    reports = [judged(source, law, request, reader) for source in (before, after)]
    sides = (Side(base, start), side)
    return changes.difference(reports[0], reports[1], touched(before, after), law, sides)


def _head(
    repository: Repository, root: Path, head: str | None, commit: str, before: Revision
) -> tuple[Source, Side]:
    from ctpat_policy.difference import Side
    from ctpat_policy.trail import index
    from ctpat_policy.trail.revision import Revision

    if head is not None:
        return Revision(repository, commit), Side(head, commit)
    index.need_whole(root)
    tree, note = index.next_commit(repository, root, before.entries)
    if note:
        click.echo(f"note: {note}", err=True)
    return tree, Side("the work tree", "")
