"""A value of each family of reports, with something in every field to be made hostile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ctpat_policy.agenda import Agenda
from ctpat_policy.chronicle import (
    Asked,
    Chronicle,
    DocumentChange,
    Entry,
    Field,
    Given,
    Hand,
    Month,
    Standing,
    Turned,
    Waived,
)
from ctpat_policy.compare import Change
from ctpat_policy.difference import Counts, Deleted, Difference, Side, Signed, Turn
from ctpat_policy.governance import GovernanceChange
from ctpat_policy.model import names_of
from ctpat_policy.trail.report import ApprovalProof, Kept, RuleResult, TrailReport
from ctpat_policy.waivers import Waiver
from tests.reports_sample import SAMPLE

#: Fields that no document fills: our own words, numbers, and days that are checked as days.
OURS = {
    *("verdict", "level", "severity", "standing", "scope", "state", "fail_on", "within", "today"),
    *("into", "effect", "effects", "strength", "incomplete", "before", "after", "head", "commit"),
    *("on", "until", "until_before", "until_after", "approved_on", "committed_on", "day", "month"),
    *("policy_from", "trail_from", "oldest", "complete_since"),
    # what the catalog and we ourselves name
    *("criterion", "code", "rule", "kind", "retention", "held_up", "asserts"),
}
#: Elsewhere these two hold verdicts and counts.
DIFF = ("before", "after")
MARK = "canary"


def filled(value: Any, text: str, name: str = "") -> Any:
    """A value of the model in which every text that a document can carry is the hostile one."""
    kind: object = type(value)
    if names := names_of(kind):
        theirs = isinstance(value, Field | GovernanceChange)
        parts = {
            each: filled(getattr(value, each), text, "" if theirs and each in DIFF else each)
            for each in names
        }
        return type(value)(**parts)
    if isinstance(value, tuple):
        return tuple(filled(item, text, name) for item in value)
    if isinstance(value, Mapping) and not isinstance(next(iter(value), 0), int):
        if name in ("filters", "bases"):
            return dict.fromkeys((text,), filled(next(iter(value.values())), text, "value"))
        return value
    if not isinstance(value, str) or name in OURS:
        return value
    return f"evidence/{text}.yaml" if name == "path" else f"{text} {MARK}"


#: Too short to be taken for one: that a commit is a link is no harm.
_COMMIT = "0" * 6
_HAND = Hand(_COMMIT, "x", "2026-06-01", "x")
_GIVEN = Given("x", "x", "2026-06-01", "claimed", False)
_COUNTS = {"must": {"met": 1}}
_SIGNED = Signed("x", "x", "x", "2026-06-01", "x")
VALUES: Mapping[str, Any] = {
    "report": SAMPLE,
    "agenda": Agenda("x", "2026-06-01", "2027-06-01", SAMPLE.due),
    "difference": Difference(
        base=Side("x", _COMMIT),
        head=Side("x", ""),
        today="2026-06-01",
        member="x",
        incomplete=("x",),
        documents={"added": 1},
        turns=tuple(Turn(Change(None, row), "red") for row in SAMPLE.rows[:8]),
        counts=(Counts("x", "must", {"met": 1}, {"met": 2}),),
        due=SAMPLE.due[:2],
        voided=(_SIGNED,),
        given=(_SIGNED,),
        deleted=(Deleted("x", (("x", "MSC-1.1", "must", "x"),)),),
        waivers=(Waiver("x", "x", ("new",), ("x",), "x", "", "2026-07-01", True),),
        governance=(GovernanceChange("other", "x", "x", "x", "x"),),
        findings=SAMPLE.findings,
    ),
    "history": Chronicle(
        asked=Asked("x", "x", "x", "x", "x"),
        today="2026-06-01",
        head=_COMMIT,
        commits=2,
        entries=(
            Entry(
                hand=_HAND,
                day="2026-06-01",
                doubt="x",
                committer="x",
                merged=(_HAND,),
                changes=(
                    DocumentChange(
                        "x", "changed", (Field("x", "x", "x"),), 1, (_GIVEN,), ("x",), "x"
                    ),
                ),
                standing=Standing(_COUNTS, (Turned("x", "must", "x", "met", "not_met"),)),
            ),
        ),
        waived=(Waived("x", "x", ("x",), "x", "2026-06-01", "2026-07-01", "x", ("x",)),),
        months=(Month("2026-06", "2026-06-30", _COMMIT, _COUNTS),),
    ),
    "trail": TrailReport(
        member="x",
        today="2026-06-01",
        head=_COMMIT,
        commits=2,
        policy_from="2026-01-01",
        trail_from="2026-01-01",
        imported=0,
        rules=(RuleResult("x", "x", SAMPLE.findings),),
        approvals=(
            ApprovalProof(
                *("x", "x", "x", "2026-06-01", "claimed", _COMMIT, "x", "2026-06-01"),
                in_time=True,
                valid=True,
                newest=True,
                imported=False,
            ),
        ),
        kept=(Kept("x", 1, "2026-01-01", "2026-01-01", "P5Y", 0),),
    ),
}
