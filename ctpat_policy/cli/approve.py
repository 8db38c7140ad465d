"""ctpat-policy approve: add an approval to a document, bound to its content."""

from __future__ import annotations

from pathlib import Path

import click

from ctpat_policy.cli import complete
from ctpat_policy.cli.options import Day, real_today
from ctpat_policy.errors import UsageError


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--by",
    required=True,
    metavar="PERSON",
    help="Who approves, by the id in the profile.",
    shell_complete=complete.people,
)
@click.option("--as", "function", required=True, metavar="FUNCTION", help="In which function.")
@click.option("--on", "day", type=Day(), help="The day of the approval; default: today, UTC.")
@click.option(
    "--sign",
    "key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Sign it with this SSH key.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policy repository; default: the folder above policies/ or evidence/.",
)
def command(
    file: Path, by: str, function: str, day: str | None, key: Path | None, root: Path | None
) -> None:
    """Approve FILE: a procedure, an exception, a corrective action or a level overlay.

    Read it first: your approval is bound to every word of it. Nothing is re-approved in bulk.
    """
    from ctpat_policy import catalog, sources
    from ctpat_policy.authoring import approve
    from ctpat_policy.cli.output import write_file
    from ctpat_policy.trail.signatures import APPROVAL, sign

    root = root or _root_of(file.resolve())
    path = file.resolve().relative_to(root.resolve()).as_posix()
    source = sources.WorkTree(root)
    law = catalog.installed()
    document = approve.find(source, law, path)
    now = real_today()
    wanted = approve.Wanted(by, function, day or now)
    signature = sign(document.digest(wanted), key, APPROVAL) if key else ""
    profile = approve.profile_of(source, law)
    text = approve.approved(document, wanted, profile, law, now, signature)
    write_file(file, text.encode())
    click.echo(f"{path}: approved by {by} as {function} on {wanted.approved_on}")
    click.echo(f"  {document.digest(wanted)}")
    click.echo(
        "Commit it yourself, under your own name: the commit is part of the proof.", err=True
    )


def _root_of(file: Path) -> Path:
    for folder in file.parents:
        if folder.name in ("policies", "evidence") and (folder.parent / "policies").is_dir():
            return folder.parent
    raise UsageError(f"{file} does not lie in a policy repository; name its folder with --root")
