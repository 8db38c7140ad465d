"""The formats in which a report is written: one line per format, its module loaded when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from ctpat_policy.errors import UsageError
from ctpat_policy.model import Report


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a report; `function` names `module:function` below this package."""

    name: str
    function: str
    suffix: str
    says: str


FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "text:render", ".txt", "for a person: what is missing and what falls due"),
        Format("json", "json_report:render", ".json", "everything, for programs"),
        Format("junit", "junit:render", ".xml", "JUnit XML with file and line, for CI"),
        Format("junit-strict", "junit:render_strict", ".xml", "JUnit XML as Jenkins xUnit has it"),
    )
}


def render(name: str, report: Report) -> bytes:
    """The report in one format. Raises UsageError when there is no such format."""
    if name not in FORMATS:
        raise UsageError(f"{name} is no report format; there are {', '.join(FORMATS)}")
    module, _, function = FORMATS[name].function.partition(":")
    found: Callable[[Report], bytes] = getattr(import_module(f"{__name__}.{module}"), function)
    return found(report)
