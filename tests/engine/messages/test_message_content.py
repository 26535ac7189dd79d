"""A message from outside brings what somebody who waits for it takes, or it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.messages.content import StrayContentError
from engine.procedures.bundles import prepare_all
from engine.spiff import BrokenFilesError
from engine.tables import files as file_rows
from engine.tables import messages, version_files
from tests.engine.letters import claim, claims, reply, send
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture
def ready(connection: Connection) -> Connection:
    put_in_force(connection, claim())
    put_in_force(connection, reply())
    return connection


def renamed() -> dict[str, bytes]:
    """Give the files of a claim whose answer says `sum` and no amount."""
    return {path: data.replace(b"amount", b"sum_due") for path, data in claim().items()}


def test_a_misspelt_name_is_refused_before_anybody_waits_and_then(ready: Connection) -> None:
    clerk = somebody(ready, "clerk-one", {"clerk"})
    for _ in range(2):
        with pytest.raises(StrayContentError) as refused, ready.begin_nested():
            send(ready, amout=5)
        assert refused.value.zh == ("等待“answer”的规程都不接收内容里的“amout”。是否为“amount”？")
        assert refused.value.en == (
            "No procedure that waits for “answer” takes “amout” from it. Did you mean “amount”?"
        )
        claims(ready, clerk)
    assert ready.scalar(sa.select(sa.func.count()).select_from(messages)) == 0


def test_what_is_like_nothing_is_told_what_it_may_be(ready: Connection) -> None:
    with pytest.raises(StrayContentError, match="可以带：amount。"):
        send(ready, amount=5, weather="fine")


def test_the_keys_may_be_repeated_and_all_may_be_left_out(ready: Connection) -> None:
    assert send(ready, claim_no="TS-7").status == "kept"
    assert send(ready).status == "kept"


def test_nothing_is_known_of_a_message_that_nobody_waits_for(ready: Connection) -> None:
    assert send(ready, "anwser", amout=5).status == "kept"


def test_cases_of_older_versions_may_take_what_newer_ones_do_not(ready: Connection) -> None:
    put_in_force(ready, renamed())
    assert send(ready, sum_due=5).status == "kept"
    assert send(ready, amount=5).status == "kept"
    with pytest.raises(StrayContentError):
        send(ready, weather="fine")


def test_a_version_that_was_changed_refuses_nobody_elses_message(ready: Connection) -> None:
    stored = sa.select(version_files.c.sha256).where(version_files.c.path.like("%claim.bpmn"))
    change = sa.update(file_rows).where(file_rows.c.sha256.in_(stored)).values(content=b"changed")
    ready.execute(change)
    assert send(ready, weather="fine").status == "kept"


def test_two_procedures_that_write_a_name_differently_are_refused() -> None:
    astray = {path: data.replace(b"amount", b"amout") for path, data in reply().items()}
    with pytest.raises(BrokenFilesError) as refused:
        prepare_all({**claim(), **astray}, ["claim", "reply"])
    (problem,) = refused.value.problems
    assert (problem.code, problem.file) == ("misspelt_content", "bpmn/test/reply.bpmn")
    assert "带有“amout”，等待它的规程都不接收。是否为“amount”？" in problem.zh
    assert 'carries "amout"' in problem.en


def test_what_is_sent_for_somebody_else_is_not_refused() -> None:
    more = {path: data.replace(b"amount", b"remark") for path, data in reply().items()}
    assert len(prepare_all({**claim(), **more}, ["claim", "reply"])) == 2
