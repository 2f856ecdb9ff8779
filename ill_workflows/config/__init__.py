"""config.toml: who is who, the rules, the notice policies, mail, schedule.

Every mistake is named at once, each with its key; an unknown key names the nearest known one.
``ILL_*`` in the environment overrides the file (``ILL_MAIL__TRANSPORT=smtp``).
"""

from ill_workflows.config.load import NAME, load, parse
from ill_workflows.config.parts import Config

__all__ = ["NAME", "Config", "load", "parse"]
