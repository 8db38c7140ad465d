"""A source that reads one commit: the files as they were, without a checkout."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator

from ctpat_policy.cache import key_of
from ctpat_policy.codes import MAX_ATTACHMENT, MAX_BYTES, problem
from ctpat_policy.model import Problem
from ctpat_policy.names import twins, wrong_path
from ctpat_policy.sources import (
    DOCUMENT,
    SourceFile,
    too_large,
    wrong_attachment,
    wrong_suffix,
)
from ctpat_policy.trail.raw import Entry
from ctpat_policy.trail.repository import Repository

_FOLDERS = ("policies/", "evidence/")
_LINK, _REPOSITORY = "120000", "160000"


class Revision:
    """The tree of one commit, below the policy root; the same rules as for a work tree."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository, self.commit = repository, commit
        self.entries = {e.path: e for e in repository.tree(commit)}
        self._wrong = dict(_wrong(list(self.entries.values())))
        #: What `files` read: to ask git again for each place of a gap takes a process each.
        self._kept: dict[str, bytes] = {}

    def fingerprint(self) -> str:
        """A digest of the policy's files by their blob ids: nothing has to be read for it."""
        mine = [e for e in self.entries.values() if e.path.startswith(_FOLDERS)]
        return key_of(*(f"{e.mode} {e.blob} {e.path}" for e in mine))

    def files(self, under: str) -> Iterator[SourceFile]:
        """See Source."""
        start = f"{under}/" if under else ""
        mine = [e for e in self.entries.values() if e.path.startswith(start)]
        wanted = [e for e in mine if e.path not in self._wrong and e.path.endswith(DOCUMENT)]
        self._kept |= self._contents(wanted)
        for entry in mine:
            data = self._kept.get(entry.path)
            if data is not None and len(data) > MAX_BYTES:
                yield SourceFile(entry.path, None, too_large(len(data)))
            else:
                yield SourceFile(entry.path, data, self._wrong.get(entry.path))

    def read(self, path: str) -> bytes | None:
        """See Source."""
        entry = self.entries.get(path)
        if entry is None or path in self._wrong:
            return None
        content = self._kept[path] if path in self._kept else dict(self._contents([entry]))[path]
        return content if len(content) <= MAX_BYTES else None

    def attachment_problem(self, path: str) -> Problem | None:
        """See Source."""
        found = self.attachment_digest(path)
        return found if isinstance(found, Problem) else None

    def attachment_digest(self, path: str) -> tuple[str, int] | Problem:
        """See Source. The digest is that of the blob, whatever a checkout would make of it."""
        if wrong := wrong_path(path):
            return problem("attachment-path", wrong)
        entry = self.entries.get(path)
        if entry is None:
            return problem("attachment-missing", "there is no such file")
        if path in self._wrong:
            return self._wrong[path]
        content = dict(self._contents([entry]))[path]
        if len(content) > MAX_ATTACHMENT:
            return too_large(len(content))
        digest = hashlib.sha256(content).hexdigest(), len(content)
        return wrong_attachment(path, content) or digest

    def _contents(self, entries: list[Entry]) -> Iterator[tuple[str, bytes]]:
        found = self.repository.objects(e.blob for e in entries)
        for entry, (_, _, content) in zip(entries, found, strict=True):
            yield entry.path, content


def _wrong(entries: list[Entry]) -> Iterator[tuple[str, Problem]]:
    """What may not be read, by path: links, repositories, names that some systems confuse."""
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        steps = entry.path.split("/")
        for depth, name in enumerate(steps):
            folders["/".join(steps[:depth])].add(name)
    alike = {folder: twins(names) for folder, names in folders.items()}
    for entry in entries:
        if trouble := _entry_trouble(entry, alike):
            yield entry.path, trouble


def _entry_trouble(entry: Entry, alike: dict[str, dict[str, str]]) -> Problem | None:
    if entry.mode == _LINK:
        return problem("file-link", "a symbolic link")
    if entry.mode == _REPOSITORY:
        return problem("file-repository", "a git repository inside this one")
    if wrong := wrong_path(entry.path):
        return problem("file-name", wrong)
    steps = entry.path.split("/")
    for depth, name in enumerate(steps):
        twin = alike["/".join(steps[:depth])].get(name)
        if twin is not None:
            message = f"some systems take this name and {twin} for the same"
            return problem("file-name-taken", message)
    return wrong_suffix(steps[-1])
