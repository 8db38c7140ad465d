"""ctpat-policy init: begin a policy repository, or write what is missing in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctpat_policy.cli.options import Day, real_today
from ctpat_policy.errors import UsageError

if TYPE_CHECKING:
    from ctpat_policy.authoring.questions import Question
    from ctpat_policy.catalog import Catalog


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--company", metavar="NAME", help="The company's name.")
@click.option("--country", metavar="CODE", help="Where it is registered, such as US.")
@click.option(
    "--entity-type", "entities", multiple=True, metavar="TYPE", help="As what it takes part."
)
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site; repeatable.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=VALUE",
    help="Answer another question, such as land_border=no; repeatable.",
)
@click.option("--yes", is_flag=True, help="Ask nothing; what is not answered is assumed to apply.")
@click.option("--today", type=Day(), help="The first day of the records, not today, UTC.")
def command(
    folder: Path,
    company: str | None,
    country: str | None,
    entities: tuple[str, ...],
    sites: tuple[str, ...],
    answers: tuple[str, ...],
    yes: bool,
    today: str | None,
) -> None:
    """Write a policy repository into FOLDER (default: here) from about thirty answers.

    The profile, a chapter of questions for each category of criteria that applies, schemas for
    editors, a workflow, hooks. The texts are questions, which fail until somebody answers them.
    """
    from ctpat_policy.cli.engine import engine

    law, _ = engine()
    given = {"company": company, "country": country}
    given |= {"entity_types": ", ".join(entities) or None, "sites": ", ".join(sites) or None}
    given |= dict(map(_pair, answers))
    typed = {key: value for key, value in given.items() if value is not None}
    written, kept = _write(folder, law, typed, yes, today or real_today())
    for path in kept:
        click.echo(f"kept    {path}")
    for path in written:
        click.echo(f"written {path}")
    for word in _to_do(folder, written):
        click.echo(word, err=True)


def _to_do(folder: Path, written: list[str]) -> Iterator[str]:
    """What comes next, and what only a person can put right in the files that were written."""
    from ctpat_policy import checkout
    from ctpat_policy.authoring.origin import UNKNOWN, origin
    from ctpat_policy.authoring.start import AT_THE_TOP

    yield "Next: correct policies/security-profile.yaml, then run ctpat-policy todo."
    fresh = [p for p in AT_THE_TOP if any(w == p or w.startswith(f"{p}/") for w in written)]
    named = " and ".join(fresh)
    if fresh and (here := checkout.home(folder)):
        top = "/".join(".." for _ in here.rstrip("/").split("/"))
        yield f"Move {named} to the top of the checkout ({top}): nothing reads them here."
    if fresh and origin() == UNKNOWN:
        what = "HOST, OWNER and FULL_COMMIT_ID"
        yield f"Write where to get ctpat-policy into {named}, for {what}."


def _write(
    folder: Path, law: Catalog, given: dict[str, str], yes: bool, today: str
) -> tuple[list[str], list[str]]:
    """Write all files; which were written, and which were there. Schemas count as one."""
    from ctpat_policy import checkout
    from ctpat_policy.authoring import start
    from ctpat_policy.authoring.chapters import chapters
    from ctpat_policy.authoring.origin import origin
    from ctpat_policy.authoring.sound import sound
    from ctpat_policy.cli.output import create
    from ctpat_policy.filing import PROFILE
    from ctpat_policy.sources import WorkTree

    profile, reviewers = _profile(folder, law, given, yes, today)
    value = sound(profile, PROFILE, "security_profile", law)
    texts = chapters(law, value, WorkTree(folder), today)
    here = checkout.home(folder)
    texts |= start.surroundings(law, value["member"]["name"], reviewers, origin(), here)
    files = {PROFILE: profile} | {path: text.encode() for path, text in texts.items()}
    done = {path: create(folder / path, data) for path, data in files.items()}
    copies = start.editor_schemas(law)
    fresh = sum(create(folder / path, data) for path, data in copies.items())
    done[f"schemas/ ({len(copies)} files for editors)"] = fresh > 0
    return [p for p, new in done.items() if new], [p for p, new in done.items() if not new]


def _profile(
    folder: Path, law: Catalog, given: dict[str, str], yes: bool, today: str
) -> tuple[bytes, str]:
    """The profile's bytes, asked for unless there is one, and who reviews."""
    from ctpat_policy.authoring.profile import profile
    from ctpat_policy.authoring.questions import answered
    from ctpat_policy.filing import PROFILE

    file = folder / PROFILE
    if file.exists():
        if given:
            raise UsageError(f"{PROFILE} is there already; correct it instead of answering")
        return file.read_bytes(), ""
    asked = answered(law, given, None if yes else _ask, folder.resolve().name, today)
    return profile(law, asked).encode(), asked["reviewers"]


def _ask(question: Question) -> str:
    """Ask until the answer is one; a blank one takes the default where there is one."""
    default = question.default
    # Whether something applies has to be said: nobody should press Enter through these.
    shown = "" if isinstance(default, bool) or default is None else _shown(default)

    def checked(typed: str) -> str:
        if typed.strip() or not shown:
            try:
                question.read(typed)
            except ValueError as error:
                raise click.UsageError(str(error)) from None
        return typed

    asked = f"{question.ask} [yes/no]" if isinstance(default, bool) else question.ask
    # With a default, though an empty one, Enter is answered: without, it is asked again mutely.
    found: str = click.prompt(
        asked, default=shown, value_proc=checked, err=True, show_default=bool(shown)
    )
    return found


def _shown(default: Any) -> str:
    if isinstance(default, list):
        return ", ".join(" > ".join(d) if isinstance(d, tuple) else str(d) for d in default)
    return str(default)


def _pair(answer: str) -> tuple[str, str]:
    key, sign, value = answer.partition("=")
    if not sign:
        raise UsageError(f"{answer} is no answer; write it as land_border=no")
    return key, value
