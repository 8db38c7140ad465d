"""Where the keys and items of a document stand; walked only for files with findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ctpat_policy.characters import TAB
from ctpat_policy.codes import MAX_DEPTH, MAX_NODES
from ctpat_policy.model import Pointer


def places(events: Any) -> Iterator[tuple[Pointer, tuple[int, int]]]:
    """Line and column, from 1, of every key (its own place) and list item, in order.

    Ends early at what `build` refuses; raises what the parser raises.
    """
    here: list[Any] = []  # of each open container: its key, None before one, or its next index
    for _ in range(2 * MAX_NODES):
        event = events.get_event()
        if isinstance(event, CollectionEndEvent):
            here.pop()
            if not here:
                return
            _step(here)
        elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            mark: Any = event.start_mark
            place = (mark.line + 1, mark.column + 1)
            scalar = isinstance(event, ScalarEvent)
            if here and here[-1] is None:
                if not isinstance(event, ScalarEvent):
                    return
                here[-1] = event.value.replace(TAB, "\t")
                yield tuple(here), place
                continue
            if not here or isinstance(here[-1], int):
                yield tuple(here), place
            if not scalar:
                here.append(0 if isinstance(event, SequenceStartEvent) else None)
            if len(here) > MAX_DEPTH or not here:
                return
            if scalar:
                _step(here)
        elif isinstance(event, (AliasEvent, StreamEndEvent)):
            return


def _step(here: list[Any]) -> None:
    """On to the next item, or to the next key."""
    here[-1] = here[-1] + 1 if isinstance(here[-1], int) else None
