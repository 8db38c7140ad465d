"""Lines for a person: wrapped to the width of a terminal, counted, and cut off where too many."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from ctpat_policy.reports import clean

WIDTH = 80


def wrapped(text: str, first: int = 0, rest: int = 2) -> list[str]:
    """Lines of at most 80 columns; paths and other long words stay whole."""
    if first + len(text) <= WIDTH and text.isprintable() and text == text.strip() != "":
        return [" " * first + text]
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def counted(count: int, noun: str) -> str:
    """A number with its noun, in the plural where it needs one."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def more(count: int, what: str, indent: int) -> Iterator[str]:
    """The line that says how many are not shown, if any."""
    if count > 0:
        yield f"{' ' * indent}and {count:,} more{f' {what}' if what else ''}"


def whole(sections: Iterable[Iterable[str]]) -> bytes:
    """Sections with an empty line between them, as UTF-8 in which no CI system finds a command."""
    text = "\n\n".join("\n".join(lines) for s in sections if (lines := list(s)))
    return (clean.inert(text) + "\n").encode()
