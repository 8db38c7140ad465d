"""README.md says what is so: its commands are run, its tables are the program's own.

`CTPAT_GOLDEN=renew pytest tests/test_readme.py` writes what the commands print now.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from ctpat_policy.cli import COMMANDS, group
from ctpat_policy.reports import DIFFERENCES, FORMATS, TRAILS
from tests.sample_history import ROOT, build
from tests.transcripts import agrees, renewed, steps

README = ROOT / "README.md"
BIN = Path(sys.executable).parent
FIRST_HOUR = ROOT / "tests" / "transcripts" / "first-hour.txt"  # test_first_hour.py replays it
#: Parts of the page that are taken from elsewhere.
PARTS = ("commands", "formats", "first-hour")


class Places:
    """Where the commands of the page are run; `new` is one empty folder for the whole page."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.env = {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
        }

    def folder(self, place: str) -> Path:
        """The folder of a place, made when it is first asked for."""
        if place == "clone":
            return ROOT
        folder = self.tmp / place
        if not folder.exists():
            build(folder) if place == "history" else folder.mkdir()
        return folder

    def run(self, place: str, command: str) -> str:
        """What a person sees who types the command there."""
        command = f"{_recipe(command)}" if command.startswith("make ") else command
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder(place),
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.stdout.decode()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("readme"))


def test_the_commands_shown_print_what_is_shown(places: Places) -> None:
    page = README.read_text()
    if os.environ.get("CTPAT_GOLDEN") == "renew":
        page = renewed(_with_parts(page), places.run)
        README.write_text(page)
        places = Places(places.tmp / "again")
        places.tmp.mkdir()

    wrong = [
        f"$ {step.command}\n{printed}"
        for step in steps(page)
        if not agrees(printed := places.run(step.place, step.command), step.shown)
    ]

    assert not wrong, "CTPAT_GOLDEN=renew renews the page\n" + "\n".join(wrong)
    assert len(list(steps(page))) >= 8


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_what_it_is_taken_from(name: str) -> None:
    page = README.read_text()

    assert _part(name) in page


def test_every_option_shown_exists() -> None:
    page = README.read_text()
    named = {
        (command, option)
        for command, rest in re.findall(r"ctpat-policy ([a-z]+)([^\n`|]*)", page)
        if command in COMMANDS
        for option in re.findall(r"(?<![\w-])--[a-z-]+", rest)
    }

    for command in {command for command, _ in named}:
        told = CliRunner().invoke(group, [command, "--help"]).output
        missing = {option for about, option in named if about == command and option not in told}
        assert not missing, command


def test_every_file_linked_exists() -> None:
    linked = re.findall(r"\]\(([^):#]+)\)", README.read_text())

    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_every_format_named_exists() -> None:
    known = {*FORMATS, *DIFFERENCES, *TRAILS}
    named = set(re.findall(r"--report ([a-z-]+)", README.read_text()))

    assert named <= known


def _recipe(target: str) -> str:
    """The last line of a target's recipe, run by this environment instead of by .venv."""
    done = subprocess.run(
        ["make", "-n", "--no-print-directory", *target.split()[1:], f"VENV={BIN.parent}"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().splitlines()[-1]


def _with_parts(page: str) -> str:
    for name in PARTS:
        before, _, rest = page.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- /{name} -->\n")
        page = f"{before}{_part(name)}{after}"
    return page


def _part(name: str) -> str:
    if name == "first-hour":
        body = f"```text\n{FIRST_HOUR.read_text()}```\n"
    elif name == "commands":
        body = _table({f"ctpat-policy {name}": says for name, says in COMMANDS.items()})
    else:
        body = _table({name: form.says for name, form in FORMATS.items()})
    return f"<!-- {name} -->\n{body}<!-- /{name} -->\n"


def _table(rows: Mapping[str, str]) -> str:
    return "| | |\n|---|---|\n" + "".join(f"| `{key}` | {says} |\n" for key, says in rows.items())
