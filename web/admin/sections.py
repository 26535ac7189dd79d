"""The sections of administration: each a blueprint that only certain roles reach, and a tab.

A new section is a module beside this one with ``bp = section(…)`` and a view ``index`` at ``""``;
``web/__init__.py`` registers it in the order of the tabs. Its pages extend ``admin/_admin.html``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, current_app

from engine.roles import check_holds
from web.database import connection
from web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Flask
    from flask.sansio.app import App

    from engine.people import Person

_KEY = "banjie.administration"


@dataclass(frozen=True, slots=True)
class Section:
    """One tab: its name in addresses, its words, and who may see it."""

    name: str
    zh: str
    en: str
    roles: frozenset[str]

    @property
    def endpoint(self) -> str:
        """The view that the tab leads to."""
        return f"admin_{self.name}.index"


def section(name: str, zh: str, en: str, *, roles: Collection[str]) -> Blueprint:
    """Return the blueprint ``admin_<name>`` below ``/admin/<name>``; others are refused (403)."""
    made = Section(name, zh, en, frozenset(roles))
    bp = Blueprint(f"admin_{name}", __name__, url_prefix=f"/admin/{name}")
    bp.before_request(partial(_check, made))
    bp.record(lambda state: _known(state.app).append(made))
    return bp


def administer(app: Flask) -> None:
    """Tell every template which sections the person asking may see: its tabs, and the way there."""
    app.jinja_env.globals["sections_of"] = sections_of


def sections_of(person: Person | None) -> list[Section]:
    """Return the sections that a person may see, in the order of their tabs."""
    held = frozenset() if person is None else person.roles
    return [one for one in _known(current_app) if not one.roles.isdisjoint(held)]


def _known(app: App) -> list[Section]:
    known: list[Section] = app.extensions.setdefault(_KEY, [])
    return known


def _check(made: Section) -> None:
    check_holds(connection(), current_person(), made.roles)
