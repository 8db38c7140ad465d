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


def may_be_sparse(root: Path) -> bool:
    """Whether a sparse checkout was ever made around `root`; git knows whether it still is one."""
    around = top(root.resolve())
    if around is None:
        return False
    git = around / ".git"
    if git.is_file():  # of a work tree beside the first one, or of a submodule
        try:
            git = around / git.read_text("utf-8", "surrogateescape")[len("gitdir: ") :].rstrip("\n")
        except OSError:
            return False
    return os.path.exists(git / "info" / "sparse-checkout")
