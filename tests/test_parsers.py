"""The whole check says the same whichever parser reads: none for plain documents, libyaml, PyYAML.

Each runs in a process of its own, so that no other test is read by it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.broken import spoil
from benchmarks.corpus import generate
from tests.company import TODAY as DAY
from tests.sample import ROOT, TODAY

ALONE = ("libyaml", "pure")
FORMATS = ("junit", "json")


def wrong(folder: Path) -> Path:
    """A small company with every fault, some of them twice."""
    generate(folder, 150, plant=20)
    spoil(folder, 60)
    return folder


COMPANIES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "sample": (lambda _: ROOT, TODAY),
    "company B": (lambda _: ROOT / "tests" / "companies" / "bluebonnet", TODAY),
    "wrong": (wrong, DAY),
}


def reports(folder: Path, program: list[str], repository: Path, day: str) -> tuple[bytes, ...]:
    """What a program writes of a repository."""
    targets = [f"--report={name}={folder / name}" for name in FORMATS]
    words = ["check", str(repository), "--today", day, "--no-cache", "--jobs", "1", *targets]
    done = subprocess.run([sys.executable, *program, *words], cwd=ROOT, capture_output=True)
    assert (done.returncode in (0, 1, 3), done.stderr) == (True, b"")
    return tuple((folder / name).read_bytes() for name in FORMATS)


@pytest.mark.parametrize("parser", ALONE)
def test_a_parser_that_is_left_alone_reads_everything(parser: str) -> None:
    code = (
        "from benchmarks.parsers import only\n"
        f"only({parser!r})\n"
        "from ctpat_policy import documents, parsed\n"
        "print(documents.load(b'a: 1', 'x').value, documents.positions(b'a: 1')[('a',)])\n"
        "print(type(parsed._parser('a: 1', 'auto')).__name__)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)

    kind = {"libyaml": "CParser", "pure": "SafeLoader"}[parser]
    assert done.stdout.decode().split("\n")[:2] == ["{'a': 1} (1, 1)", kind]


@pytest.mark.parametrize("company", COMPANIES)
def test_every_parser_gives_the_same_bytes(company: str, tmp_path: Path) -> None:
    """PyYAML's own parser takes long over the sample, which has nothing that company B lacks."""
    alone = ALONE[:1] if company == "sample" else ALONE
    made, day = COMPANIES[company]
    repository = made(tmp_path / "repository")

    found = {"together": reports(tmp_path, ["-m", "ctpat_policy"], repository, day)}
    for parser in alone:
        program = ["-m", "benchmarks.parsers", parser]
        found[parser] = reports(tmp_path, program, repository, day)

    assert [p for p in alone if found[p] != found["together"]] == []
