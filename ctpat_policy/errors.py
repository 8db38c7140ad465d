"""What keeps us from judging, one line each; cli alone turns them into exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctpat_policy.model import Place


class CtpatError(Exception):
    """Something that ends the run; the message is folded to one line."""

    exit_code: int = 4

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UsageError(CtpatError):
    """The command line or the configuration asks for what cannot be."""

    exit_code = 2


class NotTrusted(CtpatError):  # noqa: N818 - the name says what is wrong
    """Not everything could be checked, so nothing may be called met."""

    exit_code = 3


class EnvironmentProblem(CtpatError):  # noqa: N818 - the name says what is wrong
    """The machine fails us: no git, a full disk, an incomplete installation."""

    exit_code = 4


class BrokenRule(CtpatError):  # noqa: N818 - the name says what is wrong
    """A shipped rule is broken; `place` is where below schemas/.

    `Schemas.located` turns the place into the `path:line:column` that the message begins with.
    """

    exit_code = 4

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"schemas/{place}: {message}" if place else message)
        self.message, self.place = message, place
