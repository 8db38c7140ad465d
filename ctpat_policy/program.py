"""The member's programme: documents typed, dated and linked, with what is wrong about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ctpat_policy import (
    answers,
    clock,
    departures,
    documents,
    profile_days,
    records,
    references,
    unfounded,
)
from ctpat_policy.attachments import digest_of
from ctpat_policy.catalog import Catalog
from ctpat_policy.filing import PROFILE, Filed, Files
from ctpat_policy.kinds import OWN_BASES, Kind
from ctpat_policy.model import INVALID, LEVELS, Finding, Place, Pointer
from ctpat_policy.records import Record
from ctpat_policy.signed import Action, CriterionException, Overlay, Procedure, Signatures
from ctpat_policy.sources import Source
from ctpat_policy.unfinished import TODO, first_todo, place_of


@dataclass(frozen=True)
class Programme:
    """Everything that dossiers are made of, as of `today`."""

    today: str
    profile: Mapping[str, Any]
    kinds: Mapping[str, Kind]
    partners: Mapping[str, Filed]
    records: Mapping[str, Sequence[Record]]
    procedures: Sequence[Procedure]
    actions: Mapping[str, Action]
    exceptions: Sequence[CriterionException]
    overlays: Sequence[Overlay]
    check: Callable[[], Sequence[Finding]]

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with what is signed, dated and named; looked for when it is asked for."""
        return self.check()

    @cached_property
    def covering(self) -> Mapping[str, Sequence[Action]]:
        """Open corrective actions by the criterion whose clauses they cover."""
        found: dict[str, list[Action]] = {}
        for action in self.actions.values():
            for criterion in {c.partition("/")[0] for c in action.covers if action.is_open}:
                found.setdefault(criterion, []).append(action)
        return found

    def own_levels(self, entity_type: str) -> dict[str, str]:
        """The levels that the member set, by criterion: of two that differ the stricter one."""
        found: dict[str, str] = {}
        for overlay in self.overlays:
            if (level := overlay.levels.get(entity_type)) is not None:
                strictest = found.get(overlay.criterion, level)
                found[overlay.criterion] = max(level, strictest, key=LEVELS.index)
        return found

    @property
    def settings(self) -> Mapping[str, Any]:
        """The member's own settings."""
        found: Mapping[str, Any] = self.profile["settings"]
        return found


def build(
    files: Files, catalog: Catalog, source: Source, today: str, real_today: str
) -> Programme | None:
    """Link the documents as of `today`; None when there is no valid security profile.

    `real_today` is the true date: what is dated after it is a finding, whatever the clock says.
    """
    profile = next((f.value for f in files.of("security_profile")), None)
    if profile is None:
        return None
    kinds, findings = own_kinds(catalog, profile["settings"])
    signatures = Signatures(
        people={p["id"]: p for p in profile["people"]},
        approvers=catalog.approvers,
        settings=profile["settings"],
        criteria=catalog.criteria,
        today=today,
        real_today=real_today,
        attachment_digest=lambda path, name: digest_of(source, path, name),
    )
    found = {k: records.of_kind(files.of(k), kind, today) for k, kind in kinds.items()}
    found = {k: unfounded.told(found[k], kind, profile, today) for k, kind in kinds.items()}
    actions = [signatures.action(r) for r in found.get("corrective_action", ())]
    by_name = {action.id: action for action in actions}
    exceptions = [signatures.exception(r) for r in found.get("criterion_exception", ())]
    overlays = [o for f in files.of("level_overlay") if (o := signatures.overlay(f))]
    procedures = [signatures.procedure(f) for f in files.of("procedure")]

    def check() -> list[Finding]:
        filed = ((f, kind) for kind in kinds.values() for f in files.of(kind.id))
        dates = [wrong for f, kind in filed for wrong in records.misdated(f, kind, real_today)]
        dangling = references.check(files, catalog, source, profile, kinds)
        idle = answers.idle(found, kinds, by_name)
        gone = departures.after(files, kinds, profile)
        days = profile_days.impossible(profile, real_today)
        return [
            *findings,
            *days,
            *_open_questions(profile),
            *signatures.findings,
            *_contradictions(overlays),
            *dates,
            *dangling,
            *unfounded.findings((r for many in found.values() for r in many), kinds),
            *gone,
            *idle,
            *records.copied(files.copies),
        ]

    return Programme(
        today=today,
        profile=profile,
        kinds=kinds,
        partners={f.id: f for f in files.of("business_partner")},
        records=found,
        procedures=procedures,
        actions=by_name,
        exceptions=[e for e in exceptions if e],
        overlays=overlays,
        check=check,
    )


