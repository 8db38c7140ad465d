"""ctpat-policy new: a commented skeleton of a document, where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctpat_policy.cli import complete
from ctpat_policy.cli.options import Day, real_today, root_option
from ctpat_policy.errors import UsageError

if TYPE_CHECKING:
    from ctpat_policy.authoring.place import Asked
    from ctpat_policy.catalog import Catalog
    from ctpat_policy.sources import Source


@click.command()
@click.argument("what", shell_complete=complete.documents)
@click.option(
    "--site",
    metavar="SITE",
    default="",
    help="The site it is about.",
    shell_complete=complete.sites,
)
@click.option(
    "--partner",
    metavar="PARTNER",
    default="",
    help="The partner it is about.",
    shell_complete=complete.partners,
)
@click.option("--today", type=Day(), help="The day it is written, not today, UTC.")
@click.option("--on", "day", type=Day(), help="The day of what it tells; default: left open.")
@click.option("--name", default="", help="The id of a procedure or partner; else a part of it.")
@click.option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="ID",
    shell_complete=complete.criteria,
    help="For a procedure: ask the questions of this criterion; repeatable.",
)
@click.option("--digest", is_flag=True, help="For a record: one that sums up many of a period.")
@root_option
def command(
    what: str,
    site: str,
    partner: str,
    today: str | None,
    day: str | None,
    name: str,
    criteria: tuple[str, ...],
    digest: bool,
    root: Path,
) -> None:
    """Write a new WHAT: `procedure`, `partner`, or an evidence kind such as seal_audit.

    Each field has a comment that says what belongs there. The file does not pass the check until
    every TODO in it is replaced. An existing file is never touched.
    """
    from ctpat_policy.authoring.place import Asked, partners_in
    from ctpat_policy.cli.engine import engine
    from ctpat_policy.cli.output import create
    from ctpat_policy.cli.wrong_folder import need_policies
    from ctpat_policy.sources import WorkTree

    need_policies(root)
    law, _ = engine()
    now, source = today or real_today(), WorkTree(root)
    asked = Asked(now, day or "", site, partner, name, tuple(partners_in(source)))
    if what == "procedure":
        path, text = _procedure(law, source, asked, criteria)
    elif what == "partner":
        path, text = _partner(law, asked)
    else:
        path, text = _record(law, source, what, asked, digest)
    if not create(root / path, text.encode()):
        raise UsageError(f"{path} is there already, and nothing is overwritten; add --name")
    click.echo(path)


def _procedure(
    law: Catalog, source: Source, asked: Asked, criteria: tuple[str, ...]
) -> tuple[str, str]:
    from ctpat_policy.authoring import place, skeleton

    numbers = [c if c.upper().startswith("MSC-") else f"MSC-{c}" for c in criteria]
    unknown = [n for n in numbers if n.upper() not in law.criteria]
    if unknown:
        raise UsageError(f"{unknown[0]} is not in the catalog; see ctpat-policy explain criteria")
    if not asked.name:
        raise UsageError("give the procedure an id, such as --name seal-control")
    wanted = [law.criteria[n.upper()] for n in numbers]
    known = place.known_of_procedure(place.profile_of(source), asked)
    title = asked.name.replace("-", " ").replace("_", " ").capitalize()
    text = skeleton.procedure(law, known, title, [(c, c.elements) for c in wanted if c.elements])
    return f"policies/procedures/{_id(asked.name)}.yaml", text


def _partner(law: Catalog, asked: Asked) -> tuple[str, str]:
    from ctpat_policy.authoring import skeleton

    name = asked.name or asked.partner
    if not name:
        raise UsageError("give the partner an id, such as --name PT-01")
    text = skeleton.partner(law, skeleton.Known(asked.today, asked.day))
    return f"policies/partners/{_id(name)}.yaml", text


def _record(law: Catalog, source: Source, what: str, asked: Asked, digest: bool) -> tuple[str, str]:
    from ctpat_policy.authoring import place, skeleton

    kind = law.kinds.get(what)
    if kind is None:
        import difflib

        near = difflib.get_close_matches(what, ("procedure", "partner", *law.kinds), 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see ctpat-policy explain kinds"
        raise UsageError(f"there is no {what}; {hint}")
    if digest and not kind.has_digest:
        raise UsageError(f"{what} has no digest; leave --digest out")
    known, path = place.known_of_record(law, kind, place.profile_of(source), asked)
    folder, _, file = path.rpartition("/")
    return f"{folder}/{_id(file.removesuffix('.yaml'))}.yaml", skeleton.record(
        law, kind, known, digest
    )


def _id(name: str) -> str:
    """A name that may be an id. Raises UsageError."""
    from ctpat_policy.filing import is_id

    if not is_id(name):
        raise UsageError(f"{name} cannot be an id; use letters, digits, dots, dashes, underscores")
    return name
