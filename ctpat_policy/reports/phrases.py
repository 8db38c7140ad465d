"""What several formats say alike: our own words, and theirs, which each sink escapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ctpat_policy.reports import clean
from ctpat_policy.reports.lines import more, wrapped

#: By it a later comment on the same pull request finds the earlier one.
MARKER = "<!-- ctpat-policy -->"


class Theirs(NamedTuple):
    """Words of a document, a commit or the command line."""

    text: str


Phrase = Sequence[str | Theirs]


class Item(NamedTuple):
    """One entry of a section, with what belongs under it."""

    head: Phrase
    details: tuple[Phrase, ...] = ()


class Section(NamedTuple):
    """A heading of our own and its entries; `stands_for` where one tells of more than one."""

    title: str
    items: tuple[Item, ...]
    stands_for: int = 0

    @property
    def heading(self) -> str:
        """The title with the number of entries."""
        return f"{self.title} ({self.stands_for or len(self.items):,})"


def said(text: str) -> str | Theirs:
    """Their words, or ours where they say nothing."""
    return Theirs(text) if text else "nothing"


def as_text(section: Section, most: int) -> Iterator[str]:
    """A section for a terminal, at most so many entries of it."""
    yield section.heading
    for item in section.items[:most]:
        yield from wrapped(plain(item.head), 2, 4)
        for detail in item.details:
            yield from wrapped(plain(detail), 6, 8)
    yield from more(len(section.items) - most, "", 2)


def as_markdown(section: Section, most: int) -> Iterator[str]:
    """A section as a heading and a list, at most so many entries of it."""
    yield f"#### {section.heading}"
    yield ""
    for item in section.items[:most]:
        yield f"- {marked(item.head)}"
        # An empty one would be read as the line under a heading.
        yield from (f"  - {told}" for detail in item.details if (told := marked(detail)))
    yield from (f"- {line}" for line in more(len(section.items) - most, "", 0))


def plain(phrase: Phrase) -> str:
    """One line of text."""
    return "".join(p if isinstance(p, str) else clean.line(p.text) for p in phrase)


def marked(phrase: Phrase) -> str:
    """One line of Markdown."""
    return "".join(p if isinstance(p, str) else clean.markdown(p.text) for p in phrase)


def within(lines: Iterable[str], limit: int) -> bytes:
    """Lines as a document of at most so many bytes; what does not fit is counted."""
    kept, size, left = [], 0, 0
    for line in lines:
        size += len(line.encode("utf-8", "replace")) + 1
        if size <= limit - 200:
            kept.append(line)
        else:
            left += 1
    kept += ["", f"{left:,} more lines do not fit here; the JSON report has them"] if left else []
    return (clean.inert("\n".join(kept)) + "\n").encode("utf-8", "replace")
