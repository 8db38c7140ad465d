"""The command that starts the work on a gap, on what falls due, or on a document in trouble.

Each works where it is printed: for someone of whom a record is lacking, under a name that is free.
What was begun is finished first.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ctpat_policy import documents
from ctpat_policy.authoring.place import PARTNERS
from ctpat_policy.authoring.subjects import About, Subjects
from ctpat_policy.catalog import Catalog
from ctpat_policy.criteria import WRITTEN, Clause, Criterion
from ctpat_policy.dossiers.series import PAST, REGISTER
from ctpat_policy.filing import PROFILE, expected
from ctpat_policy.kinds import Kind
from ctpat_policy.model import Due, Finding, Gap, Place, Row
from ctpat_policy.reads import kinds_behind
from ctpat_policy.signed import barred

_PROCEDURES = "policies/procedures/"
_ACTIONS = "evidence/corrective_action/"
_REGISTERS = f"evidence/{REGISTER}/"
#: Findings that an approval mends; one that is dated in the future has to be taken out first.
_UNAPPROVED = ("action-unapproved", "exception-unapproved", "overlay-unapproved")
_NO_MATTER_OF_APPROVING = ("approval-in-future", "approval-not-approvable")
#: Codes of documents that are not read, as they are not finished or not right, begin so.
_BEGUN = ("document-", "yaml-", "file-")


class Start(NamedTuple):
    """A command, and the place to look at."""

    command: str
    place: Place


@dataclass(frozen=True, slots=True)
class Commands:
    """Words commands by the law, the profile and the documents themselves.

    `states` says of open corrective actions by their paths how they stand, `root` where the policy
    repository lies from here (empty: here). `trouble` has the documents that are not read.
    """

    law: Catalog
    subjects: Subjects
    today: str
    root: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    trouble: Mapping[str, Finding] = field(default_factory=dict)

    def for_gap(self, row: Row, gap: Gap) -> Start:
        """What starts to close a gap of a row."""
        criterion = self.law.criteria[row.criterion]
        number = criterion.id.removeprefix("MSC-")
        if gap.place.path.startswith(_PROCEDURES):
            return Start(self.approve(gap.place.path), gap.place)
        if gap.place.path.startswith(_ACTIONS) and gap.place.pointer:
            return Start(self._action(gap.place.path), gap.place)
        if gap.unknown and gap.place.path.startswith(_REGISTERS):
            return Start(self._say("explain", REGISTER), gap.place)
        if gap.clause == WRITTEN:
            return self._procedure(f"msc-{number}", number, gap.place)
        if not (gap.unknown or self._has_partners()) and _about_partners(criterion, gap):
            return self._partner(gap.place)
        about = self.subjects.named(row, gap.place)
        kind = self._kind(criterion, gap, about)
        if kind is None:
            return Start(self._say("explain", number), gap.place)
        return self._new(kind, about, gap.place)

    def for_due(self, due: Due) -> Start:
        """What starts to renew what falls due."""
        if due.kind == "procedure" or due.kind == "criterion_exception":
            return Start(self.approve(due.place.path), due.place)
        if due.kind == "corrective_action":
            return Start(self._action(due.place.path), due.place)
        if due.place.path == PROFILE and due.kind == "cbp_validation":
            return Start(self._say("check", "--account", due.account), due.place)
        if due.kind == "cbp_validation":
            return self._new(self.law.kinds["corrective_action"], About(), due.place)
        kind = self.law.kinds[due.kind]
        subject = "" if due.subject == "company" else due.subject
        about = {
            "site": About(site=subject),
            "partner": About(partner=subject),
            "account": About(account=due.account or subject),
        }
        return self._new(kind, about.get(kind.unit, About(name=subject)), due.place)

    def for_finding(self, finding: Finding) -> str:
        """What helps with a document in trouble."""
        code, path = finding.code, finding.place.path
        if code in _UNAPPROVED or (
            code.startswith("approval-")
            and code not in _NO_MATTER_OF_APPROVING
            and expected(path) is not None
        ):
            return self.approve(path)
        if code == "profile-missing":
            return self._say("init", *self._here())
        return self._say("explain", code)

    def approve(self, path: str) -> str:
        """The approval of a document by the first person in post who may give it."""
        document = documents.load(self.subjects.source.read(path) or b"", path).value or {}
        kind = (expected(path) or ("procedure", ""))[0]
        for person, function in self._approvers(kind, document):
            file = posixpath.join(self.root, path)
            return self._say("approve", file, "--by", person, "--as", function)
        return self._say("explain", "approvers")

    def _approvers(self, kind: str, document: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Who may approve the document today, and as what."""
        functions = self.law.approvers.get(kind, ())
        try:
            excluded = barred(kind, document)
        except (KeyError, TypeError):
            excluded = {}
        return [
            (person["id"], function)
            for person in self.subjects.profile.get("people", ())
            if person["from"] <= self.today <= person.get("until", "9999-12-31")
            and person["id"] not in excluded
            for function in functions
            if function in person["functions"]
        ]

    def _action(self, path: str) -> str:
        """An open corrective action is approved, mended or finished; another one helps nobody."""
        state = self.states.get(path)
        if state == "unapproved":
            return self.approve(path)
        return self._say("explain", "action-overdue" if state == "overdue" else "corrective_action")

    def _kind(self, criterion: Criterion, gap: Gap, about: About) -> Kind | None:
        """The kind whose record is missing, of several the first that is kept there; a record that
        tells bad news asks for an action.
        """
        if gap.unknown:
            return self.law.kinds[REGISTER] if "register" in gap.message else None
        if gap.message.endswith(PAST):
            return self.law.kinds["corrective_action"]
        clause = _clause(criterion, gap)
        tests = clause.tests if clause is not None else ()
        kinds = [k for test in tests for k in kinds_behind(criterion, test.of)]
        here = gap.place.path.split("/")[1] if gap.place.path.startswith("evidence/") else ""
        if here and (gap.place.pointer or "corrective action" in gap.message):
            others = [k for k in kinds if k not in (here, "corrective_action")]
            return self.law.kinds[others[0] if others else "corrective_action"]
        missing = [self.law.kinds[k] for k in kinds]
        kept = (kind for kind in missing if self.subjects.keeps(kind, about))
        return next(kept, missing[0] if missing else None)

    def _new(self, kind: Kind, about: About, place: Place) -> Start:
        """A record for the first who has none; else what was begun today, else a further one."""
        found = self.subjects.of(kind, about)
        if not found:
            if kind.unit == "partner":
                return self._partner(place)
            return Start(self._say("explain", kind.id), place)
        paths = [self.subjects.path(kind, each) for each in found]
        free = [a for a, path in zip(found, paths, strict=True) if self.subjects.is_free(path)]
        begun = [path for path in paths if path in self.trouble]
        if begun and not free:
            return self._finish(begun[0])
        chosen = free[0] if free else self.subjects.renamed(kind, found[0])
        if chosen is None:
            return Start(self._say("explain", kind.id), place)
        return Start(self._say("new", kind.id, *_options(chosen), *self._root()), place)

    def _procedure(self, name: str, number: str, place: Place) -> Start:
        """A procedure that asks what the criterion wants to read in it."""
        if f"{_PROCEDURES}{name}.yaml" in self.trouble:
            return self._finish(f"{_PROCEDURES}{name}.yaml")
        names = (name, *(f"{name}-{further}" for further in range(2, 1000)))
        free = next(n for n in names if self.subjects.is_free(f"{_PROCEDURES}{n}.yaml"))
        words = ("procedure", "--name", free, "--criterion", number)
        return Start(self._say("new", *words, *self._root()), place)

    def _partner(self, place: Place) -> Start:
        """The first partner, unless one was begun."""
        begun = [f for f in self.trouble if f.startswith(f"{PARTNERS}/")]
        if begun:
            return self._finish(begun[0])
        return Start(self._say("new", "partner", "--name", "PT-01", *self._root()), place)

    def _finish(self, path: str) -> Start:
        """What was begun and is in trouble comes before anything new."""
        finding = self.trouble[path]
        return Start(self.for_finding(finding), finding.place)

    def _has_partners(self) -> bool:
        found = self.subjects.partners
        return any(f"{PARTNERS}/{name}.yaml" not in self.trouble for name in found)

    def _root(self) -> tuple[str, ...]:
        return ("--root", self.root) if self.root else ()

    def _here(self) -> tuple[str, ...]:
        return (self.root,) if self.root else ()

    def _say(self, verb: str, *words: str) -> str:
        asks_here = verb == "check" or (
            verb == "explain" and f"MSC-{words[0]}" in self.law.criteria
        )
        return shlex.join(["ctpat-policy", verb, *words, *(self._here() if asks_here else ())])


def begun(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """The documents that are not read, each with its first finding."""
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.code.startswith(_BEGUN):
            found.setdefault(finding.place.path, finding)
    return found


def _options(about: About) -> list[str]:
    given = (("--site", about.site), ("--partner", about.partner), ("--name", about.name))
    return [word for option, value in given if value for word in (option, value)]


def _clause(criterion: Criterion, gap: Gap) -> Clause | None:
    return next((c for c in criterion.clauses if c.id == gap.clause), None)


def _about_partners(criterion: Criterion, gap: Gap) -> bool:
    """Whether the gap's clause looks at the company's business partners themselves."""
    clause = _clause(criterion, gap)
    tests = clause.tests if clause is not None else ()
    views = [criterion.views[t.of.split(".")[1]] for t in tests if t.of[:6] == "views."]
    return any(each == "company.partners" for view in views for each in view.each)
