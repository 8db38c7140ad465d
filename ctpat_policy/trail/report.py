"""The trail, judged: what every output of `verify` renders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ctpat_policy.model import Finding


class RuleResult(NamedTuple):
    """One rule of the trail: what it asserts, and where that is not so."""

    rule: str
    asserts: str
    findings: tuple[Finding, ...]


class ApprovalProof(NamedTuple):
    """How strong the proof of one approval is (claimed, commit, signed_commit, signed). `commit`
    brought it in; `committed_on` is the day of the trail on which it came.
    """

    path: str
    by: str
    function: str
    approved_on: str
    strength: str
    commit: str
    committed_by: str
    committed_on: str
    in_time: bool
    valid: bool
    newest: bool
    imported: bool


class Kept(NamedTuple):
    """The records of one kind: how many there are, the oldest, how many were lost, and the day
    since when none was, be it while older papers were imported.
    """

    kind: str
    records: int
    oldest: str
    complete_since: str
    retention: str
    lost: int


@dataclass(frozen=True, slots=True)
class TrailReport:
    """The trail, judged. `policy_from`: the day of the first security profile; `trail_from`: the
    member's own start, before which `imported` commits are not judged.
    """

    member: str
    today: str
    head: str
    commits: int
    policy_from: str
    trail_from: str
    imported: int
    rules: tuple[RuleResult, ...]
    approvals: tuple[ApprovalProof, ...]
    kept: tuple[Kept, ...]
    #: As of a report.
    home: str = ""
