"""Documents that people get wrong, or write in another style, to lie beside those of the corpus.

Each is a good record of a site in which one thing is unlike the others; equal numbers of them give
equal bytes.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.corpus import as_yaml, record

_KINDS = ("seal_audit", "visitor_log", "alarm_test", "training_session", "lighting_check")
_Change = Callable[[dict[str, Any]], str]


def spoil(folder: Path, documents: int) -> None:
    """Write so many of them below `folder`, every kind of fault in turn."""
    faults = itertools.cycle(itertools.product(_KINDS, FAULTS.items()))
    for number, (kind, (name, change)) in zip(range(documents), faults, strict=False):
        path = folder / "evidence" / kind / f"{name}-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change(record(kind)), encoding="utf-8")


def _with(**fields: Any) -> _Change:
    return lambda value: as_yaml({**value, **fields})


def _without(field: str) -> _Change:
    return lambda value: as_yaml({name: item for name, item in value.items() if name != field})


def _data(**fields: Any) -> _Change:
    return lambda value: as_yaml({**value, "data": {**value["data"], **fields}})


def _text(pattern: str, new: str) -> _Change:
    return lambda value: re.sub(pattern, new, as_yaml(value), count=1, flags=re.MULTILINE)


#: What each is called, and how a good record becomes one.
FAULTS: dict[str, _Change] = {
    # no YAML, or none that is taken
    "bracket": lambda value: as_yaml(value) + "more: [1, 2\n",
    "quote": lambda value: as_yaml(value) + 'more: "never closed\n',
    "indent": _text(r"^data:\n  ", "data:\n   "),
    "tab": _text(r"^data:\n  ", "data:\n\t"),
    "colon": _text(r"^recorded_by: ", "recorded_by: by: "),
    "twice": lambda value: as_yaml(value) + "recorded_by: P-1\n",
    "anchor": _text(r"^recorded_by: ", "recorded_by: &who "),
    "tag": _text(r"^recorded_by: ", "recorded_by: !!str "),
    "word": _text(r"^recorded_by: .*", "recorded_by: yes"),
    "cut": lambda value: as_yaml(value)[:-25],
    "empty": lambda _: "# nothing yet\n",
    "list": lambda _: "- one\n- two\n",
    # no record of its kind
    "missing": _without("recorded_by"),
    "unknown": _with(colour="red"),
    "number": _with(recorded_by=7),
    "data": _with(data={}),
    "line": _with(schema="seal_audits/1"),
    "day": _with(recorded_on="2026-02-30"),
    # names what is not there, or is not finished
    "person": _with(recorded_by="P-404"),
    "site": _with(scope={"sites": ["S-404"]}),
    "record": _with(supersedes="nothing-of-that-name"),
    "future": _with(recorded_on="2031-01-01"),
    "todo": _with(notes="TODO say what was found"),
    "field": _data(TODO="TODO"),
    # as good as any, in another hand
    "flow": lambda value: yaml.safe_dump(value, default_flow_style=True, sort_keys=False),
    "json": lambda value: json.dumps(value, indent=2) + "\n",
    "wide": lambda value: yaml.safe_dump(value, indent=6, sort_keys=False, default_style="'"),
    "block": lambda value: yaml.safe_dump(value, sort_keys=False, default_style="|"),
    "comment": _text(r"^data:", "# what was seen\ndata:  # all of it"),
    "lines": lambda value: as_yaml(value).replace("\n", "\r\n"),
}
