"""The signed session cookie: it ends after some idle hours, a week, or when its person says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from flask import session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from typing_extensions import override

from engine.database import is_away
from engine.settings import session_secret
from web.clock import now
from web.database import EXTENSION

if TYPE_CHECKING:
    from flask import Flask, Request
    from itsdangerous import URLSafeTimedSerializer

    from engine.people import Person

SEEN_EVERY = timedelta(minutes=10)
LONGEST = timedelta(days=7)


class Sessions(SecureCookieSessionInterface):
    """Fetches the secret when the database first answers; sets the cookie only when it changed."""

    _signing: tuple[object, URLSafeTimedSerializer] | None = None

    @override
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Keep what upstream makes anew for every request, as long as the secret is the same."""
        kept = self._signing
        if kept is not None and kept[0] is app.secret_key:
            return kept[1]
        made = super().get_signing_serializer(app)
        if made is not None:
            self._signing = app.secret_key, made
        return made

    @override
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key is None and not request.path.startswith("/static/"):
            fetch_secret(app)
        return super().open_session(app, request)

    @override
    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return session.modified


def fetch_secret(app: Flask) -> None:
    """Read the secret that signs sessions; leave it out while the database is away."""
    engine: sa.Engine = app.extensions[EXTENSION]
    try:
        with engine.begin() as conn:
            app.secret_key = session_secret(conn)
    except sa.exc.SQLAlchemyError as error:
        if not is_away(error):
            raise


def stay_awake() -> None:
    """Count this request as activity: renew the cookie once it is ten minutes old."""
    seen = session.get("seen", 0)
    moment = int(now().timestamp())
    if moment - seen > SEEN_EVERY.total_seconds():
        session["seen"] = moment


def begin_session(person: Person) -> None:
    """Begin a session anew; it ends with the person's generation, or after a week at most."""
    session.clear()
    session.permanent = True
    session["person"] = str(person.id)
    session["generation"] = person.generation
    session["begun"] = int(now().timestamp())


def opened_by() -> tuple[UUID, int] | None:
    """Return whose session this is, and of which generation; None for nobody's and an old one."""
    key = session.get("person")
    age = now().timestamp() - session.get("begun", 0)
    if key is None or age > LONGEST.total_seconds():
        return None
    return UUID(key), session.get("generation", -1)
