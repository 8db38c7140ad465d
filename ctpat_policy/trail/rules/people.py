"""People who gave themselves a function, a git identity or a key in the security profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.filing import PROFILE
from ctpat_policy.model import INVALID, Finding, Place
from ctpat_policy.trail.chain import PROFILE_KEY, Brought, Trail, Version, has_address
from ctpat_policy.trail.merging import makers

_MEND = "let somebody else commit what gives a person power"


def find(trail: Trail) -> Iterator[Finding]:
    """Every gain that was committed by the person who gains; the first profile has to begin."""
    history = trail.histories.get(PROFILE_KEY)
    before: Version | None = None
    for version in history.readable if history else ():
        if before is not None and version.step >= trail.judged_from:
            yield from _gains(trail, before, version)
        before = version


def _gains(trail: Trail, before: Version, after: Version) -> Iterator[Finding]:
    assert before.value is not None
    assert after.value is not None
    old = {p["id"]: p for p in before.value["people"]}
    for index, person in enumerate(after.value["people"]):
        gained = list(_gained(old.get(person["id"], {}), person))
        if not gained:
            continue
        for maker in makers(trail, trail.steps[after.step], PROFILE):
            if _is_by(trail, maker, old.get(person["id"], {}), person):
                message = (
                    f"{person['id']} gained {', '.join(gained)} with commit "
                    f"{maker.commit.short}, which is that person's own"
                )
                place = Place(PROFILE, ("people", index))
                yield Finding("people-self-empowered", INVALID, message, place, _MEND)
                break


def _gained(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"the function {f}" for f in new["functions"] if f not in old.get("functions", ()))
    for key, noun in (("git", "a git identity"), ("signing_key", "a signing key")):
        if new.get(key) and new.get(key) != old.get(key):
            yield noun
    if old and (new["from"] < old["from"] or new.get("until", "~") > old.get("until", "~")):
        yield "a longer time in post"


def _is_by(trail: Trail, maker: Brought, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a commit is the person's: by address, or by a key, before or after the change."""
    seal = trail.seals.get(maker.commit.id)
    if seal is not None and seal.state == "good" and seal.person == new["id"]:
        return True
    keys = [" ".join(p.get("signing_key", "").split()[:2]) for p in (old, new)]
    if seal is not None and seal.state == "unknown" and seal.key in keys:
        return True
    return any(has_address(p, maker.commit.author) for p in (old, new))
