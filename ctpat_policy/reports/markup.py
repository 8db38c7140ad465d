"""Writes elements as ET.indent and ET.tostring do, in one pass and without name spaces."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache


def markup(element: ET.Element, depth: int, first: str = "") -> str:
    """An element and all it holds, on lines of their own. `first`: markup before its children."""
    start = line(depth, start_tag(element.tag, element.attrib))
    inside = first + "".join([markup(child, depth + 1) for child in element])
    if inside:
        return f"{start}>{inside}{line(depth, f'</{element.tag}>')}"
    if element.text:
        return f"{start}>{_text(element.text)}</{element.tag}>"
    return f"{start} />"


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    """A start tag without its last sign."""
    pairs = [f' {key}="{_attribute(value)}"' for key, value in attributes.items()]
    return f"<{name}{''.join(pairs)}"


def line(depth: int, text: str) -> str:
    """Text on a line of its own."""
    return f"\n{'  ' * depth}{text}"


@lru_cache(maxsize=1000)  # most stand in hundreds of elements
def _attribute(value: str) -> str:
    quoted = _text(value).replace('"', "&quot;")
    return quoted.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;")


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
