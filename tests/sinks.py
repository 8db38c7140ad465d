"""Outputs read as those who take them do: runners of CI systems, GitHub's Markdown, terminals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from ctpat_policy.characters import HIDDEN

_LOGGING = re.compile(r"##vso\[task\.logissue (.*?)\](.*)")
_OTHER_COMMANDS = re.compile(r"##(?:\[|vso\[|teamcity\[)", re.IGNORECASE)
#: What GitHub and GitLab make live in the text of a page after Markdown has become HTML.
_LIVE = re.compile(
    r"@[\w-]|#[0-9]|\bGH-[0-9]|https?:|www\.|\b[0-9a-f]{7,40}\b|:[a-z_]+:|!\[|\]\(|\$",
    re.IGNORECASE,
)
_TAGS = {"h3", "h4", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"}


@dataclass(frozen=True, slots=True)
class Command:
    """One command as a runner takes it."""

    kind: str
    properties: dict[str, str]
    message: str


def github(written: bytes) -> Iterator[Command]:
    """The commands in a log, by the rules of actions/runner (ActionCommand.cs)."""
    for line in written.decode().split("\n"):
        trimmed = line.lstrip()
        if trimmed.startswith("::") and "::" in trimmed[2:]:
            head, _, data = trimmed[2:].partition("::")
            kind, _, listed = head.partition(" ")
            pairs = (pair.partition("=") for pair in listed.split(",") if pair)
            yield Command(kind, {key: _decoded(value) for key, _, value in pairs}, _decoded(data))
        elif "##[" in line:
            yield Command("##[", {}, line)


def azure(written: bytes) -> Iterator[Command]:
    """The commands in a log, by the rules of the agent (Command.cs)."""
    for line in written.decode().split("\n"):
        at = line.lower().find("##vso[")
        if at >= 0:
            found = _LOGGING.fullmatch(line[at:])
            assert found is not None, line
            pairs = (pair.partition("=") for pair in found[1].split(";") if pair)
            properties = {key: _decoded(value) for key, _, value in pairs}
            yield Command(properties.pop("type"), properties, _decoded(found[2]))


def assert_no_commands(written: bytes) -> None:
    """No CI system that logs it takes a word of it for a command."""
    text = written.decode()
    assert not _OTHER_COMMANDS.search(text), _OTHER_COMMANDS.search(text)
    assert not list(github(written))
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def assert_visible(written: bytes) -> None:
    """Every character is one that a terminal shows, but for the ends of lines."""
    found = HIDDEN.search(written.decode().replace("\n", " "))
    assert found is None, found
    assert b"\r" not in written.replace(b"\r\n", b"\n")


@dataclass(slots=True)
class Page(HTMLParser):
    """A page as GitHub makes it from Markdown."""

    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    depth: int = 0
    in_cell: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what may open, and where text goes."""
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "code":
            self.depth += 1
            self.code.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """Leave a code span or a cell."""
        self.depth -= tag == "code"
        self.in_cell &= tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Text stands in a code span, or outside of all."""
        if self.depth:
            self.code[-1] += data
        else:
            self.outside.append(data)
        if self.in_cell:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        """Comments hide text."""
        self.comments.append(data)


def page(written: bytes) -> Page:
    """Markdown as GitHub renders it, with raw HTML let through, so that none goes unseen."""
    html = cmarkgfm.github_flavored_markdown_to_html(
        written.decode(), options=Options.CMARK_OPT_UNSAFE
    )
    found = Page()
    found.feed(html)
    found.close()
    return found


def assert_dead(found: Page) -> None:
    """Nothing on the page is live: no link, image, mention, reference, markup or HTML."""
    assert found.tags <= _TAGS, found.tags - _TAGS
    assert found.attributes == []
    assert found.comments == [" ctpat-policy "]
    assert len({len(row) for row in found.rows}) <= 1
    text = "".join(found.outside)
    assert not _LIVE.search(text), _LIVE.search(text)


def _decoded(value: str) -> str:
    for escape, sign in (
        *(("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%3B", ";"), ("%5D", "]")),
        *(("%AZP25", "%"), ("%25", "%")),
    ):
        value = value.replace(escape, sign)
    return value
