"""What the house style says and no linter checks."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULE, FUNCTION = 250, 40
REVISIONS = "engine/migrations/"
"""Lists of columns, as long as the tables are many; there is no logic in them."""


def _committed(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a checkout of git")
    paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def test_modules_and_functions_stay_short() -> None:
    long = []
    for path in _committed("engine/*.py", "forms/*.py", "web/*.py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(REVISIONS):
            continue
        source = path.read_text(encoding="utf-8")
        if source.count("\n") > MODULE:
            long.append(name)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION:
                    long.append(f"{name}:{node.name}")
    assert long == []


def test_only_views_commands_and_tests_commit() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for path in _committed("engine/*.py", "forms/*.py")
        if re.search(r"\.commit\(\)", path.read_text(encoding="utf-8"))
    ]
    assert committing == []


def test_no_template_switches_escaping_off() -> None:
    switching = [
        str(path.relative_to(ROOT))
        for path in _committed("web/templates/*")
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8"))
    ]
    assert switching == []


@pytest.mark.parametrize("name", [".ci/requirements.txt", "web/frontend/package-lock.json"])
def test_lock_files_name_no_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "index-url" not in text
    assert "find-links" not in text
    assert "==" in text or '"integrity"' in text


def test_every_locked_package_has_a_digest() -> None:
    text = (ROOT / ".ci/requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text)
    bare = [block.split("\n", 1)[0] for block in blocks if "--hash=sha256:" not in block]
    assert bare == []
    assert len(blocks) > 50


CSV = "日期,休"
"""How a line of a file of days is shown, whose commas are half as wide."""


def test_chinese_sentences_have_chinese_commas() -> None:
    narrow = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in _committed("engine/*.py", "forms/*.py", "web/*.py", "web/templates/*", "bpmn/*")
        for line in path.read_text(encoding="utf-8").splitlines()
        if CSV not in line and (found := re.search(r"[\u4e00-\u9fff][,;][\u4e00-\u9fff]", line))
    ]
    assert narrow == []