def own_kinds(
    catalog: Catalog, settings: Mapping[str, Any]
) -> tuple[dict[str, Kind], list[Finding]]:
    """The kinds with the member's own intervals; what CBP or the law sets is never loosened."""
    kinds, findings = dict(catalog.kinds), []
    for name, own in settings.get("intervals", {}).items():
        place = Place(PROFILE, ("settings", "intervals", name))
        kind = kinds.get(name)
        if kind is None:
            message = f"{name} is no kind of evidence"
            findings.append(Finding("setting-unknown-kind", INVALID, message, place))
        elif kind.interval_basis not in OWN_BASES and _loosens(kind, own):
            message = (
                f"the interval of {name} is set by {kind.interval_basis}; it is not yours to loosen"
            )
            findings.append(
                Finding("setting-loosens", INVALID, message, place, "remove the setting")
            )
        else:
            kinds[name] = kind._replace(**own)
    return kinds, findings


def _open_questions(profile: Mapping[str, Any]) -> Iterator[Finding]:
    """A profile in which somebody still has to write is judged as it stands, but never passes."""
    at = first_todo(profile)
    if at is not None:
        message = f"{'.'.join(map(str, at))} still holds a TODO"
        hint = "write what is true: the profile decides what is judged"
        yield Finding("profile-todo", INVALID, message, Place(PROFILE, (*at, TODO)), hint)


def _contradictions(overlays: Iterable[Overlay]) -> Iterator[Finding]:
    """Levels of one criterion that differ from those of an overlay before."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for overlay in overlays:
        for entity_type, level in overlay.levels.items():
            about = overlay.criterion, entity_type
            other, path = first.setdefault(about, (level, overlay.path))
            if other != level:
                message = (
                    f"{overlay.criterion} for {entity_type} is {level} here and {other} in {path}; "
                    "the stricter one counts"
                )
                place = Place(overlay.path, ("levels", entity_type))
                hint = "keep the file that says what CBP says, and remove the other"
                yield Finding("overlay-contradicts", INVALID, message, place, hint)


class Locator:
    """Finds lines and columns of symbolic places: a document is parsed for those asked of it.

    `read` gives a document's bytes. What was asked once is remembered.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._known: dict[Place, Place] = {}

    def locate(self, places: Iterable[Place]) -> Mapping[Place, Place]:
        """Every place asked for so far with its line, where there is one."""
        by_path: dict[str, set[Place]] = {}
        for place in places:
            if not place.line and place.path and place not in self._known:
                by_path.setdefault(place.path, set()).add(place)
        for path, wanted in by_path.items():
            data = self._read(path)
            if data is None:
                self._known |= {place: place for place in wanted}
                continue
            known: Mapping[Pointer, tuple[int, int]] = {(): documents.start(data)}
            if any(place.pointer for place in wanted):
                known = documents.positions(data)
            for place in wanted:
                if place.pointer[-1:] == (TODO,):  # no key, but the mark itself
                    line, column = place_of(data, place.pointer)
                else:
                    line, column = documents.nearest(known, place.pointer)
                self._known[place] = Place(path, place.pointer, line, column)
        return self._known


def locate(places: Iterable[Place], read: Callable[[str], bytes | None]) -> Mapping[Place, Place]:
    """Lines and columns for symbolic places, by the places."""
    return Locator(read).locate(places)


def _loosens(kind: Kind, own: Mapping[str, str]) -> bool:
    """Whether a span of the member is ever longer than the shipped one."""
    for key, span in own.items():
        shipped = getattr(kind, key)
        if shipped is None or clock.may_be_longer(span, shipped):
            return True
    return False
