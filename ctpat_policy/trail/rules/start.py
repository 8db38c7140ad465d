"""Where the trail starts, what lies elsewhere, and settings of it that somebody loosened later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy import clock
from ctpat_policy.filing import PROFILE
from ctpat_policy.model import INVALID, NOTE, UNREADABLE, Finding, Place
from ctpat_policy.signed import COMMIT_WITHIN
from ctpat_policy.trail.chain import PROFILE_KEY, Step, Trail
from ctpat_policy.trail.strength import ASKED

_START = ("settings", "trail_from")


def find(trail: Trail) -> Iterator[Finding]:
    """A missing profile, policies that lay elsewhere, a start that was moved or lies too late, and
    loosened settings.
    """
    history = trail.histories.get(PROFILE_KEY)
    if history is None or history.last.value is None:
        message = "the last commit holds no security profile that can be read"
        hint = "put it back; without it nobody knows who may approve what"
        yield Finding("profile-missing", UNREADABLE, message, Place(PROFILE), hint)
    yield from _elsewhere(trail)
    before: Mapping[str, Any] = {}
    for version in trail.profiles:
        assert version.value is not None
        settings = version.value["settings"]
        step = trail.steps[version.step]
        yield from _start(trail, before.get("trail_from", ""), settings, step)
        if version.step >= trail.judged_from and before:
            yield from _loosened(before, settings, step)
        before = {**settings, "trail_from": before.get("trail_from") or settings.get("trail_from")}


def _elsewhere(trail: Trail) -> Iterator[Finding]:
    """Policies that lay in another folder before they lay here, where another trail is of them."""
    for folder, taken in trail.elsewhere.items():
        where = f"the folder {folder}" if folder else "the top of the repository"
        if taken is None:
            message = f"policies lie in {where}, too, and did before they lay here"
            hint = "judge that trail, too; nothing that was committed there is part of this one"
            yield Finding("trail-elsewhere", NOTE, message, Place(""), hint)
        else:
            message = (
                f"policies lay in {where} until {trail.steps[taken].told}; what was committed "
                "there is no part of this trail"
            )
            hint = "judge that trail, too, in a clone of the commit before"
            yield Finding("trail-elsewhere", INVALID, message, Place(""), hint)


def _start(
    trail: Trail, set_before: str, settings: Mapping[str, Any], step: Step
) -> Iterator[Finding]:
    now = settings.get("trail_from", "")
    place = Place(PROFILE, _START)
    if set_before and now > set_before:
        message = f"{step.told} moved the start of the trail from {set_before} to {now}"
        hint = f"set it back; {set_before} still counts"
        severity = NOTE if trail.settings.get("trail_from", "") <= set_before else INVALID
        yield Finding("trail-from-moved", severity, message, place, hint)
    elif now and not set_before:
        if now > clock.plus(step.day, trail.within):
            message = f"the trail is to start on {now}, long after {step.told} set that"
            hint = "choose the day on which the import of older papers ends"
            yield Finding("trail-from-late", INVALID, message, place, hint)
        elif step.day > clock.plus(trail.steps[trail.first].day, trail.within):
            message = (
                f"{step.told} set the start of the trail to {now}, though the policy began on "
                f"{trail.steps[trail.first].day}; what was committed before is not judged"
            )
            yield Finding("trail-from-set", NOTE, message, place)


def _loosened(
    before: Mapping[str, Any], settings: Mapping[str, Any], step: Step
) -> Iterator[Finding]:
    old, new = (ASKED.index(s.get("approval_strength", ASKED[0])) for s in (before, settings))
    was_within, within = (s.get("commit_within", COMMIT_WITHIN) for s in (before, settings))
    looser_span = clock.may_be_longer(within, was_within)
    for name, looser in (("approval_strength", new < old), ("commit_within", looser_span)):
        if looser:
            was, now = before.get(name, "its default"), settings.get(name, "its default")
            message = f"{step.told} loosened {name} from {was} to {now}"
            place = Place(PROFILE, ("settings", name))
            yield Finding("trail-setting-loosened", NOTE, message, place)
