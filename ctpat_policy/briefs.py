"""Briefs: what linking needs to know of a record, so that most records need not be held open.

A brief is made where the record is read, perhaps by another process or in an earlier run; the
record itself is looked at when a criterion is judged that reads its kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ctpat_policy import clock
from ctpat_policy.kinds import Kind

#: A field of the data, and the list of the scope that has to name what it names.
SCOPED = (("site", "sites"), ("partner", "partners"), ("system", "systems"))

#: What a name can be looked up among; others, such as of a shipment, are anybody's.
LOOKED_UP = frozenset(
    {"person", "site", "lane", "system", "account", "partner", "procedure", "corrective_action"}
    | {"evidence"}
)

#: Steps into a document, each with what the text there names and the steps further in.
_Tree = dict[str, tuple[str, "_Tree"]]


class Brief(NamedTuple):
    """One record in brief; a tuple, as it travels as a JSON list."""

    recorded_on: str
    #: The day that it tells of; empty where it names none yet.
    dated: str
    #: The first of the days on which it ends by its own words; empty where it names none.
    ends: str
    void: bool
    #: The id of the record whose place it takes, or empty.
    supersedes: str
    accounts: Sequence[str]
    scope: Mapping[str, Any]
    model: str
    #: What it names, as `named` has it.
    names: Sequence[str]
    has_attachments: bool
    #: Whether it contradicts itself, so that it proves nothing: see `unnamed` and those after it.
    at_odds: bool


class Briefs:
    """Makes the briefs of records by their kinds."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._trees: dict[str, _Tree] = {}

    def of(self, kind_id: str, value: Mapping[str, Any]) -> Brief | None:
        """The brief of a valid record; None of what is no record."""
        kind = self._kinds.get(kind_id)
        return brief(value, kind, self._tree(kind)) if kind is not None else None

    def _tree(self, kind: Kind) -> _Tree:
        if kind.id not in self._trees:
            self._trees[kind.id] = _tree(kind)
        return self._trees[kind.id]


def brief(value: Mapping[str, Any], kind: Kind, tree: _Tree | None = None) -> Brief:
    """The brief of one valid record of a kind."""
    data, scope = value["data"], value["scope"]
    # A record about one account says so in its data; it must not speak for the others.
    own = (data["account"],) if kind.unit == "account" and "account" in data else ()
    on_paper = data.get(kind.expires) if kind.expires else None
    names: dict[str, None] = {}  # in order, each once
    _collect(value, _tree(kind) if tree is None else tree, names)
    for account in value.get("accounts", ()):
        names[named("account", account)] = None
    attached = value.get("attachments", ())
    for attachment in attached:
        names.pop(named("evidence", attachment.get("path", "")), None)
    return Brief(
        recorded_on=value["recorded_on"],
        dated=day_of(data, kind),
        ends=min((day for day in (on_paper, value.get("valid_until")) if day), default=""),
        void="void" in value,
        supersedes=value.get("supersedes", ""),
        accounts=value.get("accounts", own),
        scope=scope,
        model=str(data.get("model", "company")) if kind.unit == "model" else "",
        names=list(names),
        has_attachments=bool(attached),
        at_odds=is_backwards(data) or _is_elsewhere(data, scope, kind),
    )


def _is_elsewhere(data: Mapping[str, Any], scope: Mapping[str, Any], kind: Kind) -> bool:
    """Whether the data speak of another site, partner or system than the scope."""
    return any(
        key in data and (unnamed(data, scope, key, listed) or beyond(scope, key, listed, kind))
        for key, listed in SCOPED
    )


def named(what: str, name: str) -> str:
    """A name with what it names in front: two things may have the same."""
    return f"{what} {name}"


def unnamed(data: Mapping[str, Any], scope: Mapping[str, Any], key: str, listed: str) -> bool:
    """Whether the data speak of a site, partner or system that the scope does not name."""
    name = data.get(key)
    if not isinstance(name, str) or name in scope.get(listed, ()):
        return False
    return key == "site" or not scope.get("company")


def beyond(scope: Mapping[str, Any], key: str, listed: str, kind: Kind) -> bool:
    """Whether the scope names more than the one site, partner or system that such data speak of."""
    return kind.unit == key and len(scope.get(listed, ())) > 1


def is_backwards(data: Mapping[str, Any]) -> bool:
    """Whether the data tell of a period that ends before it begins."""
    start, end = data.get("period_from", ""), data.get("period_to", "")
    return bool(end) and start > end


def day_of(data: Mapping[str, Any], kind: Kind) -> str:
    """The day that a record of such data tells of; empty where it names none yet."""
    is_digest = kind.has_digest and "not_ok" in data and "count" in data
    moment = data.get("period_to" if is_digest else kind.anchor)
    return clock.day_of(moment) if moment else ""


def _tree(kind: Kind) -> _Tree:
    tree: _Tree = {}
    for reference in kind.references:
        below, last = tree, len(reference.path) - 1
        for number, step in enumerate(reference.path):
            to, inner = below.get(step, ("", {}))
            if number == last and reference.to in LOOKED_UP:
                to = reference.to
            below[step] = (to, inner)
            below = inner
    return tree


def _collect(value: Any, tree: _Tree, names: dict[str, None]) -> None:
    """Add every text at the places of the tree; `*` stands for each item of a list."""
    if value.__class__ is list:
        if "*" not in tree:
            return
        to, inner = tree["*"]
        found = [(to, inner, item) for item in value]
    elif value.__class__ is dict:
        found = [(to, inner, value[step]) for step, (to, inner) in tree.items() if step in value]
    else:
        return
    for to, inner, each in found:
        if each.__class__ is str:
            if to:
                names[f"{to} {each}"] = None
        else:
            _collect(each, inner, names)
