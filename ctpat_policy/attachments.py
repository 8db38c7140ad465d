"""Attachments: each is there, has the digest that was recorded, and no file lies about unnamed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from ctpat_policy.filing import Filed
from ctpat_policy.model import INVALID, Finding, Place, Pointer, Problem
from ctpat_policy.sources import Source

_LINE_ENDS = (
    "git changed them when it wrote the file (core.autocrlf): "
    "say /evidence/** -text and /policies/** -text in .gitattributes, and check the files out anew"
)


def attachment_path(document: str, path: str) -> str:
    """An attachment's path from the root: beside its document, or named from evidence/ on."""
    if path.startswith(("evidence/", "policies/")):
        return path
    return f"{document.rpartition('/')[0]}/{path}"


def digest_of(source: Source, document: str, path: str) -> str:
    """The SHA-256 of an attachment's bytes, or empty when it cannot be read."""
    found = source.attachment_digest(attachment_path(document, path))
    return "" if isinstance(found, Problem) else found[0]


class Attachments:
    """What is wrong with the attachments of documents, one after the other, and with the rest."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._claimed: set[str] = set()

    def wrong(self, filed: Filed) -> Iterator[Finding]:
        """What is wrong with those of one document."""
        for index, attachment in enumerate(filed.value.get("attachments", ())):
            if "path" in attachment:
                path = attachment_path(filed.path, attachment["path"])
                self._claimed.add(path)
                at: Pointer = ("attachments", index)
                yield from self._held_against(attachment.get("sha256"), path, filed.path, at)

    def unclaimed(self, beside: Iterable[str], unread: Iterable[str]) -> Iterator[Finding]:
        """Files beside the documents of which none of those that were looked at speaks.

        `unread` are documents in trouble: what lies in their folders may be theirs.
        """
        folders = {path.rpartition("/")[0] for path in unread}
        for path in beside:
            if path not in self._claimed and path.rpartition("/")[0] not in folders:
                message = "no document names this file, so nobody would ever read it"
                hint = "list it under the attachments of its record, or remove it"
                yield Finding("file-unclaimed", INVALID, message, Place(path), hint)

    def _held_against(
        self, digest: str | None, path: str, document: str, at: Pointer
    ) -> Iterator[Finding]:
        """What is wrong with a file that a document names; without a digest it need only be one."""
        look = self._source.attachment_digest if digest else self._source.attachment_problem
        found = look(path)
        if isinstance(found, Problem):
            place = Place(document, (*at, "path"))
            yield Finding(found.code, INVALID, f"{path}: {found.message}", place, found.hint)
        elif found is not None and found[0] != digest:
            message = f"{path} is not the file that was recorded: its digest differs"
            hint = "restore the file, or record the new one with a new approval"
            if digest == _with_plain_line_ends(self._source.read(path)):
                message = f"{path} has other line ends than the file that was recorded"
                hint = _LINE_ENDS
            place = Place(document, (*at, "sha256"))
            yield Finding("attachment-digest", INVALID, message, place, hint)


def _with_plain_line_ends(data: bytes | None) -> str:
    return hashlib.sha256((data or b"").replace(b"\r\n", b"\n")).hexdigest()
