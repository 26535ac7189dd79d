"""What the commands of `banjie` do; web/cli.py only reads their arguments."""

from __future__ import annotations
