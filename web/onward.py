"""Where a person goes on: to their next task of the case, else to the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, url_for

from web.once import say_once

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from engine.cases.starts import Completed


def onward(done: Completed, word: str = "then") -> Response:
    """Redirect by 303, so that going back and reloading send nothing again.

    ``word`` is what the task's page says once: how the person has come to it.
    """
    if done.next_task is None:
        return redirect(url_for("inbox.show", done=done.case_id), 303)
    path = url_for("tasks.show", task_id=done.next_task)
    say_once(path, word)
    return redirect(path, 303)
