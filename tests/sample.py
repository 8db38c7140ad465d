"""The sample company in memory: its files, changed by small functions, and what that changes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ctpat_policy import approvals, documents, filing, judgement, reading
from ctpat_policy.cache import Cache
from ctpat_policy.codes import problem
from ctpat_policy.model import Gap, Problem, Report, Row
from ctpat_policy.request import Request
from ctpat_policy.sources import SourceFile
from ctpat_policy.walking import DOCUMENT
from tests.company import dump, law

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).parent / "ctpat-policy"
TODAY = "2026-10-31"
PROFILE = "policies/security-profile.yaml"


class Files(dict[str, bytes]):
    """Paths and bytes of a policy repository; a Source like the work tree."""

    def files(self, under: str) -> Iterator[SourceFile]:
        """Every file below a folder, sorted."""
        for path in sorted(p for p in self if p.startswith(f"{under}/")):
            yield SourceFile(path, self[path] if path.endswith(DOCUMENT) else None, None)

    def astray(self) -> Iterator[SourceFile]:
        """Nothing."""
        return iter(())

    def read(self, path: str) -> bytes | None:
        """The bytes of a file."""
        return self.get(path)

    def attachment_problem(self, path: str) -> Problem | None:
        """Attachments lie beside the records."""
        return None if path in self else problem("attachment-missing", "it is not there")

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """SHA-256 and size."""
        if path not in self:
            return problem("attachment-missing", "it is not there")
        return hashlib.sha256(self[path]).hexdigest(), len(self[path])

    def without(self, *paths: str) -> Files:
        """A copy that lacks some files."""
        missing = set(paths) - set(self)
        assert not missing, f"not in the sample: {missing}"
        return Files({path: data for path, data in self.items() if path not in paths})

    def reworded(self, path: str, *changes: tuple[str, str]) -> Files:
        """A copy in which texts of a file, each found exactly once by its pattern, are replaced."""
        text = self[path].decode()
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count == 1, f"{path}: {pattern} was found {count} times"
        return Files({**self, path: text.encode()})

    def approved(self, path: str) -> Files:
        """A copy in which the approvals of a document are bound to its content again."""
        value = self.value(path)
        kind, _, name = path.removesuffix(".yaml").rpartition("/")
        doc_id = f"{kind.rpartition('/')[2]}/{name}" if path.startswith("evidence/") else name
        text = self[path].decode()
        for entry in value["approvals"]:
            right = approvals.digest(doc_id, value, entry["by"], entry["as"], entry["approved_on"])
            text = text.replace(entry["digest"], right)
        return Files({**self, path: text.encode()})

    def value(self, path: str) -> dict[str, Any]:
        """What a document says."""
        document = documents.load(self[path], path)
        assert document.value is not None, (path, document.problem)
        return document.value

    def put(self, path: str, value: Mapping[str, Any]) -> Files:
        """A copy with a document written anew."""
        return Files({**self, path: dump(value).encode()})

    def write(self, folder: Path) -> Path:
        """Write everything into a folder, for a run of the program."""
        for path, data in self.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return folder


@cache
def sample() -> Files:
    """The committed sample. Copy, never change."""
    found = (p for top in ("policies", "evidence") for p in (ROOT / top).rglob("*") if p.is_file())
    return Files({p.relative_to(ROOT).as_posix(): p.read_bytes() for p in found})


@cache
def before() -> Report:
    """The judgement of the committed sample."""
    return judged(sample())


def judged(files: Files, today: str = TODAY) -> Report:
    """The report of a changed sample."""
    read = filing.gather(files, law(), READER)
    return judgement.judge(read, files, law(), Request(today, TODAY), READER)


@dataclass(frozen=True)
class Changed:
    """The rows whose verdict changed, with what they are now; and what vanished."""

    report: Report
    rows: tuple[Row, ...]
    gone: tuple[tuple[str, str, str, str], ...]

    @property
    def verdicts(self) -> dict[str, str]:
        """Account, criterion, level and subject in one text -> the new verdict."""
        return {" ".join(row.key): row.verdict for row in self.rows}

    def gaps(self, criterion: str, level: str = "must") -> list[Gap]:
        """The new gaps of the changed rows of a criterion."""
        known = {(r.key, g.message) for r in before().rows for g in r.gaps}
        return [
            gap
            for row in self.rows
            if (row.criterion, row.level) == (criterion, level)
            for gap in row.gaps
            if (row.key, gap.message) not in known
        ]


def changed(files: Files) -> Changed:
    """What a changed sample changes."""
    report = judged(files)
    old = {row.key: row.verdict for row in before().rows}
    rows = tuple(row for row in report.rows if old.get(row.key) != row.verdict)
    return Changed(report, rows, tuple(set(old) - {row.key for row in report.rows}))


def records(kind: str) -> list[str]:
    """The paths of the records of a kind."""
    return sorted(p for p in sample() if p.startswith(f"evidence/{kind}/") and p.endswith(DOCUMENT))


def check(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """`ctpat-policy check`, as a person runs it."""
    run = [str(PROGRAM), "check", "--no-cache", str(folder), "--today", TODAY, *args]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(run, capture_output=True, text=True, env=env, check=False)


class _Remembering(reading.Reader):
    """Reads equal bytes once: hundreds of changed samples share all but a few documents."""

    def read(
        self, jobs: Iterable[reading.Job], shapes: reading.Shapes
    ) -> Iterator[tuple[reading.Job, reading.Outcome]]:
        return ((job, _read(job)) for job in jobs)


@cache
def _shapes() -> reading.Shapes:
    return reading.Shapes(law().schemas, law().kinds)


@cache
def _read(job: reading.Job) -> reading.Outcome:
    key = hashlib.sha256(f"{job.kind} {job.id}".encode() + job.data).hexdigest()
    return reading.read_one(job, _shapes())._replace(key=key)


#: Verdicts are remembered, too, as they are for a person who changes a file and checks again.
_FOLDER = tempfile.TemporaryDirectory()
READER = _Remembering(Cache(Path(_FOLDER.name) / "cache.sqlite"))
