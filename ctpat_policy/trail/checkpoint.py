"""Checkpoints: a small text to keep elsewhere, which today's history must extend.

An outsider who keeps one (in a ticket, a mail, on paper) notices when the history is rewritten.
`manifest` is the SHA-256 over the lines `mode SP path NUL sha256 LF` of every file below policies/
and evidence/, sorted by path: it does not rest on git's own SHA-1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ctpat_policy.errors import UsageError
from ctpat_policy.model import INVALID, NOTE, Finding, Place
from ctpat_policy.trail import signatures
from ctpat_policy.trail.chain import Trail
from ctpat_policy.trail.repository import Repository

_TITLE = "ctpat-policy checkpoint/1"
_FIELDS = ("origin", "commits", "commit", "manifest", "date")
_SHAPES: Mapping[str, str] = {
    "origin": r"[0-9a-f]{40}(?:[0-9a-f]{24})?(?: .+)?",
    "commits": r"[1-9][0-9]{0,9}",
    "commit": r"[0-9a-f]{40}(?:[0-9a-f]{24})?",
    "manifest": r"sha256:[0-9a-f]{64}",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
_FOLDERS = ("policies/", "evidence/")
_REPOSITORY = "160000"
#: Not all that Python ends lines at: the name of a folder may hold such a character.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says. `origin`: the first commit, and the folder of the policy root;
    `commits`: how many first-parent commits; `sum`: over the lines before it.
    """

    origin: str
    commits: int
    commit: str
    manifest: str
    date: str
    sum: str = ""
    signature: str = ""

    @property
    def text(self) -> str:
        """The lines that the sum and the signature are over."""
        lines = [f"{name}: {getattr(self, name)}" for name in _FIELDS]
        return "\n".join([_TITLE, *lines, ""])


def make(repository: Repository, today: str) -> Checkpoint:
    """The checkpoint of HEAD. Raises NotTrusted in a shallow clone."""
    repository.need_full_history()
    head = repository.head()
    repository.need_sound_trees(head)
    line = repository.first_parents(head)
    manifest = _manifest(repository, head)
    return Checkpoint(_origin(repository, line[-1]), len(line), head, manifest, today)


def render(checkpoint: Checkpoint, sign: Callable[[str], str] | None = None) -> str:
    """The text to keep, with its sum and, on request, a signature over its lines."""
    text = checkpoint.text
    lines = [f"sum: {_sum(text)}"] + ([f"signature: {sign(text)}"] if sign else [])
    return text + "".join(f"{line}\n" for line in lines)


def sign(text: str, key: Path) -> str:
    """A signature over the lines of a checkpoint."""
    return signatures.sign(text, key, signatures.CHECKPOINT)


def read(data: bytes) -> Checkpoint:
    """A checkpoint that was kept. Raises UsageError when the text is none."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    lines = [line.strip() for line in _LINE_END.split(text) if line.strip()]
    if not lines or lines[0] != _TITLE:
        raise UsageError(f"this is no checkpoint: it does not begin with {_TITLE}")
    found = {name: value for name, _, value in (line.partition(": ") for line in lines[1:])}
    for name, shape in _SHAPES.items():
        if not re.fullmatch(shape, found.get(name, ""), re.ASCII):
            raise UsageError(f"this is no checkpoint: its line `{name}` is missing or cut off")
    return Checkpoint(
        origin=found["origin"],
        commits=int(found["commits"]),
        commit=found["commit"],
        manifest=found["manifest"],
        date=found["date"],
        sum=found.get("sum", ""),
        signature=found.get("signature", ""),
    )


def compare(repository: Repository, trail: Trail, kept: Checkpoint) -> Iterator[Finding]:
    """Why today's history does not extend a checkpoint: the first reason, and its signature."""
    code, message, hint = _difference(repository, trail, kept)
    if code:
        yield Finding(code, INVALID, message, Place(""), hint)
    if kept.signature:
        yield from _signature(trail, kept)


