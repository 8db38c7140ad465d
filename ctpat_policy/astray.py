"""Where documents may lie that nothing reads: beside policies/ and evidence/, or in a folder that
is called nearly so. In folders of other names nothing is looked for: they belong to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.codes import MAX_FILES
from ctpat_policy.model import Problem
from ctpat_policy.walking import Scan, is_meant, walk

_RIGHT = ("policies", "evidence")
#: As policy, Policies, evidences and evdence begin or end.
_BEGINS, _ENDS = ("polic", "evid"), ("icies", "dence")


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
    low = name.lower()
    return name not in _RIGHT and (low.startswith(_BEGINS) or low.endswith(_ENDS))
