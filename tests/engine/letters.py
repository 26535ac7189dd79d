"""Two procedures that write to each other: a claim waits for an answer, a reply sends one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.messages import outside
from engine.messages.delivering import deliver_next
from engine.messages.sealing import digest, seal, sender
from engine.tables import cases
from engine.tables import messages as rows
from engine.tasks.completing import complete_task
from forms import JSON, Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process, messaging, variable

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.messages.outside import Sent
    from engine.people import Person

COUNT: dict[str, Any] = {"type": "integer"}
NUMBERED = {"claim_no": TEXT, "customer": {**TEXT, "x-case": "customer"}}
KEYS = {"claim_no": "TS-7", "customer": "天源水务"}


def claim() -> dict[str, bytes]:
    """Give its files.

    opened → prepare (clerk) → answered, which waits for `answer` by claim_no and customer and takes
    an amount; unless that is large, check (qc) → done.
    """
    drawn = Process("claim")
    drawn.message("m_answer", keys="claim_no customer", carries="amount", name="answer")
    drawn.message_start()
    drawn.user("prepare")
    drawn.catch("answered", "m_answer")
    drawn.xor("is_large", default="small")
    drawn.user("check")
    drawn.end()
    drawn.end("passed_on")
    drawn.chain("opened", "prepare", "answered", "is_large")
    drawn.flow("is_large", "passed_on", "amount > 1000")
    drawn.flow("is_large", "check", id_="small")
    drawn.chain("check", "done")
    drawn.lane("品管部", "check")
    forms = {
        "claim/opened": form("claim_no", **NUMBERED),
        "claim/prepare": form(note=TEXT),
        "claim/check": form(note=TEXT),
    }
    return small(drawn, forms=forms)


def reply() -> dict[str, bytes]:
    """Give its files: opened → write (clerk) → answer_sent throws `answer` → done."""
    drawn = Process("reply")
    drawn.message("m_answer", keys="claim_no customer", carries="amount", name="answer")
    drawn.message_start()
    drawn.user("write")
    drawn.add("intermediateThrowEvent", "answer_sent", messaging("m_answer"))
    drawn.end()
    drawn.chain("opened", "write", "answer_sent", "done")
    forms = {
        "reply/opened": form("claim_no", **NUMBERED),
        "reply/write": form(amount=COUNT),
    }
    return small(drawn, forms=forms)


def game(rounds: int) -> dict[str, bytes]:
    """Give the files of a procedure that throws a ball to its partner, and back what it catches."""
    drawn = Process("game", extra=variable("caught", "0") + variable("player", '""'))
    drawn.message("m_ball", keys="player", name="ball")
    drawn.message_start()
    drawn.xor("again")
    drawn.script("aim", "player = partner")
    drawn.add("intermediateThrowEvent", "ball_thrown", messaging("m_ball"))
    drawn.script("look_out", "player = me")
    drawn.catch("ball_caught", "m_ball")
    drawn.script("count_ball", "caught = caught + 1")
    drawn.xor("is_over", default="not_over")
    drawn.end()
    drawn.chain("opened", "again", "aim", "ball_thrown", "look_out", "ball_caught", "count_ball")
    drawn.flow("count_ball", "is_over")
    drawn.flow("is_over", "done", f"caught >= {rounds}")
    drawn.flow("is_over", "again", id_="not_over")
    return small(drawn, forms={"game/opened": form("me", "partner", me=TEXT, partner=TEXT)})


def halting() -> dict[str, bytes]:
    """Give the files of a procedure that cannot begin without an amount."""
    drawn = Process("halting")
    drawn.message_start()
    drawn.xor("is_large", default="small")
    drawn.user("check")
    drawn.end()
    drawn.chain("opened", "is_large")
    drawn.flow("is_large", "check", "amount > 1000")
    drawn.flow("is_large", "done", id_="small")
    drawn.chain("check", "done")
    forms = {"halting/opened": form(amount=COUNT), "halting/check": form(note=TEXT)}
    return small(drawn, forms=forms)


def claims(conn: Connection, by: Person, keys: dict[str, str] | None = None) -> UUID:
    """Open a claim and bring it to where it waits for its answer."""
    case_id = prepared(conn, by, keys)
    finish(conn, case_id, "prepare", by)
    return case_id


def prepared(conn: Connection, by: Person, keys: dict[str, str] | None = None) -> UUID:
    """Open a claim, which does not wait yet."""
    return open_case(conn, "claim", Answered(keys or KEYS), by=by, now=NOW).case_id


def finish(conn: Connection, case_id: UUID, step: str, by: Person, **answers: JSON) -> None:
    """Complete a step of a case."""
    complete_task(conn, waiting(conn, case_id)[step], Answered(answers), by=by, now=NOW)


def replies(conn: Connection, by: Person, amount: int, keys: dict[str, str] | None = None) -> UUID:
    """Open a reply and let it throw its answer."""
    case_id = open_case(conn, "reply", Answered(keys or KEYS), by=by, now=NOW).case_id
    finish(conn, case_id, "write", by, amount=amount)
    return case_id


def send(
    conn: Connection,
    name: str = "answer",
    *,
    keys: dict[str, object] | None = None,
    idempotency: str | None = None,
    now: datetime = NOW,
    **payload: Any,  # noqa: ANN401 - any JSON
) -> Sent:
    """Send a message from outside."""
    return outside.send(
        conn,
        name,
        keys=dict(KEYS) if keys is None else keys,
        payload=orjson.dumps(payload),
        idempotency=idempotency,
        by=None,
        now=now,
    )


def rewrite(conn: Connection, key: UUID, **payload: Any) -> None:  # noqa: ANN401 - any JSON
    """Let a message say something else, as if that had been sent."""
    row = conn.execute(sa.select(rows).where(rows.c.id == key)).one()
    content = orjson.dumps(payload)
    said = digest(row.name, row.keys, content)
    who = {"by": row.sent_by, "sent_from": row.sent_from, "at": row.sent_at}
    sealed = seal(said, sender(**who, idempotency=row.idempotency))
    values = {"payload": content, "digest": said, "seal": sealed}
    conn.execute(sa.update(rows).where(rows.c.id == key).values(values))


def deliver_all(conn: Connection, *, now: datetime = NOW) -> int:
    """Work as a worker does; give how often something was to be done."""
    count = 0
    while deliver_next(conn, now=now):
        count += 1
        assert count < 500, "the worker turns in a circle"
    return count


def status(conn: Connection, key: UUID) -> str:
    """Give what became of a message."""
    return str(conn.scalar(sa.select(rows.c.status).where(rows.c.id == key)))


def outcome(conn: Connection, case_id: UUID) -> str | None:
    """Give how a case ended, None while it is open."""
    found: str | None = conn.scalar(sa.select(cases.c.outcome).where(cases.c.id == case_id))
    return found
