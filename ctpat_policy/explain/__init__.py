"""Explanations of the law for people: criteria, evidence kinds, lists, finding codes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ctpat_policy.catalog import Catalog
from ctpat_policy.codes import HINTS
from ctpat_policy.errors import UsageError
from ctpat_policy.explain.criterion import criterion
from ctpat_policy.explain.kind import kind

OVERVIEWS = ("criteria", "kinds", "lists", "codes")


def subject_of(law: Catalog, what: str) -> str:
    """What a word names, as `criterion MSC-6.6`, `kind seal_audit`, `list checklists`,
    `code approval-void` or `overview kinds`. Raises UsageError, with what comes near.
    """
    number = what if what.upper().startswith("MSC-") else f"MSC-{what}"
    found = {
        "criterion": number.upper() in law.criteria,
        "kind": what in law.kinds,
        "list": what in law.reference,
        "code": what in HINTS or what in _codes(law),
        "overview": what in OVERVIEWS,
    }
    for noun, known in found.items():
        if known:
            return f"{noun} {number.upper() if noun == 'criterion' else what}"
    everything = [*OVERVIEWS, *law.criteria, *law.kinds, *law.reference, *HINTS, *_codes(law)]
    near = difflib.get_close_matches(what, everything, 3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"try one of {', '.join(OVERVIEWS)}"
    raise UsageError(f"nothing is called {what}; {hint}")


def explain(law: Catalog, what: str) -> list[str]:
    """The lines that explain a criterion, a kind, a list, a code, or list all of them."""
    noun, _, name = subject_of(law, what).partition(" ")
    if noun == "criterion":
        return list(criterion(law, law.criteria[name]))
    if noun == "kind":
        return list(kind(law, law.kinds[name]))
    if noun == "list":
        return list(_list(law, name))
    return list(_code(law, name) if noun == "code" else _overview(law, name))


def _overview(law: Catalog, name: str) -> Iterator[str]:
    if name == "criteria":
        for one in law.criteria.values():
            yield f"{one.id:<10} {one.title}"
    elif name == "kinds":
        for each in law.kinds.values():
            yield f"{each.id:<34} {each.title}"
    elif name == "lists":
        for path, raw in law.schemas.below("reference"):
            yield f"{path.removeprefix('reference/').removesuffix('.yaml'):<22} {raw['title']}"
    else:
        yield from sorted({*HINTS, *_codes(law)})


def _list(law: Catalog, name: str) -> Iterator[str]:
    raw = law.schemas.value(f"reference/{name}.yaml")
    yield raw["title"]
    yield raw["description"]
    for row in raw["rows"]:
        yield ""
        if isinstance(row, dict):
            yield from (f"  {key}: {_text(value)}" for key, value in row.items())
        else:
            yield f"  {row}"


def _code(law: Catalog, code: str) -> Iterator[str]:
    row = _codes(law).get(code)
    yield code
    if row is not None:
        yield row["says"]
    yield f"Do: {row['mend'] if row is not None else HINTS[code]}"


def _codes(law: Catalog) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in law.reference["finding_codes"]}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
