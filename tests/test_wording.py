"""Every violation is a sentence that names the key, the place and how to mend it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ctpat_policy import documents
from ctpat_policy.model import Pointer
from ctpat_policy.schemas import Schemas, Violation
from ctpat_policy.sentences import shown
from tests.company import example, law, patched

SCHEMA = """\
$schema: https://json-schema.org/draft/2020-12/schema
title: Thing
type: object
required: [site]
additionalProperties: false
properties:
  site: {type: string, minLength: 1, maxLength: 5, description: The site's id.}
  ok: {type: boolean}
  items_seen: {type: integer, minimum: 1, maximum: 9}
  share: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 100}
  dated: {type: string, format: date}
  every: {type: string, format: duration, pattern: '^P[0-9]+D$'}
  code: {type: string, pattern: '^[A-Z]{2}$', examples: [MX]}
  plain: {type: string, pattern: '^[A-Z]{2}$'}
  told: {type: string, pattern: '^[A-Z]{2}$', description: Two capital letters.}
  result: {enum: [accepted, refused, true]}
  kind: {const: seal_audit/1}
  tags: {type: array, minItems: 1, maxItems: 2, uniqueItems: true, items: {type: string}}
  scope: {type: object, minProperties: 1}
  steps:
    type: array
    items:
      type: object
      properties:
        id: {type: string}
        text: {type: string}
        at: {type: string}
      additionalProperties: false
      oneOf: [{required: [text]}, {required: [at]}]
  file: {type: object, dependentRequired: {uri: [sha256, size]}}
  either: {anyOf: [{type: string, maxLength: 2}, {type: integer, minimum: 1}]}
  map: {type: object, additionalProperties: false, patternProperties: {'^MSC-': {type: string}}}
  mixed:
    type: object
    additionalProperties: false
    properties: {label: {type: string}}
    patternProperties: {'^x_': {type: string}}
  gate:
    type: object
    if: {properties: {open: {const: true}}, required: [open]}
    then: {x-gap: an open gate needs a guard, required: [guard], properties: {count: {minimum: 1}}}
    else: {required: [closed_on]}
    properties: {closed_on: {type: string, description: The last day.}}
  never: {not: {const: 1}}
  has: {contains: {const: 1}}
