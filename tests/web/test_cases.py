"""The pages of cases and procedures: found, told, drawn, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa
from lxml import etree

from engine.cases.caselist import PAGE
from engine.tables import cases, entries
from tests.web.visiting import START, filled, statements, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


@pytest.fixture
def case_path(fang: Visitor) -> str:
    """Give the address of a case that has come to its second step."""
    fang.does(task_path(fang.opens()), "establish_data")
    fang.get("/cases")
    found: str = fang.all("//a[@class='row-main']/@href")[0]
    return found


def tab(visitor: Visitor, process: str) -> dict[str, set[str]]:
    found = visitor.all(f"//button[@data-process='{process}']")[0]
    return {key: set(found.get(f"data-{key}").split()) for key in ("taken", "done", "now")}


def test_the_case_page_tells_header_place_history_and_forms(fang: Visitor, case_path: str) -> None:
    fang.get(case_path)
    for said in (
        "哈密天源水务有限公司",
        "QJ200 深井泵",
        "办理中",
        "填表并附样品标签",
        "履历校验无误",
    ):
        assert said in fang.text
    assert "附件内容不在其内" in fang.all("//p[@id='verified']")[0].text
    entries = fang.all("//li[contains(@class, 'entry ')]")
    assert "完成：查明异常资料" in entries[0].text_content()
    assert "王芳" in entries[0].text_content()
    assert "SO-2026-0815" in entries[0].text_content()
    assert "立案" in entries[-1].text_content()


def test_an_entry_shows_role_clauses_by_name_and_its_digest(fang: Visitor, case_path: str) -> None:
    fang.get(case_path)
    latest = fang.all("//li[contains(@class, 'entry ')]")[0]
    assert "王芳 · 销售部" in " ".join(latest.text_content().split())
    clause = latest.xpath(".//span[@class='clause']")[0]
    assert clause.get("title").startswith("第")
    assert f"{clause.text} {clause.get('title')}" in latest.xpath(".//details")[0].text_content()
    (digest,) = latest.xpath(".//details/div[contains(@title, 'SHA-256')]")
    assert digest.xpath("string(.//span)") == digest.get("title").split()[1][:12]
    assert "王芳 · 销售部 · " in fang.all("//details[contains(@class, 'earlier')]//small")[0].text


def test_what_does_not_verify_is_said_in_words(
    fang: Visitor, case_path: str, database: sa.Engine
) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(cases).values(customer="别的客户", amount="1.00"))
    fang.get(case_path)
    assert "与履历不符：客户、金额" in fang.text
    assert "校验无误" not in fang.text
    assert not fang.all("//*[@id='verified']")

    with database.begin() as conn:
        conn.execute(sa.update(entries).where(entries.c.seq == 2).values(answers=None))
        conn.execute(sa.update(entries).where(entries.c.seq == 1).values(body=b"{"))
    assert fang.get(case_path).status_code == 200
    for said in ("第 1 条起校验不符", "填写内容缺失", "此条履历已无法读取"):
        assert said in fang.text
    assert "按规定删除" not in fang.text


def test_the_diagrams_carry_the_path_taken_and_the_present_place(
    fang: Visitor, case_path: str
) -> None:
    fang.get(case_path)
    register = tab(fang, "register")
    assert register["now"] == {"fill_handling_form"}
    assert "establish_data" in register["done"]
    main = tab(fang, "manufacturer-complaint")
    assert main["now"] == {"register_complaint"}
    assert main["taken"]

    address = fang.all("//button[@data-process='register']/@data-xml")[0]
    answer = fang.get(address)
    drawn = etree.fromstring(answer.data)
    ids = {element.get("id") for element in drawn.iter()}
    assert register["taken"] | register["done"] | register["now"] <= ids
    assert "immutable" in answer.headers["Cache-Control"]
    assert fang.get(address.replace("register", "nothing")).status_code == 404
    assert fang.get("/versions/4711/register.bpmn").status_code == 404


def test_cases_are_found_by_code_customer_and_product(fang: Visitor, case_path: str) -> None:
    assert case_path
    for query, count in (("天源", 1), ("QJ200", 1), ("C1", 1), ("没有这家", 0), ("%", 0)):
        fang.get(f"/cases?q={query}")
        assert len(fang.all("//a[@class='row-main']")) == count, query
    fang.get("/cases?status=ended")
    assert "还没有案件" in fang.text
    assert fang.get("/cases?page=9999999999999999999").status_code == 200
    assert fang.get("/cases?page=x").status_code == 200


def test_the_list_of_cases_goes_on_on_further_pages(fang: Visitor, database: sa.Engine) -> None:
    for _ in range(3):
        fang.opens()
    kept = [column for column in cases.c if column.name not in {"id", "code"}]
    with database.begin() as conn:
        one = conn.execute(sa.select(*kept)).mappings().first()
        assert one is not None
        copies = [{**one, "id": uuid4(), "code": f"X{n}", "number": None} for n in range(PAGE)]
        conn.execute(sa.insert(cases), copies)
    seen: list[str] = []
    fang.get("/cases")
    while True:
        seen += fang.all("//a[@class='row-main']/@href")
        further = fang.all("//a[@rel='next']/@href")
        if not further:
            break
        fang.get(further[0])
    assert len(seen) == len(set(seen)) == PAGE + 3


def test_nobody_without_a_role_reads_cases(
    case_path: str, sign_in: Callable[[str], Visitor]
) -> None:
    nobody = sign_in("nobody")
    nobody.get("/cases")
    assert not nobody.all("//a[@class='row-main']")
    assert nobody.get(case_path).status_code == 404
    assert nobody.get(f"{case_path}/papers/complaint-handling-form").status_code == 404


def test_the_statements_of_a_case_page_do_not_grow_with_its_history(
    fang: Visitor, case_path: str, database: sa.Engine
) -> None:
    def counted() -> int:
        fang.get(case_path)
        with statements(database) as seen:
            fang.get(case_path)
        return len(seen)

    few = counted()
    fang.get("/")
    step = fang.all("//a[@class='row-main']/@href")[0]
    assert fang.does(step, "fill_handling_form").status_code == 303
    assert counted() == few


def test_papers_are_printed_with_the_case_in_them(fang: Visitor, case_path: str) -> None:
    for paper in ("papers/complaint-handling-form", "entries/1/paper"):
        assert fang.get(f"{case_path}/{paper}").status_code == 200
        assert "哈密天源水务有限公司" in fang.text
        assert not fang.all("//nav[@class='places']")
    assert fang.get(f"{case_path}/papers/none").status_code == 404
    assert fang.get(f"{case_path}/entries/99/paper").status_code == 404


def test_a_procedure_is_shown_with_diagrams_tables_and_defaults_of_ours(fang: Visitor) -> None:
    fang.get("/procedures")
    assert "客户投诉处理" in fang.text
    fang.get("/procedures/manufacturer-complaint")
    assert len(fang.all("//button[@data-process]")) == 9
    assert "本公司默认" in fang.text
    assert "核决权限表" in fang.text
    assert "恰有一行适合。" in fang.text
    assert fang.get("/procedures/nothing").status_code == 404


def test_nobody_without_a_role_sees_a_drawing(sign_in: Callable[[str], Visitor]) -> None:
    nobody = sign_in("nobody")
    for path in ("/procedures/manufacturer-complaint", "/versions/1/register.bpmn"):
        assert nobody.get(path).status_code == 404


def test_a_start_form_sent_twice_opens_one_case_and_leads_to_the_same_task(fang: Visitor) -> None:
    fang.get(START)
    sent = {**fang.values(START), **filled("complaint_received")}
    first, second = fang.post(START, sent), fang.post(START, sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
