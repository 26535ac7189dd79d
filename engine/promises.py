"""What a new version no longer promises, which nobody may drop without giving a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff import Problem, promises

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def dropped(
    old: Mapping[str, bytes], new: Mapping[str, bytes], procedure: str
) -> Iterator[Problem]:
    """Name the guarantees and clauses that the old files of a procedure keep and the new do not."""
    before, after = promises(old, procedure), promises(new, procedure)
    reason = (
        "；确需如此，请用 --note 写明理由。",
        "; if it must be so, give the reason with --note.",
    )
    for guarantee, names in before.guarantees.items():
        if guarantee not in after.guarantees:
            yield Problem(
                before.file, guarantee, "guarantee_dropped",
                f"现行版本的保证“{names.zh}”（{guarantee}）在新版本中没有了{reason[0]}",
                f'The new version drops the guarantee "{names.en}" ({guarantee}) of the version '
                f"in force{reason[1]}",
            )  # fmt: skip
    gone = sorted(before.clauses - after.clauses)
    if gone:
        yield Problem(
            before.file, None, "clause_dropped",
            f"现行版本所落实的条款在新版本中没有元素落实：{'、'.join(gone)}{reason[0]}",
            f"No element of the new version fulfils {', '.join(gone)}, which the version in "
            f"force does{reason[1]}",
        )  # fmt: skip
