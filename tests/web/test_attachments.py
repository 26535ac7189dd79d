"""Files: stored on the first post, kept through a refusal, given back as they came."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine.tables import attachments
from tests.web.visiting import START, filled, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1500
SLIP = "客户 投诉单.pdf"


def with_files(*files: tuple[bytes, str], **answers: Any) -> dict[str, Any]:  # noqa: ANN401
    chosen = [(BytesIO(content), name) for content, name in files]
    return {**filled("complaint_received", **answers), "complaint_files": chosen}


def links(visitor: Visitor) -> list[str]:
    return list(visitor.all("//a[contains(@href, '/attachments/')]/@href"))


def test_a_photo_comes_back_byte_for_byte_and_stands_on_the_case_page(fang: Visitor) -> None:
    fang.get(START)
    fang.post(START, with_files((PHOTO, "现场.png"), (b"%PDF-1.7 x", SLIP)))
    fang.get("/cases")
    fang.get(fang.all("//a[@class='row-main']/@href")[0])
    assert "现场.png" in fang.text
    assert fang.all("//img[contains(@src, '/attachments/')]")
    digest = sha256(PHOTO).hexdigest()
    (shown,) = fang.all(f"//small[@title='SHA-256 {digest}']")
    assert shown.text_content() == f"SHA-256 {digest[:12]}"
    assert "· 王芳 ·" in shown.getprevious().text_content()
    pictures = {fang.get(link).data: fang.get(link).headers for link in links(fang)}
    assert pictures.keys() == {PHOTO, b"%PDF-1.7 x"}
    headers = pictures[PHOTO]
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert headers["Content-Disposition"].startswith("inline;")
    assert headers["Content-Length"] == str(len(PHOTO))


def test_a_refused_form_still_has_its_files(fang: Visitor, database: sa.Engine) -> None:
    fang.get(START)
    assert fang.post(START, with_files((PHOTO, "现场.png"), customer="")).status_code == 422
    assert "现场.png" in fang.text
    values = {**fang.values(START), "customer": "哈密天源"}
    with database.connect() as conn:
        kept = conn.scalar(sa.select(attachments.c.id))
    assert values["complaint_files"] == str(kept)
    assert fang.post(START, values).status_code == 303
    with database.connect() as conn:
        rows = conn.execute(sa.select(attachments.c.id, attachments.c.case_id)).all()
    assert [row.id for row in rows] == [kept]
    assert rows[0].case_id is not None


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ\x90", "setup.exe"), (b"not a picture", "a.png"), (b"", "b.pdf")],
)
def test_a_file_that_is_not_kept_is_told_at_its_field_and_the_rest_stays(
    fang: Visitor, content: bytes, name: str
) -> None:
    fang.get(START)
    posted = with_files((PHOTO, "现场.png"), (content, name), customer="哈密 <b>")
    assert fang.post(START, posted).status_code == 422
    field = fang.all("//*[@data-field='complaint_files']")[0].text_content()
    assert name in field
    assert "现场.png" in field
    assert fang.values(START)["customer"] == "哈密 <b>"


@pytest.mark.parametrize("named", ["a.png", "00000000-0000-4000-8000-000000000000"])
def test_a_file_that_was_never_sent_is_told_at_its_field_and_not_offered_again(
    fang: Visitor, named: str
) -> None:
    answers = {**filled("complaint_received"), "complaint_files": named}
    assert fang.post(START, answers).status_code == 422
    (field,) = fang.all("//*[@data-field='complaint_files']")
    assert "附件" in field.text_content()
    assert field.xpath(".//input[@type='checkbox']") == []


@pytest.mark.parametrize("beside", ["/language/", "/claim"])
def test_a_button_beside_the_form_keeps_the_files_that_were_chosen(
    fang: Visitor, beside: str, database: sa.Engine
) -> None:
    path = START
    if beside == "/claim":
        path = task_path(fang.does(task_path(fang.opens()), "establish_data"))
    fang.get(path)
    name = fang.all("//input[@type='file']/@name")[0]
    (button,) = fang.all(f"//button[@form='answers'][contains(@formaction, '{beside}')]")
    assert button.get("formenctype") is None
    typed = fang.values(button.xpath("string(//form[@id='answers']/@action)"))
    chosen = [(BytesIO(PHOTO), "现场.png"), (BytesIO(b""), "空.pdf")]
    fang.follow(fang.post(button.get("formaction"), {**typed, name: chosen}))
    field = fang.all(f"//*[@data-field='{name}']")[0]
    with database.connect() as conn:
        kept = conn.scalar(sa.select(attachments.c.id).where(attachments.c.case_id.is_(None)))
    assert field.xpath(".//input[@type='checkbox']/@value") == [str(kept)]
    assert "空.pdf" in field.text_content()


@pytest.mark.parametrize("named", ["a.png", "00000000-0000-4000-8000-000000000000"])
def test_a_draft_keeps_no_file_that_was_never_stored(
    fang: Visitor, named: str, database: sa.Engine
) -> None:
    fang.get(START)
    fang.post(f"{START}/draft", {"customer": "哈密", "complaint_files": named})
    with database.connect() as conn:
        kept = bytes(conn.scalar(sa.text("select typed from drafts")))
    assert "哈密" in kept.decode()
    assert named.encode() not in kept


def test_all_refused_files_and_all_wrong_answers_are_told_at_once(fang: Visitor) -> None:
    fang.get(START)
    bad = [(b"MZ\x90", "setup.exe"), (b"", "b.pdf"), (PHOTO, "现场.png")]
    assert fang.post(START, with_files(*bad, customer="")).status_code == 422
    field = fang.all("//*[@data-field='complaint_files']")[0].text_content()
    for name in ("setup.exe", "b.pdf", "现场.png"):
        assert name in field
    problems = fang.all("//*[@data-problems]")[0].text_content()
    assert "客户名称" in problems
    assert "setup.exe" in problems


def test_a_file_of_no_case_is_for_its_uploader_only(
    fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    fang.get(START)
    fang.post(START, with_files((PHOTO, "现场.png"), customer=""))
    (link,) = links(fang)
    assert fang.get(link).data == PHOTO
    assert sign_in("jie").get(link).status_code == 404


def test_nobody_without_a_role_gets_a_file(
    fang: Visitor, sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    fang.get(START)
    fang.post(START, with_files((PHOTO, "现场.png")))
    with database.connect() as conn:
        link = f"/attachments/{conn.scalar(sa.select(attachments.c.id))}"
    assert sign_in("yang").get(link).data == PHOTO
    assert sign_in("nobody").get(link).status_code == 404


def test_a_browser_asks_about_a_file_each_time_and_is_told_that_it_has_it(fang: Visitor) -> None:
    fang.get(START)
    fang.post(START, with_files((PHOTO, "现场.png"), customer=""))
    (link,) = links(fang)
    first = fang.get(link)
    again = fang.get(link, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for answer in (first, again):
        assert answer.headers["Cache-Control"] == "no-cache, private"
        assert answer.headers["ETag"] == first.headers["ETag"]
    fang.post("/sign-out")
    assert fang.get(link, **{"If-None-Match": first.headers["ETag"]}).status_code == 302


def test_what_a_browser_might_run_is_a_download(fang: Visitor) -> None:
    fang.get(START)
    fang.post(START, with_files((b"<script>alert(1)</script>", "x.txt"), customer=""))
    headers = fang.get(links(fang)[0]).headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"].startswith("text/plain")


def test_what_may_be_uploaded_is_said_beside_the_input(fang: Visitor) -> None:
    for lang, words in (
        ("zh", ("选择文件", "每个文件不超过 20 MB")),
        ("en", ("Choose files", "Up to 20 MB")),
    ):
        fang.post(f"/language/{lang}")
        fang.get(START)
        field = fang.all("//*[@data-field='complaint_files']")[0]
        (box,) = field.xpath(".//input[@type='file']")
        assert all(said in field.text_content() for said in words)
        assert "jpg jpeg png gif webp heic pdf" in field.text_content()
        assert "image/*" not in field.text_content()
        assert int(box.get("data-limit")) == 20 * 1024 * 1024
        assert field.xpath(f".//label[@for='{box.get('id')}'][contains(@class, 'file-choose')]")