"""


@pytest.fixture(scope="module")
def thing(tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "thing.yaml").write_text(SCHEMA)
    return Schemas(folder)


def said(thing: Schemas, value: Any) -> list[tuple[Pointer, str, str]]:
    return [(v.pointer, v.message, v.hint) for v in thing.violations("thing.yaml", value)]


LOOK = "ctpat-policy explain says what belongs here, as does the editor"


@pytest.mark.parametrize(
    ("key", "value", "pointer", "message", "hint"),
    [
        (
            "ok",
            "true",
            (),
            "ok must be true or false, not true",
            "write true or false, without quotes",
        ),
        ("site", 12, (), "site must be text, not 12", "put it in quotes"),
        ("site", False, (), "site must be text, not false", "put it in quotes"),
        ("site", None, (), "site must be text, not null", "write a value, or take the key away"),
        ("site", ["S-1"], (), "site must be text, not a list", "put it in quotes"),
        (
            "tags",
            "a",
            (),
            "tags must be a list, not a",
            "write each entry on a line of its own, after a dash",
        ),
        (
            "scope",
            "company",
            (),
            "scope must be a mapping (key: value), not company",
            "write its keys below it, further in",
        ),
        (
            "items_seen",
            "3",
            (),
            "items_seen must be a whole number, not 3",
            "write digits alone, without quotes",
        ),
        ("items_seen", 0, (), "items_seen must be at least 1, not 0", LOOK),
        ("items_seen", 10, (), "items_seen must be at most 9, not 10", LOOK),
        ("share", 0, (), "share must be more than 0, not 0", LOOK),
        ("share", 100, (), "share must be less than 100, not 100", LOOK),
        ("site", "", (), "site needs at least 1 character", "The site's id."),
        ("site", "S-1234", (), "site needs at most 5 characters", "The site's id."),
        ("tags", [], (), "tags needs at least 1 entry", LOOK),
        ("tags", ["a", "b", "c"], (), "tags needs at most 2 entries", LOOK),
        ("tags", ["a", "a"], (1,), "tags has a twice", "keep one of the two"),
        ("tags", ["a", 2], (1,), "entry 2 of tags must be text, not 2", "put it in quotes"),
        ("scope", {}, (), "scope needs at least 1 key", LOOK),
        ("dated", "2026-02-30", (), "dated is no date: 2026-02-30", "for example 2026-10-31"),
        (
            "every",
            "P1M",
            (),
            "every has the wrong form: P1M",
            "it must match ^P[0-9]+D$",
        ),
        ("code", "mx", (), "code has the wrong form: mx", "for example MX"),
        ("plain", "mx", (), "plain has the wrong form: mx", "it must match ^[A-Z]{2}$"),
        ("told", "mx", (), "told has the wrong form: mx", "Two capital letters."),
        (
            "result",
            "acepted",
            (),
            "result may not be acepted",
            "did you mean accepted? one of: accepted, refused, true",
        ),
        ("result", 7, (), "result may not be 7", "one of: accepted, refused, true"),
        (
            "kind",
            "seal_log/1",
            (),
            "kind must be seal_audit/1, not seal_log/1",
            "write seal_audit/1",
        ),
        ("steps", [{"id": "a"}], (0,), "entry 1 of steps lacks text or at", "add one of them"),
        (
            "steps",
            [{"text": "x"}, {"text": "x", "at": "y"}],
            (1,),
            "entry 2 of steps has more than one of text, at",
            "keep one of them",
        ),
        (
            "steps",
            [{"text": "x", "whom": "y"}],
            (0, "whom"),
            "whom is not a key of entry 1 of steps",
            "remove it; known here: id, text, at",
        ),
        ("file", {"uri": "x", "size": 1}, (), "sha256 is missing, as uri is there", "add sha256"),
        ("either", "abc", (), "either needs at most 2 characters", LOOK),
        (
            "map",
            {"MSC-6.1": "a", "6.2": "b"},
            ("6.2",),
            "6.2 is not a key of map",
            "a key here must match ^MSC-",
        ),
        (
            "mixed",
            {"labl": "a", "x_free": "b"},
            ("labl",),
            "labl is not a key of mixed",
            "did you mean label? ",
        ),
        ("gate", {"open": True}, (), "an open gate needs a guard", "guard is missing"),
        (
            "gate",
            {"open": True, "guard": "x", "count": 0},
            ("count",),
            "an open gate needs a guard",
            "count must be at least 1, not 0",
        ),
        (
            "gate",
            {"open": False},
            (),
            "closed_on is missing; it is needed unless open is true",
            "add closed_on: The last day.",
        ),
        ("never", 1, (), "never does not fit its schema (not): 1", LOOK),
        ("has", [2], (), "has does not fit its schema (contains): a list", LOOK),
    ],
)
def test_each_keyword_has_its_sentence(
    thing: Schemas, key: str, value: Any, pointer: Pointer, message: str, hint: str
) -> None:
    found = said(thing, {"site": "S-1", key: value})

    assert found == [((key, *pointer), message, hint.rstrip())]


def test_a_missing_key_is_explained_by_what_it_is_for(thing: Schemas) -> None:
    assert said(thing, {}) == [((), "site is missing", "add site: The site's id.")]


def test_an_unknown_key_is_named_with_the_one_that_was_meant(thing: Schemas) -> None:
    assert said(thing, {"site": "S-1", "itmes_seen": 1}) == [
        (("itmes_seen",), "itmes_seen is not a key of the document", "did you mean items_seen?")
    ]


def test_every_violation_is_told_at_once_and_in_order(thing: Schemas) -> None:
    value = {"site": 1, "dated": "x", "tags": [1, *"ab", 2], "nobody": 1}

    assert [pointer for pointer, _, _ in said(thing, value)] == [
        ("dated",),
        ("nobody",),
        ("site",),
        ("tags",),
        ("tags", 0),
        ("tags", 3),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ("a\n  b", "a b"),
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_value_is_shown_short_and_on_one_line(value: Any, text: str) -> None:
    assert shown(value) == text


DOCUMENTS = {
    "security_profile": "security_profile.yaml",
    "procedure": "procedure.yaml",
    "business_partner": "business_partner.yaml",
    "corrective_action": "evidence/corrective_action.yaml",
    "event_register": "evidence/event_register.yaml",
    "training_session": "evidence/training_session.yaml",
}


def holes(value: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """The document with each key taken away in turn, and with each value turned to nonsense."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key), {k: v for k, v in value.items() if k != key}
            yield (*at, key), {**value, key: [[None]]}
            for pointer, changed in holes(inner, (*at, key)):
                yield pointer, {**value, key: changed}
    elif isinstance(value, list):
        for index, inner in enumerate(value[:1]):
            for pointer, changed in holes(inner, (*at, index)):
                yield pointer, [changed, *value[1:]]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_message_names_the_key_its_line_and_how_to_mend_it(kind: str) -> None:
    whole = patched(example(kind), {})
    for entry in whole.get("approvals", ()):
        entry["digest"] = "v1:sha256:" + "0" * 64
    for pointer, changed in holes(whole):
        found = law().schemas.violations(DOCUMENTS[kind], changed)

        lines = yaml.safe_dump(changed, sort_keys=False).splitlines()
        known = documents.positions("\n".join(lines).encode())
        for violation in found:
            assert violation.hint, violation
            line, _ = documents.nearest(known, violation.pointer)
            shared = min(len(pointer), len(violation.pointer))
            near = pointer[:shared] == violation.pointer[:shared]
            told = " ".join((violation.message, lines[line - 1]))
            assert near or str(pointer[-1]) in told, (pointer, violation)


def test_a_wrong_document_among_many_is_worded_without_delay() -> None:
    """A thousand records broken by one import must not take minutes to report."""
    start = time.process_time()

    for number in range(50):
        law().schemas.violations("evidence/seal_audit.yaml", {"x": number})

    assert time.process_time() - start < 2.5


def test_a_violation_is_a_plain_value() -> None:
    assert Violation(("a",), "b") == Violation(("a",), "b", "")
