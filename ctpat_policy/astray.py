"""Where documents may lie that nothing reads: beside policies/ and evidence/, or in a folder that
is called nearly so. In folders of other names nothing is looked for: they belong to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.codes import MAX_FILES
from ctpat_policy.model import Problem
from ctpat_policy.walking import Scan, is_meant, walk

_RIGHT = ("policies", "evidence")
#: As alike as policy and policies.
_ALIKE = 0.7


def strays(scan: Scan) -> Iterator[str]:
    """Paths of what is named like a document there, in order."""
    entries = scan("", MAX_FILES)
    for entry in sorted(() if isinstance(entries, Problem) else entries, key=lambda e: e.name):
        if entry.is_dir(follow_symlinks=False):
            if _is_near(entry.name):
                yield from sorted(path for path, _ in walk(entry.name, scan) if is_meant(path))
        elif is_meant(entry.name) and entry.is_file(follow_symlinks=False):
            yield entry.name


def _is_near(name: str) -> bool:
    import difflib

    return name not in _RIGHT and bool(
        difflib.get_close_matches(name.lower(), _RIGHT, 1, cutoff=_ALIKE)
    )
