"""ctpat-policy history: who changed and approved what, when, and what the verdicts were."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctpat_policy.cli.engine import engine, engine_options
from ctpat_policy.cli.options import Day, real_today, report_option, root_option
from ctpat_policy.cli.progress import progress
from ctpat_policy.errors import UsageError
from ctpat_policy.reports import HISTORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ctpat_policy.catalog import Catalog
    from ctpat_policy.chronicle import Asked, Chronicle
    from ctpat_policy.concern import Concern
    from ctpat_policy.reading import Reader
    from ctpat_policy.request import Request
    from ctpat_policy.trail.chain import Step, Trail
    from ctpat_policy.trail.repository import Repository
    from ctpat_policy.trail.verdicts import Judge

_CRITERION = re.compile(r"(?:MSC-)?([0-9]{1,2}\.[0-9]{1,2})", re.ASCII)


@click.command()
@click.argument("what", default=None, required=False)
@root_option
@click.option("--site", default="", metavar="ID", help="Only what names this site.")
@click.option("--partner", default="", metavar="ID", help="Only what names this partner.")
@click.option("--since", default=None, metavar="DAY|REV", help="Only commits since then.")
@click.option("--verdicts", is_flag=True, help="The verdicts of a criterion after each change.")
@click.option("--trend", is_flag=True, help="Instead: the counts of verdicts, month by month.")
@click.option("--today", type=Day(), help="The last day of the trend; default: today, UTC.")
@report_option(HISTORIES)
@engine_options
def command(
    what: str | None,
    root: Path,
    site: str,
    partner: str,
    since: str | None,
    verdicts: bool,
    trend: bool,
    today: str | None,
    reports: tuple[tuple[str, str], ...],
    no_cache: bool,
    jobs: int | None,
) -> None:
    """The history of WHAT: a criterion (6.6: all documents that it rests on), a file or a folder;
    of everything without it. Newest first, along the first parents of HEAD.

    Exit codes: 0; 2 wrong usage, also where nothing of the kind was ever there; 3 not to be
    trusted, such as a shallow clone; 4 a fault of the environment or of ctpat-policy.
    """
    from ctpat_policy.chronicle import Asked
    from ctpat_policy.cli.output import write
    from ctpat_policy.cli.wrong_folder import need_top
    from ctpat_policy.request import Request

    need_top(root)
    law, reader = engine(no_cache, jobs)
    asked = Asked(_named(law, what, root), "", site, partner, since or "")
    if since == "":
        raise UsageError("--since is empty; is a variable of the pipeline unset?")
    now = today or real_today()
    shown = ("trend",) if trend else ("verdicts",) if verdicts else ()
    with progress("reading the history") as say:
        found = told(root, asked, law, reader, Request(now, now), shown, say)
    write(found, reports or (("text", ""),), HISTORIES)


def told(
    root: Path,
    asked: Asked,
    law: Catalog,
    reader: Reader,
    request: Request,
    shown: Sequence[str] = (),
    say: Callable[[str], None] | None = None,
) -> Chronicle:
    """The answer up to HEAD; `shown` adds verdicts to the entries, or takes the trend instead;
    `say` is told what is being done.

    Raises UsageError when nothing of the kind was ever there, NotTrusted in a shallow clone.
    """
    from dataclasses import replace

    from ctpat_policy.chronicle import Chronicle
    from ctpat_policy.concern import concern
    from ctpat_policy.trail import moment, verdicts
    from ctpat_policy.trail.repository import open_repository

    moment.is_day(asked.since)
    criterion = asked.what if asked.what in law.criteria else ""
    if "verdicts" in shown and not criterion:
        raise UsageError("--verdicts needs a criterion, such as history 6.6 --verdicts")
    repository = open_repository(root)
    head = repository.head()
    about = concern(law, criterion, "" if criterion else asked.what, asked.site, asked.partner)
    asked = replace(asked, title=law.criteria[criterion].title if criterion else "")
    judge = verdicts.Judge(repository, law, reader, request, about, say)
    if "trend" in shown:
        return _trend(asked, head, judge)
    from ctpat_policy.trail import history  # the trend needs none of it
    from ctpat_policy.trail.walk import walk

    trail = walk(repository, law, head, request.today)
    _need_known(trail, about)
    answer = Chronicle(asked, request.today, head, len(trail.steps), (), (), ())
    entries = history.entries(trail, about, _wanted(repository, head, asked.since))
    if "verdicts" in shown:
        entries = verdicts.with_standings(trail, entries, judge)
    start = entries[-1].day if asked.since and entries else ""
    ran = (each for each in history.waived(trail, about) if each.until >= start)
    return replace(answer, entries=tuple(entries), waived=tuple(ran))


def _trend(asked: Asked, head: str, judge: Judge) -> Chronicle:
    """The months up to HEAD. The documents of the trail are read only where they have to say
    whether there ever was what the question is narrowed to.
    """
    from ctpat_policy.chronicle import Chronicle
    from ctpat_policy.trail import months

    repository, about, today = judge.repository, judge.about, judge.request.today
    if about.path or about.site or about.partner:
        from ctpat_policy.trail.walk import walk

        trail = walk(repository, judge.law, head, today)
        _need_known(trail, about)
        states = [(step.commit.id, step.day) for step in trail.steps]
    else:
        repository.need_full_history()
        repository.need_sound_trees(head)
        states = months.line(repository, head, today)
    found = tuple(months.counted(states, today, judge))
    return Chronicle(asked, today, head, len(states), (), (), found)


def _named(law: Catalog, what: str | None, root: Path) -> str:
    """A criterion by its id, or a path from the policy root."""
    if what is None:
        return ""
    if found := _CRITERION.fullmatch(what):
        if f"MSC-{found[1]}" not in law.criteria:
            raise UsageError(
                f"{what} is not in the catalog; ctpat-policy explain criteria lists them"
            )
        return f"MSC-{found[1]}"
    here = os.path.relpath(os.path.abspath(what), os.path.abspath(root))
    path = what if here.startswith("..") else here
    return "" if path == "." else path.replace(os.sep, "/").rstrip("/")


def _need_known(trail: Trail, about: Concern) -> None:
    """Refuse what the trail never held: an empty answer would say that nothing happened."""
    if not trail.files:
        raise UsageError("no commit ever held policies or evidence in this folder")
    if about.path and not any(f"{path}/".startswith(f"{about.path}/") for path in trail.files):
        raise UsageError(f"no commit ever held {about.path}")
    sites = {s["id"] for v in trail.profiles for s in (v.value or {})["sites"]}
    if about.site and about.site not in sites:
        raise UsageError(f"no security profile ever had a site {about.site}")
    if about.partner and ("business_partner", about.partner) not in trail.histories:
        raise UsageError(f"there never was a business partner {about.partner}")


def _wanted(repository: Repository, head: str, since: str) -> Callable[[Step], bool]:
    from ctpat_policy.trail.moment import is_day

    if not since:
        return lambda _: True
    if is_day(since):
        return lambda step: step.day >= since
    later = {commit for commit, _ in repository.changes(head, repository.resolve(since))}
    return lambda step: step.commit.id in later
