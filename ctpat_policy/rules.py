"""A criterion's rule: its verdict, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

#: Keywords whose value is a list of schemas.
LISTS = frozenset({"anyOf", "allOf", "oneOf"})


class Failure(NamedTuple):
    """One place where a value breaks a rule.

    `trail` holds the values from the tested fact down to the failing one; `gap` is the nearest
    message above the failing keyword, or empty. `spot` leads further, into the first of several
    alternatives, to the value that a person would look at.
    """

    gap: str
    trail: tuple[Any, ...]
    spot: tuple[str | int, ...]


class Rule:
    """One rule, which stands alone as a JSON Schema once its references are written out.

    `place` is where below schemas/ it is written.
    """

    def __init__(self, written_out: Callable[[], dict[str, Any]], place: Place) -> None:
        self._written_out = written_out
        self.place = place

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The rule written out, on first use. Raises BrokenRule where that cannot be."""
        return self._written_out()

    def passes(self, value: Any) -> bool:
        """Whether the value fits. Compiled on first use: no run judges every rule."""
        return self._compiled.is_valid(value)

    def need_to_compile(self) -> None:
        """Raise BrokenRule when the rule is no schema; the catalog asks this of every rule."""
        _ = self._compiled

    def failures(self, value: Any) -> list[Failure]:
        """Every place where the value breaks the rule, in the order in which it is written."""
        # No records at all is by far the most frequent failure, and always words itself alike.
        return self._on_nothing if value == [] else self._failures(value)

    @cached_property
    def _on_nothing(self) -> list[Failure]:
        return self._failures([])

    def _failures(self, value: Any) -> list[Failure]:
        found = sorted((self._told(error) for error in self._compiled.iter_errors(value)), key=_at)
        return [Failure(told.gap, trail_of(value, told.path), self._spot(told)) for told in found]

    @cached_property
    def _compiled(self) -> Draft202012Validator:
        import jsonschema_rs  # not loaded where all verdicts are known

        try:
            return jsonschema_rs.Draft202012Validator(self.schema, retriever=_refuse)
        except (jsonschema_rs.ValidationError, ValueError) as error:
            raise BrokenRule(str(error).splitlines()[0], self.place) from None

    def _told(self, error: ValidationError) -> _Told:
        """Where in the rule an error stands, with the nearest message above it.

        The validator itself tells errors in an order of its own.
        """
        node: Any = self.schema
        gap = _message(node)
        at: list[int] = []
        steps: Iterator[Any] = iter(error.schema_path)
        path: Iterator[Any] = iter(error.instance_path)
        for step in steps:
            keyword = _BLAMED.get(step, step)
            at.append(list(node).index(_JUDGED.get(keyword, keyword)))
            node = node[keyword]
            if keyword == "items":
                at.append(next(path))
            elif keyword == "properties":
                next(path)
                name = next(steps)
                at.append(list(node).index(name))
                node = node[name]
            elif keyword in LISTS and (index := next(steps, None)) is not None:
                at.append(index)
                node = node[index]
            gap = _message(node) or gap
        return _Told(at, gap, tuple(error.instance_path), error)

    def _spot(self, told: _Told) -> tuple[str | int, ...]:
        """The place to look at: of alternatives the first one's first error."""
        error: Any = told.error
        while error.kind.name == "anyOf":
            told = min((self._told(inner) for inner in error.kind.context[0]), key=_at)
            error = told.error
        return told.path


def trail_of(value: Any, path: tuple[str | int, ...]) -> tuple[Any, ...]:
    """The values on the way along a path, beginning with `value` itself."""
    trail = [value]
    for key in path:
        trail.append(trail[-1][key])
    return tuple(trail)


class _Told(NamedTuple):
    """An error with what orders it among the others: the way to it, in places of the rule."""

    at: list[int]
    gap: str
    path: tuple[str | int, ...]
    error: ValidationError


#: What the validator blames on a keyword beside the one that holds the rule.
_BLAMED = {"minContains": "contains", "maxContains": "contains"}
#: Where a keyword is judged that others lead to.
_JUDGED = {"then": "if", "else": "if"}


def _at(told: _Told) -> list[int]:
    return told.at


def _message(node: Any) -> str:
    """The message of a schema; lists and values have none."""
    found = node.get("x-gap") if isinstance(node, Mapping) else None
    return found if isinstance(found, str) else ""


def _refuse(uri: str) -> Any:
    raise ValueError(f"a rule may not refer to {uri}")
