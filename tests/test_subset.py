"""The fast way through plain documents gives what the parser gives, or leaves them to it.

That is so of their values and of where keys and items stand in them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from timeit import repeat
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctpat_policy import plain_places
from ctpat_policy.characters import decode
from ctpat_policy.documents import load
from ctpat_policy.parsed import places_of
from ctpat_policy.subset import read
from tests.test_documents import BENIGN, PLAIN, TOKENS, YAML_LIKE
from tests.test_hostile_documents import ROWS

HERE = Path(__file__).parents[1]
#: The least share of the files of a folder that is read without a parser; measured was 100 %
#: of evidence/ and policies/, 99 % of tests/ and 89 % of schemas/.
FLOORS = {"evidence": 0.95, "policies": 0.9, "tests": 0.9, "schemas": 0.75}
READ = [
    ("a: b\n", {"a": "b"}),
    ("# x\n\na: 1 # y\n  # z\n\nb: ~\n", {"a": 1, "b": None}),
    ("a:\nb:  # y\n", {"a": None, "b": None}),
    ("a:\n- x\n- z\nb: 1\n", {"a": ["x", "z"], "b": 1}),
    ("a:\n  - b: 1\n    c:\n    - 2\n  -   b: 3\n      c: 4\nd: 5\n",
     {"a": [{"b": 1, "c": [2]}, {"b": 3, "c": 4}], "d": 5}),
    ("a: \"no\"\nb: ''\nc: \"\"\nd: 'x: #'\n", {"a": "no", "b": "", "c": "", "d": "x: #"}),
    ("a: true\nb: null\nc: 0.5\nd: -x\ne: x:y#z\n",
     {"a": True, "b": None, "c": 0.5, "d": "-x", "e": "x:y#z"}),
    ("a: [x, {b: 1, c: []}, \"\", 'y']  # z\n", {"a": ["x", {"b": 1, "c": []}, "", "y"]}),
    ("a: [x,\n  z, {\n  b: 2}]\nc: 1\n", {"a": ["x", "z", {"b": 2}], "c": 1}),
    ("a: >-\n  one\n  # two\nb: 1\n", {"a": "one # two", "b": 1}),
    ("a:\n  - >-\n    one\n    two \n    three\n\n", {"a": ["one two  three"]}),
    ("a: >-\n  one\n# two\n  # three\nb: 1\n", {"a": "one", "b": 1}),
]  # fmt: skip
LEFT = [
    "a: one #two\n",
    "a: #two\n",
    "- 1 ##two\n",
    "a: >-\n  one\n\n  two\n",
    "a: >-\n  one\n    two\n",
    "a: >-\n  one\n   \nb: 1\n",
    "a: >-\n  one\n \n  # two\nb: 1\n",
    "a: >-\n  one\n\n   # two\nb: 1\n",
    "a:\n  b: >-\n  one\n",
    "a: one\n  two\n",
    "a: 1",
    "a: 1\r\n",
    "a: x\ty\n",
    "a: [x,\nz]\n",
    "a: [x,, z]\n",
    "a: [x, ]\n",
    "a: [x],\nb: 1\n",
    "a: [x, y]\n",
    "a: [b: 1]\n",
    "a: {b: 1, b: 2}\n",
    "a: {b: {b: c: d}}\n",
    "a: {b}\n",
    "a: [b}\n",
    "a: [b] # c,\n  d]\n",
    "a: [b]]\n",
    "a: {$ref: b}\n",
    "a: {}\n- b\n",
    "a:\n  - b\n - c\n",
    "a: 1\na: 2\n",
    "a:\na: 2\n",
    "on: 1\n",
    "a: {no: 1}\n",
    "-\n",
    "a:\n  -\n",
    "a:\n  - # b\n",
    "k" * 129 + ": 1\n",
    "".join(" " * n + "a:\n" for n in range(20)),
    "a: " + "[" * 13 + "]" * 13 + "\n",
    "a: 1\n" + "#" * 25_000 + "\n",
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
ODD = ["x y", "x  y ", "a: b", "a #b", ">-", "|", "&x", "*x", "!x", "no", "=", "<<", "012", "1_0"]
WORDS = st.sampled_from([text for text, _ in PLAIN] + ODD + ["a:", "#b", "b#c", "--", "?", "%"])
KEYS = st.sampled_from(
    [*"abcdefghijklm", "c.d", "e-f", "g_1", "a", "on", "$ref", '"q"', "k k", "k" * 129]
)


@st.composite
def brackets(draw: Callable[..., Any], depth: int = 2) -> str:
    """A value on one line: unquoted, in quotes or in brackets."""
    kind: str = draw(st.sampled_from("xxxxxxxxpds'[[[{{" if depth else "xxxxxpds"))
    if kind in "[{":
        parts = [draw(brackets(depth - 1)) for _ in range(draw(st.integers(0, 3)))]
        if kind == "{":
            parts = [f"{draw(KEYS)}: {part}" for part in parts]
        comma: str = draw(st.sampled_from([", "] * 9 + [",", " ,  ", ",\n      "]))
        return kind + comma.join(parts) + ("]" if kind == "[" else "}")
    text: str = "x" if kind == "x" else draw(WORDS | TEXTS)
    return {"x": "x", "p": text, "d": f'"{text}"', "s": f"'{text}'", "'": f"'{text}''s'"}[kind]


@st.composite
def blocks(draw: Callable[..., Any], indent: int = 0, depth: int = 3) -> str:
    """A mapping or a list over lines, with comments and what else people write between them."""
    a_list = indent > 0 and draw(st.booleans())
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        end = draw(st.sampled_from(["\n"] * 6 + [" # c\n", "  \n", "\n\n", "\n  # c\n", "\n \n"]))
        mark = draw(st.sampled_from(["- ", "- ", "-   ", "- a: "])) if a_list else f"{draw(KEYS)}:"
        kind = draw(st.sampled_from("vvv>cc" if depth else "v>"))
        deeper = indent + draw(st.sampled_from([2] * 9 + [4, 0, 1]))
        if kind == "v":
            rest = (" " if not a_list else "") + draw(brackets()) + end
        elif kind == ">":
            words = [
                " " * deeper + draw(st.just("x") | WORDS) for _ in range(draw(st.integers(1, 3)))
            ]
            rest = " >-\n" + "\n".join(words) + end
        elif a_list:
            rest = draw(blocks(indent + len(mark), depth - 1)).lstrip(" ")
        else:
            rest = end + draw(blocks(deeper, depth - 1))
        lines.append(" " * indent + mark + rest)
    return "".join(lines)


def documents_of(folder: str) -> list[tuple[Path, str]]:
    found = [(file, decode(file.read_bytes())) for file in sorted((HERE / folder).rglob("*.yaml"))]
    return [(file, text) for file, text in found if isinstance(text, str)]


def reads_alike(text: str, schema_file: bool = False) -> bool:
    """Whether a text is read without a parser; what the parser makes of it is then the same."""
    data = text.encode("utf-8", "surrogatepass")
    decoded = decode(data)
    found = read(decoded, schema_file) if isinstance(decoded, str) else None
    if found is None or not isinstance(decoded, str):
        return False
    expected = load(data, "x.yaml", schema_file=schema_file, parser="libyaml")
    assert repr(found) == repr(expected.value), (text, expected.problem)
    places = plain_places.places(decoded, schema_file)
    assert places == dict(places_of(decoded)), text
    assert places
    assert plain_places.start(decoded) == places[()]
    return True


def mutant(random: Random, lines: list[str], others: list[str]) -> str:
    """Some lines of a document with a few characters, lines or indentations changed."""
    start = random.randrange(len(lines)) if random.random() < 0.7 else 0
    margin = len(lines[start]) - len(lines[start].lstrip(" "))
    part = [line[min(margin, len(line) - len(line.lstrip(" "))) :] for line in lines[start:]]
    part = part[: random.randint(1, 14)]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(len(part))
        line, kind = part[at], random.randrange(8)
        cut = random.randint(0, len(line))
        if kind == 0:
            part[at] = line[:cut] + line[cut + random.choice((1, 1, 2, 5)) :]
        elif kind in (1, 2):
            part[at] = line[:cut] + random.choice(TOKENS) + line[cut:]
        elif kind == 3:
            part[at] = line[:cut] + line[cut + 1 : cut + 2] + line[cut : cut + 1] + line[cut + 2 :]
        elif kind == 4:
            part[at] = " " * random.choice((1, 1, 2, 2, 4)) + line
        elif kind == 5:
            part[at] = line[random.choice((1, 1, 2, 2, 4)) :]
        elif kind == 6:
            part.insert(at, random.choice(others))
        else:
            part[at : at + 1] = random.choice(([], [line, line], [line.replace("\n", "")]))
            part = part or ["a: b\n"]
    return "".join(part)


@pytest.mark.parametrize("folder", FLOORS)
def test_the_files_at_hand_are_read_alike_and_most_of_them_without_a_parser(folder: str) -> None:
    found = [reads_alike(text, folder == "schemas") for _, text in documents_of(folder)]

    assert len(found) > 50
    assert sum(found) / len(found) >= FLOORS[folder]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_plain_document_is_read(text: str, expected: object) -> None:
    assert repr(read(text)) == repr(expected)
    assert reads_alike(text)


@pytest.mark.parametrize("text", LEFT)
def test_an_unusual_document_is_left_to_the_parser(text: str) -> None:
    assert read(text) is None


def test_no_depth_is_read_that_the_parser_refuses() -> None:
    found = {
        (lines, brackets): reads_alike(
            "".join(" " * n + "a:\n" for n in range(lines))
            + f"{' ' * lines}- a: {'[' * brackets}x{']' * brackets}\n"
        )
        for lines in range(1, 34)
        for brackets in range(34)
    }

    assert found[9, 9]
    assert not found[30, 1]


def test_a_schema_may_use_the_keys_of_json_schema() -> None:
    text = "$schema: x\n$defs:\n  a: {$ref: '#/$defs/b'}\n"

    assert reads_alike(text, schema_file=True)
    assert read(text) is None


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_no_hostile_document_is_read(row: tuple[object, ...]) -> None:
    text = decode(row[1] if isinstance(row[1], bytes) else str(row[1]).encode())

    if isinstance(text, str):
        assert read(text) is None
        reads_alike(text, schema_file=True)


@pytest.mark.parametrize("text", [*(row[1] for row in BENIGN), *(f"a: {p}\n" for p, _ in PLAIN)])
def test_every_document_of_the_profile_is_read_alike(text: str) -> None:
    reads_alike(text)
    reads_alike(text, schema_file=True)


@settings(max_examples=600, deadline=None)
@given(blocks() | YAML_LIKE | st.text(max_size=60), st.booleans())
@example("a: >-\n  x\n \n  # y\nb: 1\n", False)
def test_every_text_is_read_alike(text: str, schema_file: bool) -> None:
    reads_alike(text, schema_file)


def test_mutants_of_the_files_at_hand_are_read_alike() -> None:
    random = Random(20261124)
    files = [(text.splitlines(True), f == "schemas") for f in FLOORS for _, text in documents_of(f)]
    others = [line for lines, _ in files for line in lines]

    read_without = sum(
        reads_alike(mutant(random, lines, others), schema_file)
        for lines, schema_file in random.choices(files, k=6_000)
    )

    assert read_without > 1_400


def test_it_pays() -> None:
    found = [text.encode() for _, text in documents_of("evidence")[:200]]

    with_it = min(repeat(lambda: [load(data, "x") for data in found], number=1, repeat=5))
    without = min(
        repeat(lambda: [load(data, "x", parser="libyaml") for data in found], number=1, repeat=5)
    )

    assert with_it < 0.8 * without
