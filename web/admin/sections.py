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
    from collections.abc import Callable, Collection

    import sqlalchemy as sa
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
    count: Callable[[sa.Connection], int] | None = None
    """How many things wait there, counted no further than 100."""

    @property
    def endpoint(self) -> str:
        """The view that the tab leads to."""
        return f"admin_{self.name}.index"


def section(
    name: str,
    zh: str,
    en: str,
    *,
    roles: Collection[str],
    count: Callable[[sa.Connection], int] | None = None,
) -> Blueprint:
    """Return the blueprint ``admin_<name>`` below ``/admin/<name>``; others are refused (403)."""
    made = Section(name, zh, en, frozenset(roles), count)
    bp = only_for(made.roles, Blueprint(f"admin_{name}", __name__, url_prefix=f"/admin/{name}"))
    bp.record(lambda state: _known(state.app).append(made))
    return bp


def only_for(roles: Collection[str], bp: Blueprint) -> Blueprint:
    """Let only people with one of these roles reach a blueprint."""
    bp.before_request(partial(_check, roles))
    return bp


def administer(app: Flask) -> None:
    """Tell every template which sections the person asking may see: its tabs, and the way there."""
    app.jinja_env.globals.update(sections_of=sections_of, waiting_in=waiting_in)


def sections_of(person: Person | None) -> list[Section]:
    """Return the sections that a person may see, in the order of their tabs."""
    held = frozenset() if person is None else person.roles
    return [one for one in _known(current_app) if not one.roles.isdisjoint(held)]


def waiting_in(*sections: Section) -> int:
    """Return how many things wait in these sections; more than 99 is only told as such."""
    counters = [one.count for one in sections if one.count is not None]
    return sum(count(connection()) for count in counters)


def _known(app: App) -> list[Section]:
    known: list[Section] = app.extensions.setdefault(_KEY, [])
    return known


def _check(roles: Collection[str]) -> None:
    check_holds(connection(), current_person(), roles)
