"""`banjie demo` and `banjie run` as a person starts them, and kill -9 for each process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import psutil
import psycopg
import pytest

from engine.embedded.leftovers import postmaster, serving
from web.commands.ports import next_free

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Tree:
    """A running `banjie demo` or `banjie run` with a database of its own."""

    def __init__(self, command: str, data: Path, said: Path) -> None:
        self.data = data
        self.port = next_free(18_000)
        environment = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
        self._said = said
        with said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", command, "--port", str(self.port)],
                env=environment | {"BANJIE_DATA": str(data), "BANJIE_PROCESSES": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def is_healthy(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(json.load(answer) == {"database": "ok"})
        except (URLError, OSError):
            return False

    def child(self, name: str) -> int | None:
        for one in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it may be dying at this very moment
                if one.cmdline()[-1:] == [name]:
                    return one.pid
        return None

    def replaces(self, name: str) -> bool:
        killed = self.child(name)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        _until(lambda: self.child(name) not in {None, killed})
        return True

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(40)


@pytest.fixture
def data() -> Iterator[Path]:
    path = Path(tempfile.gettempdir()) / f"banjie-tree-{uuid4().hex[:8]}"
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Callable[[str], Tree]]:
    trees: list[Tree] = []

    def begin(command: str) -> Tree:
        trees.append(Tree(command, data, tmp_path / f"{len(trees)}.log"))
        return trees[-1]

    yield begin
    for tree in trees:
        if tree.process.poll() is None:
            tree.stop()


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def _count_people(data: Path) -> int:
    with psycopg.connect(
        host=str(data / "postgresql"), user="banjie", dbname="banjie"
    ) as connection:
        row = connection.execute("select count(*) from people").fetchone()
        assert row is not None
        return int(row[0])


def test_a_company_s_tree_replaces_what_was_killed_and_ends_whole(
    start: Callable[[str], Tree], data: Path
) -> None:
    tree = start("run")
    _until(tree.is_healthy)
    assert _count_people(data) == 0
    assert "banjie person add" in tree.output

    assert tree.replaces("worker")
    assert tree.replaces("web")
    _until(tree.is_healthy)

    killed = postmaster(data / "postgresql" / "data")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    _until(lambda: postmaster(data / "postgresql" / "data") not in {None, killed})
    _until(tree.is_healthy)

    web = tree.child("web")
    assert web is not None
    below = [tree.process.pid, web, *(one.pid for one in psutil.Process(web).children())]
    assert tree.stop() == 0
    assert not any(psutil.pid_exists(pid) for pid in below[1:])
    assert serving(data / "postgresql" / "data") == []


def test_the_demo_tells_its_people_and_never_becomes_a_company(
    start: Callable[[str], Tree], data: Path
) -> None:
    demo = start("demo")
    _until(demo.is_healthy)
    people = _count_people(data)
    assert people > 5
    assert demo.output.count("banjie-demo") == people
    _until(lambda: f"http://127.0.0.1:{demo.port}" in demo.output)
    assert demo.stop() == 0

    company = start("run")
    assert company.process.wait(60) == 1
    assert "密码公开" in company.output
    assert "BANJIE_DATA" in company.output
    assert serving(data / "postgresql" / "data") == []


def test_a_demo_goes_to_the_next_port_where_a_company_refuses(
    start: Callable[[str], Tree], data: Path
) -> None:
    demo = start("demo")
    _until(demo.is_healthy)
    company = subprocess.run(
        [sys.executable, "-m", "web.cli", "run", "--port", str(demo.port)],
        env=os.environ | {"BANJIE_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert company.returncode == 1
    assert f"Port {demo.port} is taken" in company.stderr
