"""Gaps and findings as one flat list, the most severe first: what annotations and alerts are of."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ctpat_policy.model import MUST, UNREADABLE, Gap, Place, Report, Row
from ctpat_policy.order import number
from ctpat_policy.reports.gaps import is_old
from ctpat_policy.reports.outcome import (
    ERROR,
    FAILURE,
    GAPS,
    NEVER,
    WORDS,
    all_findings,
    finding_outcome,
    outcome,
    reasons,
)

#: How much an issue weighs: what fails, what does not fail, what is only worth knowing.
HEAVY, LIGHT, REMARK = "error", "warning", "note"
WEIGHTS = (HEAVY, LIGHT, REMARK)
#: Where something stands that stands nowhere: in the document from which all of it follows.
PROFILE = "policies/security-profile.yaml"
#: The rule of the one issue that counts those left out.
MORE = "more-than-fit"


class Issue(NamedTuple):
    """One gap of one row, or one finding; every text is still raw."""

    #: The criterion, or the code of the finding.
    rule: str
    weight: str
    #: must or should; of a finding its severity.
    level: str
    #: Account and subject; empty for a finding.
    about: str
    title: str
    message: str
    remedy: str
    place: Place
    #: What stays the same between two runs, whatever lines, titles and messages become.
    key: tuple[str, ...]
    #: The folder of the category; empty for a finding.
    category: str = ""
    #: Why it may stand for now: a corrective action, or a should that is not adopted.
    accepted: str = ""
    #: The row failed before the change, too (check --since).
    old: bool = False
    #: Sorts the worse first within a weight.
    rank: int = 0

    @property
    def fingerprint(self) -> str:
        """The key as 40 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.key).encode("ascii")).hexdigest()[:40]

    @property
    def seen(self) -> str:
        """Its weight for who looks at one change: what was so before is no news."""
        return REMARK if self.old else self.weight


def issues(report: Report) -> list[Issue]:
    """Everything that is not as it should be, with places from the top of the checkout. Among
    equals the first of each criterion comes before the second of any, so that one criterion with
    thousands of gaps hides no other.
    """
    found = sorted(_numbered([*_of_findings(report), *_of_rows(report)]), key=_badness)
    seen: Counter[tuple[str, int, str]] = Counter()
    turns = []
    for issue in found:
        seen[issue.weight, issue.rank, issue.rule] += 1
        turns.append(seen[issue.weight, issue.rank, issue.rule])
    order = sorted(range(len(found)), key=lambda at: (*_badness(found[at])[:2], turns[at]))
    return [_at_home(found[at], report.home) for at in order]


def _at_home(issue: Issue, home: str) -> Issue:
    """An issue as the platform names its file. Of two policy repositories in one checkout, each has
    issues of its own.
    """
    if not home:
        return issue
    place = issue.place if issue.place.path else Place(PROFILE)
    return issue._replace(place=place.below(home), key=(home, *issue.key))


def capped(report: Report, found: Sequence[Issue], most: int) -> list[Issue]:
    """At most so many; the last says how many there are more."""
    if len(found) <= most:
        return list(found)
    kept, left = found[: most - 1], found[most - 1 :]
    more = Issue(
        rule=MORE,
        weight=left[0].weight,
        level=left[0].weight,
        about="",
        title="More than fit here",
        message=f"{len(left):,} more gaps and findings did not fit here",
        remedy="read the JSON report, which leaves nothing out",
        place=Place(PROFILE, (), 1, 1),
        key=(MORE,),
    )
    return [*kept, _at_home(more, report.home)]


def _badness(issue: Issue) -> tuple[int, int, tuple[int, ...], str]:
    return (WEIGHTS.index(issue.weight), issue.rank, number(issue.rule), issue.rule)


def _numbered(found: Iterable[Issue]) -> Iterator[Issue]:
    """No two with the same key: two gaps may stand at one place."""
    seen: Counter[tuple[str, ...]] = Counter()
    for issue in found:
        seen[issue.key] += 1
        again = seen[issue.key]
        yield issue if again == 1 else issue._replace(key=(*issue.key, str(again)))


def _of_findings(report: Report) -> Iterator[Issue]:
    for finding in all_findings(report):
        heavy = finding_outcome(finding, MUST) in (FAILURE, ERROR)
        yield Issue(
            rule=finding.code,
            weight=HEAVY if heavy else REMARK,
            level=finding.severity,
            about="",
            title=finding.code.replace("-", " ").capitalize(),
            message=_words(finding.message, finding.code),
            remedy=finding.hint,
            place=finding.place,
            key=("document", finding.code, *_where(finding.place)),
            rank=int(finding.severity != UNREADABLE),
        )


def _of_rows(report: Report) -> Iterator[Issue]:
    at = MUST if report.fail_on == NEVER else report.fail_on
    for row in report.rows:
        as_new = row._replace(standing="") if row.standing else row
        fails = outcome(as_new, at) in (FAILURE, ERROR)
        if fails or row.verdict in GAPS:
            weight = HEAVY if fails else LIGHT
            yield from (_issue(report, row, gap, weight) for gap in reasons(row))
        elif row.verdict == "not_adopted":
            why = f"not adopted{_until(row)}: {row.reason}"
            yield from (_issue(report, row, gap, REMARK, why) for gap in reasons(row))
        yield from _covered(report, row)


def _covered(report: Report, row: Row) -> Iterator[Issue]:
    """What a corrective action covers; one that is open without a gap is told, too."""
    for clause in row.clauses:
        if clause.covered_by:
            names = ", ".join(clause.covered_by)
            idle = Gap(clause.clause, f"the corrective action {names} is open", row.place)
            why = f"corrective action {names}{_until(row)}"
            gaps = clause.gaps or (idle,)
            yield from (_issue(report, row, gap, REMARK, why) for gap in gaps)


def _issue(report: Report, row: Row, gap: Gap, weight: str, accepted: str = "") -> Issue:
    message = _words(gap.message, WORDS.get(row.verdict, row.verdict))
    place = gap.place if gap.place.path else row.place
    rank = GAPS.index(row.verdict) if row.verdict in GAPS else len(GAPS)
    return Issue(
        rule=row.criterion,
        weight=weight,
        level=row.level,
        about=f"{row.account} {row.subject}",
        title=row.title,
        message=f"{message} ({row.remark})" if row.remark else message,
        remedy=row.remedy,
        place=place,
        key=(*row.key, gap.clause, *_where(place)),
        category=report.categories.get(row.category, f"{row.category:02d}"),
        accepted=accepted,
        old=is_old(row),
        rank=1 + rank + (0 if row.level == MUST else len(GAPS) + 1),
    )


def _until(row: Row) -> str:
    return f" until {row.until}" if row.until else ""


def _words(text: str, otherwise: str) -> str:
    return text.strip(" \t\r\n") or otherwise


def _where(place: Place) -> tuple[str, str]:
    return (place.path, json.dumps(place.pointer))
