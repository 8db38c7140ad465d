"""What people sign: procedures, corrective actions, exceptions, levels; and whether it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ctpat_policy import approvals, clock
from ctpat_policy.approvals import Approval
from ctpat_policy.filing import Filed
from ctpat_policy.model import INVALID, Finding, Place, Pointer
from ctpat_policy.records import Record
from ctpat_policy.unfinished import Unwritten, unwritten

#: Kinds of document that carry approvals; other records prove something by being there.
APPROVABLE = ("procedure", "corrective_action", "criterion_exception", "level_overlay")
#: How long an open corrective action may cover a gap, where the member sets nothing else.
ACTION_LIMIT = {"must": "P90D", "should": "P180D", "observation": "P180D"}
#: How long after its own day something may be committed, where the member sets nothing.
COMMIT_WITHIN = "P14D"
CLOSED = "verified_closed"
_APPROVE = "have it approved: ctpat-policy approve"
_ANEW = "have it approved anew: ctpat-policy approve"
#: One of a day to come would stay the newest.
_NOT_YET = "remove this entry, then have it approved anew: ctpat-policy approve"


class Procedure(NamedTuple):
    """One written procedure with its judged approvals, newest first."""

    id: str
    path: str
    value: Mapping[str, Any]
    approvals: tuple[Approval, ...]
    #: What is still to be written, so that it proves nothing.
    unwritten: Unwritten | None

    @property
    def approved_on(self) -> str:
        """The day of the newest valid approval, or empty: an approval is the review."""
        return next((a.approved_on for a in self.approvals if not a.problem), "")


class Action(NamedTuple):
    """A corrective action: `state` is closed, in_time, overdue, unapproved or cancelled."""

    id: str
    record: Record
    state: str

    @property
    def due(self) -> str:
        """The day by which it must be closed."""
        return str(self.record.data["due"])

    @property
    def severity(self) -> str:
        """must, should or observation."""
        return str(self.record.data["severity"])

    @property
    def covers(self) -> tuple[str, ...]:
        """Clauses that it covers while it is in time, as MSC-9.4/monitored."""
        return tuple(self.record.data.get("covers", ()))

    @property
    def is_open(self) -> bool:
        """Whether something still has to be done about it."""
        return self.state not in ("closed", "cancelled")

    def why_not(self, scope: Mapping[str, Any], began: str) -> str:
        """Why it answers nothing in a record of that scope which began on that day; or empty.

        What was over before cannot mend it, and what is about another place does not.
        """
        over = str(self.record.data.get("verified_on", "")) if self.state == "closed" else began
        if over < began:
            return f"it was closed on {over}, before what the record tells of ({began})"
        if not _meet(self.record.scope, scope):
            return f"it is about {_shown(self.record.scope)}, the record about {_shown(scope)}"
        return ""


class CriterionException(NamedTuple):
    """An exception to a criterion that is approved and has not expired."""

    record: Record
    criterion: str
    type: str
    expires: str


class Overlay(NamedTuple):
    """Levels that the member confirmed or corrected, with a valid approval."""

    path: str
    criterion: str
    levels: Mapping[str, str]


@dataclass(slots=True)
class Signatures:
    """Judges what is signed as of `today`; what is wrong is added to `findings`."""

    people: Mapping[str, Mapping[str, Any]]
    approvers: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, Any]
    criteria: Mapping[str, Any]
    today: str
    real_today: str
    attachment_digest: Callable[[str, str], str]
    findings: list[Finding] = field(default_factory=list)

    def procedure(self, filed: Filed) -> Procedure:
        """A procedure; an approval by its owner does not count."""
        judged = self._judged(filed, filed.id, "procedure")
        return Procedure(filed.id, filed.path, filed.value, tuple(judged), unwritten(filed.value))

    def action(self, record: Record) -> Action:
        """A corrective action with its state."""
        return Action(record.stem, record, self._state(record))

    def exception(self, record: Record) -> CriterionException | None:
        """An exception, or None when it excuses nothing.

        It ends as its kind says, at the latest; one that was withdrawn or replaced is history.
        """
        if record.void or record.replaced:
            return None
        data = record.data
        approved = self._approved(record.filed, record.id, "criterion_exception")
        if data["criterion"] not in self.criteria:
            message = f"{data['criterion']} is not in the catalog"
            self._wrong("exception-unknown-criterion", message, record.path, ("data", "criterion"))
        elif record.until < self.today:
            message = f"the exception expired on {record.until}"
            hint = "decide anew, with a new date and a new approval"
            self._wrong("exception-expired", message, record.path, ("data", "expires"), hint)
        elif not approved:
            message = "the exception is not approved, so it excuses nothing"
            self._wrong("exception-unapproved", message, record.path, ("data",), _APPROVE)
        else:
            return CriterionException(record, data["criterion"], data["type"], record.until)
        return None

    def overlay(self, filed: Filed) -> Overlay | None:
        """A level overlay, or None when it changes nothing."""
        approved = self._approved(filed, filed.id, "level_overlay")
        if filed.value["criterion"] not in self.criteria:
            message = f"{filed.value['criterion']} is not in the catalog"
            self._wrong("overlay-unknown-criterion", message, filed.path, ("criterion",))
        elif not approved:
            message = "the level is not approved, so it changes nothing"
            self._wrong("overlay-unapproved", message, filed.path, ("criterion",), _APPROVE)
        else:
            return Overlay(filed.path, filed.value["criterion"], filed.value["levels"])
        return None

    def _state(self, record: Record) -> str:
        if record.void or record.replaced:
            return "cancelled"
        data = record.data
        approved = self._approved(record.filed, record.id, "corrective_action")
        if data["status"] == "cancelled":
            return "cancelled"
        if data["status"] == CLOSED and self._verified(record):
            return "closed"
        if not approved:
            message = "the corrective action is not approved, so it covers nothing"
            self._wrong("action-unapproved", message, record.path, ("data", "status"), _APPROVE)
            return "unapproved"
        return "overdue" if self._late(record) else "in_time"

    def _verified(self, record: Record) -> bool:
        data = record.data
        verified_on, verifier = data.get("verified_on", ""), data.get("verified_by", "")
        message = "it is closed without a verifier other than its owner, so it counts as open"
        hint = "name verified_by and verified_on"
        if verified_on and verified_on < data.get("implemented_on", ""):
            message = "it was verified before it was implemented, so it counts as open"
            hint = "have the finished work verified"
        elif verified_on and verifier not in ("", data["owner"]):
            # With the clock moved back, it has not been verified yet, and nothing is wrong.
            if verified_on <= self.today:
                return True
            if verified_on <= self.real_today:
                return False
        self._wrong("action-not-verified", message, record.path, ("data", "status"), hint)
        return False

    def _late(self, record: Record) -> bool:
        data = record.data
        severity = data["severity"]
        limit = self.settings.get(f"action_limit_{severity}", ACTION_LIMIT[severity])
        if data["due"] < self.today:
            message = f"the corrective action was due on {data['due']}"
            hint = "finish and verify it, or have an extension approved"
            self._wrong("action-overdue", message, record.path, ("data", "due"), hint)
            return True
        if data["due"] > clock.plus(data["opened_on"], limit):
            message = f"it is due more than {limit} after it was opened, so it covers nothing"
            hint = f"set an earlier date, or change the setting action_limit_{severity}"
            self._wrong("action-too-long", message, record.path, ("data", "due"), hint)
            return True
        return False

    def _approved(self, filed: Filed, doc_id: str, document: str) -> bool:
        return any(not a.problem for a in self._judged(filed, doc_id, document))

    def _judged(self, filed: Filed, doc_id: str, document: str) -> list[Approval]:
        attached = [a["path"] for a in filed.value.get("attachments", ()) if "path" in a]
        judged = approvals.judge(
            doc_id,
            filed.value,
            functions=self.approvers[document],
            people=self.people,
            barred=barred(document, filed.value),
            today=self.today,
            attachments={path: self.attachment_digest(filed.path, path) for path in attached},
        )
        # With the clock moved back, a later approval has not been given yet.
        judged = [a for a in judged if not self.today < a.approved_on <= self.real_today]
        # Older approvals stay in the file as history: only the newest must still be good.
        for approval in judged[:1]:
            if approval.problem:
                message = (
                    f"the approval by {approval.by} of {approval.approved_on} does not count: "
                    f"{approval.problem}"
                )
                pointer = ("approvals", approval.index)
                hint = _NOT_YET if approval.code == "approval-in-future" else _ANEW
                self._wrong(approval.code, message, filed.path, pointer, hint)
        return judged

    def _wrong(self, code: str, message: str, path: str, at: Pointer, hint: str = "") -> None:
        self.findings.append(Finding(code, INVALID, message, Place(path, at), hint))


def barred(kind: str, value: Mapping[str, Any]) -> dict[str, str]:
    """People who may not approve a document, and why."""
    if kind == "procedure":
        return {value["owner"]: "its owner"}
    found = {value["recorded_by"]: "its author"} if "recorded_by" in value else {}
    if kind == "corrective_action":
        found[value["data"]["owner"]] = "its owner"
    return found


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two scopes have something in common; the company is in all of them."""
    if one.get("company") or other.get("company"):
        return True
    return any(not set(named).isdisjoint(other.get(what, ())) for what, named in one.items())


def _shown(scope: Mapping[str, Any]) -> str:
    return ", ".join(name for named in scope.values() for name in named)
