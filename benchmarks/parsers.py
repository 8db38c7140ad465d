"""Runs ctpat-policy with a slower way of reading documents, to show that it says the same.

python -m benchmarks.parsers libyaml check ...     libyaml reads every document
python -m benchmarks.parsers pure check ...        PyYAML does, without any C
"""

from __future__ import annotations

import sys
from typing import Any

NAMES = ("libyaml", "pure")


def only(name: str) -> None:
    """Leave one parser to this process, which must not have loaded any of them yet."""
    assert name in NAMES, name
    assert not {"ctpat_policy.documents", "yaml"} & set(sys.modules), "it is too late"
    from ctpat_policy import subset

    subset.read = _nothing  # no document is a plain one, neither its value ...
    from ctpat_policy import documents, plain_places

    plain_places.places = plain_places.start = _nothing  # ... nor its places
    if name == "pure":
        sys.modules["yaml._yaml"] = None  # type: ignore[assignment]  # as where it was not built
    # The law is read in the same way, and neither taken from where it is kept nor kept there.
    documents.parser_here = lambda: f"{name} alone"
    sys.dont_write_bytecode = True


def _nothing(*_: Any) -> None:
    return None


def main() -> None:
    """Do what the words after the first say."""
    only(sys.argv.pop(1))
    from ctpat_policy import cli

    cli.main()


if __name__ == "__main__":
    main()
