"""Approvals: the digest that binds one to its content, and who may approve what. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VERSION = "v1"
_SPACE = re.compile(r"\s+")


class NotApprovableError(ValueError):
    """The document holds a value that has no canonical form (a decimal number)."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry of `approvals`, judged: `problem` is empty when it is valid."""

    by: str
    function: str
    approved_on: str
    index: int
    problem: str = ""
    code: str = ""


def digest(
    doc_id: str,
    document: Mapping[str, Any],
    by: str,
    function: str,
    approved_on: str,
    attachments: Mapping[str, str] | None = None,
) -> str:
    """The digest of an approval, `v1:sha256:<64 hex digits>`.

    SHA-256 over canonical JSON (keys by code point, no blanks, UTF-8) of `{id, document, by, as,
    approved_on}`. `document` is taken without its approvals; strings are NFC with each run of
    white space made one space and trimmed; an attachment counts by its SHA-256 (`attachments`
    maps its path to the digest of its bytes). Raises NotApprovableError on a decimal number.
    """
    content = {key: value for key, value in document.items() if key != "approvals"}
    if "attachments" in content:
        content["attachments"] = [_attached(a, attachments or {}) for a in content["attachments"]]
    whole = {
        "id": doc_id,
        "document": content,
        "by": by,
        "as": function,
        "approved_on": approved_on,
    }
    text = json.dumps(_canonical(whole), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{VERSION}:sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def judge(
    doc_id: str,
    document: Mapping[str, Any],
    *,
    functions: Sequence[str],
    people: Mapping[str, Mapping[str, Any]],
    barred: Mapping[str, str],
    today: str,
    attachments: Mapping[str, str] | None = None,
) -> list[Approval]:
    """Judge every approval of a document as of `today`, newest first.

    `functions` may approve this kind of document; `barred` maps people who may not to the reason
    (its owner, its author).
    """
    judged = []
    for index, entry in enumerate(document.get("approvals", ())):
        code, problem = _problem(
            doc_id, document, entry, functions, people, barred, today, attachments
        )
        judged.append(
            Approval(entry["by"], entry["as"], entry["approved_on"], index, problem, code)
        )
    return sorted(judged, key=lambda a: (a.approved_on, a.index), reverse=True)


def _problem(
    doc_id: str,
    document: Mapping[str, Any],
    entry: Mapping[str, Any],
    functions: Sequence[str],
    people: Mapping[str, Mapping[str, Any]],
    barred: Mapping[str, str],
    today: str,
    attachments: Mapping[str, str] | None,
) -> tuple[str, str]:
    by, function, day = entry["by"], entry["as"], entry["approved_on"]
    person = people.get(by)
    if person is None:
        return "approval-unknown-person", f"{by} is not among the people of the security profile"
    if day > today:
        return "approval-in-future", f"it is dated {day}, after {today}"
    if day < person["from"] or day > person.get("until", day):
        since = f"from {person['from']}" + (
            f" until {person['until']}" if "until" in person else ""
        )
        return "approval-not-in-post", f"{by} was not in post on {day}: the profile says {since}"
    if function not in person["functions"]:
        return "approval-wrong-function", f"{by} does not hold the function {function}"
    if function not in functions:
        return (
            "approval-not-entitled",
            f"a {function} may not approve this; one of {', '.join(functions)} may",
        )
    if by in barred:
        return "approval-self", f"{by} is {barred[by]} and may not approve it"
    try:
        right = digest(doc_id, document, by, function, day, attachments)
    except NotApprovableError as error:
        return "approval-not-approvable", str(error)
    if entry["digest"] != right:
        return (
            "approval-void",
            "the content, the approver or the date has changed since it was given",
        )
    return "", ""


def _attached(attachment: Mapping[str, Any], digests: Mapping[str, str]) -> str:
    known = attachment.get("sha256") or digests.get(attachment.get("path", ""), "")
    return f"sha256:{known}"


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return _SPACE.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if isinstance(value, float):
        raise NotApprovableError(
            f"the decimal number {value} has no canonical form; put it in quotes"
        )
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
