"""ctpat-policy explain: what a criterion, a kind, a list or a code asks; how it stands here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctpat_policy.cli import complete
from ctpat_policy.cli.options import Day, path_argument, real_today

if TYPE_CHECKING:
    from ctpat_policy.catalog import Catalog

_WIDTH = 80


@click.command()
@click.argument("what", shell_complete=complete.subjects)
@path_argument
@click.option("--today", type=Day(), help="Where it stands as of this day instead of today, UTC.")
def command(what: str, path: Path, today: str | None) -> None:
    """Explain WHAT: a criterion (6.6), an evidence kind, a reference list, a finding code, or one
    of the words criteria, kinds, lists and codes for a list of all.

    With a policy repository at PATH, a criterion also says where it stands there.
    """
    from ctpat_policy import catalog
    from ctpat_policy.explain import explain, subject_of
    from ctpat_policy.reports import clean

    law = catalog.installed()
    lines = explain(law, what)
    noun, _, name = subject_of(law, what).partition(" ")
    if noun == "criterion" and (path / "policies").is_dir():
        lines += _standing(law, name, path, today or real_today())
    for line in lines:
        lead = " " * (len(line) - len(line.lstrip()))
        wrapped = textwrap.wrap(
            clean.line(line), _WIDTH, initial_indent=lead, subsequent_indent=lead + "  "
        )
        click.echo("\n".join(wrapped) if wrapped else "")


def _standing(law: Catalog, criterion: str, path: Path, today: str) -> Iterator[str]:
    """One line per row of the criterion in this repository."""
    from ctpat_policy import sources
    from ctpat_policy.cache import Cache
    from ctpat_policy.errors import UsageError
    from ctpat_policy.reading import Reader
    from ctpat_policy.remembered import judged
    from ctpat_policy.request import Request

    request = Request(today, real_today(), (), (criterion,))
    yield ""
    try:
        report = judged(sources.WorkTree(path), law, request, Reader(Cache(None)))
    except UsageError:
        yield "Here: it is not judged, as no level is known for this company's entity types"
        return
    yield f"Here, on {today}"
    for row in report.rows:
        why = row.reason or (row.gaps[0].message if row.gaps else "")
        verdict = row.verdict.replace("_", " ")
        yield f"  {row.account} {row.level} {row.subject}: {verdict}{': ' if why else ''}{why}"
