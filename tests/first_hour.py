"""The first hour as a transcript: `$` commands with what they print, `>` files as they are edited.

`[...]` stands for output left out. A `|` line is a line of the file above it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.transcripts import agrees, cut

TRANSCRIPT = Path(__file__).parent / "transcripts" / "first-hour.txt"
_BIN = Path(sys.executable).parent


@dataclass
class Entry:
    """One command with its output, or one file with its content."""

    sign: str
    head: str
    body: str


def entries(text: str) -> Iterator[Entry]:
    """The transcript, entry by entry."""
    found: Entry | None = None
    for line in text.splitlines(keepends=True):
        continued = found is not None and found.sign == "$" and found.head.endswith("\\\n")
        if continued and found is not None:
            found.head += line
        elif line.startswith(("$ ", "> ")):
            if found is not None:
                yield found
            found = Entry(line[0], line[2:], "")
        elif found is not None:
            found.body += line
    if found is not None:
        yield found


def replay(text: str, root: Path) -> tuple[str, list[str]]:
    """Do what the transcript shows in an empty folder: it as it would be now, and what differs."""
    renewed, wrong = "", []
    for entry in entries(text):
        body = entry.body
        if entry.sign == ">":
            lines = (line.removeprefix("| ").removeprefix("|") for line in body.splitlines(True))
            (root / entry.head.strip()).write_text("".join(lines))
        else:
            printed = _run(entry.head, root)
            if not agrees(printed, body):
                wrong.append(f"$ {entry.head}{printed}")
                body = _cut(printed, body)
        renewed += f"{entry.sign} {entry.head}{body}"
    return renewed, wrong


def _cut(printed: str, body: str) -> str:
    try:
        return cut(printed, body)
    except LookupError:
        return printed


def _run(command: str, root: Path) -> str:
    home = {"HOME": str(root.parent), "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=root,
        env={**home, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout.decode()
