"""The dialect of rules is closed, and a failure is told by the nearest message and its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ctpat_policy.definitions import KEYWORDS, Definitions
from ctpat_policy.errors import BrokenRule
from ctpat_policy.model import Place
from ctpat_policy.rules import Failure, Rule

PLACE = Place("criteria/06-seal-security/6.6.yaml", ("clauses", 0, "all", 0, "rule"))
FACTS: dict[str, Any] = {
    "nothing": {"items": {"not": {}}},
    "answered": {"required": ["actions"], "properties": {"actions": {"minItems": 1}}},
    "clean": {"anyOf": [{"const": 0}, {"$ref": "#/$defs/answered"}]},
    "round": {"items": {"$ref": "#/$defs/about"}},
    "about": {"contains": {"$ref": "#/$defs/round"}},
    "itself": {"$ref": "#/$defs/itself"},
    "remote": {"$ref": "https://example.invalid/facts.yaml#/$defs/nothing"},
    "said": {"x-gap": "it is not clean", "const": 0},
}


def _definition(name: str, *steps: str) -> Place:
    return Place("facts.yaml", ("$defs", name, *steps))


def rule(schema: Any) -> Rule:
    written_out = Definitions(FACTS).written_out(schema, PLACE)
    made = Rule(lambda: written_out, PLACE)
    made.need_to_compile()
    return made


def refused(schema: Any) -> tuple[str, Place | None]:
    with pytest.raises(BrokenRule) as error:
        rule(schema)
    return error.value.message, error.value.place


@pytest.mark.parametrize(
    "keyword", ["requird", "propeties", "uniqueItems", "format", "$defs", "$id"]
)
def test_a_keyword_outside_the_dialect_is_refused_where_it_stands(keyword: str) -> None:
    message, place = refused({"items": {"minItems": 1, keyword: ["data"]}})

    assert message == f"{keyword} is not in the dialect of rules"
    assert place == PLACE.inside("items", keyword)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        None,
        [],
        "minItems",
        {"x-gap": "nothing decides"},
        {"properties": {"data": {}}},
        {"properties": {"data": True}},
        {"items": {}},
        {"contains": {}},
        {"anyOf": [{"const": 1}, {}]},
        {"allOf": [{"x-gap": "said"}]},
        {"if": {"const": 1}, "then": {"x-gap": "said"}},
        {"not": {"x-gap": "said"}},
    ],
)
def test_an_empty_rule_would_pass_everything_and_is_refused(schema: Any) -> None:
    message, _ = refused(schema)

    assert message == "a rule must be a mapping with at least one keyword that decides"


def test_not_nothing_refuses_everything_and_is_a_rule() -> None:
    nothing = rule({"items": {"not": {}}})

    assert nothing.passes([])
    assert not nothing.passes([1])


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"if": {"const": 1}}, "if"),
        ({"then": {"const": 1}}, "then"),
        ({"else": {"const": 1}}, "else"),
        ({"minContains": 2}, "minContains"),
        ({"maxContains": 2}, "maxContains"),
        ({"contains": {"const": 1}, "minContains": 0}, "minContains"),
        ({"minItems": 0}, "minItems"),
        ({"minLength": 0}, "minLength"),
        ({"required": []}, "required"),
        ({"properties": {}}, "properties"),
        ({"anyOf": []}, "anyOf"),
        ({"allOf": []}, "allOf"),
    ],
)
def test_a_keyword_that_decides_nothing_is_refused(schema: Any, keyword: str) -> None:
    assert refused(schema) == (f"`{keyword}` decides nothing here", PLACE.inside(keyword))


@pytest.mark.parametrize(
    "target",
    [
        "https://example.invalid/facts.yaml#/$defs/nothing",
        "file:///etc/passwd",
        "../../facts.yaml#/$defs/gone",
        "../facts.yaml#/$defs/nothing",
        "#/$defs/gone",
        "#",
        "facts.yaml",
        "../../facts.yaml#/$defs/nothing/items",
    ],
)
def test_a_remote_or_dangling_reference_is_refused(target: str) -> None:
    message, place = refused({"items": {"$ref": target}})

    assert message == f"$ref {target} names no definition of facts.yaml"
    assert place == PLACE.inside("items", "$ref")


@pytest.mark.parametrize(
    ("name", "message", "place"),
    [
        ("itself", "$ref #/$defs/itself leads back to itself", _definition("itself", "$ref")),
        (
            "round",
            "$ref #/$defs/round leads back to itself",
            _definition("about", "contains", "$ref"),
        ),
        (
            "remote",
            (
                "$ref https://example.invalid/facts.yaml#/$defs/nothing "
                "names no definition of facts.yaml"
            ),
            _definition("remote", "$ref"),
        ),
    ],
)
def test_a_definition_that_is_recursive_or_remote_is_refused_in_its_own_file(
    name: str, message: str, place: Place
) -> None:
    assert refused({"$ref": f"../../facts.yaml#/$defs/{name}"}) == (message, place)


@pytest.mark.parametrize(
    "schema", [{"type": "strng"}, {"pattern": "["}, {"required": "a"}, {"minItems": "1"}]
)
def test_what_is_no_json_schema_is_refused_at_load(schema: Any) -> None:
    _, place = refused({"items": schema})

    assert place == PLACE


def test_references_are_written_out_so_that_the_rule_stands_alone() -> None:
    clean = {"items": {"$ref": "../../facts.yaml#/$defs/clean"}}

    written = Definitions(FACTS).written_out(clean, PLACE)

    assert written == {
        "items": {
            "anyOf": [
                {"const": 0},
                {"required": ["actions"], "properties": {"actions": {"minItems": 1}}},
            ]
        }
    }


def test_keywords_beside_a_reference_count_too() -> None:
    both = rule({"$ref": "#/$defs/answered", "required": ["dated"], "allOf": [{"type": "object"}]})

    assert both.passes({"actions": [1], "dated": "2026-01-01"})
    assert not both.passes({"actions": [], "dated": "2026-01-01"})
    assert not both.passes({"actions": [1]})
    assert not both.passes([])


def test_the_same_definition_may_be_used_twice() -> None:
    twice = rule({"allOf": [{"$ref": "#/$defs/answered"}, {"items": {"$ref": "#/$defs/answered"}}]})

    assert twice.passes([{"actions": [1]}])


def test_every_keyword_of_the_dialect_decides() -> None:
    """Each keyword in a rule of its own, with a value that passes and one that fails."""
    cases: dict[str, tuple[Any, Any, Any]] = {
        "items": ({"items": {"const": 1}}, [1], [2]),
        "contains": ({"contains": {"const": 1}}, [2, 1], [2]),
        "minContains": ({"contains": {"const": 1}, "minContains": 2}, [1, 1], [1]),
        "maxContains": ({"contains": {"const": 1}, "maxContains": 1}, [1], [1, 1]),
        "not": ({"not": {"const": 1}}, 2, 1),
        "if": ({"if": {"const": 1}, "else": {"const": 2}}, 1, 3),
        "then": ({"if": {"minimum": 1}, "then": {"maximum": 2}}, 2, 3),
        "else": ({"if": {"minimum": 1}, "else": {"const": 0}}, 0, -1),
        "anyOf": ({"anyOf": [{"const": 1}, {"const": 2}]}, 2, 3),
        "allOf": ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3),
        "oneOf": ({"oneOf": [{"minimum": 1}, {"maximum": 2}]}, 3, 2),
        "type": ({"type": "string"}, "a", 1),
        "const": ({"const": True}, True, False),
        "enum": ({"enum": ["a", "b"]}, "a", "c"),
        "required": ({"required": ["a"]}, {"a": 1}, {}),
        "properties": ({"properties": {"a": {"const": 1}}}, {"a": 1}, {"a": 2}),
        "minItems": ({"minItems": 1}, [1], []),
        "maxItems": ({"maxItems": 1}, [1], [1, 2]),
        "minLength": ({"minLength": 1}, "a", ""),
        "minimum": ({"minimum": 1}, 1, 0),
        "maximum": ({"maximum": 1}, 1, 2),
        "exclusiveMinimum": ({"exclusiveMinimum": 1}, 2, 1),
        "exclusiveMaximum": ({"exclusiveMaximum": 1}, 0, 1),
        "pattern": ({"pattern": "^a$"}, "a", "b"),
        "$ref": ({"$ref": "#/$defs/nothing"}, [], [1]),
    }

    assert set(cases) | {"x-gap"} == KEYWORDS
    for keyword, (schema, good, bad) in cases.items():
        assert rule(schema).passes(good), keyword
        assert not rule(schema).passes(bad), keyword
        assert rule(schema).failures(bad), keyword


def test_the_nearest_message_above_the_failing_keyword_is_told() -> None:
    records = rule(
        {
            "x-gap": "of the list",
            "minItems": 1,
            "items": {
                "x-gap": "of the record",
                "required": ["data"],
                "properties": {
                    "data": {
                        "properties": {
                            "locked": {"x-gap": "of the field", "const": True},
                            "count": {"minimum": 1},
                        }
                    }
                },
            },
        }
    )

    def gaps(value: Any) -> list[str]:
        return [f.gap for f in records.failures(value)]

    assert gaps([]) == ["of the list"]
    assert gaps([{}]) == ["of the record"]
    assert gaps([{"data": {"locked": False, "count": 0}}]) == ["of the field", "of the record"]


def test_a_rule_without_messages_leaves_the_word_to_its_test() -> None:
    assert rule({"minItems": 1}).failures([]) == [Failure("", ([],), ())]


def test_a_message_beside_a_reference_and_one_inside_it() -> None:
    outer = rule({"items": {"x-gap": "seen from outside", "$ref": "#/$defs/answered"}})
    inner = rule({"items": {"x-gap": "seen from outside", "$ref": "#/$defs/said"}})

    assert [f.gap for f in outer.failures([{}])] == ["seen from outside"]
    assert [f.gap for f in inner.failures([1])] == ["it is not clean"]


def test_a_message_of_a_condition_is_told() -> None:
    if_then = rule(
        {
            "items": {
                "if": {"properties": {"result": {"const": "fail"}}, "required": ["result"]},
                "then": {"x-gap": "nothing answers it", "required": ["actions"]},
            }
        }
    )

    assert [f.gap for f in if_then.failures([{"result": "fail"}])] == ["nothing answers it"]
    assert if_then.passes([{"result": "ok"}, {}])


def test_the_trail_leads_from_the_fact_to_the_failing_value() -> None:
    record = {"data": {"points": [{"ok": True}, {"ok": False}]}}
    points = rule(
        {
            "items": {
                "properties": {
                    "data": {
                        "properties": {"points": {"items": {"properties": {"ok": {"const": True}}}}}
                    }
                }
            }
        }
    )

    (failure,) = points.failures([record])

    assert failure.trail == (
        [record],
        record,
        record["data"],
        record["data"]["points"],
        {"ok": False},
        False,
    )
    assert failure.spot == (0, "data", "points", 1, "ok")


def test_of_alternatives_the_first_one_shows_where_to_look() -> None:
    either = rule(
        {
            "items": {
                "x-gap": "neither locked nor answered",
                "anyOf": [
                    {"properties": {"locked": {"const": True}}},
                    {"$ref": "#/$defs/answered"},
                ],
            }
        }
    )

    (failure,) = either.failures([{"locked": False}])

    assert failure.gap == "neither locked nor answered"
    assert failure.trail == ([{"locked": False}], {"locked": False})
    assert failure.spot == (0, "locked")


def test_every_failing_place_is_told() -> None:
    numbers = rule({"items": {"minimum": 1}})

    assert [f.spot for f in numbers.failures([0, 1, 0])] == [(0,), (2,)]


_LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda n: {"minimum": n}, st.integers(0, 2)),
    st.builds(lambda n: {"const": n}, st.sampled_from([0, 1, "a", None])),
    st.builds(lambda n: {"minItems": n}, st.integers(1, 2)),
    st.sampled_from([{"required": ["b", "a"]}, {"type": "array"}, {"not": {}}, {"enum": ["a", 1]}]),
)


def _rules(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    names = st.permutations(["a", "b", "then", "x-gap"])
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "items": inner,
        "contains": inner,
        "minContains": st.integers(1, 2),
        "maxContains": st.just(1),
        "if": inner,
        "then": inner,
        "else": inner,
        "not": inner,
        "anyOf": several,
        "allOf": several,
        "oneOf": several,
        "properties": st.builds(lambda n, r: dict(zip(n, r, strict=False)), names, several),
        "x-gap": st.sampled_from(["one", "two"]),
        "minItems": st.just(2),
    }
    orders = st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=4, unique=True)
    return orders.flatmap(lambda order: st.fixed_dictionaries({k: keywords[k] for k in order}))


_VALUES = st.recursive(
    st.sampled_from([0, 1, 2, "a", None]),
    lambda v: (
        st.lists(v, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "then", "x-gap"]), v, max_size=3)
    ),
    max_leaves=8,
)


def _as_jsonschema_tells(schema: dict[str, Any], value: Any) -> list[Failure]:
    """The same by another library, which goes through a rule as it is written."""
    told = []
    for error in Draft202012Validator(schema).iter_errors(value):
        node: Any = schema
        gap, leaf = node.get("x-gap", ""), error
        for step in error.schema_path:
            node = node[step]
            if isinstance(node, dict) and isinstance(node.get("x-gap"), str):
                gap = node["x-gap"]
        while leaf.validator == "anyOf" and leaf.context:
            leaf = leaf.context[0]
        trail = [value]
        for key in error.path:
            trail.append(trail[-1][key])
        told.append(Failure(gap, tuple(trail), tuple(leaf.absolute_path)))
    return told


@given(st.recursive(_LEAVES, _rules, max_leaves=10), _VALUES)
def test_failures_are_told_in_the_order_of_the_rule(schema: dict[str, Any], value: Any) -> None:
    assert Rule(lambda: schema, PLACE).failures(value) == _as_jsonschema_tells(schema, value)
