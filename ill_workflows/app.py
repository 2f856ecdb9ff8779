"""The parts, built from the configuration once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ill_workflows import config as configuration
from ill_workflows.config import Config
from ill_workflows.errors import FolderTrouble
from ill_workflows.rules.policy import Member
from ill_workflows.store.db import open_engine

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ill_workflows.lending.policies import NoticePolicy
    from ill_workflows.mail.compose import Composer
    from ill_workflows.mail.transport import Transport
    from ill_workflows.xlsx.limits import Limits

FOLDERS = ("inbox", "archive", "returned", "outbox", "reports", "site", "templates")


@dataclass(frozen=True)
class App:
    """An alliance's folder, opened."""

    home: Path
    config: Config

    @property
    def members(self) -> Mapping[str, Member]:
        """Code → member."""
        return self.config.members

    @property
    def host(self) -> Member:
        """The host library."""
        return self.config.members[self.config.alliance.host]

    @cached_property
    def engine(self) -> Engine:
        """The database, at its newest schema."""
        return open_engine(self.config.database.url or f"sqlite:///{self.home / 'state.db'}")

    @cached_property
    def letter_secret(self) -> str:
        """What makes Message-IDs that nobody can guess."""
        from ill_workflows.store import outbox

        with self.engine.connect() as connection:
            return outbox.secret(connection)

    @cached_property
    def composer(self) -> Composer:
        """Writes letters from the host's own templates, else the package's."""
        from ill_workflows.mail.compose import Composer, package_templates

        return Composer(
            [self.home / "templates" / "email", package_templates() / "email"],
            sender=self.config.mail.sender,
            alliance=self.config.alliance.name,
        )

    @cached_property
    def policies(self) -> dict[str, NoticePolicy]:
        """The notice policies: their defaults, overridden by config.toml."""
        from dataclasses import replace

        from ill_workflows.lending.policies import POLICIES, Step

        table = {}
        for policy in POLICIES:
            part = getattr(self.config.notices, policy.name)
            if part is not None:
                steps = tuple(Step(s.name or str(s.after), s.after) for s in part.steps)
                policy = replace(  # noqa: PLW2901
                    policy,
                    steps=steps or policy.steps,
                    every=part.every if "every" in part.model_fields_set else policy.every,
                    hours=part.hours or policy.hours,
                    enabled=part.enabled,
                )
            table[policy.name] = policy
        return table

    def transport(self) -> Transport:
        """The way out that config.toml names."""
        from ill_workflows.mail.transport import Folder, Smtp

        mail = self.config.mail
        if mail.transport == "folder":
            return Folder(self.folder("outbox"))
        return Smtp(
            mail.smtp.host, mail.smtp.port, tls=mail.smtp.tls, auth=mail.smtp.auth,
            user=mail.smtp.user, password=self.secret(mail.smtp.password_file, mail.smtp.password),
            per_minute=mail.per_minute,
        )  # fmt: skip

    def secret(self, file: str, given: object = None) -> str:
        """A secret, from the environment or from its file (relative to the folder)."""
        if given is not None:
            return str(given.get_secret_value())  # type: ignore[attr-defined]
        if not file:
            return ""
        path = self.home / file
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as bad:
            raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad

    @cached_property
    def workbook_passwords(self) -> tuple[str, ...]:
        """The passwords that members encrypt their workbooks with."""
        files = [part.workbook_password_file for part in self.config.libraries]
        return tuple(self.secret(file) for file in files if file)

    @cached_property
    def limits(self) -> Limits:
        """What one received file may cost."""
        from ill_workflows.xlsx.limits import MIB, Limits

        part = self.config.intake
        return Limits(
            file=part.file_mb * MIB, inflated=part.inflated_mb * MIB, parts=part.parts,
            cells=part.cells, memory=part.memory_mb * MIB, cpu=part.cpu_seconds,
            wall=part.wall_seconds,
        )  # fmt: skip

    def folder(self, name: str) -> Path:
        """One of the alliance's folders, made where it is missing.

        Raises:
            FolderTrouble: it cannot be made.
        """
        path = self.home / name
        try:
            path.mkdir(exist_ok=True)
        except OSError as bad:
            raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad
        return path


def open_app(home: Path) -> App:
    """Open an alliance's folder.

    Raises:
        HomeMissing, ConfigurationError: see :func:`ill_workflows.config.load`.
    """
    return App(home, configuration.load(home))
