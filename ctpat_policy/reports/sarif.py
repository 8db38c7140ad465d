"""SARIF 2.1.0 as GitHub's code scanning wants it: an alert per gap and per finding.

Code scanning takes a severity of rules only, and opens an alert for what is suppressed, too. So a
criterion has up to three rules: where it is a must, where it is a should, and where an approved
corrective action or exception accepts the gap for now, which weighs little.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from ctpat_policy import __version__
from ctpat_policy.model import SHOULD, Place, Report
from ctpat_policy.reports import clean
from ctpat_policy.reports.issues import HEAVY, LIGHT, PROFILE, REMARK, Issue, capped, issues
from ctpat_policy.reports.outcome import exit_code

#: GitHub takes at most so many results a run, and files of 10 MB once compressed.
MOST, COMPRESSED = 25_000, 9_000_000

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: Weight -> the score by which GitHub calls an alert high, medium or low.
_SCORES: Mapping[str, str] = {HEAVY: "8.0", LIGHT: "5.0", REMARK: "2.0"}
_PROBLEMS: Mapping[str, str] = {HEAVY: "error", LIGHT: "warning", REMARK: "recommendation"}
#: GitHub takes rule texts of 1,024 characters.
_RULE_TEXT = 1000


def render(report: Report) -> bytes:
    """ASCII JSON; where it would be too large, the most severe results and how many are missing."""
    found = issues(report)
    kept = capped(report, found, MOST)
    written = _written(report, kept)
    while len(zlib.compress(written, 1)) > COMPRESSED:
        kept = capped(report, found, max(len(kept) // 2, 1))
        written = _written(report, kept)
    return written


def _written(report: Report, found: Sequence[Issue]) -> bytes:
    rules: dict[str, Issue] = {}
    for issue in found:
        rules.setdefault(_rule_id(issue), issue)
    places = {name: index for index, name in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "ctpat-policy",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name, issue) for name, issue in rules.items()],
            }
        },
        "automationDetails": {"id": _run_id(report)},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": exit_code(report) != 3}],
        "results": [_result(issue, places[_rule_id(issue)]) for issue in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    text = json.dumps(log, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return (clean.json_document(text) + "\n").encode("ascii")


def _run_id(report: Report) -> str:
    """Runs of one id replace each other, so a check of a part has an id of its own."""
    asked = [wanted for wanted in (report.home, *report.filters.values()) if wanted]
    parts = [str(part) for wanted in asked for part in _listed(wanted)]
    return "/".join(["ctpat-policy", *(clean.uri(part) or "-" for part in parts)]) + "/"


def _listed(wanted: Any) -> Sequence[Any]:
    return wanted if isinstance(wanted, list | tuple) else [wanted]


def _rule_id(issue: Issue) -> str:
    kind = "-accepted" if issue.accepted else "-should" if issue.level == SHOULD else ""
    return clean.json(clean.word(issue.rule)) + kind


def _rule(name: str, issue: Issue) -> dict[str, Any]:
    title = clean.sarif(issue.title)[:_RULE_TEXT] or name
    full = f"{clean.sarif(issue.rule)} of CTPAT's Minimum Security Criteria: {title}"
    if not issue.about:
        full = f"A finding about a document: {title}"
    mend = clean.sarif(issue.remedy) or f"ctpat-policy explain {name}"
    tags = ["security", "ctpat", issue.level, issue.category, "accepted" if issue.accepted else ""]
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": full[:_RULE_TEXT]},
        "help": {"text": mend[:_RULE_TEXT]},
        "defaultConfiguration": {"level": issue.weight},
        "properties": {
            "tags": [clean.json(clean.word(tag)) for tag in tags if tag],
            "precision": "very-high",
            "problem.severity": _PROBLEMS[issue.weight],
            "security-severity": _SCORES[issue.weight],
        },
    }


def _result(issue: Issue, rule: int) -> dict[str, Any]:
    about = f"{issue.about} ({issue.level}): " if issue.about else ""
    accepted = {"kind": "external", "status": "accepted"}
    return {
        "ruleId": _rule_id(issue),
        "ruleIndex": rule,
        "level": issue.weight,
        "message": {"text": clean.sarif(about + issue.message)},
        "locations": [_location(issue.place)],
        "partialFingerprints": {"primaryLocationLineHash": issue.fingerprint},
        "suppressions": [{**accepted, "justification": clean.sarif(issue.accepted)}]
        if issue.accepted
        else [],
    }


def _location(place: Place) -> dict[str, Any]:
    line, column = max(place.line, 1), max(place.column, 1)
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    artifact = {"uri": clean.uri(place.path) or PROFILE}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
