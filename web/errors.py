"""What a refusal or a failure looks like: one status for each code, and nothing typed is lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from engine.database import is_away
from engine.errors import NotFoundError, Refusal
from web.guard import SAFE_METHODS, SecretAwayError, SignedOutError
from web.kept import Kept, files_were_chosen, local_path, posted_values
from web.language import t
from web.people import sign_in_form
from web.statuses import STATUS
from web.token import HEADER, StaleTokenError, token

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)

_TITLES = {
    400: ("无法理解这个请求", "This request makes no sense here"),
    403: ("这里不归您办理", "This is not yours to do"),
    404: ("没有找到", "Not found"),
    405: ("不能这样打开", "It cannot be opened this way"),
    409: ("情况已经变化", "Things have moved on"),
    413: ("内容太大", "Too large"),
    422: ("内容需要更正", "Something needs correction"),
    429: ("请稍后再试", "Please wait a while"),
    500: ("这一步没有完成", "This step was not completed"),
}


_SENTENCES = {
    400: (
        "地址或表单中有无法识别的内容，没有写入任何东西。",
        "The address or the form holds something unreadable; nothing was written.",
    ),
    404: (
        "地址可能写错了，或者内容已不在这里。请从待办进入。",
        "The address may be mistyped, or nothing is there any more. Go on from the inbox.",
    ),
    405: (
        "这个地址只接收表单，不能直接打开。",
        "This address only takes forms; it cannot be opened by itself.",
    ),
    413: (
        "一次提交的内容超过上限，没有保存。请减少或压缩附件后再试。",
        "More was sent at once than is taken, and it was not saved. Send fewer or smaller files.",
    ),
}
_OUT_OF_DATE = Refusal(
    "登录页已失效，请重新输入密码。", "This page was out of date; type your password again."
)


def answer_errors(app: Flask) -> None:
    """Register the page of every kind of refusal and failure."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(SignedOutError, _signed_out)
    app.register_error_handler(StaleTokenError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(sa.exc.NoResultFound, lambda _: _refused(NotFoundError()))
    app.register_error_handler(sa.exc.SQLAlchemyError, _database)
    app.register_error_handler(SecretAwayError, _away)
    app.register_error_handler(Exception, _failed)
    app.jinja_env.globals["files_were_chosen"] = files_were_chosen


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal; one that nobody has listed is a bad request."""
    return STATUS.get(refusal.code, 400)


def asked_by_script() -> bool:
    """Say whether our own script asks, which wants a status and no page."""
    headers = request.headers
    return headers.get("X-Requested-With") == "banjie" or "HX-Request" in headers


def refusal_page(refusal: Refusal, *, kept: list[Kept] | None = None) -> ResponseReturnValue:
    """Return the page of a refusal; ``kept`` are labelled values instead of the posted ones."""
    status = status_of(refusal)
    if asked_by_script():
        return {"code": refusal.code, "message": t(refusal.zh, refusal.en)}, status
    page = render_template(
        "errors/refused.html",
        title=t(*_TITLES.get(status, _TITLES[400])),
        message=t(refusal.zh, refusal.en),
        case_id=refusal.case_id,
        kept=posted_values() if kept is None else kept,
    )
    return page, status


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return refusal_page(refusal)


def _signed_out(_error: SignedOutError) -> ResponseReturnValue:
    if asked_by_script():
        return "", 401
    if request.method in SAFE_METHODS:
        return redirect(url_for("people.sign_in_page", next=request.full_path.rstrip("?")), 302)
    return sign_in_form(request.path), 401


def _stale(_error: StaleTokenError) -> ResponseReturnValue:
    if asked_by_script():
        response = make_response("", 400)
        response.headers[HEADER] = token()
        return response
    if request.endpoint == "people.sign_in":
        return sign_in_form(local_path(request.form.get("next")), _OUT_OF_DATE), 400
    came = bool(request.form.get("csrf_token"))
    return render_template("errors/stale.html", kept=posted_values(), token_came=came), 400


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - redirects of the router itself
        return error
    title = t(*_TITLES.get(status, _TITLES[400]))
    sentence = _SENTENCES.get(status)
    message = None if sentence is None else t(*sentence)
    return render_template("errors/plain.html", title=title, message=message), status


def _database(error: sa.exc.SQLAlchemyError) -> ResponseReturnValue:
    return _away(error) if is_away(error) else _failed(error)


def _away(error: Exception) -> ResponseReturnValue:
    log.warning("The database is away: %s", error)
    if asked_by_script():
        return "", 503
    page = render_template("errors/away.html", kept=posted_values())
    return page, 503, {"Retry-After": "10", "Cache-Control": "no-store"}


def _failed(error: Exception) -> ResponseReturnValue:
    reference = uuid4().hex[:8]
    log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    if asked_by_script():
        return "", 500
    page = render_template("errors/failed.html", reference=reference, kept=posted_values())
    return page, 500
