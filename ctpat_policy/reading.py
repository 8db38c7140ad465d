"""Reads documents: bytes to a value or to what is wrong, in one process or several, once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ctpat_policy import documents
from ctpat_policy.cache import Cache, blob_id, key_of
from ctpat_policy.model import INVALID, UNREADABLE, Pointer, Problem
from ctpat_policy.schemas import Schemas

#: From so many documents on, that no cache knows, a second process pays.
WORTH_A_PROCESS = 400
_PER_TASK = 250
#: More processes than this gain nothing: the judging itself is done by one.
MOST = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read, and the schema that its place asks for."""

    path: str
    schema: str
    line: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one document, without its path: equal bytes are read once."""

    code: str
    severity: str
    message: str
    hint: str
    pointer: Pointer = ()
    at_line: int = 0
    at_column: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A valid document's value, or why there is none."""

    value: dict[str, Any] | None
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents are read: what is remembered, and by how many processes."""

    cache: Cache
    processes: int = 1

    def read(self, jobs: Sequence[Job], schemas: Schemas) -> Iterator[Outcome]:
        """The outcome of each job, in order; the same whatever is cached or run in parallel."""
        keys = [_key(schemas, job) for job in jobs] if self.cache.works else [""] * len(jobs)
        known = self.cache.get(keys) if self.cache.works else {}
        missing = [job for job, key in zip(jobs, keys, strict=True) if key not in known]
        fresh = self._fresh(missing, schemas)
        kept: dict[str, str] = {}
        for key in keys:
            text = known.get(key)
            outcome = _decoded(text) if text is not None else None
            if text is not None and outcome is not None:
                yield outcome
                continue
            outcome = next(fresh)
            if self.cache.works:
                kept[key] = _encoded(outcome)
            yield outcome
        self.cache.put(kept)

    def _fresh(self, jobs: Sequence[Job], schemas: Schemas) -> Iterator[Outcome]:
        if self.processes > 1 and len(jobs) >= WORTH_A_PROCESS:
            from ctpat_policy.parallel import mapped

            tasks = [jobs[at : at + _PER_TASK] for at in range(0, len(jobs), _PER_TASK)]
            for texts in mapped(schemas, tasks, self.processes):
                yield from map(_certain, texts)
        else:
            yield from (read_one(job, schemas) for job in jobs)


def processes() -> int:
    """How many processes are worth starting on this machine."""
    try:
        return min(MOST, len(os.sched_getaffinity(0)))
    except AttributeError:  # not Linux
        return min(MOST, os.cpu_count() or 1)


def read_one(job: Job, schemas: Schemas) -> Outcome:
    """Parse one document and hold it against its schema."""
    document = documents.load(job.data, job.path)
    if document.value is None or document.problem is not None:
        found = document.problem or Problem("yaml-empty", 1, 1, "the file is empty")
        wrong = Wrong(
            found.code, UNREADABLE, found.message, found.hint, (), found.line, found.column
        )
        return Outcome(None, (wrong,))
    line = document.value.get("schema")
    if line != job.line:
        message = f"the schema line says {line}, the folder says {job.line}"
        hint = f"write schema: {job.line}, or move the file"
        return Outcome(None, (Wrong("document-schema-line", INVALID, message, hint, ("schema",)),))
    if schemas.is_valid(job.schema, document.value):
        return Outcome(document.value)
    violations = schemas.violations(job.schema, document.value)
    return Outcome(
        None,
        tuple(Wrong("document-invalid", INVALID, v.message, v.hint, v.pointer) for v in violations),
    )


def read_many(jobs: Iterable[Job], schemas: Schemas) -> list[str]:
    """What a worker process does with its share; outcomes travel as JSON."""
    return [_encoded(read_one(job, schemas)) for job in jobs]


def _key(schemas: Schemas, job: Job) -> str:
    return key_of(
        "document", schemas.digest, job.schema, job.line, blob_id(job.data), str(len(job.data))
    )


def _encoded(outcome: Outcome) -> str:
    if outcome.value is not None:
        return json.dumps(outcome.value, ensure_ascii=False, separators=(",", ":"))
    wrong = [
        [w.code, w.severity, w.message, w.hint, w.pointer, w.at_line, w.at_column]
        for w in outcome.wrong
    ]
    return json.dumps(wrong, ensure_ascii=False, separators=(",", ":"))


def _decoded(text: str) -> Outcome | None:
    """An outcome from its JSON; None when it is not one."""
    try:
        found = json.loads(text)
        if isinstance(found, dict):
            return Outcome(found)
        return Outcome(
            None, tuple(Wrong(c, s, m, h, tuple(p), a, b) for c, s, m, h, p, a, b in found)
        )
    except (ValueError, TypeError):
        return None


def _certain(text: str) -> Outcome:
    outcome = _decoded(text)
    assert outcome is not None, "a worker's own JSON"
    return outcome
