"""ctpat-policy todo: what to do next, each step with the command that starts it."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.engine import engine, engine_options
from ctpat_policy.cli.options import Day, path_argument, real_today
from ctpat_policy.cli.progress import progress

#: How many steps are shown at once.
MOST = 20


@click.command()
@path_argument
@click.option("--today", type=Day(), help="Judge as of this day (YYYY-MM-DD), not today, UTC.")
@click.option("--all", "everything", is_flag=True, help=f"All steps, not only {MOST}.")
@engine_options
def command(
    path: Path, today: str | None, everything: bool, no_cache: bool, jobs: int | None
) -> None:
    """List what to do next in the policy repository at PATH (default: here).

    Documents in trouble come first, then gaps of musts, what falls due, and gaps of shoulds.
    """
    from ctpat_policy import remembered, sources
    from ctpat_policy.authoring.place import profile_of
    from ctpat_policy.authoring.steps import steps
    from ctpat_policy.cli.output import show
    from ctpat_policy.cli.wrong_folder import need_top
    from ctpat_policy.reports.todo_text import render
    from ctpat_policy.request import Request
    from ctpat_policy.trail.index import need_whole

    need_top(path, "")
    need_whole(path)
    law, reader = engine(no_cache, jobs)
    source = sources.WorkTree(path)
    now = real_today()
    with progress("judging"):
        report = remembered.judged(source, law, Request(today or now, now), reader)
    root = _from_here(path)
    found = steps(law, source, profile_of(source), report, now, root)
    text = render(report.member, report.today, found, None if everything else MOST, root)
    show("text", text)


def _from_here(path: Path) -> str:
    """The way to the policy repository, as commands are told it; empty where we are in it."""
    return "" if path.resolve() == Path.cwd() else path.as_posix()
