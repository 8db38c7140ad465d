"""The refs that git finds under a short name, which it takes, and when a name means two things."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

#: Where git looks for a name, the first that exists first.
_PLACES = (
    "{}",
    "refs/{}",
    "refs/tags/{}",
    "refs/heads/{}",
    "refs/remotes/{}",
    "refs/remotes/{}/HEAD",
)
_OPERATOR = re.compile("[~^:]")
_HEX = re.compile("[0-9a-f]{4,64}", re.ASCII | re.IGNORECASE)
#: A ref of the clone itself, which no listing of refs holds.
_HERE = "HEAD"
_WARNING = "' is ambiguous"


def bare(name: str) -> str:
    """The name of a revision without what leads on from it: `main` of main~2 or main^{commit}."""
    return _OPERATOR.split(name, maxsplit=1)[0]


def places(name: str) -> list[str]:
    """The full names that a name may stand for, in the order in which git looks for them, but for
    those of files in git's own folder.
    """
    found = (place.format(name) for place in _PLACES)
    return [full for full in found if full.startswith("refs/")]


def ambiguous(
    name: str,
    found: str,
    refs: Collection[str],
    begin: Callable[[str], Iterable[str]],
    said: str,
) -> list[str]:
    """All that a name may mean, where it is more than one thing. `found`: the id that git took;
    `begin`: the commits whose ids begin so; `said`: what git warned of.
    """
    options = _meant(name, refs)
    whole = name in options and name != _HERE
    if whole or (_HEX.fullmatch(name) and len(name) == len(found)):
        return []  # a ref or an id in full: git takes that, whatever else is called so
    if options and _is_short_id(name, len(found)):
        # Git warns of files that begin so, too, and is silent where several objects do.
        options += begin(name)
    elif len(options) == 1 and _WARNING in said:
        options.insert(0, f"{name} in git's own folder")
    return options if len(options) > 1 else []


def shared(refs: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """The names under which git finds several refs, each with these, the one it takes first."""
    for short in sorted({short for ref in (*refs, _HERE) for short in _shorts(ref)}):
        found = _meant(short, refs)
        if len(found) > 1:
            yield short, found


def like_ids(refs: Collection[str], ids: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Every ref that has a name with which an id begins: ref, name and id."""
    ordered = sorted(ids)
    for ref in refs:
        for short in _shorts(ref):
            is_like = bool(ordered) and _is_short_id(short, len(ordered[0]))
            if is_like and (oid := _first(ordered, short.lower())):
                yield ref, short, oid


def _meant(name: str, refs: Collection[str]) -> list[str]:
    """The refs that a name may mean; git takes the first."""
    own = [name] if name == _HERE else []
    return own + [full for full in dict.fromkeys(places(name)) if full in refs]


def _is_short_id(name: str, length: int) -> bool:
    return _HEX.fullmatch(name) is not None and len(name) < length


def _first(ordered: Sequence[str], start: str) -> str:
    at = bisect_left(ordered, start)
    return ordered[at] if ordered[at : at + 1] and ordered[at].startswith(start) else ""


def _shorts(ref: str) -> Iterator[str]:
    """The names under which git finds a ref."""
    for place in _PLACES:
        before, _, after = place.partition("{}")
        short = ref.removeprefix(before).removesuffix(after)
        if ref == f"{before}{short}{after}" and short:
            yield short
