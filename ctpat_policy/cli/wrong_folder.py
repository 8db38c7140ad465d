"""Refuses to work where no policies lie, and says where they do: a file written there is lost."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from ctpat_policy.errors import UsageError

_PROFILE = Path("policies", "security-profile.yaml")


def need_top(root: Path, option: str = "--root ") -> None:
    """Raise UsageError in a folder of a policy repository other than its top.

    `option` is how the command is told another folder; empty: as an argument.
    """
    above = None if _is_top(root) else next(filter(_is_top, root.resolve().parents), None)
    if above is not None:
        way = shlex.quote(Path(os.path.relpath(above)).as_posix())
        raise UsageError(
            f"{root} is inside the policy repository {way}; run it there, or add {option}{way}"
        )


def need_policies(root: Path) -> None:
    """Raise UsageError where there is no policy repository at all."""
    need_top(root)
    if not _is_top(root):
        raise UsageError(
            f"{root} is no policy repository, as it has no {_PROFILE.as_posix()}; name one with "
            "--root, or begin one with ctpat-policy init"
        )


def _is_top(folder: Path) -> bool:
    return os.path.lexists(folder / _PROFILE)
