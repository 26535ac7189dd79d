"""What a new version no longer promises, which nobody may drop without giving a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.spiff import Problem, promises

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def dropped(
    old: Mapping[str, bytes], new: Mapping[str, bytes], procedure: str
) -> Iterator[Problem]:
    """Name what the old files of a procedure promise and the new do not keep as it was."""
    before, after = promises(old, procedure), promises(new, procedure)
    reason = (
        "；确需如此，请用 --note 写明理由。",
        "; if it must be so, give the reason with --note.",
    )
    for id_, kept in before.guarantees.items():
        now = after.guarantees.get(id_)
        if now is None:
            yield Problem(
                before.file, id_, "guarantee_dropped",
                f"现行版本的保证“{kept.names.zh}”（{id_}）在新版本中没有了{reason[0]}",
                f'The new version drops the guarantee "{kept.names.en}" ({id_}) of the version '
                f"in force{reason[1]}",
            )  # fmt: skip
        elif replace(now, names=kept.names) != kept:
            yield Problem(
                before.file, id_, "guarantee_altered",
                f"现行版本的保证“{kept.names.zh}”（{id_}）在新版本中换了内容{reason[0]}",
                f'The new version guarantees something else by "{kept.names.en}" ({id_}) than '
                f"the version in force{reason[1]}",
            )  # fmt: skip
    gone = sorted(before.clauses - after.clauses)
    if gone:
        yield Problem(
            before.file, None, "clause_dropped",
            f"现行版本所落实的条款在新版本中没有元素落实：{'、'.join(gone)}{reason[0]}",
            f"No element of the new version fulfils {', '.join(gone)}, which the version in "
            f"force does{reason[1]}",
        )  # fmt: skip
