"""Attributes of git that change the bytes of records, join them, or hide their changes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail import attribute_lines, raw
from ctpat_policy.trail.attribute_lines import Line, Value
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.wildmatch import Pattern, pattern

_FOLDERS = ("policies/", "evidence/")
_FILE = ".gitattributes"
_LOCAL = "/.git/info/attributes"
_BYTES = "checkouts differ from what is committed"
_HIDES = "its changes are hidden from reviewers"
_DROPS = "archives differ from what is committed"
_UTF8 = ("UTF-8", "UTF8")
#: Attribute, what it does, and whether a value of it does so; none does nothing.
_Bad = tuple[str, str, Callable[[Value], bool]]
_ON_FOLDERS: tuple[_Bad, ...] = (("export-ignore", _DROPS, lambda v: v is True),)
_BAD: tuple[_Bad, ...] = (
    ("working-tree-encoding", _BYTES, lambda v: isinstance(v, str) and v.upper() not in _UTF8),
    ("eol", _BYTES, lambda v: v == "crlf"),
    ("ident", _BYTES, lambda v: v is True),
    ("filter", _BYTES, lambda v: v is not False),
    ("merge", "merges join both sides unseen", lambda v: v not in (True, False, "text", "binary")),
    *_ON_FOLDERS,
    ("export-subst", _DROPS, lambda v: v is True),
)
#: These matter only where people can read the changes.
_BAD_FOR_DOCUMENTS: tuple[_Bad, ...] = (
    ("diff", _HIDES, lambda v: v is False),
    ("linguist-generated", _HIDES, lambda v: v in (True, "true")),
    ("gitlab-generated", _HIDES, lambda v: v in (True, "true")),
)
_NAMES = frozenset(name for name, _, _ in (*_BAD, *_BAD_FOR_DOCUMENTS))
_BINARY = Line(0, b"binary", True, (("diff", False), ("merge", False), ("text", False)))
#: More lines and macros that matter here take longer to match than anybody would wait; so does
#: it to look for stars in more bytes than so many for each file.
_MOST, _MOST_MACROS, _MOST_BYTES = 300, 20, 2_500

_Macros = Mapping[str, Line]


class _TooMany(Exception):  # noqa: N818 - the name says what is wrong
    """There is more to match than anybody would wait for."""


class _Rule(NamedTuple):
    """A line of a file that may give a wanted attribute, and what its pattern matches."""

    file: str
    line: Line
    pattern: Pattern


#: Of a path, by attribute: the rule that decided, and the value.
_Given = dict[str, tuple[_Rule, Value]]


def find(trail: Trail) -> Iterator[Finding]:
    """Every line that gives a record such an attribute, with how many it concerns."""
    prefix = trail.surroundings.prefix
    files = _in_order(trail.surroundings.attributes, prefix)
    if not files:
        return
    odd = [(file, line) for file, lines in files for line in lines if line.odd]
    for file, line in odd:
        message = f"git does not read this line alike everywhere: {line.odd}"
        yield _finding(file, line.number, prefix, message, "write it otherwise")
    macros = _macros(lines for _, lines in files)
    rules = list(_rules(files, macros, prefix))
    hit: dict[tuple[str, int, str, str], list[str]] = {}
    try:
        for path, rule, name, does in _wrong(trail, rules, macros):
            hit.setdefault((rule.file, rule.line.number, name, does), []).append(path)
    except _TooMany:
        message = "there are more lines and stars about records than anybody can follow"
        yield _finding(files[0][0], 1, prefix, message, "say it in fewer lines")
        return
    for (file, number, name, does), paths in sorted(hit.items()):
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        message = f"the attribute {name} holds for {paths[0]}{more}: {does}"
        hint = "take records out of this line; they are plain text that merges and shows as it is"
        yield _finding(file, number, prefix, message, hint)


def _finding(file: str, number: int, prefix: str, message: str, hint: str) -> Finding:
    """All places are named from the policy repository, which may lie below the file."""
    path = posixpath.relpath(file, f"/{prefix}") if file.startswith("/") else file
    return Finding("attributes", INVALID, message, Place(path, (), number, 1), hint)


def _in_order(files: Mapping[str, bytes], prefix: str) -> list[tuple[str, list[Line]]]:
    """The lines of every file, the file that decides first: the clone's own, then deeper ones."""
    order = sorted(files, key=lambda f: (f != _LOCAL, -_folder(f, prefix).count("/"), f))
    return [
        (file, list(attribute_lines.lines(files[file], macros=not _folder(file, prefix))))
        for file in order
    ]


