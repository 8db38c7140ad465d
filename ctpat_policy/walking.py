"""What of a folder is read and entered: the same in a work tree as in a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from ctpat_policy.codes import MAX_FILES, MAX_FOLDER_DEPTH, problem
from ctpat_policy.model import Problem
from ctpat_policy.names import is_git, twins, visible, wrong_name

DOCUMENT = ".yaml"
#: Names that are meant as documents; only DOCUMENT itself is read.
_MEANT = (".yaml", ".yml")
_BARE_REPOSITORY = frozenset({"HEAD", "objects", "refs"})
#: What has a history of its own is no part of this one.
REPOSITORY = problem("file-repository", "a git repository inside this one")


class Listed(Protocol):
    """One entry of a folder, as `os.scandir` has them."""

    @property
    def name(self) -> str:
        """Its name in the folder."""

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a plain file."""

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""

    def is_symlink(self) -> bool:
        """Whether it is a link."""


#: At most so many entries of a folder, or why it cannot be read.
Scan = Callable[[str, int], Sequence[Listed] | Problem]


def walk(under: str, scan: Scan) -> Iterator[tuple[str, Problem | None]]:
    """Every file below a folder, and what is wrong with it or a folder, in no order. At most
    MAX_FILES entries are walked.
    """
    folders = [(under, under.count("/") + 1 if under else 0)]
    room = MAX_FILES
    while folders:
        folder, depth = folders.pop()
        entries = scan(folder, room + 1)
        if isinstance(entries, Problem):
            yield visible(folder), entries
            continue
        room -= len(entries)
        if room < 0:
            yield (
                visible(under),
                problem("file-count", f"more than {MAX_FILES:,} files and folders"),
            )
            return
        names = {entry.name for entry in entries}
        if names >= _BARE_REPOSITORY:
            yield visible(folder), REPOSITORY
            continue
        alike = twins(names)
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            try:
                wrong = _wrong_entry(entry, alike.get(entry.name), depth)
                enter = wrong is None and entry.is_dir(follow_symlinks=False)
            except OSError as error:
                wrong, enter = unreadable(error), False
            if enter:
                folders.append((path, depth + 1))
            else:
                yield path if wrong is None else visible(path), wrong


def unreadable(error: OSError) -> Problem:
    """What a system would not let us read."""
    return problem("file-unreadable", f"cannot be read: {(error.strerror or 'error').lower()}")


def is_meant(path: str) -> bool:
    """Whether the name of a file says that it is a document, rightly written or not."""
    return path.lower().endswith(_MEANT)


def _wrong_suffix(name: str) -> Problem | None:
    """Why a file that is meant as a document would not be read as one."""
    if is_meant(name) and not name.endswith(DOCUMENT):
        return problem("file-suffix", f"the name of a document ends in {DOCUMENT}")
    return None


def _wrong_entry(entry: Listed, twin: str | None, depth: int) -> Problem | None:
    """Why an entry of a folder is not read or entered; `depth`: how many folders it lies in."""
    name = entry.name
    plain = name.endswith(DOCUMENT) and twin is None and not wrong_name(name)
    if plain and entry.is_file(follow_symlinks=False):
        return None  # as nearly all are
    if is_git(name):
        return REPOSITORY
    if wrong := wrong_name(name):
        return problem("file-name", wrong)
    if twin is not None:
        return problem("file-name-taken", f"some systems take this name and {twin} for the same")
    if entry.is_symlink():
        return problem("file-link", "a symbolic link")
    if entry.is_dir(follow_symlinks=False):
        if is_meant(name):
            return problem("file-type", "a folder that is named like a document")
        if depth == MAX_FOLDER_DEPTH:
            return problem("file-depth", f"folders more than {MAX_FOLDER_DEPTH} levels deep")
        return None
    if not entry.is_file(follow_symlinks=False):
        return problem("file-type", "neither a file nor a folder")
    return _wrong_suffix(name)