def _difference(repository: Repository, trail: Trail, kept: Checkpoint) -> tuple[str, str, str]:
    head = trail.surroundings.head
    line = [step.commit.id for step in trail.steps]
    at = f"commit {kept.commit[:12]} of the checkpoint of {kept.date}"
    if _sum(kept.text) != kept.sum:
        message = "the checkpoint was edited or cut off: its lines do not fit its sum"
        return "checkpoint-edited", message, "fetch the text from where it was first kept"
    ancestor = repository.is_ancestor(kept.commit, head)
    if ancestor is None and kept.origin != _origin(repository, line[0]):
        message = f"the checkpoint is of another repository, or all of this one is rewritten ({at})"
        return "checkpoint-other-repository", message, "ask for the clone that has this commit"
    if ancestor is None:
        message = f"{at} is not in this repository any more: the history was rewritten"
        return "checkpoint-unknown-commit", message, "ask who pushed by force, and restore it"
    if not ancestor:
        message = f"{at} is no part of today's history: it was rewritten"
        return "checkpoint-rewritten", message, "ask who pushed by force, and restore it"
    if kept.commit not in line:
        message = f"{at} is on no first-parent line now: a merge turned the history round"
        return "checkpoint-turned", message, "merge side branches into the main line, not back"
    if line.index(kept.commit) + 1 != kept.commits or len(line) < kept.commits:
        message = f"{at} was number {kept.commits:,}, and is number {line.index(kept.commit) + 1:,}"
        return "checkpoint-count", message, "ask who changed what lies before it"
    folder = kept.origin.partition(" ")[2]
    if folder not in (repository.prefix, _shown(repository.prefix)):
        here = _named(_shown(repository.prefix))
        message = f"{at} is of {_named(folder)}, and what is judged here is {here}"
        return "checkpoint-other-folder", message, "judge the folder that it was made of"
    if _manifest(repository, kept.commit) != kept.manifest:
        message = f"{at} holds other files than it did: the manifest differs"
        return "checkpoint-manifest", message, "compare with the clone that it was made in"
    return "", "", ""


def _signature(trail: Trail, kept: Checkpoint) -> Iterator[Finding]:
    claimed = signatures.claim(kept.signature)
    good = claimed is not None and signatures.verify(
        kept.text.encode(), kept.signature, signatures.CHECKPOINT, claimed.key
    )
    if claimed is None or not good:
        message = "the signature of the checkpoint does not fit"
        hint = "fetch the text from where it was first kept"
        yield Finding("checkpoint-signature", INVALID, message, Place(""), hint)
        return
    at = next((s.number for s in trail.steps if s.commit.id == kept.commit), len(trail.steps))
    known = trail.people_before(at + 1).values()
    if not any(signatures.bare(p.get("signing_key", "")) == claimed.key for p in known):
        message = (
            f"the checkpoint is signed with a key that the profile does not know: {claimed.key}"
        )
        hint = "compare the key with the one that you know"
        yield Finding("checkpoint-signature", NOTE, message, Place(""), hint)


def _origin(repository: Repository, first: str) -> str:
    """The first commit, and the folder of the policy root where it is not the top."""
    return f"{first} {_shown(repository.prefix)}".strip()


def _shown(folder: str) -> str:
    """A folder on one line of text: with escapes for what cannot be printed, or written at all."""
    return "".join(c if c.isprintable() and c != "\\" else f"\\u{{{ord(c):x}}}" for c in folder)


def _named(folder: str) -> str:
    return f"the folder {folder}" if folder else "the top of the repository"


def _manifest(repository: Repository, commit: str) -> str:
    entries = [e for e in repository.tree(commit) if e.path.startswith(_FOLDERS)]
    files = [e for e in entries if e.mode != _REPOSITORY]
    found = repository.digests(e.blob for e in files)
    hashes = {entry.path: digest for entry, (_, digest) in zip(files, found, strict=True)}
    made = hashlib.sha256()
    for entry in entries:
        name = entry.path.encode("utf-8", "surrogateescape")
        digest = hashes.get(entry.path, entry.blob)
        made.update(entry.mode.encode() + b" " + name + b"\0" + digest.encode() + b"\n")
    return f"sha256:{made.hexdigest()}"


def _sum(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
