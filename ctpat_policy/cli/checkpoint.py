"""ctpat-policy checkpoint: a small text to keep elsewhere, which later history must extend."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.options import Day, path_argument, real_today
from ctpat_policy.cli.progress import progress


@click.command()
@path_argument
@click.option(
    "--sign",
    "key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="Sign it with this SSH key.",
)
@click.option("--today", type=Day(), help="Date it this day (YYYY-MM-DD), not today, UTC.")
def command(path: Path, key: Path | None, today: str | None) -> None:
    """Print a checkpoint of HEAD. Keep it where who writes the history cannot reach it: in a
    ticket, in the auditor's mail, on paper. `verify --checkpoint FILE` holds history against it.
    """
    from ctpat_policy.trail import checkpoint
    from ctpat_policy.trail.repository import open_repository

    with progress("reading the history"):
        made = checkpoint.make(open_repository(path), today or real_today())
    signed = (lambda text: checkpoint.sign(text, key)) if key else None
    click.echo(checkpoint.render(made, signed), nl=False)
