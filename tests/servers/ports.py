"""A port of 127.0.0.1 that nobody uses."""

from __future__ import annotations

import socket
import time


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int, seconds: float = 20) -> None:
    """Come back when somebody answers at the port.

    Raises:
        TimeoutError: nobody did in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody answers at 127.0.0.1:{port} after {seconds} s")


def wait_until_closed(port: int, seconds: float = 20) -> None:
    """Come back when nobody answers at the port any more.

    Raises:
        TimeoutError: somebody still did.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise TimeoutError(f"somebody answers at 127.0.0.1:{port} after {seconds} s")
