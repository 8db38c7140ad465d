"""What expires or falls due: evidence, reviews, actions, exceptions, windows, validations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy import clock
from ctpat_policy.catalog import Catalog
from ctpat_policy.clock import FOREVER
from ctpat_policy.filing import PROFILE
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Due, Place
from ctpat_policy.program import Programme
from ctpat_policy.reads import kinds_read
from ctpat_policy.records import Record
from ctpat_policy.rhythm import Rhythm, units_of

#: How far ahead a check looks, where the member sets nothing else.
WITHIN = "P90D"
#: A revalidation is due at the latest four years after the last one (6 U.S.C. 969).
REVALIDATION = "P4Y"


def horizon(programme: Programme) -> str:
    """How far ahead the member wants to be warned."""
    span: str = programme.settings.get("warn_within", WITHIN)
    return span


def upcoming(
    catalog: Catalog, programme: Programme, accounts: set[str], within: str | None = None
) -> list[Due]:
    """Everything whose last good day lies between today and the horizon, soonest first."""
    last = clock.plus(programme.today, within or horizon(programme))
    found = everything(catalog, programme, accounts)
    return [d for d in found if programme.today <= d.on <= last]


def everything(catalog: Catalog, programme: Programme, accounts: set[str]) -> list[Due]:
    """Everything that has a last good day, past ones too, soonest first."""
    found = {
        *_evidence(catalog, programme, accounts),
        *_reviews(programme),
        *_signed(programme),
        *_accounts(programme, accounts),
        *_answers(programme, accounts),
    }
    return sorted(found, key=lambda d: (d.on, d.kind, d.subject, d.what, d.account, d.place.path))


def _evidence(catalog: Catalog, programme: Programme, accounts: set[str]) -> Iterator[Due]:
    judged = {k for c in catalog.criteria.values() for k in kinds_read(c)}
    kinds = sorted(judged & programme.records.keys() - {"corrective_action", "criterion_exception"})
    for account in programme.profile["accounts"]:
        if account["id"] in accounts:
            rhythm = Rhythm(catalog, programme, account)
            for kind in map(programme.kinds.__getitem__, kinds):
                yield from _series(rhythm, programme, account["id"], kind)


def _series(rhythm: Rhythm, programme: Programme, account: str, kind: Kind) -> Iterator[Due]:
    """What of each unit comes first: its newest proof ends (that an older one does changes
    nothing), or a hole opens behind it.
    """
    by_unit: dict[str, list[Record]] = {}
    for record in programme.records[kind.id]:
        if record.dated and (not record.accounts or account in record.accounts):
            for unit in units_of(record, kind):
                by_unit.setdefault(unit, []).append(record)
    ends = rhythm.ends(kind, by_unit)
    for unit, records in by_unit.items():
        newest, pointer = max(records, key=lambda r: r.until), kind.expires or kind.anchor
        on, what = newest.until, "the newest record expires"
        end = ends.get(unit)
        if end is not None and programme.today <= end.on and not programme.today <= on <= end.on:
            on, what, newest, pointer = end.on, "the next record is due", end.record, kind.anchor
        if on < FOREVER:
            place = Place(newest.path, ("data", pointer))
            yield Due(on, f"{kind.title}: {what}", kind.id, unit, place, _of_one(newest))


def _reviews(programme: Programme) -> Iterator[Due]:
    for procedure in programme.procedures:
        if procedure.approved_on:
            on = clock.plus(procedure.approved_on, procedure.value["review_every"])
            title = procedure.value["title"]
            yield Due(
                on,
                f"yearly review of {procedure.id}, {title}"
                if procedure.value["review_every"] == "P1Y"
                else f"review of {procedure.id}, {title}",
                "procedure",
                procedure.id,
                Place(procedure.path, ("approvals",)),
            )


def _signed(programme: Programme) -> Iterator[Due]:
    for action in programme.actions.values():
        if action.is_open:
            yield Due(
                action.due,
                f"corrective action {action.id}",
                "corrective_action",
                _where(action.record),
                Place(action.record.path, ("data", "due")),
                _of_one(action.record),
            )
    for exception in programme.exceptions:
        yield Due(
            exception.expires,
            f"exception to {exception.criterion} ends",
            "criterion_exception",
            _where(exception.record),
            Place(exception.record.path, ("data", "expires")),
            _of_one(exception.record),
        )


def _accounts(programme: Programme, accounts: set[str]) -> Iterator[Due]:
    for index, account in enumerate(programme.profile["accounts"]):
        if account["id"] in accounts:
            at = Place(PROFILE, ("accounts", index))
            yield from _window(programme, account, at)
            yield from _validation(account, at)


def _window(programme: Programme, account: Mapping[str, Any], at: Place) -> Iterator[Due]:
    """The annual review; an applicant has no anniversary yet."""
    if "anniversary" not in account:
        return
    opens, closes = clock.window(account["anniversary"], programme.today)
    if not _submitted(programme, account, opens):
        verb = "open since" if opens <= programme.today else "opens"
        what = f"annual security profile review (window {verb} {opens})"
        kind, place = "security_profile_submission", at.inside("anniversary")
        yield Due(closes, what, kind, account["id"], place, account["id"])


def _validation(account: Mapping[str, Any], at: Place) -> Iterator[Due]:
    key = "next_validation_on" if "next_validation_on" in account else "last_validated_on"
    if key in account:
        on = account[key] if key.startswith("next") else clock.plus(account[key], REVALIDATION)
        what, place = "validation by CBP", at.inside(key)
        yield Due(on, what, "cbp_validation", account["id"], place, account["id"])


def _answers(programme: Programme, accounts: set[str]) -> Iterator[Due]:
    """Points of CBP's reports that await an answer: no corrective action for them is closed."""
    for record in programme.records.get("cbp_validation", ()):
        account = record.data["account"]
        if record.void or account not in accounts:
            continue
        for index, found in enumerate(record.data.get("findings", ())):
            action = programme.actions.get(found.get("corrective_action", ""))
            if "response_due" in found and (action is None or action.is_open):
                what = f"answer to CBP on {found['criterion']} ({found['class']})".replace("_", " ")
                place = Place(record.path, ("data", "findings", index, "response_due"))
                yield Due(found["response_due"], what, "cbp_validation", account, place, account)


def _submitted(programme: Programme, account: Mapping[str, Any], opens: str) -> bool:
    records = programme.records.get("security_profile_submission", ())
    return any(
        r.proves and r.dated >= opens and (not r.accounts or account["id"] in r.accounts)
        for r in records
    )


def _where(record: Record) -> str:
    return ", ".join(record.scope.get("sites", ()) or record.scope.get("partners", ())) or "company"


def _of_one(record: Record) -> str:
    """The account, where a record serves only one."""
    return record.accounts[0] if len(record.accounts) == 1 else ""
