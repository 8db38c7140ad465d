"""Adds an approval to a document, bound to its content, and changes nothing else in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ctpat_policy import approvals, documents, filing
from ctpat_policy.attachments import digest_of
from ctpat_policy.authoring.sound import mend, sound
from ctpat_policy.catalog import Catalog
from ctpat_policy.errors import UsageError
from ctpat_policy.filing import PROFILE, Filed
from ctpat_policy.signed import APPROVABLE, barred
from ctpat_policy.sources import Source
from ctpat_policy.unfinished import place_of, unwritten

_KEY = re.compile(r"approvals:[ ]*(?P<rest>\[[ ]*\])?[ ]*(#.*)?$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The approval to add."""

    by: str
    function: str
    approved_on: str


@dataclass(frozen=True, slots=True)
class Approvable:
    """A document that can be approved, with all that decides whether this approval would count."""

    filed: Filed
    doc_id: str
    text: str
    attachments: Mapping[str, str]

    def digest(self, wanted: Wanted) -> str:
        """What the approver signs."""
        try:
            return approvals.digest(
                self.doc_id,
                self.filed.value,
                wanted.by,
                wanted.function,
                wanted.approved_on,
                self.attachments,
            )
        except approvals.NotApprovableError as error:
            raise UsageError(f"{self.filed.path}: {error}") from None


def find(source: Source, catalog: Catalog, path: str) -> Approvable:
    """The document at a path below the root. Raises UsageError when it cannot be approved."""
    home = filing.expected(path)
    if home is None or home[0] not in APPROVABLE:
        raise UsageError(f"{path} is no procedure, exception, corrective action or level overlay")
    data = source.read(path)
    if data is None:
        raise UsageError(f"{path} cannot be read")
    # A file that is approved for the first time lacks what this command adds.
    value = sound(data, path, home[0], catalog, {"approvals": []})
    if (found := unwritten(value)) is not None:
        what = f"{'.'.join(map(str, found.key))} {found.why}, so there is nothing to approve yet"
        raise mend(path, place_of(data, found.at), what)
    filed = Filed(path, home[0], home[1], value)
    record = path.startswith("evidence/")
    doc_id = f"{home[0]}/{home[1]}" if record else home[1]
    attached = [a["path"] for a in filed.value.get("attachments", ()) if "path" in a]
    digests = {name: digest_of(source, path, name) for name in attached}
    return Approvable(filed, doc_id, data.decode("utf-8-sig"), digests)


def approved(
    document: Approvable,
    wanted: Wanted,
    profile: Mapping[str, Any],
    catalog: Catalog,
    today: str,
    signature: str = "",
) -> str:
    """The document's text with the approval added. Raises UsageError when it would not count.

    `today` is the true date: what is dated after it has not been given.
    """
    entry = {
        "by": wanted.by,
        "as": wanted.function,
        "approved_on": wanted.approved_on,
        "digest": document.digest(wanted),
    }
    if signature:
        entry["signature"] = signature
    value = document.filed.value
    with_it = {**value, "approvals": [*value.get("approvals", ()), entry]}
    problem = _problem(document, with_it, profile, catalog, today)
    if problem:
        raise UsageError(f"{document.filed.path}: {problem}")
    text = _inserted(document.text, entry)
    reread = documents.load(text.encode(), document.filed.path)
    if reread.value != with_it:
        raise UsageError(
            f"{document.filed.path}: write the approvals as a block list, one `- by:` each, "
            "at the end of the file, then try again"
        )
    return text


def profile_of(source: Source, catalog: Catalog) -> Mapping[str, Any]:
    """The security profile. Raises UsageError when there is none that fits its schema."""
    data = source.read(PROFILE)
    if data is None:
        raise UsageError(f"{PROFILE} cannot be read, so nobody knows who may approve")
    return sound(data, PROFILE, "security_profile", catalog)


def _problem(
    document: Approvable,
    value: Mapping[str, Any],
    profile: Mapping[str, Any],
    catalog: Catalog,
    today: str,
) -> str:
    kind = document.filed.kind
    judged = approvals.judge(
        document.doc_id,
        value,
        functions=catalog.approvers[kind],
        people={p["id"]: p for p in profile["people"]},
        barred=barred(kind, value),
        today=today,
        attachments=document.attachments,
    )
    mine = next(a for a in judged if a.index == len(value["approvals"]) - 1)
    return mine.problem


def _inserted(text: str, entry: Mapping[str, str]) -> str:
    """The text with one more item under `approvals`, which is added at the end when absent."""
    end = "\r\n" if "\r\n" in text else "\n"
    item = [f"  - by: {entry['by']}"]
    item += [
        f'    {key}: "{value}"' if key != "as" else f"    as: {value}"
        for key, value in entry.items()
        if key != "by"
    ]
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if _KEY.fullmatch(line)), None)
    if at is None:
        return end.join([*lines, "approvals:", *item]) + end
    if "[" in lines[at]:
        lines[at] = "approvals:"
    last = at
    for index in range(at + 1, len(lines)):
        if lines[index].strip() and not lines[index].startswith((" ", "-", "#")):
            break
        if lines[index].startswith((" ", "-")):
            last = index
    if any(line.startswith("- ") for line in lines[at + 1 : last + 1]):
        item = [line.removeprefix("  ") for line in item]
    return end.join([*lines[: last + 1], *item, *lines[last + 1 :]]) + end
