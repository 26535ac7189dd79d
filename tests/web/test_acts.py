"""One table of actions: whatever is done is in it, and every page shows its words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.acts.signing import COUNTING, MODES
from engine.acts.table import ACTS, BY_OPERATORS, CASE_ACTS, EVERY
from engine.flexible.allowed import DEFAULTS
from engine.going_back.caseview import VIEWS
from engine.going_back.intervening import PLACE, SKIP
from engine.history.entrykinds import CLASSES
from engine.history.entrytitles import _TITLES
from engine.spiff.files.actions import ACTIONS, CASE_ACTIONS
from tests.web.visiting import case_of, task_path
from web import acting, going_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor

ROW = re.compile(r"^\| `([a-z]+)` \| ([^|]+) \| [^|]+ \| `([^`]+)` \|$", re.MULTILINE)


def test_every_verb_has_its_line() -> None:
    assert acting.VERBS.keys() | {"claim", "release", "return", "sign", "pause", "go-on"} == (
        ACTS.keys()
    )
    assert going_back.VERBS.keys() == VIEWS.keys()
    assert going_back.VERBS.keys() | {"pause-case", "go-on-case"} == CASE_ACTS.keys()
    assert {SKIP, PLACE} == BY_OPERATORS.keys()
    assert len(EVERY) == len(ACTS) + len(CASE_ACTS) + len(BY_OPERATORS)
    assert COUNTING.keys() == MODES.keys()


def test_every_flexible_entry_is_told_by_an_action_or_by_administration() -> None:
    told = {kind for act in EVERY.values() for kind in act.kinds}
    others = {"task_handed_over", "data_repaired", "incident_closed", "case_moved"}
    assert told | others == CLASSES.keys()
    assert told <= _TITLES.keys()
    assert all(act.kinds for act in EVERY.values())


def test_every_action_says_everything_in_both_languages() -> None:
    for act in EVERY.values():
        for words in (act.names, act.who, act.consequence, act.place, act.clocks):
            assert words.zh, act.key
            assert words.en, act.key
            assert re.search(r"[\u4e00-\u9fff]", words.zh)
            assert not re.search(r"[\u4e00-\u9fff]", words.en)


def test_what_is_drawn_is_what_the_table_and_the_guide_say() -> None:
    drawn = {act.drawn for act in EVERY.values() if act.drawn}
    assert drawn == DEFAULTS.keys() == ACTIONS.keys() | CASE_ACTIONS.keys()
    guide = Path("bpmn/README.md").read_text(encoding="utf-8")
    listed = {name: (zh, words) for name, zh, words in ROW.findall(guide)}
    assert listed == {
        name: (
            "、".join(act.names.zh for act in EVERY.values() if act.drawn == name),
            " ".join(words),
        )
        for name, words in DEFAULTS.items()
    }


def shows(visitor: Visitor, path: str, key: str) -> bool:
    """Whether a page shows what follows from an action, in the words of the table."""
    visitor.get(path)
    act = EVERY[key]
    return all(words.zh in visitor.text for words in (act.consequence, act.place, act.clocks))


def does(visitor: Visitor, page: str, **typed: object) -> int:
    visitor.get(page)
    return visitor.post(page, {**visitor.values(page), **typed}).status_code


def test_every_page_of_a_task_shows_what_follows(
    fang: Visitor, task: str, sign_in: Callable[[str], Visitor], staff: dict[str, Person]
) -> None:
    owner, colleague = sign_in("lin"), sign_in("min")
    fang.get(task)
    assert ACTS["claim"].consequence.zh in fang.text
    fang.post(f"{task}/claim")
    fang.get(task)
    assert ACTS["release"].consequence.zh in fang.text
    for key in ("transfer", "delegate", "sign-before", "sign-after", "copy"):
        assert shows(fang, f"{task}/acts/{key}", key), key
    assert shows(colleague, f"{task}/acts/urge", "urge")
    assert shows(owner, f"{task}/acts/assign", "assign")
    assert does(fang, f"{task}/acts/delegate", to=str(staff["min"].id), reason="请填") == 303
    assert shows(fang, f"{task}/acts/take-back", "take-back")
    assert shows(colleague, f"{task}/acts/give-back", "give-back")
    assert does(fang, f"{task}/acts/take-back") == 303
    asked = {"to": [str(staff["min"].id)], "reason": "请看", "mode": "all"}
    assert does(fang, f"{task}/acts/sign-before", **asked) == 303
    assert shows(fang, f"{task}/acts/remove-sign", "remove-sign")
    colleague.get("/")
    colleague.get(colleague.all("//a[contains(@href, '/signatures/')]/@href")[0])
    assert ACTS["sign"].consequence.zh in colleague.text
    assert does(fang, f"{task}/acts/remove-sign", to=str(staff["min"].id), reason="不必") == 303
    following = task_path(fang.does(task, "establish_data"))
    assert shows(fang, f"{following}/acts/return", "return")
    assert shows(fang, f"{case_of(fang, following)}/acts/withdraw", "withdraw")


def test_every_page_of_a_case_shows_what_follows(
    fang: Visitor, task: str, sign_in: Callable[[str], Visitor]
) -> None:
    case, above, operator = case_of(fang, task), sign_in("qiang"), sign_in("he")
    assert shows(above, f"{case}/acts/suspend", "suspend")
    assert does(above, f"{case}/acts/suspend", reason="等法院") == 303
    assert shows(above, f"{case}/acts/resume", "resume")
    assert does(above, f"{case}/acts/resume") == 303
    place = f"/admin/interventions/{case.rsplit('/', 1)[1]}"
    key = task.rsplit("/", 1)[1]
    assert shows(operator, f"{place}/act?kind=skip&task={key}", "skip")
    operator.get(place)
    to = operator.all("//select[@name='to']/option/@value")[0]
    assert shows(operator, f"{place}/act?kind=place&task={key}&to={to}", "place")
    assert shows(above, f"{case}/acts/cancel", "cancel")
    assert does(above, f"{case}/acts/cancel", reason="撤诉") == 303
    assert shows(above, f"{case}/acts/reopen", "reopen")


def test_one_page_says_all_that_can_be_done_and_by_whom(
    fang: Visitor, task: str, sign_in: Callable[[str], Visitor]
) -> None:
    case = case_of(fang, task)
    fang.get(case)
    assert fang.all(f"//a[@href='{case}/acts']")
    for key in EVERY:
        assert shows(fang, f"{case}/acts", key), key
        assert EVERY[key].who.zh in fang.text
    assert all(words.zh in fang.text for words in COUNTING.values())
    assert "立案岗位的主管或经理" in fang.text
    above = sign_in("qiang")
    above.get(f"{case}/acts")
    assert above.all(f"//a[@href='{case}/acts/suspend']")
    assert not fang.all(f"//a[@href='{case}/acts/suspend']")
    assert sign_in("nobody").get(f"{case}/acts").status_code == 404
