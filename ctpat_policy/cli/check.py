"""ctpat-policy check: judge the repository and say so in every format asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctpat_policy.cli import complete
from ctpat_policy.cli.engine import engine, engine_options
from ctpat_policy.cli.options import Day, Shard, path_argument, real_today, report_option
from ctpat_policy.cli.progress import progress
from ctpat_policy.errors import UsageError
from ctpat_policy.model import MUST, Report

if TYPE_CHECKING:
    from ctpat_policy.catalog import Catalog
    from ctpat_policy.reading import Reader
    from ctpat_policy.request import Request
    from ctpat_policy.sources import Source
    from ctpat_policy.trail.revision import Revision


@click.command()
@path_argument
@click.option("--today", type=Day(), help="Judge as of this day (YYYY-MM-DD), not today, UTC.")
@click.option("--as-of", metavar="DAY|REV", help="Judge the state of that day or revision in git.")
@click.option("--since", metavar="REV", help="Fail only on what became worse since this revision.")
@click.option("--trust", metavar="REV", help="Judge by the policies of this revision, too.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Only this account.",
    shell_complete=complete.accounts,
)
@click.option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="ID",
    help="Only this criterion.",
    shell_complete=complete.criteria,
)
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should", "never"]),
    default=MUST,
    show_default=True,
    help="What makes the check fail.",
)
@click.option(
    "--shard",
    type=Shard(),
    metavar="I/N",
    help="Judge only share I of N of the criteria; with --report part=FILE for merge.",
)
@report_option()
@engine_options
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    today: str | None,
    as_of: str | None,
    since: str | None,
    trust: str | None,
    accounts: tuple[str, ...],
    criteria: tuple[str, ...],
    fail_on: str,
    shard: tuple[int, int] | None,
    reports: tuple[tuple[str, str], ...],
    no_cache: bool,
    jobs: int | None,
) -> None:
    """Judge the policy repository at PATH (default: here).

    Exit codes: 0 nothing fails; 1 gaps; 2 wrong usage; 3 not fully checked or not to be trusted;
    4 a fault of the environment or of ctpat-policy.
    """
    from ctpat_policy import checkout, copies, shares, sources
    from ctpat_policy.cli.output import write
    from ctpat_policy.cli.wrong_folder import need_top
    from ctpat_policy.reports.outcome import exit_code
    from ctpat_policy.request import Request
    from ctpat_policy.trail.index import need_whole

    if as_of and today:
        raise UsageError("--as-of moves the clock itself; leave --today out")
    need_top(path, "")
    if not as_of:
        need_whole(path)
    law, reader = engine(no_cache, jobs, (name for name, _ in reports))
    now = real_today()
    share = shares.Share(*shard or (1, 1))
    request = Request(today or now, now, accounts, criteria, fail_on, share)
    sealed = any(name == "part" for name, _ in reports)
    with progress("judging"):
        if (as_of, since, trust) != (None, None, None):
            report = with_history(path, law, reader, request, as_of, since, trust, sealed)
        else:
            source = sources.WorkTree(path)
            report = _judge(sealed)(source, law, request, reader)
            old = copies.stale(source, law.schemas)
            report = replace(report, notes=(*report.notes, old)) if old else report
    report = replace(report, home=checkout.home(path))
    write(report, reports or (("text", ""),))
    ctx.exit(exit_code(report))


def with_history(
    path: Path,
    law: Catalog,
    reader: Reader,
    request: Request,
    as_of: str | None = None,
    since: str | None = None,
    trust: str | None = None,
    sealed: bool = False,
) -> Report:
    """The report of a past state, or of a state held against another one; with a seal if asked.

    Raises UsageError when a day or revision is not to be had, NotTrusted in a shallow clone.
    """
    from ctpat_policy import compare
    from ctpat_policy.trail import index
    from ctpat_policy.trail import moment as moments
    from ctpat_policy.trail.repository import open_repository
    from ctpat_policy.trail.revision import Revision

    if "" in (as_of, since, trust):
        raise UsageError("the name of a revision is empty; is a variable of the pipeline unset?")
    judged = _judge(sealed)
    others = []
    repository = open_repository(path)
    if since:
        repository.need_full_history()
    source: Source
    if as_of:
        now, digest = request.real_today, law.schemas.digest
        at = moments.remembered(repository, as_of, now, digest, reader.cache)
        source, tip = Revision(repository, at.commit), at.commit
        request = replace(request, today=at.day)
        note = f"the state of commit {tip[:12]}, judged by the rules of this installation"
    else:
        known = Revision(repository, repository.resolve(str(since or trust))).entries
        (source, note), tip = index.next_commit(repository, path, known), ""
    report = judged(source, law, request, reader)
    report = replace(report, notes=(*report.notes, note)) if note else report
    if trust:
        base = Revision(repository, repository.resolve(trust))
        report, more = _trusted(
            report, base, source, trust, lambda other: judged(other, law, request, reader)
        )
        others += more
    if since:
        head = tip or repository.head()
        base = Revision(repository, repository.merge_base(repository.resolve(since), head))
        before = judged(base, law, request, reader)
        others.append(before)
        report = compare.since(before, report, moments.removed(base, source), since)
    if sealed:
        from ctpat_policy.seals import beside

        report = beside(report, others, {"as-of": as_of, "since": since, "trust": trust})
    return report


def _trusted(
    report: Report, base: Revision, source: Source, name: str, judged: Callable[[Source], Report]
) -> tuple[Report, list[Report]]:
    """The report under the policies of the base, too, and what it was held against.

    Raises UsageError when the base has none that can be judged.
    """
    from ctpat_policy import compare
    from ctpat_policy.trail import answering
    from ctpat_policy.trail import moment as moments

    moments.need_profile(base, name)
    others = [governed := judged(moments.Governed(source, base))]
    if not governed.accounts:
        raise UsageError(f"the policies of {name} cannot be judged, so they prove nothing")
    counting = answering.counting(base, source)
    if counting:
        others += [judged(moments.Governed(source, base, counting)), judged(base)]
        governed = compare.lifted(governed, *others[1:])
    changed = moments.governance_changes(base, source)
    return compare.trusted(report, governed, changed, name, counting), others


def _judge(sealed: bool) -> Callable[[Source, Catalog, Request, Reader], Report]:
    from ctpat_policy import remembered

    if not sealed:
        return remembered.judged
    from ctpat_policy import seals

    return seals.sealed
