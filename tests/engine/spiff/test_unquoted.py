"""The code of a role without quotes is told as one problem, with its row and column."""

from __future__ import annotations

import pytest

from engine.procedures.bundles import prepare, read_folder
from engine.spiff import BrokenFilesError

AUTHORITY = "bpmn/decisions/approval-authority.dmn"


@pytest.mark.parametrize("written", ["sales-supervisor", "sales - supervisor"])
def test_a_code_without_quotes_is_told_once_with_its_row_and_column(written: str) -> None:
    files = read_folder()
    table = files[AUTHORITY].decode().replace('"sales-supervisor"', written, 1)
    with pytest.raises(BrokenFilesError) as refused:
        prepare({**files, AUTHORITY: table.encode()}, "manufacturer-complaint")
    (problem,) = refused.value.problems
    assert (problem.code, problem.element) == ("unquoted_role", "approval_authority_to_1000")
    assert problem.zh.startswith("第2行输出“approver”：")
    assert problem.zh.endswith('请加引号："sales-supervisor"。')
    assert problem.en.endswith('Put it in quotes: "sales-supervisor".')
