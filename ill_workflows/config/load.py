"""From a folder to its configuration, or to every mistake in it at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from ill_workflows.config.mistakes import cross_checks, named, sentence
from ill_workflows.config.parts import Config
from ill_workflows.errors import ConfigurationError, FolderTrouble, HomeMissing

NAME = "config.toml"


def load(home: Path) -> Config:
    """Read an alliance's configuration.

    Raises:
        HomeMissing: the folder or its config.toml is not there.
        FolderTrouble: it cannot be read.
        ConfigurationError: it cannot be used; every mistake is named.
    """
    path = home / NAME
    if not home.is_dir():
        raise HomeMissing(str(home))
    if not path.is_file():
        raise HomeMissing(str(home), NAME)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as bad:
        raise FolderTrouble(str(path), str(bad)) from bad
    return parse(text, source=str(path))


def parse(text: str, source: str = NAME) -> Config:
    """Read a configuration from its text.

    Raises:
        ConfigurationError: it cannot be used; every mistake is named.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        raise ConfigurationError(source, [f"TOML 語法錯誤 / not valid TOML: {bad}"]) from bad
    mistakes, config = list(cross_checks(raw)), None
    try:
        config = Config(**raw)
    except ValidationError as bad:
        wrong = [
            named(dict(error), raw) + sentence(dict(error), Config)
            for error in bad.errors()
            if not (error["type"] == "too_short" and error["input"])  # its parts are told
        ]
        mistakes = wrong + mistakes
    if mistakes or config is None:
        raise ConfigurationError(source, mistakes)
    return config
