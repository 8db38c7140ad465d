"""ctpat-policy due: everything that expires or falls due in a span."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.engine import engine, engine_options
from ctpat_policy.cli.options import Day, Span, path_argument, real_today, report_option
from ctpat_policy.cli.progress import progress
from ctpat_policy.reports import AGENDAS


@click.command()
@path_argument
@click.option("--today", type=Day(), help="Count from this day (YYYY-MM-DD), not today, UTC.")
@click.option("--within", type=Span(), help="How far ahead, as P90D; default: as the profile says.")
@report_option(AGENDAS)
@engine_options
def command(
    path: Path,
    today: str | None,
    within: str | None,
    reports: tuple[tuple[str, str], ...],
    no_cache: bool,
    jobs: int | None,
) -> None:
    """List what falls due in the policy repository at PATH (default: here), and what is overdue.

    Evidence, reviews of procedures, corrective actions, exceptions, certificates of partners, the
    annual security profile of each account, validations, answers to CBP. A calendar that imports
    `--report ics=due.ics` again moves its events instead of doubling them.
    """
    from ctpat_policy import agenda, sources
    from ctpat_policy.cli.output import write
    from ctpat_policy.cli.wrong_folder import need_top
    from ctpat_policy.trail.index import need_whole

    need_top(path, "")
    need_whole(path)
    law, reader = engine(no_cache, jobs)
    now = real_today()
    with progress("reading"):
        found = agenda.agenda(sources.WorkTree(path), law, today or now, now, within, reader)
    write(found, reports or (("text", ""),), AGENDAS)
