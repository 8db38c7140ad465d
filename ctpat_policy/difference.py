"""What a change does to compliance, as one value that every output renders. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ctpat_policy.compare import NEW, WORSE, Change
from ctpat_policy.governance import GovernanceChange
from ctpat_policy.model import Due, Finding, Row
from ctpat_policy.waivers import Waiver

RED, AMBER, GREEN = "red", "amber", "green"
COLOURS: Mapping[str, str] = {
    "met": GREEN,
    "not_applicable": GREEN,
    "not_adopted": GREEN,
    "action_open": AMBER,
    "partly_met": RED,
    "not_assessed": RED,
    "not_met": RED,
}
#: What becomes of a row that is judged no more, of one that is better and still red, and of one
#: that has another verdict which is neither better nor worse.
GONE, EASED, OTHERWISE = "gone", "eased", "otherwise"
TURNS = (RED, AMBER, GONE, OTHERWISE, EASED, GREEN)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: what it is called, and its commit; empty for the work tree."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A row whose verdict is another one, with what became of it (one of TURNS)."""

    change: Change
    into: str

    @property
    def row(self) -> Row:
        """The row as it is now, or was."""
        return self.change.row

    @property
    def risen(self) -> bool:
        """Whether it is worse than before: it rose, it vanished, or it came as a gap."""
        new_gap = self.change.standing == NEW and COLOURS[self.row.verdict] == RED
        return self.change.standing == WORSE or new_gap


@dataclass(frozen=True, slots=True)
class Counts:
    """The verdicts of one account at one level on both sides: verdict -> number of rows."""

    account: str
    level: str
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Signed:
    """An approval that was given, taken away or voided; `why` says why it does not count."""

    path: str
    by: str
    function: str
    approved_on: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A document that is gone, and the rows that got worse and that it held up."""

    path: str
    held_up: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does, everything under one clock. Every output renders this value."""

    base: Side
    head: Side
    today: str
    member: str
    #: Which of the two sides could not be judged whole: base, head.
    incomplete: tuple[str, ...]
    documents: Mapping[str, int]
    turns: tuple[Turn, ...]
    counts: tuple[Counts, ...]
    due: tuple[Due, ...]
    voided: tuple[Signed, ...]
    given: tuple[Signed, ...]
    deleted: tuple[Deleted, ...]
    waivers: tuple[Waiver, ...]
    governance: tuple[GovernanceChange, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """3: one side was not judged whole; 1: a row is worse than before; 0: none is."""
        if self.incomplete:
            return 3
        return 1 if any(turn.risen for turn in self.turns) else 0
