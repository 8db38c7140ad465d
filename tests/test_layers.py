"""Imports run downward only, and `--help` loads nothing heavy."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.company import TODAY

PACKAGE = Path(__file__).parent.parent / "ctpat_policy"
#: From the ground up; a module may import from its own layer and those before it.
LAYERS = (
    {"__init__", "errors", "model"},
    {"codes", "characters", "names", "cache", "compiled", "encoding", "order", "shape"}
    | {"nearest"},
    {"scalars", "subset", "plain_places", "syntax", "places", "tree", "parsed", "documents"}
    | {"walking", "astray", "sources"},
    {"clock", "approvals", "checkout", "dialect", "schemas", "sentences"}
    | {"conditions", "wording"},
    {
        "features",
        "rules",
        "definitions",
        "operands",
        "kinds",
        "criteria",
        "reads",
        "soundness",
        "catalog",
    },
    {"briefs", "unfinished", "reading", "parallel", "filing"},
    {"attachments", "records", "references", "signed", "answers", "departures", "unfounded"}
    | {"profile_days", "program"},
    {"dossiers"},
    {"assess", "cover", "hearing", "judging", "grounds", "precedents"}
    | {"rhythm", "due", "excuses", "shares", "request"},
    {"judgement", "remembered", "agenda", "copies", "seals", "parts", "merging"},
    {"compare", "fields", "concern", "waivers", "governance", "difference", "changes"},
    {"chronicle", "explain"},
    {"trail"},
    {"reports", "authoring"},
    {"cli", "__main__"},
)
#: Slow to import, so loaded where they are needed: by no help, ...
HEAVY = ("git", "jsonschema", "jsonschema_rs", "yaml", "junit_xml", "hashlib", "tempfile")
#: ... by no check of documents in which nothing is wrong, ...
FOR_THE_WRONG = ("git", "jsonschema", "referencing", "multiprocessing", "sqlite3", "difflib")
#: ... and by none of which all is known.
FOR_THE_NEW = (
    *("git", "jsonschema", "referencing", "multiprocessing", "jsonschema_rs", "yaml"),
    *("ctpat_policy.program", "ctpat_policy.judgement"),
)


def layer_of(name: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if name in layer)


def part(path: Path) -> str:
    """The module or package of the first level that a file belongs to."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Names of the first level that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
            "ctpat_policy"
        ):
            continue
        inner = (node.module or "").split(".")[1:]
        found |= {inner[0]} if inner else {alias.name for alias in node.names}
    return found - {"__version__"}


def test_every_module_has_its_layer() -> None:
    names = {part(p) for p in PACKAGE.rglob("*.py")}

    assert names == set().union(*LAYERS)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_run_downward_only(path: Path) -> None:
    here = layer_of(part(path))

    upward = {name for name in imported(path) if layer_of(name) > here}

    assert upward == set()


def loaded(words: list[str], which: tuple[str, ...], cache: Path) -> list[str]:
    """Which of these modules a command has loaded when it ends."""
    code = (
        "import sys; from ctpat_policy.cli import group\n"
        f"try: group.main({words!r})\n"
        f"finally: print(*[m for m in {which!r} if m in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "CTPAT_POLICY_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode in (0, 1), done.stderr
    return done.stderr.split()


@pytest.mark.parametrize("words", ["--help", "check --help", "--version"])
def test_help_loads_nothing_heavy(words: str, tmp_path: Path) -> None:
    assert loaded(words.split(), HEAVY, tmp_path / "none") == []


def test_the_list_of_commands_loads_no_command(tmp_path: Path) -> None:
    ours = tuple(f"ctpat_policy.{part(path)}" for path in PACKAGE.glob("*.py"))

    assert loaded(["--help"], ours, tmp_path / "none") == ["ctpat_policy.errors"]


def test_a_check_loads_only_what_it_needs(tmp_path: Path) -> None:
    words = ["check", str(PACKAGE.parent), "--today", TODAY, "--jobs", "1"]
    words += ["--report", f"junit={tmp_path}/junit.xml"]

    assert loaded([*words, "--no-cache"], FOR_THE_WRONG, tmp_path / "none") == []
    loaded(words, (), tmp_path / "cache.sqlite")
    assert loaded(words, FOR_THE_NEW, tmp_path / "cache.sqlite") == []
