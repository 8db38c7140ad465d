"""The shipped schemas: finds them, reads them into a closed registry, validates documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ctpat_policy import __version__, dialect, documents
from ctpat_policy.cache import blob_id, key_of, program_mark
from ctpat_policy.compiled import Compiled
from ctpat_policy.errors import BrokenRule, EnvironmentProblem
from ctpat_policy.model import Place, Pointer
from ctpat_policy.sources import WorkTree

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

#: Relative `$ref`s resolve below this; nothing is ever read from it.
BASE = "file:///schemas/"
#: Files below schemas/ that are no JSON Schema.
_NO_SCHEMAS = ("criteria/", "reference/", "facts.yaml", "views.yaml")


class Violation(NamedTuple):
    """One way in which a value breaks its schema: where, what, and how to mend it."""

    pointer: Pointer
    message: str
    hint: str = ""


class Schemas:
    """The files below a schemas folder, read once; `value(path)` is relative to that folder.

    `checked` says that the very same files were checked before, by this very program.
    """

    def __init__(self, folder: Path, compiled: Compiled | None = None) -> None:
        self.folder, self._compiled = folder, compiled
        self._validators: dict[str, Draft202012Validator] = {}
        self._files = [f for f in WorkTree(folder).files("") if f.path.endswith(".yaml")]
        known = compiled.get(self.digest) if compiled is not None else None
        self.checked = known is not None
        self._values: Mapping[str, dict[str, Any]]
        if known is not None:
            self._values = known
            return
        self._values = {f.path: _read(f.path, f.data, f.problem) for f in self._files}
        for path, value in self._values.items():
            if not path.startswith(_NO_SCHEMAS):
                try:
                    dialect.check(path, value, self._values)
                except BrokenRule as error:
                    raise self.located(error) from None

    @cached_property
    def digest(self) -> str:
        """Of every file here, this program and its parser."""
        mark, parser = program_mark(), documents.parser_here()
        return key_of("schemas", __version__, mark, parser, self.law)

    @cached_property
    def law(self) -> str:
        """Of every file here, wherever they are installed."""
        return key_of(*(f"{f.path} {blob_id(f.data or b'')}" for f in self._files))

    def remember(self) -> None:
        """Keep the files as checked: what was refused is never kept."""
        if self._compiled is not None and not self.checked:
            self._compiled.put(self.digest, self._values)

    def value(self, path: str) -> Mapping[str, Any]:
        """The content of one file. Raises BrokenRule when there is no such file."""
        try:
            return self._values[path]
        except KeyError:
            raise BrokenRule("the file is missing", Place(path)) from None

    def below(self, folder: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Path and content of every file below a folder, in order of path."""
        return ((p, self._values[p]) for p in self._values if p.startswith(folder + "/"))

    def has(self, path: str) -> bool:
        """Whether such a file is shipped."""
        return path in self._values

    def prepare(self, paths: Iterable[str]) -> None:
        """Compile schemas at once: what they share, such as the envelope, is compiled once.

        Raises BrokenRule when one is no schema.
        """
        new = sorted({path for path in paths if path not in self._validators})
        if not new:
            return
        for path in new:
            self.value(path)
        from jsonschema_rs import ValidationError  # not loaded where all verdicts are known

        try:
            one = self._validator_of(new)
        except (ValidationError, ValueError) as error:
            if len(new) == 1:
                raise BrokenRule(str(error).splitlines()[0], Place(new[0])) from None
            for path in new:
                self.prepare([path])
            raise
        self._validators |= dict.fromkeys(new, one)

    def is_valid(self, path: str, value: Any) -> bool:
        """Whether a document's value fits the schema of that file."""
        return self._validator(path).is_valid({path: value})

    def need(self, path: str, value: Any, shape: str) -> None:
        """Raise BrokenRule when a shipped file does not have its shape."""
        for violation in self.violations(shape, value):
            raise BrokenRule(violation.message, Place(path, violation.pointer))

    def located(self, error: BrokenRule) -> BrokenRule:
        """The same error with line and column in front, where it says in which file it is."""
        place = error.place
        if place is None or place.line or place.path not in self._values:
            return error
        data = (self.folder / place.path).read_bytes()
        line, column = documents.position_of(data, place.pointer)
        return BrokenRule(error.message, place._replace(line=line, column=column))

    def violations(self, path: str, value: Any) -> list[Violation]:
        """Why a value does not fit, worded for people; empty when it does fit."""
        if self.is_valid(path, value):
            return []
        from ctpat_policy.wording import explain  # jsonschema loads only when something is wrong

        worded = explain(BASE + path, value, self._values, BASE)
        if worded:
            return worded
        first = next(iter(self._validator(path).iter_errors({path: value})))
        return [Violation(tuple(first.instance_path[1:]), first.message)]

    def _validator(self, path: str) -> Draft202012Validator:
        """A validator of a mapping that holds the value by the path of its schema."""
        if path not in self._validators:
            self.prepare([path])
        return self._validators[path]

    def _validator_of(self, paths: list[str]) -> Draft202012Validator:
        from jsonschema_rs import Draft202012Validator

        return Draft202012Validator(
            {"properties": {path: {"$ref": BASE + path} for path in paths}},
            retriever=self._retrieved,
            validate_formats=True,
            formats=FORMATS,
        )

    def _retrieved(self, uri: str) -> Any:
        """What a reference leads to: nothing but a file that was read here."""
        path = uri.removeprefix(BASE)
        if path not in self._values:
            raise ValueError(f"{uri} is not among the shipped schemas")
        return self._values[path]


def shipped() -> Path:
    """The schemas that came with this installation; the law is the installed one."""
    here = Path(__file__).resolve().parent
    for folder in (here / "schemas", here.parent / "schemas"):
        if folder.is_dir():
            return folder
    raise EnvironmentProblem(
        "the installation is incomplete: its schemas are missing; reinstall ctpat-policy"
    )


def _read(path: str, data: bytes | None, problem: Any) -> dict[str, Any]:
    if problem is None and data is not None:
        document = documents.load(data, path, schema_file=True)
        if document.value is not None:
            return document.value
        problem = document.problem
    raise BrokenRule(problem.message, Place(path, (), problem.line, problem.column))


_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", re.ASCII
)
#: A scheme of one letter would be a drive of Windows. Of ASCII without blanks, "<>\\^`{|}.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[!#-;=?-\[\]_a-z~]+")


@lru_cache(maxsize=4096)  # a repository tells of few days, again and again
def is_date(text: str) -> bool:
    """A calendar date, YYYY-MM-DD."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_date_time(text: str) -> bool:
    """A date-time with offset, as RFC 3339 has it."""
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def is_duration(text: str) -> bool:
    """A duration of ISO 8601 in whole numbers, as the clock adds it."""
    return _DURATION.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """An absolute address."""
    return _URI.fullmatch(text) is not None


#: The formats that schemas may use, as the validator and the wording both judge them.
FORMATS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "date-time": is_date_time,
    "duration": is_duration,
    "uri": is_uri,
}
