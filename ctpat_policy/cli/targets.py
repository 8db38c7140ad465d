"""Where reports go: files, standard output, and whatever else a system calls a file."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from ctpat_policy.errors import UsageError

#: What stands for standard output in a target.
STDOUT = ""
#: Names by which systems open what this process has open already.
_DESCRIPTOR = re.compile(r"/dev/(?:fd/([0-9]{1,4})|(stdout)|(stderr))|/proc/self/fd/([0-9]{1,4})")


def target(file: str) -> str:
    """What is meant by FILE of FORMAT=FILE. Raises ValueError where no file can be."""
    if file == "-" or descriptor(file) == 1:
        return STDOUT
    if os.path.isdir(file):
        raise ValueError(f"{file} is a folder; name a file in it")
    folder = os.path.dirname(file)
    if folder and not os.path.isdir(folder):
        raise ValueError(f"{file} cannot be written: there is no folder {folder}")
    return file


def descriptor(file: str) -> int | None:
    """The number of what this process has open under that name."""
    found = _DESCRIPTOR.fullmatch(file)
    if not found:
        return None
    number, out, err, again = found.groups()
    return 1 if out else 2 if err else int(number or again)


def is_special(file: str) -> bool:
    """Whether something other than a file or folder is there, such as a device or a pipe."""
    try:
        mode = os.stat(file).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def taken(
    ctx: click.Context, _param: click.Parameter, reports: Sequence[tuple[str, str]]
) -> Sequence[tuple[str, str]]:
    """Look at all targets before anything is judged; a run that ends without a report leaves none
    of an earlier run where this one's was to be.

    Raises UsageError when two reports have one target.
    """
    if ctx.resilient_parsing:
        return reports
    files = [file for _, file in reports]
    if files.count(STDOUT) > 1:
        raise UsageError(
            "only one report may go to standard output; write the others as FORMAT=FILE"
        )
    seen: set[str] = set()
    for file in filter(_is_plain, files):
        if (real := os.path.realpath(file)) in seen:
            raise UsageError(f"two reports would be written to {file}; name a file for each")
        seen.add(real)
    before = list(_marks(seen))
    ctx.call_on_close(lambda: _take_away(before))
    return reports


def _is_plain(file: str) -> bool:
    return file != STDOUT and descriptor(file) is None and not is_special(file)


def _marks(files: Iterable[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    for file in files:
        with contextlib.suppress(OSError):
            yield file, _mark(file)


def _mark(file: str) -> tuple[int, int]:
    """What changes when a report is written: it comes as a new file."""
    found = os.stat(file)
    return found.st_ino, found.st_mtime_ns


def _take_away(before: Iterable[tuple[str, tuple[int, int]]]) -> None:
    for file, mark in before:
        with contextlib.suppress(OSError):
            if _mark(file) == mark:
                Path(file).unlink()
