"""A line on the terminal while something takes longer than a second, gone when it is done."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds until the line comes, and between two of its states.
PATIENCE, BEAT = 1.0, 0.5


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Say on stderr what is being done, if a person is there to read it. What it gives changes
    what is said.

    A timer of the operating system, no thread: the reading forks, and threads do not survive that.
    """
    shown = sys.stderr.isatty() and hasattr(signal, "setitimer")
    if not shown or threading.current_thread() is not threading.main_thread():
        yield lambda _: None
        return
    started = time.monotonic()
    drawn = 0

    def say(other: str) -> None:
        nonlocal what
        what = other

    def beat(_number: int, _frame: object) -> None:
        nonlocal drawn
        line = f"{what} … {time.monotonic() - started:.0f} s"
        sys.stderr.write(f"\r{line.ljust(drawn)}")
        sys.stderr.flush()
        drawn = len(line)

    before = signal.signal(signal.SIGALRM, beat)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, BEAT)
    try:
        yield say
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if drawn:
            sys.stderr.write(f"\r{' ' * drawn}\r")
            sys.stderr.flush()
