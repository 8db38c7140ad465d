"""The files of a commit, folder by folder, each held against its id before it is believed.

git itself takes what lies under the name of a folder, and walks in circles in a forged one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ctpat_policy.codes import MAX_FILES
from ctpat_policy.errors import NotTrusted
from ctpat_policy.trail import raw
from ctpat_policy.trail.raw import Entry

#: A few folders that hold each other many times make more than any machine can hold.
MOST = 10 * MAX_FILES

#: Reads objects by their ids, in order: id, type and content of each; refuses what is forged.
Objects = Callable[[Iterable[str]], Iterator[tuple[str, str, bytes]]]


def files(objects: Objects, commit: str, below: str = "") -> Iterator[Entry]:
    """Every file of a commit, by its path from the top; folders that neither lead to `below` (a
    path that ends in a slash) nor lie in it are left out.

    Raises NotTrusted when the commit or a folder is not what its id says, or holds too much.
    """
    (_, _, content) = next(objects([commit]))
    root = raw.tree_of(content)
    if not root:
        raise NotTrusted(f"the commit {commit} is damaged: it names no folder")
    folders, seen = [("", root)], 0
    while folders:
        inner: list[tuple[str, str]] = []
        read = objects(oid for _, oid in folders)
        for (path, _), (oid, kind, content) in zip(folders, read, strict=True):
            items = raw.tree(content, len(oid) // 2) if kind == "tree" else None
            if items is None:
                raise NotTrusted(f"the object {oid} is damaged: it is no folder")
            seen += len(items)
            if seen > MOST:
                raise NotTrusted(f"the commit {commit} has more than {MOST:,} files")
            for mode, blob, name in items:
                if mode != raw.FOLDER:
                    yield Entry(mode, blob, path + name)
                elif _meet(folder := f"{path}{name}/", below):
                    inner.append((folder, blob))
        folders = inner


def _meet(folder: str, below: str) -> bool:
    """Whether one of two folders lies in the other."""
    return folder.startswith(below) or below.startswith(folder)
