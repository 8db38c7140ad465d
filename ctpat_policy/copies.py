"""The copy of schemas that a repository keeps for its editors: whether it is that of this law."""

from __future__ import annotations

from ctpat_policy.schemas import Schemas
from ctpat_policy.sources import Source

_FOLDER = "schemas"


def stale(source: Source, schemas: Schemas) -> str:
    """What to say of an old copy; empty where there is none, or a good one. It decides nothing."""
    files = [file for file in source.files(_FOLDER) if file.path.endswith(".yaml")]
    old = [f.path for f in files if f.data != _shipped(schemas, f.path)]
    if not old:
        return ""
    count = f"{len(old):,} file{'' if len(old) == 1 else 's'} of"
    return (
        f"{count} schemas/ are not those of this installation, which decides; editors may be "
        "wrong: delete the folder and run ctpat-policy init"
    )


def _shipped(schemas: Schemas, path: str) -> bytes | None:
    file = schemas.folder / path.removeprefix(f"{_FOLDER}/")
    return file.read_bytes() if file.is_file() else None
