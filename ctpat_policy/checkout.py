"""Where a policy repository lies in the checkout around it, from whose top platforms name files."""

from __future__ import annotations

import os
from pathlib import Path


def top(root: Path) -> Path | None:
    """The nearest folder from `root` upwards that git keeps, known by its `.git`; None: none is."""
    folders = (root, *root.parents)
    return next((folder for folder in folders if os.path.exists(folder / ".git")), None)


def home(root: Path) -> str:
    """The way from the top of the checkout to `root`, such as `compliance/`; empty at the top, and
    where there is no checkout.
    """
    resolved = root.resolve()
    around = top(resolved)
    return "" if around in (None, resolved) else f"{resolved.relative_to(around).as_posix()}/"
