"""Small git repositories with a policy, built by the plain git command in a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctpat_policy import approvals
from ctpat_policy.cache import Cache
from ctpat_policy.reading import Reader
from ctpat_policy.request import Request
from tests.company import dump, example, law, patched

PROFILE = "policies/security-profile.yaml"
PROGRAM = Path(sys.executable).parent / "ctpat-policy"
_CLEAN = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
#: Nothing is remembered from one test to the next.
READER = Reader(Cache(None))
OFFICER = "P-1 <p-1@test.example>"
AUTHOR = "P-2 <p-2@test.example>"


@dataclass
class Built:
    """One repository below `root`; every commit has its own day at noon, UTC."""

    root: Path
    tips: list[str] = field(default_factory=list)

    def git(self, *command: str, day: str = "2026-06-01", by: str = AUTHOR) -> str:
        """Run git as somebody on some day; its output."""
        name, _, email = by.rstrip(">").partition(" <")
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email), ("DATE", f"{day}T12:00:00Z"))
        }
        done = subprocess.run(
            ["git", *command], cwd=self.root, env={**_CLEAN, **who}, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def write(self, path: str, value: Mapping[str, Any] | str) -> None:
        """Write a document or a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value if isinstance(value, str) else dump(dict(value)))

    def profile(self, patch: Mapping[str, Any]) -> None:
        """Write the example profile with a merge patch."""
        self.write(PROFILE, patched(example("security_profile"), patch))

    def remove(self, path: str) -> None:
        """Delete a file."""
        (self.root / path).unlink()

    def commit(self, day: str, message: str = "change", by: str = AUTHOR) -> str:
        """Commit everything that differs; the id."""
        self.git("add", "-A", day=day, by=by)
        self.git("commit", "-q", "--allow-empty", "-m", message, day=day, by=by)
        self.tips.append(self.git("rev-parse", "HEAD"))
        return self.tips[-1]


def started(root: Path, profile: Mapping[str, Any] | None = None, day: str = "2026-06-01") -> Built:
    """A repository whose first commit holds a security profile."""
    root.mkdir(parents=True, exist_ok=True)
    built = Built(root)
    built.git("init", "-q", "-b", "main")
    built.profile(profile or {})
    built.commit(day, "start")
    return built


def record(kind: str, patch: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The example record of a kind with a merge patch."""
    return dict(patched(example(kind), patch or {}))


def approved(
    doc_id: str, value: Mapping[str, Any], by: str = "P-1", **given: str
) -> dict[str, Any]:
    """A document with the right approval by somebody as company_officer."""
    function, day = given.get("function", "company_officer"), given.get("day", "2026-06-02")
    bare = {k: v for k, v in value.items() if k != "approvals"}
    digest = approvals.digest(doc_id, bare, by, function, day)
    entry = {"by": by, "as": function, "approved_on": day, "digest": digest}
    return {**bare, "approvals": [entry]}


def procedure(criterion: str, title: str = "All of it", by: str = "P-1") -> dict[str, Any]:
    """A procedure SOP-1 that spells out every element of a criterion, approved."""
    elements = [e.id for e in law().criteria[criterion].elements]
    value = record(
        "procedure",
        {
            "title": title,
            "steps": [{"id": e, "text": f"This is how {e} is done."} for e in elements],
            "satisfies": {criterion: {e: [e] for e in elements}},
        },
    )
    return approved("SOP-1", value, by)


def request(*criteria: str, today: str = "2026-06-30", real_today: str = "2026-11-24") -> Request:
    """What to judge, on a fixed day."""
    return Request(today, real_today, (), criteria)


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the installed program."""
    return subprocess.run(
        [PROGRAM, *arguments], cwd=cwd, env={**_CLEAN, **environment}, capture_output=True
    )
