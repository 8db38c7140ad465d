"""Reads documents: bytes to a value or to what is wrong, in one process or several, once."""

from __future__ import annotations

import json
import marshal
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from ctpat_policy import documents
from ctpat_policy.briefs import Brief, Briefs
from ctpat_policy.cache import Cache, keys_of
from ctpat_policy.kinds import Kind
from ctpat_policy.model import INVALID, UNREADABLE, Pointer, Problem
from ctpat_policy.schemas import Schemas
from ctpat_policy.unfinished import TODO, place_of, todo_in

#: From so many documents on, that no cache knows, a second process pays.
WORTH_A_PROCESS = 500
_PER_TASK = 125
#: Documents that the cache is asked for at once, and whose bytes are held meanwhile.
_AT_ONCE = 5000
#: More processes than this gain nothing: one of them has to take over what all have made.
MOST = 8


class Shapes:
    """What a document is held against: the schemas, and the kinds that say what records name."""

    def __init__(self, schemas: Schemas, kinds: Mapping[str, Kind]) -> None:
        self.schemas, self.kinds, self.briefs = schemas, kinds, Briefs(kinds)

    def prepare(self, jobs: Iterable[Job]) -> None:
        """Have at hand what these take, so that no copy of this process makes it for itself."""
        import ctpat_policy.subset  # noqa: F401  not loaded where every document is known

        self.schemas.prepare(job.schema for job in jobs)


#: A document's content: open; as JSON, as the cache has it; or as another process handed it over.
Content = Mapping[str, Any] | str | bytes


class Job(NamedTuple):
    """One document to read: its path, its kind and id by the path, its schema, its bytes."""

    path: str
    kind: str
    id: str
    schema: str
    data: bytes


class Wrong(NamedTuple):
    """What is wrong with one document, without its path: equal bytes are read once."""

    code: str
    severity: str
    message: str
    hint: str
    pointer: Pointer = ()
    at_line: int = 0
    at_column: int = 0


class Outcome(NamedTuple):
    """A valid document's content, open or still closed, or why there is none.

    `key` is what the cache knows it by; empty without a cache.
    """

    content: Content | None
    brief: Brief | None = None
    wrong: tuple[Wrong, ...] = ()
    key: str = ""


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents are read: what is remembered, and by how many processes.

    `meanwhile` is what this process does while copies of it read, before it reads, too.
    """

    cache: Cache
    processes: int = 1
    meanwhile: Callable[[], object] | None = None

    def read(self, jobs: Iterable[Job], shapes: Shapes) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, in order; the same whatever is cached or run in parallel."""
        if not self.cache.works:
            yield from self._fresh(jobs, shapes)
            return
        rest = iter(jobs)
        while some := list(islice(rest, _AT_ONCE)):
            yield from self._cached(some, shapes)

    def _cached(self, jobs: Sequence[Job], shapes: Shapes) -> Iterator[tuple[Job, Outcome]]:
        made = {
            (schema, kind): keys_of("document", shapes.schemas.digest, schema, kind)
            for schema, kind in {(job.schema, job.kind) for job in jobs}
        }
        keys = [made[job.schema, job.kind](job.data) for job in jobs]
        decoded = _decoded(self.cache.get(keys))
        missing = [job for job, key in zip(jobs, keys, strict=True) if not decoded.get(key)]
        fresh = self._fresh(missing, shapes)
        kept: dict[str, str] = {}
        for job, key in zip(jobs, keys, strict=True):
            outcome = decoded.get(key)
            if outcome is None:
                outcome = next(fresh)[1]._replace(key=key)
                kept[key] = _encoded(outcome)
            yield job, outcome
        self.cache.put(kept)

    def _fresh(self, jobs: Iterable[Job], shapes: Shapes) -> Iterator[tuple[Job, Outcome]]:
        rest = iter(jobs)
        some = list(islice(rest, _AT_ONCE))
        while some:
            more: list[Job] = []
            fetch = partial(more.extend, islice(rest, _AT_ONCE))
            shapes.prepare(some)
            if self.processes > 1 and len(some) >= WORTH_A_PROCESS:
                yield from zip(some, self._shared(some, shapes, fetch), strict=True)
            else:
                yield from ((job, read_one(job, shapes)) for job in some)
                fetch()
            some = more

    def _shared(
        self, jobs: Sequence[Job], shapes: Shapes, first: Callable[[], None]
    ) -> Iterator[Outcome]:
        """The outcomes by several processes; this one does something else before it helps."""
        from ctpat_policy.parallel import shared_out  # not loaded where most is known

        def before() -> None:
            first()
            if self.meanwhile is not None:
                self.meanwhile()

        tasks = [jobs[n : n + _PER_TASK] for n in range(0, len(jobs), _PER_TASK)]
        work, packed = partial(_read_all, shapes), partial(_packed, self.cache.works)
        (read,) = shared_out(work, [tasks], self.processes, packed, _unpacked, before)
        return chain.from_iterable(read)


