"""Writes reports: files atomically, standard output as bytes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ctpat_policy.cli import colour, targets
from ctpat_policy.errors import EnvironmentProblem
from ctpat_policy.reports import FORMATS, Format, render


def write(
    value: Any,
    reports: Sequence[tuple[str, str]],
    formats: Mapping[str, Format] = FORMATS,
) -> None:
    """Render and write each (format, target); one that cannot be written keeps none from the rest.

    Raises EnvironmentProblem when one could not be written.
    """
    failed: EnvironmentProblem | None = None
    for name, target in reports:
        content = render(name, value, formats)
        try:
            if target == targets.STDOUT:
                show(name, content)
            else:
                write_file(Path(target), content)
        except EnvironmentProblem as problem:
            failed = failed or problem
    if failed:
        raise failed


def show(name: str, content: bytes) -> None:
    """Write one report to standard output; to a terminal a text gets colours.

    Raises EnvironmentProblem when there is none.
    """
    if sys.stdout is None:
        raise EnvironmentProblem("standard output is closed; write reports as FORMAT=FILE")
    sys.stdout.buffer.write(colour.coloured(content) if colour.wanted(name) else content)
    sys.stdout.buffer.flush()


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader never sees half a report. A link is followed, and
    a device or a pipe is written to, not replaced.
    """
    try:
        if targets.descriptor(str(path)) is not None or targets.is_special(str(path)):
            _pour(path, content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}") from None


def _pour(path: Path, content: bytes) -> None:
    number = targets.descriptor(str(path))
    opened = os.open(path, os.O_WRONLY) if number is None else os.dup(number)
    # Whoever reads may go when it has read what it wanted.
    with contextlib.suppress(BrokenPipeError), open(opened, "wb") as stream:
        stream.write(content)


def _replace(path: Path, content: bytes) -> None:
    # Not by tempfile: it takes longer to import than to use, and makes files for their owner only.
    temporary = path.parent / f".{path.name}.{os.urandom(4).hex()}"
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
