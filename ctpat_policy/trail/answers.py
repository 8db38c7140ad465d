"""What history cannot undo, a closed corrective action may answer: it is noted then, not hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctpat_policy.fields import leaves
from ctpat_policy.model import INVALID, NOTE, Finding
from ctpat_policy.signed import CLOSED
from ctpat_policy.trail import strength
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.proofs import proofs

#: Findings that nobody can mend without rewriting history.
_ANSWERABLE = (
    "commit-author-later",
    "commit-in-future",
    "commit-odd",
    "commit-older-than-parent",
    "commit-signature",
    "commit-signature-broken",
    "merge-evil",
    "people-self-empowered",
    "trail-elsewhere",
    "trail-from-late",
)
_COMMIT = re.compile(r"commit ([0-9a-f]{12})\b")


def answered(trail: Trail, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; one whose commit a corrective action names becomes a note that says so.

    The action must be closed and carry an approval of its text that came with a commit in the
    approver's name, or better: a claim answers nothing.
    """
    actions = list(_actions(trail))
    for finding in findings:
        commit = _COMMIT.search(finding.message)
        answer = next((n for n, text in actions if commit and commit[1] in text), "")
        if answer and finding.severity == INVALID and finding.code in _ANSWERABLE:
            message = f"{finding.message} (answered by {answer})"
            yield finding._replace(severity=NOTE, message=message)
        else:
            yield finding


def _actions(trail: Trail) -> Iterator[tuple[str, str]]:
    """Name and whole text of every corrective action that can answer."""
    for proof in proofs(trail):
        value: Mapping[str, Any] = proof.history.last.value or {}
        if proof.history.kind == "corrective_action" and value["data"]["status"] == CLOSED:
            proven = proof.strength != strength.CLAIMED and not proof.own_text
            if proof.fits and proven and "void" not in value:
                yield proof.history.name, " ".join(str(leaf) for _, leaf in leaves(value["data"]))
