"""What lies around a history: refs, replacements, grafts, attributes, uncommitted files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES
from ctpat_policy.errors import NotTrusted
from ctpat_policy.sources import WorkTree
from ctpat_policy.trail.raw import FILES, Entry
from ctpat_policy.trail.repository import Repository
from ctpat_policy.trail.stream import object_id

_REPLACED = "refs/replace/"
_TAGS = "refs/tags/"
_ATTRIBUTES = ".gitattributes"
_LOCAL = "/.git/info/attributes"
_FOLDERS = ("policies", "evidence")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The state of the clone beside its history. `attributes`: files by path; those of folders
    above the policy root and of the clone itself begin with `/`. `tags`: the name inside each
    annotated tag by its ref. `uncommitted`: paths that differ from HEAD, with how.
    """

    head: str
    prefix: str
    paths: tuple[str, ...]
    refs: Mapping[str, str]
    replaced: tuple[str, ...]
    grafted: bool
    attributes: Mapping[str, bytes]
    tags: Mapping[str, str]
    uncommitted: Mapping[str, str]


def look(repository: Repository, head: str) -> Surroundings:
    """Read it all."""
    entries = repository.tree(head)
    refs = repository.refs("refs/")
    return Surroundings(
        head=head,
        prefix=repository.prefix,
        paths=tuple(e.path for e in entries),
        refs=refs,
        replaced=tuple(name.removeprefix(_REPLACED) for name in refs if name.startswith(_REPLACED)),
        grafted=_grafted(repository),
        attributes=dict(_attributes(repository, head, entries)),
        tags=dict(_tags(repository, refs)),
        uncommitted=dict(sorted(_uncommitted(repository, entries))),
    )


def _grafted(repository: Repository) -> bool:
    grafts = repository.common_dir / "info" / "grafts"
    return grafts.is_file() and any(
        line.strip() and not line.startswith(b"#") for line in grafts.read_bytes().splitlines()
    )


def _attributes(
    repository: Repository, head: str, entries: list[Entry]
) -> Iterator[tuple[str, bytes]]:
    for folder in _above(repository.prefix):
        data = repository.blob(head, folder + _ATTRIBUTES, from_top=True)
        if data is not None:
            yield f"/{folder}{_ATTRIBUTES}", data
    mine = [e for e in entries if e.path.rpartition("/")[2] == _ATTRIBUTES and e.mode in FILES]
    read = repository.objects((e.blob for e in mine), MAX_BYTES)
    for entry, (_, _, data) in zip(mine, read, strict=True):
        yield entry.path, data
    local = repository.common_dir / "info" / "attributes"
    if local.is_file():
        if (size := local.stat().st_size) > MAX_BYTES:
            raise NotTrusted(f"{_LOCAL} is too large to be read: {size:,} bytes")
        yield _LOCAL, local.read_bytes()


def _above(prefix: str) -> Iterator[str]:
    """The folders above a prefix, each ending in a slash; the top is empty."""
    steps = prefix.split("/")[:-1]
    for depth in range(len(steps)):
        yield "".join(f"{step}/" for step in steps[:depth])


def _tags(repository: Repository, refs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = [name for name in refs if name.startswith(_TAGS)]
    # A tag may hang on any file, so that it may be of any size.
    found = repository.contents((refs[name] for name in names), MAX_BYTES)
    for name, (oid, kind, size, content) in zip(names, found, strict=True):
        if kind == "tag" and content is None:
            raise NotTrusted(f"the object {oid} is too large to be read: {size:,} bytes")
        if kind == "tag" and content is not None:
            lines = content.partition(b"\n\n")[0].split(b"\n")
            inside = [ln.removeprefix(b"tag ") for ln in lines if ln.startswith(b"tag ")]
            yield name, b" ".join(inside).decode("utf-8", "replace")


def _uncommitted(repository: Repository, entries: list[Entry]) -> Iterator[tuple[str, str]]:
    if repository.bare:
        return
    committed = {e.path: e.blob for e in entries if e.path.split("/")[0] in _FOLDERS}
    tree = WorkTree(repository.root)
    seen = set()
    for folder in _FOLDERS:
        for path, data in _contents(tree, folder):
            seen.add(path)
            blob = committed.get(path)
            if blob is None:
                yield path, "is not committed"
            elif data is not None and not _same(data, blob):
                yield path, "differs from what is committed"
    for path in committed.keys() - seen:
        yield path, "is committed, but not here"


def _contents(tree: WorkTree, folder: str) -> Iterator[tuple[str, bytes | None]]:
    for file in tree.files(folder):
        whole = tree.root / file.path
        if file.problem is not None or file.data is not None:
            yield file.path, file.data
        elif whole.lstat().st_size <= MAX_ATTACHMENT:
            yield file.path, whole.read_bytes()
        else:
            yield file.path, None


def _same(data: bytes, blob: str) -> bool:
    """Whether bytes are those of a blob, or become them when a checkout's line ends go."""
    if object_id("blob", data, len(blob)) == blob:
        return True
    return b"\r\n" in data and object_id("blob", data.replace(b"\r\n", b"\n"), len(blob)) == blob
