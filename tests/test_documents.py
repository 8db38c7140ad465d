"""Documents of the restricted profile keep their meaning, and nothing that is read ever raises."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctpat_policy.documents import Document, load, nearest, position_of, positions
from ctpat_policy.parsed import Parser

PARSERS: tuple[Parser, ...] = ("libyaml", "pure")
SCHEMAS = Path(__file__).parents[1] / "schemas"

PLAIN = [
    ("true", True),
    ("false", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("0", 0),
    ("12", 12),
    ("-7", -7),
    ("123456789012345678", 123456789012345678),
    ("-123456789012345678", -123456789012345678),
    ("0.5", 0.5),
    ("-0.5", -0.5),
    ("21.50", 21.5),
    ("0.0", 0.0),
    ("12345678901234.5", 12345678901234.5),
    ("2026-11-24", "2026-11-24"),
    ("2024-02-29", "2024-02-29"),
    ("2026-11-24 the dock", "2026-11-24 the dock"),
    ("P1Y", "P1Y"),
    ("MSC-6.6", "MSC-6.6"),
    ("1.2.3", "1.2.3"),
    ("10.0.0.1", "10.0.0.1"),
    ("1,000", "1,000"),
    ("12 cartons", "12 cartons"),
    ("9:75", "9:75"),
    ("20:00-06:00", "20:00-06:00"),
    ("00:1B:44:11:3A:B7", "00:1B:44:11:3A:B7"),
    ("1-800-555-0100", "1-800-555-0100"),
    ("+1 555 0100", "+1 555 0100"),
    ("MX00123456", "MX00123456"),
    ("3f2a", "3f2a"),
    ("0xyz", "0xyz"),
    ("nO", "nO"),
    ("tRUE", "tRUE"),
    ("nan", "nan"),
    ("Infinity", "Infinity"),
    ("no seals", "no seals"),
    ("none", "none"),
    ("-", None),
    (".", "."),
    ("...x", "...x"),
    ("-x", "-x"),
    ("./floor.jpg", "./floor.jpg"),
    ("https://example.invalid/a?b=c#d", "https://example.invalid/a?b=c#d"),
    ("C&F", "C&F"),
    ("wait!", "wait!"),
    ("50%", "50%"),
    ("a:b", "a:b"),
    ('it\'s "so"', 'it\'s "so"'),
    ("C:\\yard", "C:\\yard"),
]
BENIGN = [
    ("quoted words", 'a: "no"\nb: \'on\'\nc: "02134"\n', {"a": "no", "b": "on", "c": "02134"}),
    ("quoted numbers", 'a: "1e3"\nb: "22:15"\nc: ""\n', {"a": "1e3", "b": "22:15", "c": ""}),
    ("quoted date-time", 'a: "2026-11-24T10:00:00Z"\n', {"a": "2026-11-24T10:00:00Z"}),
    ("quoted key", "\"a\": 1\n'on': 2\n", {"a": 1, "on": 2}),
    ("keys with dots and dashes", "a.b: 1\nx-ref: 2\n_c: 3\n", {"a.b": 1, "x-ref": 2, "_c": 3}),
    ("a key of 128 characters", "k" * 128 + ": 1\n", {"k" * 128: 1}),
    ("byte-order mark", "\ufeffa: 1\n", {"a": 1}),
    ("CRLF", "a: 1\r\nb:\r\n  - x\r\n  - z\r\n", {"a": 1, "b": ["x", "z"]}),
    ("no last line end", "a: 1", {"a": 1}),
    ("three dashes first", "---\na: 1\n", {"a": 1}),
    ("three dots last", "a: 1\n...\n", {"a": 1}),
    ("comments", "# x\na: 1 # y\n# z\nb: 2\n", {"a": 1, "b": 2}),
    (
        "a comment of signs",
        "a: x #\nb: 2 ## y\nc: # z\nd:\n#e: 1\n",
        {"a": "x", "b": 2, "c": None, "d": None},
    ),
    (
        "comments that end no text",
        'a: "x" #y\nb: #y\n  c: 1\nd: [1] #y\n',
        {"a": "x", "b": {"c": 1}, "d": [1]},
    ),
    ("a # within a text", "a: C#4 #\nb: x:#4\n", {"a": "C#4", "b": "x:#4"}),
    ("tab in a comment", "a: 1 #\tx\n#\ty\n", {"a": 1}),
    ("tab in quotes", "a: \"x\ty\"\nb: 'x\ty'\n", {"a": "x\ty", "b": "x\ty"}),
    ("tab in a block", "a: |\n  x\ty\n", {"a": "x\ty\n"}),
    ("escaped tab and line end", 'a: "x\\ty\\n"\n', {"a": "x\ty\n"}),
    ("folded block", "a: >-\n  one\n  two\n\n  three\nb: 1\n", {"a": "one two\nthree", "b": 1}),
    ("literal block", "a: |\n  no: 1\n  - &x\n", {"a": "no: 1\n- &x\n"}),
    ("kept block", "a: |+\n  x\n\nb: 1\n", {"a": "x\n\n", "b": 1}),
    ("block with a comment", "a: | # y\n  x\n", {"a": "x\n"}),
    ("plain text over lines", "a: one\n  two\n  three\n", {"a": "one two three"}),
    ("quotes over lines", 'a: "one\n  two"\n', {"a": "one two"}),
    ("list at the margin", "a:\n- x\n- z\n", {"a": ["x", "z"]}),
    ("list of mappings", "a:\n  - b: 1\n    c: 2\n  - b: 3\n", {"a": [{"b": 1, "c": 2}, {"b": 3}]}),
    ("brackets", "a: [x, {b: 1}, []]\nc: {}\n", {"a": ["x", {"b": 1}, []], "c": {}}),
    ("brackets over lines", "a: [\n  x,\n  z,\n]\n", {"a": ["x", "z"]}),
    ("JSON", '{"a": [1, 2.5, true, null, "no"]}\n', {"a": [1, 2.5, True, None, "no"]}),
    ("an empty value", "a:\nb: 1\n", {"a": None, "b": 1}),
    ("the same key elsewhere", "a: {x: 1}\nb: {x: 2}\n", {"a": {"x": 1}, "b": {"x": 2}}),
    (
        "Arabic",
        "a: \u0645\u0633\u062a\u0648\u062f\u0639\n",
        {"a": "\u0645\u0633\u062a\u0648\u062f\u0639"},
    ),
    ("Hebrew in quotes", 'a: "\u05de\u05d7\u05e1\u05df"\n', {"a": "\u05de\u05d7\u05e1\u05df"}),
    (
        "Persian with a non-joiner",
        "a: \u0645\u06cc\u200c\u0634\u0648\u062f\n",
        {"a": "\u0645\u06cc\u200c\u0634\u0648\u062f"},
    ),
    ("Chinese", "a: \u6df1\u5733\u4ed3\u5e93\n", {"a": "\u6df1\u5733\u4ed3\u5e93"}),
    ("emoji", "a: \U0001f512 \u2705\ufe0f\n", {"a": "\U0001f512 \u2705\ufe0f"}),
    ("joined emoji", "a: \U0001f468\u200d\U0001f373\n", {"a": "\U0001f468\u200d\U0001f373"}),
    ("accents", "a: Jos\xe9 Mu\xf1oz, K\xf6ln\n", {"a": "Jos\xe9 Mu\xf1oz, K\xf6ln"}),
    ("no-break space", "a: 5\xa0kg\n", {"a": "5\xa0kg"}),
    ("a bullet of a word processor", "a: \uf0b7 sealed\n", {"a": "\uf0b7 sealed"}),
    ("escaped letters", 'a: "caf\\u00e9 \\x41 \\U0001f512"\n', {"a": "caf\xe9 A \U0001f512"}),
    ("signs that begin no text", "a: x & y\nb: z!\nc: d*\n", {"a": "x & y", "b": "z!", "c": "d*"}),
    ("a rule of equals signs", "# =======\na: 1\n", {"a": 1}),
    ("question mark and value", "? a\n: 1\n", {"a": 1}),
    ("text of 64 KiB", "a: " + "x" * 65_536 + "\n", {"a": "x" * 65_536}),
]
TOKENS = [
    *"ab10-:?|>#[]{},!&*%@~.=+ \n\t\\\"'",
    *("key", "true", "no", "  ", "\n", "\n  ", "\n- ", "- ", ": ", "? ", " #", ", ", "\\n", "\\\n"),
    *("|\n  ", ">-\n  ", "|+\n", "|1", "---", "...", "\n---\n", "<<: ", "!!str ", "k: v\n", "''"),
    *("x: |\n  t\n", "\r\n", '"a": ', "- - ", "a:\n", "  - a\n", "[a, ", "{b: ", "22:15"),
    *("2026-01-02", "\xa0", "\U0001f600", "\ufdd0"),
]
YAML_LIKE = st.lists(st.sampled_from(TOKENS), max_size=14).map("".join)
#: Values that the profile can say.
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,12}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), max_size=30)
LEAVES = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(KEYS, v, max_size=4), max_leaves=12
)


def value(text: str, parser: Parser = "auto") -> dict[str, object] | None:
    document = load(text.encode(), "x.yaml", parser=parser)
    assert document.problem is None, document.problem
    return document.value


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_a_plain_scalar_keeps_the_meaning_of_yaml_1_1_and_1_2(
    text: str, expected: object, parser: Parser
) -> None:
    found = value(f"a: {text}\n" if text != "-" else "a:\n  -\n", parser)

    assert found == {"a": expected if text != "-" else [None]}
    assert found is not None
    assert type(found["a"]) is (type(expected) if text != "-" else list)


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in BENIGN], ids=[b[0] for b in BENIGN]
)
def test_a_document_of_the_profile_is_read_as_written(
    text: str, expected: object, parser: Parser
) -> None:
    assert value(text, parser) == expected


def test_thirty_two_levels_are_not_too_deep() -> None:
    assert value("a: " + "[" * 31 + "]" * 31) is not None
    assert value("".join(" " * n + "a:\n" for n in range(32))) is not None


def test_fifty_thousand_values_are_not_too_many() -> None:
    found = value("a:\n" + "- x\n" * 49_997)

    assert found == {"a": ["x"] * 49_997}


def test_a_mebibyte_is_not_too_large() -> None:
    text = "a: 1\n"

    assert value(text + "#" * ((1 << 20) - len(text))) == {"a": 1}


def test_a_schema_may_use_the_keys_of_json_schema() -> None:
    text = b"$schema: x\n$defs: {a: {$ref: '#/$defs/b'}}\n"

    assert load(text, "x.yaml", schema_file=True).value == {
        "$schema": "x",
        "$defs": {"a": {"$ref": "#/$defs/b"}},
    }
    assert load(text, "x.yaml").value is None


def test_a_schema_may_use_any_text_as_a_key_below_pattern_properties() -> None:
    text = "patternProperties:\n  '^[a-z]+ $': {type: string}\n  ^MSC-\\d: {}\n"

    found = load(text.encode(), "x.yaml", schema_file=True)

    assert found.value == {"patternProperties": {"^[a-z]+ $": {"type": "string"}, "^MSC-\\d": {}}}
    assert load(text.encode(), "x.yaml").value is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("patternProperties:\n  a: {'^b c$': 1}\n", "yaml-key"),
        ("properties:\n  '^a b$': 1\n", "yaml-key"),
        ("patternProperties:\n  on: 1\n", "yaml-ambiguous"),
        ("patternProperties:\n  12: 1\n", "yaml-ambiguous"),
        ("patternProperties:\n  '': 1\n", "yaml-key"),
        ("patternProperties:\n  ^a: 1\n  '^a': 2\n", "yaml-duplicate-key"),
        ("patternProperties:\n  " + "a" * 501 + ": 1\n", "yaml-key"),
        ("patternProperties:\n  {a: 1}: 1\n", "yaml-complex-key"),
        ("$id: x\n", "yaml-key"),
    ],
)
def test_a_schema_is_held_to_the_rest_of_the_profile(text: str, code: str) -> None:
    problem = load(text.encode(), "x.yaml", schema_file=True).problem

    assert problem is not None
    assert problem.code == code


def test_every_shipped_schema_is_of_the_profile_and_both_parsers_agree() -> None:
    files = sorted(SCHEMAS.rglob("*.yaml"))

    assert files
    for file in files:
        data = file.read_bytes()
        found = load(data, file.name, schema_file=True)
        assert found.problem is None, (file, found.problem)
        assert load(data, file.name, schema_file=True, parser="pure") == found


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"a: \xc3")
def test_no_bytes_raise(data: bytes) -> None:
    for parser in PARSERS:
        assert_total(load(data, "x.yaml", parser=parser))
    position_of(data, ("a", 0))


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80) | YAML_LIKE, st.booleans())
@example('a: "\\UFFFFFFFF"', False)
@example('a: "\\ud800"', False)
@example("a: |#", False)
@example("a: {b:, c}", False)
@example("a: [b?, c]", False)
@example("a: {b:[c]}", False)
@example("a: [b:{c: d}]", False)
@example("a: ! 1", False)
@example("%FOO\n---\na: 1", False)
@example("a:\n\t- b", False)
@example("a: b\n\t\n", True)
@example("patternProperties: {b?c: 1}", True)
def test_the_two_parsers_agree_on_every_text(text: str, schema_file: bool) -> None:
    data = text.encode("utf-8", "surrogatepass")
    libyaml, pure = (load(data, "x", schema_file=schema_file, parser=p) for p in PARSERS)

    assert repr(libyaml.value) == repr(pure.value)
    assert_total(libyaml)
    assert_total(pure)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.booleans())
def test_what_is_written_quoted_is_read_back(content: dict[str, object], flow: bool) -> None:
    class Quoting(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    Quoting.add_representer(
        str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    )
    text = yaml.dump(content, Dumper=Quoting, default_flow_style=flow, allow_unicode=True)

    assert value(text) == content


@pytest.mark.parametrize(
    "text",
    ["a: b\nc", "a: {b", "a: {b: c", "a: [", 'a: "b', "a: {b:[c]}", "a: {b:{c: d}}", "a:\n\tb"],
)
def test_the_two_parsers_agree_on_where_a_text_ends_too_early(text: str) -> None:
    libyaml, pure = (load(text.encode(), "x", parser=p).problem for p in PARSERS)

    assert libyaml is not None
    assert libyaml == pure
    assert libyaml.line <= text.count("\n") + 1


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_every_key_and_item_has_a_position(content: dict[str, object]) -> None:
    text = yaml.dump(content, Dumper=yaml.SafeDumper)
    lines = text.split("\n")

    found = positions(text.encode())

    for pointer in pointers(content, ()):
        line, column = found[pointer]
        if pointer and isinstance(pointer[-1], str):
            assert lines[line - 1][column - 1 :].lstrip("'\"? ").startswith(pointer[-1][:1])


def test_positions_count_lines_and_columns_from_one() -> None:
    data = (
        "\ufeffschema: x/1\r\ndata:\r\n  rows:\r\n    - a: 1\r\n      b: [p, {q: 2}]\r\n    - 7\r\n"
    )

    assert positions(data.encode()) == {
        (): (1, 1),
        ("schema",): (1, 1),
        ("data",): (2, 1),
        ("data", "rows"): (3, 3),
        ("data", "rows", 0): (4, 7),
        ("data", "rows", 0, "a"): (4, 7),
        ("data", "rows", 0, "b"): (5, 7),
        ("data", "rows", 0, "b", 0): (5, 11),
        ("data", "rows", 0, "b", 1): (5, 14),
        ("data", "rows", 0, "b", 1, "q"): (5, 15),
        ("data", "rows", 1): (6, 7),
    }


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        (("a", "b"), (2, 3)),
        (("a", "c"), (1, 1)),
        (("a", "b", 0, "x"), (2, 3)),
        (("z",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_a_missing_place_falls_back_to_its_nearest_ancestor(
    pointer: tuple[str | int, ...], expected: tuple[int, int]
) -> None:
    data = b"a:\n  b: 1\n"

    assert position_of(data, pointer) == expected
    assert nearest(positions(data), pointer) == expected


def test_positions_of_a_broken_document_are_those_before_the_problem() -> None:
    assert positions(b"a: 1\nb: {c: 2, d: [3\n")[("b", "c")] == (2, 5)
    assert positions(b"a: 1\n[x]: 2\n") == {(): (1, 1), ("a",): (1, 1)}
    assert positions(b"\xff") == {}
    assert positions(b"a: " + b"[" * 50_000)
    assert position_of(b"", ("a",)) == (1, 1)


def test_reading_takes_little_longer_than_the_parser_alone() -> None:
    rows = "".join(
        f"  - point: p{n}\n    ok: true\n    note: seen and touched\n" for n in range(28)
    )
    text = f"schema: container_inspection/1\nscope: {{sites: [DC-DFW]}}\ndata:\n{rows}"
    data = text.encode()

    def parser_alone() -> None:
        for _ in yaml.parse(text, yaml.CSafeLoader):
            pass

    assert fastest(lambda: load(data, "x.yaml")) < 3 * fastest(parser_alone)


def fastest(run: object) -> float:
    assert callable(run)
    times = []
    for _ in range(30):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def assert_total(document: Document) -> None:
    """Either a value or a problem; the value holds nothing but plain data."""
    if document.problem is not None:
        assert document.value is None
        assert document.problem.message
        assert document.problem.hint
        return
    assert document.value is not None
    assert_plain(document.value)


def assert_plain(found: object) -> None:
    if isinstance(found, dict):
        for key, inner in found.items():
            assert type(key) is str
            assert_plain(inner)
    elif isinstance(found, list):
        for inner in found:
            assert_plain(inner)
    else:
        assert found is None or type(found) in (str, int, float, bool)


def pointers(content: object, above: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(content, dict):
        inner = list(content.items())
    if isinstance(content, list):
        inner = list(enumerate(content))
    return [above, *(p for step, part in inner for p in pointers(part, (*above, step)))]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Yes", "write true or false"),
        ("off", "write true or false"),
        ("2026-11-24 10:00", 'write day and time as "2026-10-31T14:05:00-05:00", in quotes'),
        ("2026-11-24T10:00:00Z", 'write day and time as "2026-10-31T14:05:00-05:00", in quotes'),
        ("012", "put it in quotes if it is text"),
    ],
)
def test_an_ambiguous_value_is_sent_to_what_was_probably_meant(text: str, hint: str) -> None:
    found = load(f"a: {text}\n".encode(), "x.yaml").problem

    assert found is not None
    assert found.hint.startswith(hint)
