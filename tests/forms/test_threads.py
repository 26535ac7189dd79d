"""One form serves all threads of a process at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from forms import Answered

if TYPE_CHECKING:
    from forms import JSON, Form


def test_eight_threads_read_one_form(sample: Form) -> None:
    def read(number: int) -> None:
        for i in range(200):
            quantity = number * 1000 + i + 1
            posted: dict[str, JSON] = {
                "qty_delivered": quantity,
                "qty_defective": quantity + i % 2,
                "zone": "x" * (i % 3),
            }
            answers = sample.read(Answered(posted))
            assert answers.values["qty_delivered"] == quantity
            assert ("/qty_defective" in answers.problems) == bool(i % 2)
            assert ("/zone" in answers.problems) == bool(i % 3)
            sample.view(answers.typed, answers.problems, lang="zh")

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(read, range(8)))) == 8
