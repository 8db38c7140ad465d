"""ctpat-policy merge: the parts of a check in shards become what one run would have said."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli.options import report_option
from ctpat_policy.cli.progress import progress


@click.command()
@click.argument(
    "files",
    metavar="PART...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@report_option()
@click.pass_context
def command(
    ctx: click.Context, files: tuple[Path, ...], reports: tuple[tuple[str, str], ...]
) -> None:
    """Join the parts that `check --shard I/N --report part=FILE` wrote, one of every shard.

    The reports are those of one check of everything, and so is the exit code: 0 nothing fails;
    1 gaps; 3 not fully checked or not to be trusted. Parts that are not the whole of one check are
    refused with 2.
    """
    import gc

    from ctpat_policy import merging, parts
    from ctpat_policy.cli.output import write
    from ctpat_policy.names import visible
    from ctpat_policy.reports.outcome import exit_code

    gc.disable()  # parts are large trees that live until the end, as in engine.py
    with progress("merging"):
        report = merging.merged([(visible(str(file)), parts.read(file)) for file in files])
    write(report, reports or (("text", ""),))
    ctx.exit(exit_code(report))
