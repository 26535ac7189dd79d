"""The table: one line a row, with its ratio and the budget it is held against."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from typing_extensions import override

from engine.database import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.embedded import Server
    from tests.bench.figures import Samples

README = Path(__file__).parent / "README.md"
_MARK = "<!-- the last run: everything below is written by `make bench` -->\n"
_HEAD = (
    "| row | p50 ms | p95 ms | CPU web ms | CPU PostgreSQL ms | ratio or figure | budget |\n"
    "|---|---:|---:|---:|---:|---:|---|\n"
)


class Row(NamedTuple):
    """One line; what it has no figure for is left empty."""

    name: str
    samples: Samples | None
    result: str
    budget: str

    @override
    def __str__(self) -> str:
        one = self.samples
        clock = [one.p50, one.p95] if one else []
        spent = [one.web, one.database] if one and one.rounds else []
        cells = [*(f"{ms:.2f}" for ms in (*clock, *spent)), *[""] * (4 - len(clock) - len(spent))]
        return "| " + " | ".join([self.name, *cells, self.result, self.budget]) + " |"


def table(rows: Sequence[Row]) -> str:
    """Write the rows as a Markdown table."""
    return _HEAD + "".join(f"{row}\n" for row in rows)


def keep(text: str) -> None:
    """Put the last run into the README, below what explains it."""
    explained, _, _ = README.read_text("utf-8").partition(_MARK)
    README.write_text(f"{explained}{_MARK}\n{text}", "utf-8")


def circumstances(server: Server) -> str:
    """Say when, where and on what the bench ran."""
    engine = connect(server.url, size=1)
    with engine.connect() as conn:
        version = conn.scalar(sa.text("show server_version"))
    engine.dispose()
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    busy = os.getloadavg()[2]
    return (
        f"{now}, commit {_commit()}, {_model()}, {os.cpu_count()} cores, Linux"
        f" {platform.release()}, Python {platform.python_version()}, PostgreSQL {version}"
        f" (embedded, durable commits), load of the last 15 minutes {busy:.1f}.\n"
    )


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
