"""ctpat-policy check: judge the repository and say so in every format asked for."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.options import Day, ReportTarget, path_argument, real_today
from ctpat_policy.model import MUST


@click.command(short_help="judge the repository against the criteria")
@path_argument
@click.option(
    "--today", type=Day(), help="Judge as of this day (YYYY-MM-DD) instead of today, UTC."
)
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Only this account; repeatable."
)
@click.option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="ID",
    help="Only this criterion, such as 6.6; repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should", "never"]),
    default=MUST,
    show_default=True,
    help="What makes the check fail.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=ReportTarget(),
    metavar="FORMAT[=FILE]",
    help="Write a report; without a file to standard output; repeatable.",
)
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    today: str | None,
    accounts: tuple[str, ...],
    criteria: tuple[str, ...],
    fail_on: str,
    reports: tuple[tuple[str, str], ...],
) -> None:
    """Judge the policy repository at PATH (default: here).

    Exit codes: 0 nothing fails; 1 gaps; 2 wrong usage; 3 not fully checked; 4 a fault of the
    environment or of ctpat-policy.
    """
    from ctpat_policy import catalog, judgement, schemas, sources
    from ctpat_policy.cli.output import write
    from ctpat_policy.reports.outcome import exit_code

    now = real_today()
    request = judgement.Request(today or now, now, accounts, criteria, fail_on)
    law = catalog.load(schemas.Schemas(schemas.shipped()))
    report = judgement.judge(sources.WorkTree(path), law, request)
    write(report, reports or (("text", ""),))
    ctx.exit(exit_code(report))
