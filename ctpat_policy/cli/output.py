"""Writes reports: files atomically, standard output as bytes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ctpat_policy import reports
from ctpat_policy.cli import colour
from ctpat_policy.errors import EnvironmentProblem, UsageError


def write(
    value: Any,
    targets: Sequence[tuple[str, str]],
    formats: Mapping[str, reports.Format] = reports.FORMATS,
) -> None:
    """Render and write each (format, file); an empty file is standard output.

    Raises UsageError when two formats ask for standard output, EnvironmentProblem when a file
    cannot be written.
    """
    if sum(not file for _, file in targets) > 1:
        raise UsageError(
            "only one report may go to standard output; write the others as FORMAT=FILE"
        )
    for name, file in targets:
        content = reports.render(name, value, formats)
        if file:
            write_file(Path(file), content)
        else:
            show(name, content)


def show(name: str, content: bytes) -> None:
    """Write one report to standard output; to a terminal a text gets colours.

    Raises EnvironmentProblem when there is none.
    """
    if sys.stdout is None:
        raise EnvironmentProblem("standard output is closed; write reports as FORMAT=FILE")
    sys.stdout.buffer.write(colour.coloured(content) if colour.wanted(name) else content)
    sys.stdout.buffer.flush()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader never sees half a report."""
    # Not by tempfile: it takes longer to import than to use, and makes files for their owner only.
    temporary = path.parent / f".{path.name}.{os.urandom(4).hex()}"
    try:
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}") from None


def create(path: Path, content: bytes) -> bool:
    """Write a file that does not exist yet, with its folders; False when there is one already.

    Raises EnvironmentProblem when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if path.parent.is_dir():
            return False
        raise EnvironmentProblem(f"{path.parent} is no folder") from None
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}") from None
    return True
