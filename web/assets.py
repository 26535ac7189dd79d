"""The built styles and scripts, addressed by their digest so that browsers keep them; icons."""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request, url_for

if TYPE_CHECKING:
    from flask import Flask
    from markupsafe import Markup

BUILT = Path(__file__).parent / "static" / "dist"
YEAR = 365 * 24 * 3600


def serve_assets(app: Flask) -> None:
    """Give templates ``asset(name)``, and ``icon(name)``, which is drawn once."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR

    @cache
    def icon(name: str) -> Markup:
        drawn: Markup = app.jinja_env.get_template("_icons.html").module.icon(name)  # type: ignore[attr-defined]
        return drawn

    app.jinja_env.globals.update(asset=asset, icon=icon)


def asset(name: str) -> str:
    """Return the address of a built file, with its digest."""
    return _address(name, request.script_root)


@lru_cache(maxsize=64)
def _address(name: str, root: str) -> str:
    """Return it for an app that is served below ``root``, which ``url_for`` puts before it."""
    del root
    return url_for("static", filename=f"dist/{name}", v=_digest(name))


def _digest(name: str) -> str | None:
    path = BUILT / name
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None
