"""Approvals: about the text that stands there, given by whom they name, on the day they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ctpat_policy import clock, fields
from ctpat_policy.model import INVALID, MUST, NOTE, Finding, Place
from ctpat_policy.signed import APPROVABLE
from ctpat_policy.trail import strength
from ctpat_policy.trail.chain import History, Trail, Version
from ctpat_policy.trail.proofs import Proof, proofs
from ctpat_policy.trail.strength import ASKED, STRENGTHS

_ANEW = "have it approved anew: ctpat-policy approve"
_OTHER = "let the approver commit the approval, or sign it: ctpat-policy approve --sign"
#: What a signature is worth -> code and message.
_SIGNATURES = {
    "broken": ("approval-signature-broken", "its signature does not fit"),
    "other_purpose": ("approval-signature-broken", "its signature was made for something else"),
    "other_person": ("approval-signature-other", "it is signed with somebody else's key"),
    "unknown": (
        "approval-signature-unknown",
        "it is signed with a key that the profile did not know before that commit",
    ),
}


def find(trail: Trail) -> Iterator[Finding]:
    """What is wrong with the newest approval of each document; older ones are noted."""
    for proof in proofs(trail):
        yield from _voided(trail, proof)
        if proof.fitted is not None and proof.step.number >= trail.judged_from:
            yield from _dated(trail, proof)
            yield from _signed(proof)
            yield from _proven(trail, proof)
    for key, history in trail.histories.items():
        if key[0] in APPROVABLE and history.last.blob:
            yield from _removed(trail, history)


def _voided(trail: Trail, proof: Proof) -> Iterator[Finding]:
    """An approval of another text than stands there, with what changed since."""
    if proof.fits or (proof.fitted is not None and not proof.newest):
        return
    if proof.fitted is None:
        if proof.step.number >= trail.judged_from:
            message = f"{_told(proof)} was never about this text, in any commit"
            yield _finding("approval-never-fitted", INVALID, message, proof, _ANEW)
        return
    later = [v for v in proof.history.readable if v.step > proof.fitted.step]
    if later and later[0].step >= trail.judged_from:
        found = [c for v in later for c in v.changed if not c.at.startswith("approvals")]
        what = fields.summary(found) or "an attachment"
        message = f"{_told(proof)} is void since {trail.steps[later[0].step].told}: {what}"
        yield _finding("approval-void", INVALID, message, proof, _ANEW)
    elif not later:
        message = f"{_told(proof)} is void: an attachment is no more what was approved"
        yield _finding("approval-void", INVALID, message, proof, _ANEW)


def _dated(trail: Trail, proof: Proof) -> Iterator[Finding]:
    severity = INVALID if proof.newest else NOTE
    day = proof.entry["approved_on"]
    if day > proof.step.last_day:
        message = f"{_told(proof)} came before that day, with {proof.step.told}"
        yield _finding("approval-after-commit", severity, message, proof, _ANEW)
    elif proof.step.day > clock.plus(day, trail.within):
        message = (
            f"{_told(proof)} came {proof.days:,} days later with {proof.step.told}, "
            f"more than {trail.within}"
        )
        yield _finding("approval-late", severity, message, proof, _ANEW)


def _signed(proof: Proof) -> Iterator[Finding]:
    if proof.signature in _SIGNATURES:
        code, says = _SIGNATURES[proof.signature]
        severity = NOTE if proof.signature == "unknown" and not proof.newest else INVALID
        yield _finding(code, severity, f"{_told(proof)} proves less: {says}", proof, _OTHER)


def _proven(trail: Trail, proof: Proof) -> Iterator[Finding]:
    """Whether somebody other than the writer gave it, and with the strength that is asked for."""
    severity = INVALID if proof.newest else NOTE
    asked = ASKED.index(trail.settings.get("approval_strength", ASKED[0]))
    reached = STRENGTHS.index(proof.strength)
    who = f"commit {proof.maker.commit.short}"
    if proof.own_text:
        message = f"{_told(proof)} approves a text that {proof.entry['by']} committed"
        yield _finding("approval-own-text", severity, message, proof, "let somebody else approve")
    elif reached < asked:
        message = (
            f"{_told(proof)} is {proof.strength.replace('_', ' ')} ({who}), and "
            f"{ASKED[asked]} is asked for"
        )
        level = severity if _counts(trail, proof.history) else NOTE
        yield _finding("approval-weak", level, message, proof, _OTHER)
    elif proof.strength == strength.CLAIMED and proof.writer_brought:
        message = f"{_told(proof)} was entered by the writer of the text ({who})"
        # A squash puts both into one commit; then nobody can tell who did what.
        level = NOTE if proof.with_text else severity
        yield _finding("approval-by-writer", level, message, proof, _OTHER)


def _removed(trail: Trail, history: History) -> Iterator[Finding]:
    before: Version | None = None
    for version in history.readable:
        if before is not None and version.step >= trail.judged_from:
            for entry in _gone(before.value, version.value):
                message = (
                    f"the approval by {entry['by']} of {entry['approved_on']} was taken out with "
                    f"{trail.steps[version.step].told}"
                )
                place = Place(history.last.path, ("approvals",))
                hint = "older approvals stay, as the history of reviews"
                yield Finding("approval-removed", NOTE, message, place, hint)
        before = version


def _gone(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterator[Mapping[str, Any]]:
    left = (after or {}).get("approvals", ())
    for entry in (before or {}).get("approvals", ()):
        if not any(strength.same(entry, other) for other in left):
            yield entry


def _counts(trail: Trail, history: History) -> bool:
    """Whether a must of some account rests on the document."""
    value = history.last.value or {}
    if history.kind == "corrective_action":
        return bool(value["data"]["severity"] == MUST)
    if history.kind == "level_overlay":
        return True
    named = value.get("satisfies") or (value.get("data", {}).get("criterion"),)
    criteria = [c for c in trail.catalog.criteria.values() if c.id in named]
    entities = [a["entity_type"] for a in trail.profile.get("accounts", ())]
    levels = [c.level_on(e, trail.today) for c in criteria for e in entities]
    return any(level is not None and level.level == MUST for level in levels)


def _told(proof: Proof) -> str:
    return f"the approval by {proof.entry['by']} of {proof.entry['approved_on']}"


def _finding(code: str, severity: str, message: str, proof: Proof, hint: str) -> Finding:
    place = Place(proof.history.last.path, ("approvals", proof.index))
    return Finding(code, severity, message, place, hint)
