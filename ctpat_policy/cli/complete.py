"""What a shell may offer: found by file names, without loading the law; never raises."""
# ruff: noqa: ARG001 - click calls every one of them alike

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem as Item


def criteria(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """Numbers of criteria: 6.6, or MSC-6.6 when it is begun so."""
    prefix = "MSC-" if incomplete.upper().startswith("M") else ""
    found = (prefix + number for number in _criteria())
    return _offer(found, incomplete.upper())


def kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """Evidence kinds."""
    return _offer(_kinds(), incomplete)


def documents(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """What `new` writes."""
    return _offer(["procedure", "partner", *_kinds()], incomplete)


def subjects(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """What `explain` explains, as far as file names tell."""
    return criteria(ctx, param, incomplete) + kinds(ctx, param, incomplete)


def sites(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """Sites of the repository."""
    return _offer(_profile(ctx, "sites"), incomplete)


def accounts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """Accounts of the repository."""
    return _offer(_profile(ctx, "accounts"), incomplete)


def people(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """People of the repository."""
    return _offer(_profile(ctx, "people"), incomplete)


def partners(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Item]:
    """Business partners of the repository."""
    return _offer(_stems(_root(ctx) / "policies" / "partners"), incomplete)


def _offer(names: Iterable[str], incomplete: str) -> list[Item]:
    return [Item(name) for name in names if name.startswith(incomplete)]


def _root(ctx: click.Context) -> Path:
    return Path(ctx.params.get("path") or ctx.params.get("root") or ".")


def _stems(folder: Path) -> list[str]:
    try:
        return sorted(file.stem for file in folder.glob("*.yaml"))
    except OSError:
        return []


def _kinds() -> list[str]:
    from ctpat_policy.schemas import shipped

    return _stems(shipped() / "evidence")


def _criteria() -> Iterator[str]:
    from ctpat_policy.schemas import shipped

    found = (file.stem for file in (shipped() / "criteria").glob("*/*.yaml"))
    yield from sorted(found, key=lambda number: [int(part) for part in number.split(".")])


def _profile(ctx: click.Context, key: str) -> list[str]:
    """Ids below a key of the security profile; none where it cannot be read."""
    from ctpat_policy.documents import load
    from ctpat_policy.filing import PROFILE

    try:
        found = (load((_root(ctx) / PROFILE).read_bytes(), PROFILE).value or {}).get(key)
    except OSError:
        return []
    items = found if isinstance(found, list) else []
    return [str(item["id"]) for item in items if isinstance(item, dict) and "id" in item]
