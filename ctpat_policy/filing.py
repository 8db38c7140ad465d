"""Which document a file must be, by where it lies; reads, parses and validates them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ctpat_policy.cache import Cache
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import INVALID, UNREADABLE, Finding, Place, Pointer, Problem
from ctpat_policy.reading import Job, Reader, Wrong
from ctpat_policy.sources import Source, SourceFile

PROFILE = "policies/security-profile.yaml"
_FOLDERS = {
    "policies/procedures/": "procedure",
    "policies/partners/": "business_partner",
    "policies/levels/": "level_overlay",
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_KEEP = ".gitkeep"
#: Documents whose bytes are held at one time.
_AT_ONCE = 5000
#: What a skeleton holds where a person has to write.
TODO = "TODO"
_MAY_HOLD_TODO = ("procedure", "security_profile")


@dataclass(frozen=True, slots=True)
class Filed:
    """One valid document: its path, kind (the word before the slash), id and content."""

    path: str
    kind: str
    id: str
    value: Mapping[str, Any]


@dataclass(slots=True)
class Files:
    """What a repository holds: valid documents by kind, findings, and files beside them."""

    documents: dict[str, list[Filed]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    count: int = 0

    def of(self, kind: str) -> list[Filed]:
        """The valid documents of one kind, in order of path."""
        return self.documents.get(kind, [])


def gather(source: Source, catalog: Catalog, reader: Reader | None = None) -> Files:
    """Read everything below policies/ and evidence/; what is wrong is a finding, never raised."""
    files = Files()
    seen: dict[tuple[str, str], str] = {}
    reader = reader or Reader(Cache(None))
    batch: list[tuple[Filed, bytes]] = []
    for folder in ("policies", "evidence"):
        for file in source.files(folder):
            filed = _home(file, catalog, files, seen)
            if filed is not None:
                batch.append((filed, file.data or b""))
            if len(batch) == _AT_ONCE:
                _read(batch, files, reader, catalog)
                batch = []
    _read(batch, files, reader, catalog)
    return files


def _read(batch: list[tuple[Filed, bytes]], files: Files, reader: Reader, catalog: Catalog) -> None:
    jobs = [Job(h.path, schema_path(h.kind), f"{h.kind}/1", data) for h, data in batch]
    outcomes = reader.read(jobs, catalog.schemas)
    for (home, data), outcome in zip(batch, outcomes, strict=True):
        todo = _todo(data, home.kind, outcome.value)
        if outcome.value is None:
            files.findings.extend(_finding(home.path, wrong) for wrong in outcome.wrong)
        elif todo is not None:
            files.findings.append(_unfinished(home.path, todo))
        else:
            files.documents.setdefault(home.kind, []).append(replace(home, value=outcome.value))


def expected(path: str) -> tuple[str, str] | None:
    """Kind and id that a document at this path must have; None where no document belongs."""
    if path == PROFILE:
        return "security_profile", "security-profile"
    if not path.endswith(".yaml"):
        return None
    stem = path.rpartition("/")[2].removesuffix(".yaml")
    for folder, kind in _FOLDERS.items():
        if path.startswith(folder) and "/" not in path.removeprefix(folder):
            return kind, stem
    parts = path.split("/")
    return (parts[1], stem) if parts[0] == "evidence" and len(parts) > 2 else None


def is_id(name: str) -> bool:
    """Whether a name may be the id of a document."""
    return _ID.fullmatch(name) is not None


def schema_path(kind: str) -> str:
    """The schema of a kind of document, below schemas/."""
    core = kind == "security_profile" or kind in _FOLDERS.values()
    return f"{kind}.yaml" if core else f"evidence/{kind}.yaml"


def _home(
    file: SourceFile, catalog: Catalog, files: Files, seen: dict[tuple[str, str], str]
) -> Filed | None:
    """What a file must be, still without content; None when it will not be read."""
    if file.problem is not None:
        files.count += 1
        files.findings.append(_from_problem(file.path, file.problem, UNREADABLE))
        return None
    home = expected(file.path)
    if home is None:
        _no_document(file, files)
        return None
    files.count += 1
    filed = Filed(file.path, home[0], home[1], {})
    wrong = _identity(filed, catalog, seen)
    if wrong is not None:
        files.findings.append(wrong)
        return None
    return filed


def _no_document(file: SourceFile, files: Files) -> None:
    """A file that is no document: an attachment, perhaps, or one that nobody would ever read."""
    name = file.path.rpartition("/")[2]
    if name == _KEEP:
        return
    if name.lower().endswith((".yaml", ".yml")):
        right = "evidence/<kind>/<name>.yaml, policies/procedures/ or policies/partners/"
        files.count += 1
        files.findings.append(
            Finding(
                "document-misplaced",
                INVALID,
                "no document belongs here",
                Place(file.path),
                f"move it to {right}",
            )
        )
    else:
        files.beside.append(file.path)


def _identity(filed: Filed, catalog: Catalog, seen: dict[tuple[str, str], str]) -> Finding | None:
    """The folder must be a kind's, and the id well formed and free."""
    place = Place(filed.path)
    if not is_id(filed.id):
        hint = "use at most 64 letters, digits, dots, dashes and underscores"
        return Finding("document-id", INVALID, f"{filed.id} cannot be an id", place, hint)
    twin = seen.setdefault((filed.kind, filed.id.lower()), filed.path)
    if twin != filed.path:
        message = f"the id {filed.id} is taken by {twin} (upper and lower case count as one)"
        return Finding("document-id-taken", INVALID, message, place, "rename one of the two")
    # A procedure or a level filed as evidence would slip past those who watch over policies/.
    if filed.path.startswith("evidence/") and filed.kind not in catalog.kinds:
        near = _nearest(filed.kind, catalog.kinds)
        return Finding("kind-unknown", INVALID, f"{filed.kind} is no kind of evidence", place, near)
    return None


def _todo(data: bytes, kind: str, value: Any) -> Pointer | None:
    """Where a record or partner still holds a TODO. A procedure may: it then proves nothing."""
    if TODO.encode() not in data or kind in _MAY_HOLD_TODO:
        return None
    return _first_todo(value, ())


def _first_todo(value: Any, at: Pointer) -> Pointer | None:
    if isinstance(value, str):
        return at if value == TODO or value.startswith(f"{TODO}:") else None
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    found = (_first_todo(inner, (*at, step)) for step, inner in items)
    return next((pointer for pointer in found if pointer is not None), None)


def _unfinished(path: str, at: Pointer) -> Finding:
    message = f"{'.'.join(map(str, at))} still holds a TODO, so this proves nothing"
    hint = "write what belongs there; the comment above it says what"
    return Finding("document-todo", INVALID, message, Place(path, at), hint)


def _finding(path: str, wrong: Wrong) -> Finding:
    place = Place(path, wrong.pointer, wrong.at_line, wrong.at_column)
    return Finding(wrong.code, wrong.severity, wrong.message, place, wrong.hint)


def _from_problem(path: str, problem: Problem, severity: str) -> Finding:
    place = Place(path, (), problem.line, problem.column)
    return Finding(problem.code, severity, problem.message, place, problem.hint)


def _nearest(kind: str, kinds: Mapping[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(kind, kinds, 1)
    return f"did you mean evidence/{near[0]}/?" if near else "ctpat-policy explain kinds lists them"
