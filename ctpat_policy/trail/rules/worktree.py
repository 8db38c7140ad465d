"""Files that differ from what is committed: no auditor with a clone sees them."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import NOTE, Finding, Place
from ctpat_policy.trail.chain import Trail


def find(trail: Trail) -> Iterator[Finding]:
    """Every such file below policies/ and evidence/."""
    for path, how in trail.surroundings.uncommitted.items():
        hint = "commit it; the trail speaks of commits alone"
        yield Finding("uncommitted", NOTE, f"it {how}", Place(path), hint)
