"""The one table of what people may do besides doing a step: nothing else says what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.acts.interventions import INTERVENTIONS
from engine.acts.on_cases import ON_CASES
from engine.acts.on_tasks import HOLDING, TELLING
from engine.acts.signing import SIGNING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.acts.act import Act

ACTS: Final[Mapping[str, Act]] = {act.key: act for act in (*HOLDING, *SIGNING, *TELLING)}
"""What is done with one open task, in the order of the menu."""

CASE_ACTS: Final[Mapping[str, Act]] = {act.key: act for act in ON_CASES}
"""What is done to a case as a whole, and not to one of its open tasks."""

BY_OPERATORS: Final[Mapping[str, Act]] = {act.key: act for act in INTERVENTIONS}

EVERY: Final[Mapping[str, Act]] = {**ACTS, **CASE_ACTS, **BY_OPERATORS}
