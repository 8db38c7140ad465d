"""Days of the security profile that cannot be, and would leave out what has to be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy.filing import PROFILE
from ctpat_policy.model import INVALID, Finding, Place, Pointer

#: Lists of the profile whose entries hold for a time, with the names of its first and last day.
_SPANS = (("people", "from", "until"), ("sites", "since", "until"))


def impossible(profile: Mapping[str, Any], real_today: str) -> Iterator[Finding]:
    """A day in the future of what has happened, and what ends before it begins.

    `real_today` is the true date, whatever day is judged.
    """
    past: list[tuple[Pointer, Any]] = [(("settings", "records_from"), profile["settings"])]
    for index, account in enumerate(profile["accounts"]):
        past += ((("accounts", index, n), account) for n in ("certified_on", "last_validated_on"))
    for pointer, holder in past:
        name = pointer[-1]
        if holder.get(name, "") > real_today:
            message = f"{name} is {holder[name]}, which is in the future"
            yield _finding(message, pointer, "write the day on which it was so")
    for listed, first, last in _SPANS:
        for index, entry in enumerate(profile.get(listed, ())):
            start, end = entry.get(first, ""), entry.get(last, "")
            if end and end < start:
                message = f"{entry['id']} ends on {end}, before it begins ({start})"
                yield _finding(message, (listed, index, last), "correct one of the two")


def _finding(message: str, pointer: Pointer, hint: str) -> Finding:
    return Finding("profile-day", INVALID, message, Place(PROFILE, pointer), hint)
