"""Ctrl-C and an orderly end: what is at hand is finished, the rest waits for the next run."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self

from ill_workflows.cli import show
from ill_workflows.errors import Stopped


class Stop:
    """While it is entered, the first SIGINT or SIGTERM asks to stop and the second one does."""

    def __init__(self) -> None:
        self.asked = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    @property
    def code(self) -> int:
        """The exit code of a program that a signal ended."""
        return 128 + self.asked

    def check(self) -> None:
        """Between two files.

        Raises:
            Stopped: somebody asked to stop.
        """
        if self.asked:
            raise Stopped

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = number
        show.words(
            "收完手上這一件就停；再按一次立即停止。 / Stopping after this file; once more: at once."
        )
