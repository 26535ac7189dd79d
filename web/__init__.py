"""The inbox and its neighbours: parse, call one verb, show or redirect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    import sqlalchemy as sa

    from web.settings import Settings

IDLE = timedelta(hours=12)
MOST_POSTED = 210 * 1024 * 1024
MOST_TYPED = 4 * 1024 * 1024


def create_app(settings: Settings, engine: sa.Engine | None = None) -> Flask:
    """Return the app; nothing is asked of the database before the first request.

    Without ``engine`` it connects to ``settings.database_url``.
    """
    from engine.database import connect
    from web import assets, database, errors, guard, language, people, refilling, security
    from web.admin.sections import administer
    from web.posted import PostedRequest
    from web.roles import roles_of
    from web.sessions import Sessions
    from web.uploads import file_terms
    from web.written import labels_of

    app = Flask("web")
    app.request_class = PostedRequest
    app.session_interface = Sessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_POSTED,
        MAX_FORM_MEMORY_SIZE=MOST_TYPED,
        PERMANENT_SESSION_LIFETIME=IDLE,
        SESSION_COOKIE_NAME="banjie",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
    )
    database.bind(app, engine or connect(settings.database_url or ""))
    people.know_people(app)
    guard.keep_the_door(app, people.person_or_nobody)
    refilling.refill_pages(app)
    errors.answer_errors(app)
    security.harden(app)
    language.speak(app)
    assets.serve_assets(app)
    administer(app)
    app.jinja_env.globals.update(labels_of=labels_of, roles_of=roles_of, file_terms=file_terms)
    _add_pages(app)
    return app


def _add_pages(app: Flask) -> None:
    from web import (
        acting,
        attachments,
        cases,
        clocks,
        events,
        going_back,
        health,
        inbox,
        my_settings,
        notices,
        people,
        printing,
        procedures,
        returning,
        signatures,
        tasks,
    )

    ours = (
        *(inbox, tasks, acting, returning, signatures, cases, going_back, clocks, events),
        *(attachments, notices, procedures, printing, people, my_settings, health),
    )
    for module in ours:
        app.register_blueprint(module.bp)
    _add_administration(app)


def _add_administration(app: Flask) -> None:
    """Add the pages of administration, in the order of their tabs."""
    from web.admin import (
        calendars,
        duties,
        front,
        incidents,
        interventions,
        journal,
        messages,
        moves,
        pauses,
        repairs,
        staff,
        versions,
    )

    ours = (
        *(front, incidents, repairs, interventions, messages, pauses, calendars, duties),
        *(versions, moves, staff, journal),
    )
    for module in ours:
        app.register_blueprint(module.bp)
