"""What a change does to governance: who may do what, what applies, and how strictly. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.fields import FieldChange, changes, part, shown, text
from ctpat_policy.filing import expected
from ctpat_policy.model import LEVELS
from ctpat_policy.signed import ACTION_LIMIT, COMMIT_WITHIN

#: What a change does, in the order in which a reviewer wants to read them.
LOOSENED, GAINED, DROPPED, OFF = "loosened", "gained", "dropped", "switched_off"
DEACTIVATED, IDENTITY, CHANGED, ADDED = "deactivated", "identity", "changed", "added"
EFFECTS = (LOOSENED, GAINED, DROPPED, OFF, DEACTIVATED, IDENTITY, CHANGED, ADDED)
#: A document that is there and cannot be read; one that is not there is None.
UNREADABLE: Mapping[str, Any] = {}

_STRENGTHS = ("digest", "commit", "signed_commit", "signed_digest")
_DEFAULTS = {
    "settings.approval_strength": _STRENGTHS[0],
    "settings.commit_within": COMMIT_WITHIN,
}
_RISKS = ("low", "medium", "high")
_INTERVAL = re.compile(r"settings\.intervals\.([a-z0-9_]+)\.([a-z_]+)", re.ASCII)
_LIMIT = re.compile(r"settings\.action_limit_([a-z]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class GovernanceChange:
    """One thing that decides what is judged and how, before and after, as short texts."""

    effect: str
    path: str
    field: str
    before: str
    after: str


def governance(
    path: str, before: Any, after: Any, catalog: Catalog, today: str
) -> Iterator[GovernanceChange]:
    """What the change of one document under policies/ does, in the order of its fields.

    `before` and `after` are its values, None where it does not exist and UNREADABLE where it
    cannot be read. Procedures, exceptions and corrective actions are no matter of this function.
    """
    kind = (expected(path) or ("", ""))[0]
    if before is UNREADABLE or after is UNREADABLE:
        yield GovernanceChange(CHANGED, path, "", _readable(before), _readable(after))
    elif kind == "level_overlay":
        yield from _levels(path, before, after, catalog, today)
    elif kind == "business_partner" and (before is None or after is None):
        effect = ADDED if before is None else DROPPED
        names = (shown(text(side, "name")) for side in (before, after))
        yield GovernanceChange(effect, path, "", *names)
    else:
        yield from (_of(path, change, catalog) for change in _each(before or {}, after or {}))


def _each(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    """Field changes; of settings that came or went as a whole, each one."""
    for change in changes(before, after):
        yield from _deep(change) if change.at.startswith("settings") else (change,)


def _deep(change: FieldChange) -> Iterator[FieldChange]:
    sides = (change.old, change.new)
    if not any(isinstance(side, Mapping) for side in sides):
        yield change
        return
    old, new = (side if isinstance(side, Mapping) else {} for side in sides)
    for key in [*old, *(k for k in new if k not in old)]:
        yield from _deep(FieldChange(f"{change.at}.{key}", old.get(key), new.get(key)))


def _of(path: str, change: FieldChange, catalog: Catalog) -> GovernanceChange:
    shipped = _shipped(change.at, catalog)
    old, new = (shipped or None if side is None else side for side in (change.old, change.new))
    texts = (
        f"{shipped} (shipped)" if side is None and shipped else shown(side)
        for side in (change.old, change.new)
    )
    return GovernanceChange(_effect(change.at, old, new), path, change.at, *texts)


def _effect(at: str, old: Any, new: Any) -> str:
    for pattern, test, effect in _RULES:
        if pattern.fullmatch(at) and test(old, new):
            return effect
    return ADDED if old is None else CHANGED


def _shipped(at: str, catalog: Catalog) -> str:
    """What holds where the member sets nothing of its own, as far as it is a text."""
    if found := _INTERVAL.fullmatch(at):
        return str(getattr(catalog.kinds.get(found[1]), found[2], None) or "")
    if found := _LIMIT.fullmatch(at):
        return ACTION_LIMIT.get(found[1], "")
    return _DEFAULTS.get(at, "")


def _levels(
    path: str, before: Any, after: Any, catalog: Catalog, today: str
) -> Iterator[GovernanceChange]:
    """The levels that an overlay sets, against those of the other side or of the catalog."""
    sides = [(text(side, "criterion"), part(side, "levels")) for side in (before, after)]
    names = [(criterion, entity) for criterion, levels in sides for entity in levels]
    for criterion, entity in dict.fromkeys(names):
        shipped = _shipped_level(catalog, criterion, entity, today)
        own = [text(levels, entity) if named == criterion else "" for named, levels in sides]
        old, new = (level or shipped for level in own)
        if old != new or not all(own):
            texts = (level if level else f"{shipped} (shipped)" for level in own)
            effect = LOOSENED if _lower(LEVELS)(old, new) else CHANGED
            yield GovernanceChange(effect, path, f"{criterion} for {entity}", *texts)
    if before is not None and after is not None:
        for change in changes(part(before, "source"), part(after, "source")):
            yield _of(path, FieldChange(f"source.{change.at}", change.old, change.new), catalog)


def _shipped_level(catalog: Catalog, criterion: str, entity: str, today: str) -> str:
    known = catalog.criteria.get(criterion)
    level = known.level_on(entity, today) if known else None
    return level.level if level else "absent"


def _readable(value: Any) -> str:
    if value is None:
        return ""
    return "cannot be read" if value is UNREADABLE else "can be read"


def _came(old: Any, _new: Any) -> bool:
    return old is None


def _gone(_old: Any, new: Any) -> bool:
    return new is None


def _any(_old: Any, _new: Any) -> bool:
    return True


def _off(old: Any, new: Any) -> bool:
    return old is True and new is not True


def _none(_old: Any, new: Any) -> bool:
    return bool(new == "none")


def _later(old: Any, new: Any) -> bool:
    return isinstance(old, str) and isinstance(new, str) and new > old


def _earlier(old: Any, new: Any) -> bool:
    return _later(new, old)


def _sooner(old: Any, new: Any) -> bool:
    """An end that was set, or moved nearer."""
    return new is not None and (old is None or _earlier(old, new))


def _longer_in_post(old: Any, new: Any) -> bool:
    return new is None or _later(old, new)


def _longer(old: Any, new: Any) -> bool:
    try:
        return clock.may_be_longer(str(new), str(old))
    except ValueError:  # no span, in a document that nobody checked yet
        return new is not None


def _lower(order: Sequence[str]) -> Callable[[Any, Any], bool]:
    def lower(old: Any, new: Any) -> bool:
        return old in order and new in order and order.index(new) < order.index(old)

    return lower


#: Which fields of the profile and of partners have which effect; the first rule that fits counts.
_RULES: Sequence[tuple[re.Pattern[str], Callable[[Any, Any], bool], str]] = [
    (re.compile(pattern), test, effect)
    for pattern, test, effect in (
        (r"people\[[^]]+\]", _came, GAINED),
        (r"people\[[^]]+\]\.functions\[.+\]", _came, GAINED),
        (r"people\[[^]]+\]\.from", _earlier, GAINED),
        (r"people\[[^]]+\]\.until", _longer_in_post, GAINED),
        (r"people\[[^]]+\]\.(git(\..+)?|signing_key)", _any, IDENTITY),
        (r"(accounts|people|sites|lanes|systems)\[[^]]+\]", _gone, DROPPED),
        (r"sites\[[^]]+\]\.activities\[.+\]", _gone, DROPPED),
        (r"(.+\.)?accounts\[[^]]+\]", _gone, DROPPED),
        (r"(sites|lanes)\[[^]]+\]\.(until|ended_on)", _sooner, DROPPED),
        (r"sites\[[^]]+\]\.guards\.employed", _none, OFF),
        (r"until", _sooner, DEACTIVATED),
        (r"(.+\.)?active", _off, DEACTIVATED),
        (r".+", _off, OFF),
        (r"settings\.(intervals\..+|action_limit_.+|commit_within)", _longer, LOOSENED),
        (r"settings\.approval_strength", _lower(_STRENGTHS), LOOSENED),
        (r"settings\.(records_from|trail_from)", _later, LOOSENED),
        (r"(.+\.)?(since|started_on|certified_on|last_validated_on)", _later, LOOSENED),
        (r"(.+\.)?risk", _lower(_RISKS), LOOSENED),
    )
]
