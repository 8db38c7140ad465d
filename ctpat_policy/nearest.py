"""What was probably meant by a name that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: So many names with the same word in them are still named; more would be a list.
_MOST = 3
_WORDS = re.compile(r"[-_.]")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that differs by case or a slip; those that have the word for a part of them,
    joined by `or`; or nothing.
    """
    import difflib  # slow to import, and rarely needed

    folded = {name.casefold(): name for name in known}
    low = word.casefold()
    if low in folded:
        return folded[low]
    wider = [name for fold, name in folded.items() if low in _WORDS.split(fold)]
    if 0 < len(wider) <= _MOST:
        return " or ".join(wider)
    return "".join(folded[fold] for fold in difflib.get_close_matches(low, folded, 1))
