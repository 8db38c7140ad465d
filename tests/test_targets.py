"""Where reports go: devices, pipes and links are written to, files come whole, none is stale."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ctpat_policy.cli import group
from tests.history_repositories import PROGRAM

SMALL = Path(__file__).parent / "companies" / "bluebonnet"
ASKED = ("--today", "2026-10-31", "--criterion", "6.6")


def check(*options: str) -> Result:
    """Several questions of one law are asked; a cache spares them to load it again."""
    return CliRunner().invoke(group, ["check", str(SMALL), *ASKED, *options])


def to(*targets: str) -> Result:
    return check(*(word for target in targets for word in ("--report", target)))


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("CTPAT_POLICY_CACHE", str(tmp_path_factory.mktemp("cache") / "c.sqlite"))
    yield
    patch.undo()


def test_a_device_stays_one(tmp_path: Path) -> None:
    null = tmp_path / "null"
    try:
        os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        null.write_bytes(b"")
    except (AttributeError, OSError):
        pytest.skip("nobody may make a device here")

    done = to(f"junit={null}", f"json={null}")

    assert done.exit_code in (0, 1)
    assert stat.S_ISCHR(null.stat().st_mode)


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()

    to(f"json={pipe}")
    reader.join(10)

    assert json.loads(read[0])["rows"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    (tmp_path / "folder").mkdir()
    link.symlink_to("folder/real.json")

    to(f"json={link}")

    assert link.is_symlink()
    assert json.loads((tmp_path / "folder/real.json").read_bytes())["rows"]


def test_an_open_descriptor_is_written_to_by_its_name(tmp_path: Path) -> None:
    """As bash hands out the pipe of `>(jq .)`; what is appended to is not begun anew."""
    reading, writing = os.pipe()
    named = ("--report", f"json=/dev/fd/{writing}", "--report", "text=/dev/stdout")
    log = tmp_path / "log"
    with log.open("ab") as stdout:
        stdout.write(b"before\n")
        stdout.flush()
        subprocess.run(
            [PROGRAM, "check", str(SMALL), *ASKED, *named],
            pass_fds=[writing],
            stdout=stdout,
        )
    os.close(writing)
    with open(reading, "rb") as stream:
        assert json.loads(stream.read())["rows"]

    assert log.read_bytes().startswith(b"before\nBluebonnet")


def test_a_dash_is_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    done = to("json=-")

    assert json.loads(done.stdout)["rows"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (("json=a", "text=./a"), "two reports would be written to ./a"),
        (("json=-", "text=/dev/stdout"), "only one report may go to standard output"),
        (("json=nowhere/a",), "there is no folder nowhere"),
        (("json=.",), "is a folder"),
    ],
)
def test_a_slip_is_found_before_anything_is_judged(
    targets: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = to("junit=b", *targets)

    assert (getattr(done.exception, "exit_code", done.exit_code)) == 2
    assert says in f"{done.output} {done.exception}"
    assert not list(tmp_path.iterdir())


def test_what_can_be_written_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def full(source: str, target: Path) -> None:
        if target.name == "b":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    done = to(f"json={tmp_path}/a", f"text={tmp_path}/b", f"junit={tmp_path}/c", "text")

    assert getattr(done.exception, "exit_code", 0) == 4
    assert "b cannot be written" in str(done.exception)
    assert {p.name for p in tmp_path.iterdir()} == {"a", "c"}
    assert "Bluebonnet" in done.stdout


def test_a_run_without_a_verdict_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    to(f"junit={file}")
    assert file.exists()

    done = check("--since", "nosuch", "--report", f"junit={file}")

    assert getattr(done.exception, "exit_code", 0) != 0
    assert not list(tmp_path.iterdir())


def test_a_report_is_no_older_than_its_run(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")

    to(f"json={file}")

    assert json.loads(file.read_text())["rows"]
