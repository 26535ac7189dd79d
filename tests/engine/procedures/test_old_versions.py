from __future__ import annotations

import pytest

from engine.procedures.bundles import load, prepare, read_folder, select
from engine.spiff import BrokenFilesError

PROCEDURE = "manufacturer-complaint"
TABLE = "bpmn/decisions/approval-authority.dmn"


def test_a_version_that_new_rules_would_refuse_goes_on_for_its_open_cases() -> None:
    files = select(read_folder(), PROCEDURE)
    files[TABLE] = files[TABLE].replace(b"..10000]<", b"..9000]<", 1)

    with pytest.raises(BrokenFilesError) as refused:
        prepare(files, PROCEDURE)
    assert {problem.file for problem in refused.value.problems} == {TABLE}
    assert load(files, PROCEDURE).compiled.id == PROCEDURE
