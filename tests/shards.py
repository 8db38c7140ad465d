"""Runs of check, whole and in shards, in one process: what each wrote in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from ctpat_policy.cli import group
from ctpat_policy.errors import CtpatError
from ctpat_policy.reports import FORMATS


@dataclass(frozen=True)
class Ran:
    """How a run ended, what it wrote by format, and what it said to a person."""

    code: int
    written: dict[str, bytes]
    said: str


def run(folder: Path, *words: str, formats: Sequence[str] = tuple(FORMATS)) -> Ran:
    """`ctpat-policy` with these words and a report in every format, below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = [f"--report={name}={folder / name}" for name in formats]
    done = CliRunner().invoke(group, [*words, *targets])
    said = done.output
    code = done.exit_code
    if isinstance(done.exception, CtpatError):
        code, said = done.exception.exit_code, str(done.exception)
    elif done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    found = {name: (folder / name).read_bytes() for name in formats if (folder / name).exists()}
    return Ran(code, found, said)


def merge(folder: Path, *parts: Path) -> Ran:
    """`ctpat-policy merge` of these files."""
    return run(folder, "merge", *map(str, parts))


def shards(folder: Path, count: int, *words: str, turns: Sequence[Sequence[str]] = ((),)) -> Ran:
    """Check in so many shards, then merge; `turns` are options that the shards take in turn."""
    parts = []
    for number in range(1, count + 1):
        options = turns[number % len(turns)]
        mine = folder / str(number)
        run(mine, *words, *options, f"--shard={number}/{count}", formats=("part",))
        parts.append(mine / "part")
    return merge(folder / "merged", *reversed(parts))
