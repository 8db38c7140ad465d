"""The console blocks of a Markdown page: runs what they show, and compares or renews the output.

A block is ```console below a comment `<!-- replay: PLACE -->`; a line `$ ...` is a command, `[...]`
stands for output left out, and the rest must be what the command prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CUT = "[...]"
_BLOCK = re.compile(r"<!-- replay: (?P<place>\w+) -->\n```console\n(?P<body>.*?)```\n", re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n", re.MULTILINE)

#: Place and command to what it prints.
Run = Callable[[str, str], str]


@dataclass(frozen=True)
class Step:
    """One command of the page and the output shown for it."""

    place: str
    command: str
    shown: str


def steps(page: str) -> Iterator[Step]:
    """Every command of every block, in order."""
    for block in _BLOCK.finditer(page):
        for command, shown in _commands(block["body"]):
            yield Step(block["place"], _joined(command), shown)


def renewed(page: str, run: Run) -> str:
    """The page with what the commands print now, cut where it was cut before."""

    def block(match: re.Match[str]) -> str:
        body = "".join(
            f"$ {command}\n{cut(run(match['place'], _joined(command)), shown)}"
            for command, shown in _commands(match["body"])
        )
        return f"<!-- replay: {match['place']} -->\n```console\n{body}```\n"

    return _BLOCK.sub(block, page)


def agrees(printed: str, shown: str) -> bool:
    """Whether the output shown is what was printed, but for what is cut out."""
    pattern = r"(?:.*\n)*?".join(re.escape(part) for part in _parts(shown))
    return re.fullmatch(pattern, _tidy(printed)) is not None


def cut(printed: str, shown: str) -> str:
    """As many first, last and middle lines as were shown; a middle part is known by its start."""
    printed, parts = _tidy(printed), _parts(shown)
    if len(parts) == 1:
        return printed
    lines = printed.splitlines(keepends=True)
    first, last = parts[0].count("\n"), parts[-1].count("\n")
    middle = [_found(lines, part) for part in parts[1:-1]]
    kept = ["".join(lines[:first]), *middle, "".join(lines[len(lines) - last :])]
    return f"{CUT}\n".join(kept)


def _found(lines: list[str], part: str) -> str:
    start, count = part.splitlines(keepends=True)[0], part.count("\n")
    if start not in lines:
        raise LookupError(f"no line of the output is {start!r} now; edit the page")
    at = lines.index(start)
    return "".join(lines[at : at + count])


def _commands(body: str) -> Iterator[tuple[str, str]]:
    pieces = _COMMAND.split(body)
    yield from zip(pieces[1::2], pieces[2::2], strict=True)


def _joined(command: str) -> str:
    return command.replace("\\\n", " ")


def _parts(shown: str) -> list[str]:
    return shown.split(f"{CUT}\n")


def _tidy(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
