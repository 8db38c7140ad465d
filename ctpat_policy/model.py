"""The nouns that every module speaks: places, findings, gaps, rows, the report. Frozen, no I/O.

What there are thousands of is a tuple with names: it is made, hashed and written as JSON in C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from posixpath import normpath
from typing import Any, NamedTuple

#: A way into a document: keys of mappings and indices of lists.
Pointer = tuple[str | int, ...]

MUST, SHOULD = "must", "should"
#: What an overlay may set, from the least strict.
LEVELS = ("absent", SHOULD, MUST)

#: Verdicts of a row; how bad each one is says compare.ORDER.
VERDICTS = (
    "met",
    "not_applicable",
    "not_adopted",
    "action_open",
    "partly_met",
    "not_assessed",
    "not_met",
)

#: What a finding about a document means for the run: it could not be read, it is wrong,
#: or it is worth knowing.
UNREADABLE, INVALID, NOTE = "unreadable", "invalid", "note"


@cache
def names_of(kind: Any) -> tuple[str, ...]:
    """The names of what a noun consists of, in order; none where it is no noun of the model."""
    if is_dataclass(kind):
        return tuple(each.name for each in fields(kind))
    named: tuple[str, ...] = getattr(kind, "_fields", ())
    return named


class Problem(NamedTuple):
    """What is wrong inside one file; line and column count from 1, 0 means the whole file."""

    code: str
    line: int
    column: int
    message: str
    hint: str = ""


class Place(NamedTuple):
    """Where something stands: symbolic until a report needs the line (see program.locate)."""

    path: str
    pointer: Pointer = ()
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    def inside(self, *steps: str | int) -> Place:
        """A place further inside this one."""
        return Place(self.path, (*self.pointer, *steps))

    def below(self, home: str) -> Place:
        """The same place, named from the folder in which `home` is; one without a path stays so."""
        if not (home and self.path):
            return self
        path = home + self.path
        return self._replace(path=normpath(path) if self.path.startswith("../") else path)


class Finding(NamedTuple):
    """Something about a document itself, not about a criterion."""

    code: str
    severity: str
    message: str
    place: Place
    hint: str = ""


class Gap(NamedTuple):
    """Why a clause does not pass. `unknown`: nobody can tell, as a register has a hole."""

    clause: str
    message: str
    place: Place
    unknown: bool = False


class ClauseResult(NamedTuple):
    """A clause of one row: pass, fail, unknown or absent (it does not apply here)."""

    clause: str
    state: str
    gaps: tuple[Gap, ...] = ()
    covered_by: tuple[str, ...] = ()
    reason: str = ""


class Row(NamedTuple):
    """One verdict: account x criterion x level x subject."""

    account: str
    criterion: str
    level: str
    subject: str
    verdict: str
    title: str
    category: int
    basis: str
    reason: str = ""
    until: str | None = None
    clauses: tuple[ClauseResult, ...] = ()
    remedy: str = ""
    place: Place = Place("")
    evidence: tuple[str, ...] = ()
    evidence_count: int = 0
    #: company, site or partner: what the subject is.
    scope: str = "company"
    #: Against another revision: empty (not compared), as_before, worse, better or new.
    standing: str = ""
    #: Whose policies decided it, when not those of the checked revision.
    remark: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same between two runs."""
        return (self.account, self.criterion, self.level, self.subject)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The gaps that nothing covers, in the order of the clauses."""
        return tuple(g for c in self.clauses if not c.covered_by for g in c.gaps)


class AccountHead(NamedTuple):
    """What the head of a report says of one account."""

    id: str
    entity_type: str
    title: str
    catalog: str
    known: int
    total: int
    bases: Mapping[str, int]
    status: str


class Due(NamedTuple):
    """Something that expires or must be done: `on` is the last day on which it is still good."""

    on: str
    what: str
    kind: str
    subject: str
    place: Place
    account: str = ""


class OpenAction(NamedTuple):
    """A corrective action that is not closed."""

    id: str
    due: str
    state: str
    covers: tuple[str, ...]
    subject: str
    description: str
    place: Place


@dataclass(frozen=True, slots=True)
class Seal:
    """What a judgement was made of; empty where nobody asked.

    Reports belong to one check when nothing here differs but `number`, that of the shard.
    """

    number: int = 0
    count: int = 0
    version: str = ""
    #: Digests of the program, of its criteria and schemas, and of the documents.
    program: str = ""
    law: str = ""
    state: str = ""
    real_today: str = ""
    #: The other revisions that were asked for, by the name of the option.
    revisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One judgement. Every output renders this value; none computes a verdict of its own."""

    member: str
    today: str
    fail_on: str
    accounts: tuple[AccountHead, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    due: tuple[Due, ...]
    actions: tuple[OpenAction, ...]
    documents: int
    within: str = "P90D"
    notes: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    #: Category number -> folder of its criteria, such as 6 -> 06-seal-security.
    categories: Mapping[int, str] = field(default_factory=dict)
    #: Where the policy repository lies in the checkout, such as `compliance/`; empty at its top.
    #: Platforms name files from there; people, and all places here, from the policy repository.
    home: str = ""
    #: Only for `merge`.
    seal: Seal = field(default_factory=Seal)
