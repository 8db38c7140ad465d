"""The formats in which a report is written: one line per format, its module loaded when used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from ctpat_policy.errors import UsageError


class Format(NamedTuple):
    """One way to write a report; `function` names `module:function` below this package."""

    name: str
    function: str
    says: str


FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "text:render", "for a person: what is missing and what falls due"),
        Format("json", "json_report:render", "everything, for programs"),
        Format("junit", "junit:render", "JUnit XML with file and line, for CI"),
        Format("junit-strict", "junit:render_strict", "JUnit XML as Jenkins xUnit has it"),
        Format("sarif", "sarif:render", "SARIF 2.1.0, for code scanning"),
        Format("github", "github:render", "annotations for GitHub Actions"),
        Format("azure", "azure:render", "annotations for Azure Pipelines"),
        Format("gitlab", "gitlab:render", "a code quality report for GitLab"),
        Format("markdown", "markdown:render", "for a comment or a job summary"),
        Format("badge", "badge:render", "a badge as shields.io reads it"),
        Format("badge-svg", "badge:render_svg", "a badge as a picture"),
        Format("part", "part:render", "one shard of a check, for `ctpat-policy merge`"),
    )
}


#: The formats of what a change does (difference.Difference).
DIFFERENCES: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "diff_text:render", "for a person"),
        Format("json", "diff_json:render", "everything, for programs"),
        Format("markdown", "diff_markdown:render", "for a comment on a pull request"),
    )
}


#: The formats of an answer about history (chronicle.Chronicle).
HISTORIES: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "history_text:render", "for a person"),
        Format("json", "history_json:render", "everything, for programs"),
        Format("markdown", "history_markdown:render", "for a page or a comment"),
    )
}


#: The formats of a judged trail (trail.report.TrailReport).
TRAILS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "trail_text:render", "for a person"),
        Format("json", "trail_json:render", "everything, for programs"),
        Format("junit", "trail_junit:render", "JUnit XML, a case per rule, for CI"),
        Format("junit-strict", "trail_junit:render_strict", FORMATS["junit-strict"].says),
    )
}


#: The formats of what falls due (agenda.Agenda).
AGENDAS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("text", "due_text:render", "for a person, month by month"),
        Format("json", "due_json:render", "for programs"),
        Format("csv", "due_csv:render", "for a spreadsheet"),
        Format("ics", "due_ics:render", "for a calendar"),
    )
}


def render(name: str, value: Any, formats: Mapping[str, Format] = FORMATS) -> bytes:
    """A report (or what else `formats` writes) in one format. Raises UsageError without such."""
    return writer(name, formats)(value)


def writer(name: str, formats: Mapping[str, Format] = FORMATS) -> Callable[[Any], bytes]:
    """What writes a format, loaded. Raises UsageError without such."""
    if name not in formats:
        raise UsageError(f"{name} is no report format; there are {', '.join(formats)}")
    module, _, function = formats[name].function.partition(":")
    found: Callable[[Any], bytes] = getattr(import_module(f"{__name__}.{module}"), function)
    return found
