"""Attributes are read as git reads them, fast, and what no two of its versions agree on is said."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ctpat_policy.model import Finding
from ctpat_policy.trail.rules import attributes
from tests.repositories import AUDIT, TODAY, codes, fresh, judged, messages

_TOP, _LOCAL = ".gitattributes", ".git/info/attributes"
_FILES = (_TOP, "evidence/.gitattributes", "a/.gitattributes", "evidence/a/.gitattributes", _LOCAL)
_NAMES = ("diff", "merge", "filter", "ident", "eol", "export-ignore")
_SIGNS = (
    *("a", "b", "1", ".", "e", "evidence", ".yaml", "é", " ", "\t", "\r", "\f", "#", "\\b", "\\/"),
    *("*", "**", "?", "/", "**/", "/**", "*/", "[", "!", "^", "-", "]", "\\", '"', "\\145", "\\t"),
    *("[:alpha:]", "[:x:]", "[^b]", "[a-b]", "[!a-]", "[:", ":]", "[[:digit:]]", "[z-a]"),
)
_GIVEN = (
    *("diff", "-diff", "!diff", "diff=b", "-diff=x", "--diff", "-!diff", "merge=ours", "merge"),
    *("binary", "-binary", "!binary", "quiet", "-quiet", "filter=", "filter=x", "ident", "x", ".x"),
    *("eol=crlf", "export-ignore", "text", "a$b", "-", "=y", '"', "attr=ä", "builtin"),
)
_PATTERNS = ("*.yaml", "evidence/**", "a*", "**", "*", "/evidence/*/b", "e*/**/a*b", "**/a")


def found(files: Mapping[str, str | bytes], *paths: str, prefix: str = "") -> list[Finding]:
    """What is said of some attributes files, named as surroundings name them."""
    data = {f: text if isinstance(text, bytes) else text.encode() for f, text in files.items()}
    around = SimpleNamespace(prefix=prefix, attributes=data, paths=paths or (AUDIT,))
    trail: Any = SimpleNamespace(surroundings=around)
    return list(attributes.find(trail))


def by_git(root: Path, paths: list[str]) -> dict[str, dict[str, str]]:
    """What git itself says of paths."""
    command = ["git", "-c", "core.attributesFile=/dev/null", "check-attr", "--stdin", "-z", *_NAMES]
    fed = b"".join(path.encode() + b"\0" for path in paths)
    done = subprocess.run(command, cwd=root, input=fed, capture_output=True, check=True)
    words = [word.decode("utf-8", "replace") for word in done.stdout.split(b"\0")]
    told: dict[str, dict[str, str]] = {path: {} for path in paths}
    for path, name, value in zip(words[::3], words[1::3], words[2::3], strict=False):
        told[path][name] = value
    return told


def by_us(files: Mapping[str, bytes], paths: list[str]) -> dict[str, dict[str, str]]:
    """What the rule takes for given, in git's words."""
    words = {True: "set", False: "unset", None: "unspecified"}
    lines = attributes._in_order(files, "")
    macros = attributes._macros(each for _, each in lines)
    rules = list(attributes._rules(lines, macros, ""))
    told = {}
    for path, given in attributes._given(paths, rules, macros):
        values = {name: given[name][1] if name in given else None for name in _NAMES}
        told[path] = {n: v if isinstance(v, str) else words[v] for n, v in values.items()}
    return told


def _line(dice: random.Random) -> str:
    given = [dice.choice(_GIVEN) for _ in range(dice.randint(0, 4))]
    kind = dice.random()
    if kind < 0.1:
        name = dice.choice(("quiet", "binary", "x", "-q", ""))
        return f"[attr]{name} " + " ".join(given)
    pattern = "".join(dice.choice(_SIGNS) for _ in range(dice.randint(1, 6)))
    pattern = f'"{pattern}"' if kind < 0.3 else dice.choice(_PATTERNS) if kind < 0.5 else pattern
    start, between = dice.choice(("", "", " ", "\t")), dice.choice((" ", "\t", " \t ", ""))
    return start + pattern + between + dice.choice(" \t").join(given) + dice.choice(("", "\r", " "))


def _paths(dice: random.Random) -> list[str]:
    steps = ("a", "b", "e", "1", "evidence", "x y", "é", "[", "\\", "-", "a.yaml", "^", "!", '"')
    made = set()
    for _ in range(150):
        depth = dice.randint(1, 4)
        path = ("".join(dice.choices(steps, k=dice.randint(1, 2))) for _ in range(depth))
        made.add("/".join(path))
    return sorted(made)


