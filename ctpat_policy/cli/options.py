"""Option types that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctpat_policy.cli import targets
from ctpat_policy.reports import FORMATS, Format

if TYPE_CHECKING:
    from click.decorators import FC

_SHARD = re.compile("([1-9][0-9]{0,2})/([1-9][0-9]{0,2})")
_SPAN = re.compile("P[0-9]{1,4}[DWMY]")

path_argument = click.argument(
    "path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


root_option = click.option(
    "--root",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policy repository; default: here.",
)


def real_today() -> str:
    """Today, UTC, whatever the clock of the check says."""
    return datetime.now(UTC).date().isoformat()


def report_option(formats: Mapping[str, Format] = FORMATS) -> Callable[[FC], FC]:
    """--report FORMAT[=FILE], as often as wanted."""
    return click.option(
        "--report",
        "reports",
        multiple=True,
        type=ReportTarget(formats),
        metavar="FORMAT[=FILE]",
        callback=targets.taken,
        help="Write a report; without a file, or with -, to standard output; repeatable. "
        f"Formats: {', '.join(formats)}.",
    )


class Day(click.ParamType[str]):
    """A calendar day, YYYY-MM-DD, kept as text."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no calendar day."""
        try:
            day = date.fromisoformat(value).isoformat()
        except ValueError:
            day = ""
        if day != value:
            self.fail(f"{value} is not a calendar day; write it as 2026-10-31", param, ctx)
        return day


class Span(click.ParamType[str]):
    """A number of days, weeks, months or years, such as P90D."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no span."""
        if not _SPAN.fullmatch(value):
            self.fail(f"{value} is not a span; write P14D, P2W, P3M or P1Y", param, ctx)
        return str(value)


class Shard(click.ParamType[tuple[int, int]]):
    """Which of how many shards, such as 2/4."""

    name = "shard"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Refuse what is none of so many."""
        found = _SHARD.fullmatch(value)
        number, count = (int(found[1]), int(found[2])) if found else (0, 0)
        if number > count or not found:
            self.fail(f"{value} is no shard; the second of four is 2/4", param, ctx)
        return number, count


class ReportTarget(click.ParamType[tuple[str, str]]):
    """FORMAT or FORMAT=FILE, as a pair; the file is empty for standard output."""

    name = "report"

    def __init__(self, formats: Mapping[str, Format] = FORMATS) -> None:
        self.formats = formats

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Refuse an unknown format, naming those there are."""
        if isinstance(value, tuple):
            return value
        name, _, file = str(value).partition("=")
        if name not in self.formats:
            self.fail(f"{name} is no format; one of {', '.join(self.formats)}", param, ctx)
        try:
            return name, targets.target(file)
        except ValueError as error:
            self.fail(str(error), param, ctx)
