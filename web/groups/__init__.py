"""The groups of commands of `banjie`: each reads its arguments and calls what web/commands does."""

from __future__ import annotations

import os

from web.settings import Settings


def settings_here() -> Settings:
    """Return the settings that the environment gives. Raises BadSettingError."""
    return Settings.from_environment(os.environ)
