"""What became of the outbox in one delivery."""

from __future__ import annotations

from dataclasses import dataclass, field

from ill_workflows.errors import LetterBroken, TransportDown


@dataclass
class Delivered:
    """What became of the outbox; ``busy``: another run is at it, and nothing was done.

    ``paused``: why the host has stopped all sending; ``found``: letters in doubt of which the
    mailbox shows that they left.
    """

    sent: int = 0
    withdrawn: int = 0
    refused: int = 0
    waiting: int = 0
    doubtful: int = 0
    found: int = 0
    busy: bool = False
    paused: str = ""
    down: TransportDown | None = None
    refusals: list[str] = field(default_factory=list)
    broken: list[LetterBroken] = field(default_factory=list)

    @property
    def said(self) -> str:
        """One line for the host: counts, no names."""
        if self.busy:
            return "另一個程序正在寄信 / another process is at it"
        if self.paused:
            return f"暫停中，等待 paused, waiting {self.waiting}：{self.paused}"
        return (
            f"寄出 sent {self.sent}，撤回 withdrawn {self.withdrawn}，"
            f"遭拒 refused {self.refused}，等待 waiting {self.waiting}"
        )

    @property
    def troubles(self) -> list[str]:
        """What the host has to look at; refusals have letters of their own."""
        doubt = (
            f"{self.doubtful} 封信在寄送途中中斷，是否寄出不明；請以 outbox 查看 / "
            f"{self.doubtful} letters were cut off while sending; look at them with outbox"
        )
        return [*([doubt] if self.doubtful else []), *map(str, self.broken)]
