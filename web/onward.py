"""Where a person goes on: to their next task of the case, else to the inbox, which tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import redirect, request, url_for

from engine.errors import NotFoundError
from engine.history import dossier
from web.database import connection
from web.once import say_once
from web.people import current_person

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.cases.starts import Completed
    from engine.history.dossier import Whereabouts


def onward(done: Completed, word: str = "then") -> Response:
    """Redirect by 303, so that going back and reloading send nothing again.

    ``word`` is what the task's page says once: how the person has come to it.
    """
    if done.next_task is None:
        return redirect(url_for("inbox.show", done=done.case_id), 303)
    path = url_for("tasks.show", task_id=done.next_task)
    say_once(path, word)
    return redirect(path, 303)


def whence(name: str) -> Whereabouts | None:
    """Return how the case stands that the address names, from which the person comes; or None."""
    try:
        return dossier.whereabouts(connection(), UUID(request.args[name]), by=current_person())
    except (KeyError, ValueError, NotFoundError):
        return None