@pytest.mark.parametrize("seed", range(40))
def test_git_says_the_same(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    subprocess.run(["git", "init", "-q", "--template=", tmp_path], check=True)
    paths, files = _paths(dice), {}
    for file in _FILES:
        if file == _TOP or dice.random() < 0.5:
            text = dice.choice(("", "", "\ufeff"))
            text += "\n".join(_line(dice) for _ in range(dice.randint(1, 6)))
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes(text.encode())
            files["/" + file if file == _LOCAL else file] = text.encode()

    assert by_us(files, paths) == by_git(tmp_path, paths)


@pytest.mark.parametrize(
    "text",
    [
        "*.yaml\t-diff merge=ours",
        "*.yaml -diff\n# x\f*.yaml diff",
        "*.yaml -diff\n# x\u2028*.yaml diff",
        "*.yaml -diff\n*.yaml diff a$b",
        '"evidence/[^ ]*/**" -diff',
        '"\\145vidence/**" -diff',
        "[[:alpha:]]*/** -diff",
        "\ufeff*.yaml -diff",
        "*.yaml !diff -diff",
        "[attr]binary diff\n[attr]binary -diff\n*.yaml binary",
        "[attr]one two\n[attr]two one -diff\n*.yaml one",
    ],
)
def test_what_git_heeds_counts(text: str) -> None:
    assert [f.code for f in found({_TOP: text})][:1] == ["attributes"]


@pytest.mark.parametrize(
    "text",
    [
        "[z-a].txt -diff",
        "*.yaml -diff a$b",
        "*.yaml -diff\n*.yaml\tdiff",
        "!*.yaml -diff",
        "evidence/ -diff",
        "*.yaml working-tree-encoding=utf-8",
        "[attr]quiet -diff\n*.yaml -quiet",
        "evidence/seal_audit -diff",
    ],
)
def test_what_git_does_not_heed_does_not_count(text: str) -> None:
    assert found({_TOP: text}) == []


def test_a_macro_is_made_only_at_the_top() -> None:
    below = {"evidence/.gitattributes": "[attr]binary diff merge\n*.yaml binary"}

    assert [f.message[:18] for f in found(below)] == ["the attribute diff"]


def test_the_deeper_file_decides_wherever_the_policy_lies() -> None:
    files = {"/.gitattributes": "*.yaml diff", ".gitattributes": "*.yaml -diff"}
    turned = {"/.gitattributes": "*.yaml -diff", ".gitattributes": "*.yaml diff"}

    (finding,) = found(files, prefix="compliance/")
    assert (finding.place.path, finding.place.line) == (".gitattributes", 1)
    assert found(turned, prefix="compliance/") == []


def test_a_folder_that_is_left_out_of_archives_is_told() -> None:
    (finding,) = found({_TOP: "evidence/ export-ignore"})

    assert "export-ignore holds for evidence/" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "*.yaml diff " + "x" * 2100,
        b"*.yaml diff\n\0\n",
        "*.txt builtin_mode=1",
        "[attr]builtin_x diff",
    ],
)
def test_a_line_that_versions_of_git_read_otherwise_is_told(text: str | bytes) -> None:
    (finding,) = found({_TOP: text})

    assert "alike everywhere" in finding.message


_HARD = [f"evidence/{'e/' * 20}{n:05d}-{'e' * 100}.yaml" for n in range(10_000)]
_EASY = [f"evidence/kind{n % 100:03d}/2026-01-{n:05d}-dc-dfw.yaml" for n in range(10_000)]


@pytest.mark.parametrize("paths", [_HARD, _EASY], ids=["hard", "easy"])
@pytest.mark.parametrize(
    "text",
    [
        "*e*e*e*e*e*e*e*e*e*e*e*e*e*e*e*X -diff",
        "*e" * 100 + "X -diff",
        "**/" * 20 + "X -diff",
        "/**/e/**/e/**/e/**/e/**/e/X -diff",
        "/**/*e*e*e*/**/e*/**/*e*e*X -diff",
        "\n".join(f"*.x{n} -diff" for n in range(200)),
        "\n".join(f"*e*e*e*eX{n} -diff" for n in range(200)),
        "\n".join(f"* -m{n}" for n in range(10_000)),
    ],
)
def test_no_pattern_takes_for_ever(text: str, paths: list[str]) -> None:
    begun = time.process_time()
    found({_TOP: text}, *paths)

    assert time.process_time() - begun < 3  # seconds; a tenth of one on a machine that is idle


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"*.x{n} -diff" for n in range(400)),
        "\n".join(f"*e*e*e*eX{n} -diff" for n in range(400)),
        "\n".join(f"[attr]m{n} m{n + 1} -diff" for n in range(100)),
    ],
)
def test_more_than_can_be_matched_is_told_and_not_passed(text: str) -> None:
    (finding,) = found({_TOP: text})

    assert "than anybody can follow" in finding.message


def test_in_a_real_history_all_of_it_is_found(tmp_path: Path) -> None:
    trail = fresh(tmp_path / "trail")
    trail.write(_TOP, "*.yaml\t-diff merge=ours\n[z-a].txt text\n*e*e*e*e*e*e*e*X a$b\n")
    trail.write("evidence/.gitattributes", '"seal_audit/[a-z].yaml" diff !merge\n')
    trail.commit("2026-06-20", "attributes")

    report = judged(trail.root, TODAY)

    assert codes(report) == {"attributes"}
    assert [m.split(":")[0] for m in messages(report, "attributes")] == [
        "the attribute diff holds for evidence/corrective_action/CA-1.yaml and 2 more",
        "the attribute merge holds for evidence/corrective_action/CA-1.yaml and 2 more",
    ]
