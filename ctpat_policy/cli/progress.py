"""A line on the terminal while something takes longer than a second, gone when it is done."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds until the line comes, and between two of its states.
PATIENCE, BEAT = 1.0, 0.5


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on stderr what is being done, if a person is there to read it.

    A timer of the operating system, no thread: the reading forks, and threads do not survive that.
    """
    shown = sys.stderr.isatty() and hasattr(signal, "setitimer")
    if not shown or threading.current_thread() is not threading.main_thread():
        yield
        return
    started = time.monotonic()
    drawn = [0]

    def beat(_number: int, _frame: object) -> None:
        line = f"{what} … {time.monotonic() - started:.0f} s"
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
        drawn[0] = len(line)

    before = signal.signal(signal.SIGALRM, beat)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, BEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if drawn[0]:
            sys.stderr.write(f"\r{' ' * drawn[0]}\r")
            sys.stderr.flush()
