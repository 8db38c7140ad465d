"""Which document a file must be, by where it lies; reads, parses and validates them all."""

from __future__ import annotations

import json
import marshal
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ctpat_policy.briefs import Brief
from ctpat_policy.cache import Cache
from ctpat_policy.catalog import Catalog
from ctpat_policy.model import INVALID, UNREADABLE, Finding, Place, Problem
from ctpat_policy.nearest import nearest
from ctpat_policy.reading import Content, Job, Reader, Shapes, Wrong
from ctpat_policy.sources import Source, SourceFile

PROFILE = "policies/security-profile.yaml"
_FOLDERS = {
    "policies/procedures": "procedure",
    "policies/partners": "business_partner",
    "policies/levels": "level_overlay",
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_KEEP = ".gitkeep"
#: What a document of ours begins with, after comments: its schema line.
_OURS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+schema:[ ]*[\"']?([a-z_]+)/[0-9]"
)


class Filed:
    """One valid document: its path, kind (the word before the slash), id and content.

    The content may still be closed, as most of it is never asked for. `brief` is a record's own,
    where it was made already; `key` is what the cache knows the content by, or empty.
    """

    __slots__ = ("_content", "brief", "id", "key", "kind", "path")

    def __init__(
        self,
        path: str,
        kind: str,
        id: str,  # noqa: A002  what it is called everywhere
        content: Content,
        brief: Brief | None = None,
        key: str = "",
    ) -> None:
        self.path, self.kind, self.id, self._content = path, kind, id, content
        self.brief, self.key = brief, key

    @property
    def value(self) -> Mapping[str, Any]:
        """The content, decoded when first asked for."""
        if isinstance(self._content, str | bytes):
            open_all([self])
        assert not isinstance(self._content, str | bytes)
        return self._content


def open_all(documents: Iterable[Filed]) -> None:
    """Open what is still closed, texts together: documents of one kind then share their keys."""
    texts = []
    for filed in documents:
        if isinstance(filed._content, bytes):
            filed._content = marshal.loads(filed._content)  # noqa: S302  from our own process
        elif isinstance(filed._content, str):
            texts.append(filed)
    together = ",".join(str(filed._content) for filed in texts)
    for filed, value in zip(texts, json.loads(f"[{together}]"), strict=True):
        filed._content = value


@dataclass(slots=True)
class Files:
    """What a repository holds: valid documents by kind, findings, and files beside them."""

    documents: dict[str, list[Filed]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    #: Pairs of paths: records of one kind that are the same to the byte.
    copies: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def of(self, kind: str) -> list[Filed]:
        """The valid documents of one kind, in order of path."""
        return self.documents.get(kind, [])


def gather(
    source: Source,
    catalog: Catalog,
    reader: Reader | None = None,
    wanted: Container[str] | None = None,
) -> Files:
    """Read everything below policies/ and evidence/; what is wrong is a finding, never raised.

    With `wanted`, of evidence only these kinds are looked at.
    """
    files = Files()
    reader = reader or Reader(Cache(None))
    shapes = Shapes(catalog.schemas, catalog.kinds)
    first: dict[tuple[str, int], str] = {}
    for job, outcome in reader.read(_jobs(source, catalog, files, wanted), shapes):
        if outcome.content is None:
            files.findings.extend(_finding(job.path, wrong) for wrong in outcome.wrong)
        else:
            filed = Filed(*job[:3], outcome.content, outcome.brief, outcome.key)
            files.documents.setdefault(job.kind, []).append(filed)
            # By their hash, as the bytes themselves would have to be held.
            twin = first.setdefault((job.kind, hash(job.data)), job.path)
            if twin != job.path and outcome.brief is not None:
                files.copies.append((job.path, twin))
    if wanted is None:
        files.findings.extend(_astray(source, catalog, files))
    return files


def _jobs(
    source: Source, catalog: Catalog, files: Files, wanted: Container[str] | None
) -> Iterator[Job]:
    """What there is to read; what cannot be read is found here."""
    seen: dict[tuple[str, str], str] = {}
    for folder in ("policies", "evidence"):
        for file in source.files(folder):
            if wanted is not None and _is_unwanted(file.path, wanted):
                continue
            home = _home(file, catalog, files, seen)
            if home is not None:
                yield Job(file.path, *home, schema_path(home[0]), file.data or b"")


def _astray(source: Source, catalog: Catalog, files: Files) -> Iterator[Finding]:
    """Documents where none is read, so that nobody waits for what they prove."""
    homes = {kind: f"{folder}/" for folder, kind in _FOLDERS.items()}
    homes |= {kind: f"evidence/{kind}/" for kind in catalog.kinds} | {"security_profile": PROFILE}
    for file in source.astray():
        begins = _OURS.match(file.data or b"")
        home = homes.get(begins[1].decode()) if begins else None
        if home:
            files.count += 1
            message = "no document is read here, so it proves nothing"
            place, hint = Place(file.path), f"move it to {home}"
            yield Finding("document-misplaced", INVALID, message, place, hint)


def _is_unwanted(path: str, wanted: Container[str]) -> bool:
    top, _, below = path.partition("/")
    return top == "evidence" and below.partition("/")[0] not in wanted


def expected(path: str) -> tuple[str, str] | None:
    """Kind and id that a document at this path must have; None where no document belongs."""
    if path == PROFILE:
        return "security_profile", "security-profile"
    if not path.endswith(".yaml"):
        return None
    parts = path.split("/")
    stem = parts[-1].removesuffix(".yaml")
    if parts[0] == "evidence":
        return (parts[1], stem) if len(parts) > 2 else None
    kind = _FOLDERS.get("/".join(parts[:-1]))
    return (kind, stem) if kind else None


def is_id(name: str) -> bool:
    """Whether a name may be the id of a document."""
    return _ID.fullmatch(name) is not None


def schema_path(kind: str) -> str:
    """The schema of a kind of document, below schemas/."""
    core = kind == "security_profile" or kind in _FOLDERS.values()
    return f"{kind}.yaml" if core else f"evidence/{kind}.yaml"


def _home(
    file: SourceFile, catalog: Catalog, files: Files, seen: dict[tuple[str, str], str]
) -> tuple[str, str] | None:
    """The kind and id that a file must have; None when it will not be read."""
    if file.problem is not None:
        files.count += 1
        files.findings.append(_from_problem(file.path, file.problem, UNREADABLE))
        return None
    home = expected(file.path)
    if home is None:
        _no_document(file, files)
        return None
    files.count += 1
    wrong = _identity(file.path, *home, catalog, seen)
    if wrong is not None:
        files.findings.append(wrong)
        return None
    return home


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


def _identity(
    path: str, kind: str, name: str, catalog: Catalog, seen: dict[tuple[str, str], str]
) -> Finding | None:
    """The folder must be a kind's, and the id well formed and free."""
    place = Place(path)
    if not is_id(name):
        hint = "use at most 64 of a-z, A-Z, 0-9, dots, dashes and underscores"
        return Finding("document-id", INVALID, f"{name} cannot be an id", place, hint)
    twin = seen.setdefault((kind, name.lower()), path)
    if twin != path:
        message = f"the id {name} is taken by {twin} (upper and lower case count as one)"
        return Finding("document-id-taken", INVALID, message, place, "rename one of the two")
    # A procedure or a level filed as evidence would slip past those who watch over policies/.
    if path.startswith("evidence/") and kind not in catalog.kinds:
        near = _nearest(kind, catalog.kinds)
        return Finding("kind-unknown", INVALID, f"{kind} is no kind of evidence", place, near)
    return None


def _finding(path: str, wrong: Wrong) -> Finding:
    place = Place(path, wrong.pointer, wrong.at_line, wrong.at_column)
    return Finding(wrong.code, wrong.severity, wrong.message, place, wrong.hint)


def _from_problem(path: str, problem: Problem, severity: str) -> Finding:
    place = Place(path, (), problem.line, problem.column)
    return Finding(problem.code, severity, problem.message, place, problem.hint)


def _nearest(kind: str, kinds: Mapping[str, Any]) -> str:
    near = nearest(kind, kinds)
    return f"did you mean evidence/{near}/?" if near else "ctpat-policy explain kinds lists them"
