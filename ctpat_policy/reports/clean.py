"""Makes the text of documents harmless: one function per sink, used where the sink is written.

What hides, reorders or breaks lines is shown as an escape such as \\x1b. The joiners and the
variation selectors that scripts and emoji need stay, as the documents may hold them too.

Nearly every text is plain, and a report has a hundred thousand of them. So what tells cheaply that
an expression would find nothing is asked first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from ctpat_policy.characters import HIDDEN

#: How many characters of one field a person is shown.
FIELD = 500
#: So many texts are remembered with what was made of them: most stand in hundreds of places.
_KEPT = 1000

_BLANKS = re.compile(r"[ \t\r\n]+")
_TICKS = re.compile("`+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Lines that a CI system obeys: GitHub `::x::` at the start of a line and `##[x]` anywhere, Azure
#: `##vso[`, TeamCity `##teamcity[`. The first sign is written as an escape.
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#[a-z]*\[)", re.IGNORECASE | re.MULTILINE)
_HASHES = re.compile(r"##(?=[a-z]*\[)", re.IGNORECASE)
#: What SARIF takes for a link, `[text](id)`, and for a place of an argument, `{0}`.
_SARIF_MARKS = re.compile(r"\](?=\()|\{(?=[0-9]+\})")
_NOT_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


@lru_cache(maxsize=_KEPT)
def line(text: str) -> str:
    """One line for a person: white space folded, hidden characters shown, not too long."""
    if text.isascii() and text.isprintable() and "  " not in text:
        shown = text.strip(" ")
    else:
        shown = visible(_BLANKS.sub(" ", text).strip(" "))
    return shown if len(shown) <= FIELD else shown[: FIELD - 1] + "…"


@lru_cache(maxsize=_KEPT)
def word(text: str) -> str:
    """A path or an id: as `line`, but nothing is folded or cut, as it is looked up and compared."""
    return visible(text).replace("\t", "\\x09").replace("\n", "\\x0a")


def visible(text: str) -> str:
    """Text in which nothing hides; line ends and tabs stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return HIDDEN.sub(_escape, text)


def inert(text: str) -> str:
    """Text whose lines no CI system takes for a command."""
    return _COMMAND.sub(_broken, text) if "::" in text or "##" in text else text


@lru_cache(maxsize=_KEPT)
def xml(text: str) -> str:
    """Text for an attribute or an element: legal in XML 1.0; the serialiser escapes markup."""
    shown = visible(inert(text))
    return shown if shown.isascii() else _NOT_XML.sub("\ufffd", shown)


def markdown(text: str) -> str:
    """Text as a code span, in which Markdown knows no link, mention, image or markup at all."""
    shown = line(text)
    if not shown:
        return ""
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """A code span for a cell of a Markdown table; programs disagree on a backslash before `|`."""
    return markdown(text.replace("\\|", "\\ |")).replace("|", "\\|")


def sarif(text: str) -> str:
    """One line in which SARIF finds no link and no place of an argument."""
    return json(_SARIF_MARKS.sub(r"\g<0> ", line(text)))


def uri(path: str) -> str:
    """A path as a relative reference that leads nowhere else; bytes that are no UTF-8 stay."""
    steps = [step for step in path.split("/") if step not in ("", ".", "..")]
    data = _NOT_BYTES.sub("\ufffd", "/".join(steps)).encode("utf-8", "surrogateescape")
    return quote(data, safe="/")


def github(text: str) -> str:
    """The message of a workflow command; its lines are ours."""
    return inert(visible(text)).replace("%", "%25").replace("\n", "%0A")


def github_property(text: str) -> str:
    """A property of a workflow command."""
    return github(text).replace(":", "%3A").replace(",", "%2C")


def azure(text: str) -> str:
    """The message of a logging command of Azure Pipelines; its lines are ours."""
    return inert(visible(text)).replace("%", "%AZP25").replace("\n", "%0A")


def azure_property(text: str) -> str:
    """A property of a logging command of Azure Pipelines."""
    return azure(text).replace(";", "%3B").replace("]", "%5D")


def json(text: str) -> str:
    """Text that every JSON parser reads: no half of a surrogate pair; json.dumps does the rest."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def json_document(text: str) -> str:
    """Written JSON, of which no CI system takes a line for a command; its values are the same."""
    return _HASHES.sub(r"#\\u0023", text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _broken(found: re.Match[str]) -> str:
    return f"{found[1] or ''}\\x{ord(found.group()[-1]):02x}"
