"""Gaps in words: the nearest message, its blanks filled in, and the place to point at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from ctpat_policy.criteria import Applies, Clause, Test
from ctpat_policy.dossiers.facts import Dossier
from ctpat_policy.dossiers.rows import MISSING, Row, look
from ctpat_policy.model import Gap, Place
from ctpat_policy.reads import kinds_behind, source_of
from ctpat_policy.rules import Failure, trail_of

_BLANK = re.compile(r"<([a-z_][a-z0-9_.]*)>", re.ASCII)
#: At most so much of a document's text in one message.
_SHOWN = 120


def gaps(dossier: Dossier, clause: Clause, test: Test, value: Any) -> list[Gap]:
    """Every failure of one test, each said once; without words where the clause has its own."""
    worded = clause.mode != "any" or not clause.gap
    is_series = source_of(test.of)[0] == "holes"
    found: dict[tuple[str, Place], Gap] = {}
    for failure in test.rule.failures(value):
        message = filled(failure.gap or test.gap, dossier, failure.trail) if worded else ""
        if worded and is_series:
            message += failure.trail[-1]["remark"]
        place = _place(dossier, test, value, failure)
        found.setdefault((message, place), Gap(clause.id, message, place))
    return list(found.values())


def unknown(dossier: Dossier, clause: Clause, test: Test, hole: Row) -> Gap:
    """The gap of a fact whose registers do not cover the look-back, or name nothing in it."""
    event = dossier.criterion.views[test.of.partition(".")[2]].known_by
    if "until" in hole:
        message = (
            f"no event register names {event} at {hole['unit']} from {hole['from']} to "
            f"{hole['until']}, so nobody can tell whether one is missing{hole['remark']}"
        )
        if hole.get("silent"):
            message += f"; add {event} to {hole.path}, as an empty list if there was none"
    else:
        message = (
            f"no event of {event} stands in any register of {hole['unit']} since {hole['from']}, "
            "so nothing could be judged"
        )
    return Gap(clause.id, message, Place(hole.path, hole.pointer), unknown=True)


def written(dossier: Dossier, clause: Clause) -> tuple[Gap, ...]:
    """The gaps of the clause `written`: what nobody spells out, and what does not stand."""
    found = dossier.written
    says: list[Gap] = []
    if found.uncovered and len(found.uncovered) == found.wanted:
        row = found.uncovered[0]
        about = f"{dossier.criterion.id} for {dossier.subject.id}"
        message = f"no written procedure spells out any element of {about}"
        says.append(Gap(clause.id, message, row.place()))
    else:
        says += [
            Gap(clause.id, f"no procedure spells out {row['element']}: {row['says']}", row.place())
            for row in found.uncovered
        ]
    for row in found.overdue:
        message = (
            f"the review of {row['id']} was due on {row['review_due']}; "
            f"it was last approved on {row['approved_on']}"
        )
        says.append(Gap(clause.id, message, row.place()))
    for row in found.unapproved:
        why = row.get("why", "has no valid approval")
        says.append(
            Gap(clause.id, f"procedure {row['id']} {why}, so it proves nothing", row.place())
        )
    place = subject_place(dossier)
    says += [
        Gap(clause.id, f"the profile does not say whether {e.id} applies", place, unknown=True)
        for e in found.undecided
    ]
    return tuple(says)


def applicability(dossier: Dossier, condition: Applies | None) -> tuple[bool | None, str]:
    """Whether a condition holds, None when the profile does not say; and why it does not."""
    applies = dossier.applies(condition)
    if condition is None or applies:
        return applies, ""
    if applies is None:
        return None, f"the profile does not say {condition.of}"
    return False, filled(condition.reason, dossier)


def subject_place(dossier: Dossier) -> Place:
    """Where the subject itself is written down."""
    return dossier.subject.row.place()


def filled(text: str, dossier: Dossier, trail: Sequence[Any] = ()) -> str:
    """A message with its `<blanks>` looked up: the failing value, its parents, the subject."""
    said, *rest = _parts(text)
    for blank, after in zip(rest[::2], rest[1::2], strict=True):
        said += _looked_up(blank, dossier, trail) + after
    return said


@lru_cache(maxsize=4096)  # all of them stand in the rules
def _parts(text: str) -> tuple[str, ...]:
    """A message in parts; every second one is the name of a blank."""
    return tuple(_BLANK.split(text))


def _looked_up(name: str, dossier: Dossier, trail: Sequence[Any]) -> str:
    if name == "lookback":
        return str(dossier.ledger.since)
    if name == "value" and not (trail and isinstance(trail[-1], Row) and name in trail[-1]):
        return _shown(trail[-1]) if trail else "?"
    for holder in (*reversed(trail), dossier.subject.row):
        found = look(holder, name)
        if found is not MISSING and not isinstance(found, dict):
            return _shown(found)
    return "(not stated)"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(v) for v in value[:5]) + ("…" if len(value) > 5 else "")
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _place(dossier: Dossier, test: Test, value: Any, failure: Failure) -> Place:
    """The deepest row on the way to the failing value, else the newest record of the kind.

    The law itself is never the place of a gap.
    """
    trail = trail_of(value, failure.spot)
    for depth in range(len(trail) - 1, -1, -1):
        holder = trail[depth]
        if isinstance(holder, Row) and not holder.path.startswith("schemas/"):
            return holder.place(failure.spot[depth:])
    newest = _newest(dossier, kinds_behind(dossier.criterion, test.of)[:1])
    return newest.place() if newest is not None else subject_place(dossier)


def _newest(dossier: Dossier, kinds: Iterable[str]) -> Row | None:
    for kind in kinds:
        rows = dossier.ledger.seen(kind, dossier.subject)
        if rows:
            return rows[-1]
    return None
