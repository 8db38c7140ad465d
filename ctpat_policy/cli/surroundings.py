"""What a process is given by whoever started it: streams that may close, signals that end it."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: What ends a process unasked; Windows has only the first.
_ENDINGS = ("SIGTERM", "SIGHUP")


def settle() -> None:
    """Make a closed pipe cost nothing but the text, and a signal leave no half-written file."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            setattr(sys, name, _patient(stream))
    owner = os.getpid()

    def end(number: int, _frame: object) -> NoReturn:
        if os.getpid() != owner:  # a copy of this process has nothing to tidy up
            os._exit(128 + number)
        raise SystemExit(128 + number)

    for name in _ENDINGS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, end)


class _Patient(io.FileIO):
    """A stream whose reader may go: it has read what it wanted, which is no verdict."""

    _failed = False

    def write(self, data: Buffer) -> int:
        """Write, or lose what nobody reads; any other failure is raised once, and not again when
        the interpreter ends.
        """
        if not self._failed:
            try:
                return super().write(data)
            except BrokenPipeError:
                pass
            except OSError:
                self._failed = True
                raise
        return memoryview(data).nbytes


def _patient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    raw = _Patient(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
    )
