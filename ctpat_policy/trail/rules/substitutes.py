"""Replace refs and grafts: they show another history in this clone only."""

from __future__ import annotations

from collections.abc import Iterator

from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import Trail


def find(trail: Trail) -> Iterator[Finding]:
    """Every object that something else stands in for; none of it was believed here."""
    for oid in trail.surroundings.replaced:
        message = f"a replace ref shows something else in place of the object {oid[:12]}"
        hint = f"look who made it, then git replace -d {oid[:12]}"
        yield Finding("trail-replaced", INVALID, message, Place(""), hint)
    if trail.surroundings.grafted:
        message = "a grafts file shows other parents than the commits have"
        hint = "look who made it, then delete info/grafts in git's own folder"
        yield Finding("trail-grafted", INVALID, message, Place(""), hint)
