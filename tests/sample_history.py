"""The sample company with the history that a year of work would have left behind.

    python -m tests.sample_history FOLDER     makes the repository in a new folder

This project's own history was written in weeks, so it cannot show what an auditor sees. Here every
document of the sample is committed on the day it was written, by the person whom it names. Same
sample, same commits.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from calendar import month_abbr
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from ctpat_policy import documents

ROOT = Path(__file__).parent.parent
PROFILE = "policies/security-profile.yaml"
#: What is older came in with the first commit, as papers that were filed before.
START = "2025-11-01"
_CLERK = "P-003"  # keeps the profile and the partners
_MODE = "100644"

#: The block of approvals, each of which begins with two blanks and a dash.
_APPROVALS = re.compile(rb"^approvals:\n((?:[ #].*\n)+)", re.MULTILINE)
_APPROVAL = re.compile(rb"^ {1,4}- .*\n(?: {3,}.*\n)*", re.MULTILINE)


@dataclass(frozen=True, order=True)
class _Change:
    """One commit: the first, then by day; on a day texts come before their approvals."""

    day: str
    hour: int
    person: str


def build(folder: Path, sample: Path = ROOT) -> None:
    """Make a git repository in a folder that does not exist yet."""
    folder.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "fast-import", "--quiet", "--date-format=rfc2822", stdin=_stream(sample))
    _git(folder, "reset", "-q", "--hard", "main")


def _stream(sample: Path) -> bytes:
    profile = _profile(sample)
    people = {p["id"]: p.get("git") for p in _value(profile, PROFILE)["people"]}
    changes: dict[_Change, dict[str, bytes]] = defaultdict(dict)
    changes[_Change(START, 0, _CLERK)][PROFILE] = profile
    for path, data in _documents(sample):
        for change, content in _versions(path, data):
            person = change.person if people.get(change.person) else _CLERK
            day = max(change.day, START)
            changes[replace(change, day=day, person=person)][path] = content
            for attachment in _attachments(sample, path, data):
                changes[replace(change, day=day, person=person)].setdefault(
                    attachment, (sample / attachment).read_bytes()
                )
    return b"".join(_commit(c, people[c.person], changes[c]) for c in sorted(changes))


def _profile(sample: Path) -> bytes:
    text = (sample / PROFILE).read_text()
    return re.sub(r'(  trail_from: )"[0-9-]+".*', rf'\1"{START}"', text).encode()


def _documents(sample: Path) -> Iterator[tuple[str, bytes]]:
    for folder in ("policies", "evidence"):
        for file in sorted((sample / folder).rglob("*.yaml")):
            path = file.relative_to(sample).as_posix()
            if path != PROFILE:
                yield path, file.read_bytes()


def _versions(path: str, data: bytes) -> Iterator[tuple[_Change, bytes]]:
    """The text by whom it names, then, one commit each, the approvals by whom they name."""
    value = _value(data, path)
    given = [(a["approved_on"], a["by"]) for a in value.get("approvals", ())]
    first = min((day for day, _ in given), default=START)
    writer = value.get("recorded_by", value.get("owner", _CLERK))
    yield _Change(value.get("recorded_on", first), 9, writer), _approved(data, 0)
    for number, (day, person) in enumerate(given, 1):
        yield _Change(day, 11 + number, person), _approved(data, number)


def _approved(data: bytes, number: int) -> bytes:
    """The document with only its first approvals."""
    block = _APPROVALS.search(data)
    if not block:
        return data
    kept = b"".join(_APPROVAL.findall(block[1])[:number])
    return data.replace(block[0], b"approvals:\n" + kept if kept else b"")


def _attachments(sample: Path, path: str, data: bytes) -> Iterator[str]:
    for attachment in _value(data, path).get("attachments", ()):
        named = str(attachment.get("path", ""))
        for place in (Path(path).parent / named, Path(named)):
            if named and (sample / place).is_file():
                yield place.as_posix()
                break


def _commit(change: _Change, who: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    stamp = f"{who['name']} <{who['email']}> {_rfc2822(change)}"
    message = f"{change.day}: {_told(sorted(files))}\n".encode()
    head = f"commit refs/heads/main\nauthor {stamp}\ncommitter {stamp}\ndata {len(message)}\n"
    blobs = (
        f"M {_MODE} inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
        for path, data in sorted(files.items())
    )
    return head.encode() + message + b"".join(blobs)


def _told(paths: list[str]) -> str:
    first = PurePosixPath(paths[0])
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{first.parent.name} {first.stem}{more}"


def _rfc2822(change: _Change) -> str:
    day = date.fromisoformat(change.day)
    return f"{day.day} {month_abbr[day.month]} {day.year} {change.hour:02}:00:00 +0000"


def _value(data: bytes, path: str) -> Any:
    document = documents.load(data, path)
    assert document.value is not None, (path, document.problem)
    return document.value


def _git(folder: Path, *command: str, stdin: bytes = b"") -> None:
    clean = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    subprocess.run(["git", *command], cwd=folder, input=stdin, env=clean, check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
