"""The commands of versions: plan, look, go back, withdraw."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine import settings
from engine.procedures.bundles import SHIPPED, read_folder
from engine.procedures.publishing import publish
from engine.settings import Company
from engine.versioning.terms import Source, Terms
from tests.web.commands.conftest import HERE

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

REVIEW = "monthly-complaint-review"
SHARED = "bpmn/shared/investigate.bpmn"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("bpmn", "forms"):
        shutil.copytree(SHIPPED / name, tmp_path / name, ignore=shutil.ignore_patterns("*.py"))
    return tmp_path


def change(folder: Path, path: str) -> None:
    file = folder / path
    file.write_bytes(file.read_bytes() + b"\n")


def count(engine: Engine) -> int:
    with engine.connect() as conn:
        return int(conn.scalar(text("select count(*) from versions")) or 0)


def test_a_trial_tells_what_a_changed_file_reaches_and_publishes_nothing(
    type_in: Typed, url: str, copied: Path, database: Engine
) -> None:
    change(copied, "bpmn/roles.yaml")
    change(copied, SHARED)

    code, said, _ = type_in("publish", str(copied), "--dry-run", DATABASE_URL=url)

    assert code == 0
    complaint, review = re.split("\n(?=月度)", said)
    assert f"changed  {SHARED}" in complaint
    assert "changed  bpmn/roles.yaml" in complaint
    assert SHARED not in review
    assert "changed  bpmn/roles.yaml" in review
    assert "会发布" in said
    assert "已发布" not in said
    assert "would be published" in complaint
    assert "nothing is published" in said
    assert count(database) == 2


def test_a_version_is_planned_listed_shown_and_withdrawn(
    type_in: Typed, url: str, copied: Path, database: Engine
) -> None:
    change(copied, "bpmn/roles.yaml")
    day = f"{datetime.now(UTC).astimezone(Company().zone) + timedelta(days=9):%Y-%m-%d}"
    words = ("publish", str(copied), "--note", "新角色表")
    code, said, _ = type_in(*words, "--from", day, DATABASE_URL=url)
    assert (code, f"version 2, published, in force from {day}" in said) == (0, True)

    code, said, _ = type_in("versions", "list", REVIEW)
    newest, oldest = said.split(f"\n{REVIEW} ")
    assert (code, f"{REVIEW} 2  待生效 planned  {day} 00:00" in newest) == (0, True)
    assert "新角色表" in newest
    assert oldest.startswith("1  现行 in force")
    code, said, _ = type_in("versions", "show", REVIEW, "2")
    assert (code, "~ bpmn/roles.yaml" in said, "SHA-256 " in said) == (0, True, True)

    change(copied, SHARED)
    code, _, complained = type_in("publish", str(copied))
    assert (code, "--replaces" in complained, day in complained) == (1, True, True)

    code, said, _ = type_in("versions", "withdraw", REVIEW, "2", "--why", "改期")
    assert (code, "已撤回" in said) == (0, True)
    assert f"withdrawn  {HERE}  改期" in type_in("versions", "show", REVIEW, "2")[1]
    code, _, complained = type_in("versions", "withdraw", REVIEW, "2", "--why", "again")
    assert (code, "has been withdrawn already" in complained) == (1, True)
    assert count(database) == 4


def test_going_back_stays_although_the_folder_is_published_again(
    type_in: Typed, url: str, copied: Path
) -> None:
    change(copied, "bpmn/roles.yaml")
    assert type_in("publish", str(copied), "--note", "x", DATABASE_URL=url)[0] == 0
    words = ("versions", "rollback", REVIEW, "1", "--why")
    assert type_in(*words, " ")[0] == 1
    code, said, _ = type_in(*words, "表有误")
    assert (code, "published again as version 3" in said) == (0, True)

    code, _, complained = type_in("publish", str(copied))
    assert (code, f"--replaces {REVIEW}=3" in complained) == (1, True)
    code, said, _ = type_in("publish", str(copied), "--note", "x", "--replaces", f"{REVIEW}=3")
    assert (code, "version 4, published" in said) == (0, True)
    code, said, _ = type_in("versions")
    assert code == 0
    assert f"{REVIEW} 3  已被取代 past" in said
    assert "旧版重新发布 an older version, published again (1)" in said
    code, said, _ = type_in("versions", "compare", REVIEW, "2", "1")
    assert (code, "与第 2 版相比" in said, "~ bpmn/roles.yaml" in said) == (0, True, True)
    assert type_in("versions", "compare", REVIEW, "2", "9")[0] == 1


def test_a_demo_that_starts_again_undoes_nothing_that_the_product_published(
    type_in: Typed, url: str, database: Engine
) -> None:
    files = read_folder()
    files["bpmn/roles.yaml"] += b"\n"
    named = frozenset({(REVIEW, 1), ("manufacturer-complaint", 1)})
    with database.begin() as conn:
        settings.save(conn, "demo", value=True)
        terms = Terms(Source.PRODUCT, replaces=named)
        publish(conn, files, by=None, now=datetime.now(UTC), terms=terms)

    code, _, complained = type_in("prepare", "demo", DATABASE_URL=url)

    assert (code, "--replaces" in complained) == (0, True)
    assert count(database) == 4
    assert f"{REVIEW} 2  现行" in type_in("versions")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("publish", "--replaces", "three"), "PROCEDURE=NUMBER"),
        (("publish", "--from", "2026-01-01"), "2026-01-01 is not after today"),
        (("versions", "list", "nothing"), "No procedure “nothing”"),
        (("versions", "show", REVIEW, "9"), "There is no version 9"),
        (("versions", "rollback", REVIEW, "1", "--why", "x"), "nothing to publish"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    type_in: Typed, url: str, words: tuple[str, ...], told: str
) -> None:
    code, said, complained = type_in(*words, DATABASE_URL=url)
    assert (code, said, told in complained) == (1, "", True), complained
