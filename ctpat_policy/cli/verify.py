"""ctpat-policy verify: judge the trail itself."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.options import Day, path_argument, real_today, report_option
from ctpat_policy.cli.progress import progress
from ctpat_policy.reports import TRAILS


@click.command()
@path_argument
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A checkpoint that was kept elsewhere: today's history must extend it.",
)
@click.option("--today", type=Day(), help="Judge as of this day (YYYY-MM-DD), not today, UTC.")
@report_option(TRAILS)
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    kept: Path | None,
    today: str | None,
    reports: tuple[tuple[str, str], ...],
) -> None:
    """Judge the history of the policy repository at PATH (default: here), up to HEAD.

    Exit codes: 0 the trail holds; 1 a finding; 2 wrong usage; 3 not to be trusted, such as a
    shallow clone; 4 a fault of the environment or of ctpat-policy.
    """
    from ctpat_policy import catalog
    from ctpat_policy.cli.output import write
    from ctpat_policy.reports.trail_outcome import exit_code
    from ctpat_policy.trail import checkpoint
    from ctpat_policy.trail.repository import open_repository
    from ctpat_policy.trail.verify import verify

    expected = checkpoint.read(kept.read_bytes()) if kept else None
    repository = open_repository(path)
    law = catalog.installed()
    with progress("reading the history"):
        report = verify(repository, law, today or real_today(), expected)
    write(report, reports or (("text", ""),), TRAILS)
    ctx.exit(exit_code(report))