def processes() -> int:
    """How many processes are worth starting on this machine."""
    try:
        return min(MOST, len(os.sched_getaffinity(0)))
    except AttributeError:  # not Linux
        return min(MOST, os.cpu_count() or 1)


def read_one(job: Job, shapes: Shapes) -> Outcome:
    """Parse one document, hold it against its schema, and make its brief."""
    document = documents.load(job.data, job.path)
    if document.value is None or document.problem is not None:
        found = document.problem or Problem("yaml-empty", 1, 1, "the file is empty")
        wrong = Wrong(
            found.code, UNREADABLE, found.message, found.hint, (), found.line, found.column
        )
        return Outcome(None, wrong=(wrong,))
    line, right = document.value.get("schema"), f"{job.kind}/1"
    if line != right:
        says = f"the schema line says {line}" if line is not None else "there is no schema line"
        message = f"{says}, the folder says {right}"
        hint = f"write schema: {right}, or move the file"
        return _refused(Wrong("document-schema-line", INVALID, message, hint, ("schema",)))
    if not shapes.schemas.is_valid(job.schema, document.value):
        found_wrong = shapes.schemas.violations(job.schema, document.value)
        return _refused(
            *(Wrong("document-invalid", INVALID, v.message, v.hint, v.pointer) for v in found_wrong)
        )
    if (at := todo_in(job.data, job.kind, document.value)) is not None:
        message = f"{'.'.join(map(str, at))} still holds a TODO, so this proves nothing"
        hint = "write what belongs there; the comment above it says what"
        place = place_of(job.data, (*at, TODO))
        return _refused(Wrong("document-todo", INVALID, message, hint, at, *place))
    return Outcome(document.value, shapes.briefs.of(job.kind, document.value))


def _read_all(shapes: Shapes, jobs: Sequence[Job]) -> list[Outcome]:
    return [read_one(job, shapes) for job in jobs]


def _packed(kept: bool, outcomes: Iterable[Outcome]) -> bytes:
    """Outcomes as they travel. Contents that will be kept do so as the cache has them, others as it
    is fastest.
    """
    return marshal.dumps([_closed(outcome, kept) for outcome in outcomes])


def _closed(outcome: Outcome, kept: bool) -> tuple[Any, ...]:
    content, brief = outcome.content, outcome.brief
    if isinstance(content, dict):
        content = _json(content) if kept else marshal.dumps(content)
    return content, brief and tuple(brief), [*map(tuple, outcome.wrong)]


def _unpacked(told: bytes) -> list[Outcome]:
    return [
        Outcome(content, brief and Brief._make(brief), tuple(map(Wrong._make, wrong)))
        for content, brief, wrong in marshal.loads(told)  # noqa: S302  from our own copy
    ]


def _refused(*wrong: Wrong, key: str = "") -> Outcome:
    return Outcome(None, wrong=wrong, key=key)


def _encoded(outcome: Outcome) -> str:
    """Two lines of JSON: the brief and the content, or an empty one and what is wrong."""
    if outcome.content is None:
        return f"\n{_json(outcome.wrong)}"
    text = outcome.content if isinstance(outcome.content, str) else _json(outcome.content)
    return f"{_json(outcome.brief)}\n{text}"


def _decoded(texts: Mapping[str, str]) -> dict[str, Outcome]:
    """Outcomes from their texts, by their keys; contents are left as they are.

    Whatever is none is left out. Briefs are read together: one by one takes twice as long.
    """
    lines = {key: text.partition("\n")[::2] for key, text in texts.items()}
    briefs = {key: first for key, (first, _) in lines.items() if first}
    try:
        read = json.loads(f"[{','.join(briefs.values())}]")
        found = {
            key: Outcome(lines[key][1], Brief._make(brief) if brief else None, key=key)
            for key, brief in zip(briefs, read, strict=True)
        }
        refused = ((key, json.loads(second)) for key, (first, second) in lines.items() if not first)
        return found | {key: _refused(*map(_wrong, each), key=key) for key, each in refused}
    except (ValueError, TypeError):
        if len(texts) < 2:
            return {}
        return {k: outcome for key in texts for k, outcome in _decoded({key: texts[key]}).items()}


def _wrong(values: Sequence[Any]) -> Wrong:
    code, severity, message, hint, pointer, line, column = values
    return Wrong(code, severity, message, hint, tuple(pointer), line, column)