def _folder(file: str, prefix: str) -> str:
    """The folder that a file is about, from the top of the checkout."""
    if file == _LOCAL:
        return ""
    return (file[1:] if file.startswith("/") else prefix + file).removesuffix(_FILE)


def _macros(files: Iterable[Sequence[Line]]) -> dict[str, Line]:
    """The macros that can give a wanted attribute; of those called alike the one that counts."""
    every = [line for lines in files for line in reversed(lines) if line.is_macro]
    first = {line.pattern.decode("latin-1"): line for line in reversed([*every, _BINARY])}
    wanted: dict[str, Line] = {}
    while more := [n for n, m in first.items() if n not in wanted and _part(m, wanted).given]:
        wanted |= {name: first[name] for name in more}
    return {name: _part(line, wanted) for name, line in wanted.items()}


def _part(line: Line, macros: _Macros) -> Line:
    """A line with what matters of it, each attribute once: what it says last counts."""
    given: dict[str, Value] = {}
    for name, value in reversed(line.given):
        if name in _NAMES or name in macros:
            given.setdefault(name, value)
    return line._replace(given=tuple(reversed(given.items())))


def _rules(
    files: Iterable[tuple[str, Sequence[Line]]], macros: _Macros, prefix: str
) -> Iterator[_Rule]:
    for file, lines in files:
        folder = raw.path_bytes(_folder(file, prefix))
        for line in reversed(lines):
            part = _part(line, macros)
            if part.given and not line.is_macro:
                yield _Rule(file, part, pattern(line.pattern, folder))


def _wrong(
    trail: Trail, rules: Sequence[_Rule], macros: _Macros
) -> Iterator[tuple[str, _Rule, str, str]]:
    """Every record with an attribute that it may not have, and the rule that gives it. Archives
    leave out whole folders, too.
    """
    prefix = trail.surroundings.prefix
    paths = [
        path
        for path in trail.surroundings.paths
        if path.startswith(_FOLDERS) and not path.endswith(_FILE)
    ]
    above = sorted({folder for path in paths for folder in _above(prefix + path)})
    for folder, given in _given(above, rules, macros, folders=True):
        named = f"{folder}/".removeprefix(prefix) or prefix
        yield from ((named, *found) for found in _bad(given, _ON_FOLDERS))
    for path, given in _given([prefix + path for path in paths], rules, macros):
        bad = _BAD + (_BAD_FOR_DOCUMENTS if path.endswith(".yaml") else ())
        yield from ((path.removeprefix(prefix), *found) for found in _bad(given, bad))


def _bad(given: _Given, bad: Iterable[_Bad]) -> Iterator[tuple[_Rule, str, str]]:
    for name, does, is_bad in bad:
        if name in given and given[name][1] is not None and is_bad(given[name][1]):
            yield given[name][0], name, does


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _given(
    paths: Sequence[str], rules: Sequence[_Rule], macros: _Macros, *, folders: bool = False
) -> Iterator[tuple[str, _Given]]:
    """What the rules, the one that decides first, give to each file, or to each folder. Raises
    _TooMany.
    """
    found: dict[bytes, _Given] = {raw.path_bytes(path): {} for path in paths}
    undecided = {name: set(found) for name in (*_NAMES, *macros)}
    if len(rules) > _MOST or len(macros) > _MOST_MACROS:
        raise _TooMany
    left = _MOST_BYTES * len(found)
    for rule in rules:
        if rule.pattern.of_folders and not folders:
            continue
        first, *others = (undecided[name] for name, _ in rule.line.given)
        pool: Collection[bytes] = first.union(*others) if others else first
        if start := rule.pattern.start:
            pool = [path for path in pool if path.startswith(start)]
        left -= 0 if rule.pattern.is_plain else sum(map(len, pool))
        if left < 0:
            raise _TooMany
        for path in rule.pattern.select(pool):
            for name in _fill(found[path], rule, macros):
                undecided[name].discard(path)
    yield from ((raw.text(path), given) for path, given in found.items())


def _fill(given: _Given, rule: _Rule, macros: _Macros) -> Iterator[str]:
    """Give what was not given before, and say what; what a line says last counts first."""
    todo = list(rule.line.given)
    while todo:
        name, value = todo.pop()
        if name not in given:
            given[name] = (rule, value)
            yield name
            if value is True and name in macros:
                todo += macros[name].given
