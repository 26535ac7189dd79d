"""Root and an ordinary user, each with a server of their own, and homes left as they were."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from engine.embedded import start
from engine.embedded.account import account

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Iterator

OLDEST_PYTHON = "import sys; sys.exit(sys.version_info < (3, 11))"
TELL = """
import json, sys
from pathlib import Path
import psutil
from engine.embedded import start
from engine.embedded.leftovers import postmaster
with start(*map(Path, sys.argv[1:])) as server:
    process = psutil.Process(postmaster(server.folder / "data"))
    print(json.dumps([str(server.folder), process.username(), process.exe()]))
"""

COPY = """
import json, sys
from pathlib import Path
from engine.embedded.account import account
from engine.embedded.binaries import binaries
home, user = Path(sys.argv[1]), account()
first, again = binaries(user, home=home), binaries(user, home=home)
print(json.dumps([str(first), str(again), user.run(first / "postgres", "--version").stdout]))
"""
for_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL is another user's")


@pytest.fixture
def private_home() -> Iterator[Path]:
    home = Path(tempfile.gettempdir()) / f"banjie-root-{uuid4().hex[:8]}"
    home.mkdir(mode=0o700)
    yield home
    shutil.rmtree(home)


def _run(
    script: str, environment: dict[str, str], *arguments: Path, user: str | None = None
) -> list[str]:
    done = _python(_reachable(user), script, *map(str, arguments), env=environment, user=user)
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told


def _python(
    program: str, script: str, *arguments: str, env: dict[str, str], user: str | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, "-c", script, *arguments],
        env=env,
        cwd="/",
        user=user,
        group=user,
        extra_groups=() if user else None,
        capture_output=True,
        text=True,
        check=False,
    )


def _reachable(user: str | None) -> str:
    for program in dict.fromkeys([os.path.realpath(sys.executable), "/usr/bin/python3"]):
        try:
            done = _python(program, OLDEST_PYTHON, env={}, user=user)
        except OSError:
            continue
        if done.returncode == 0:
            return program
    pytest.skip(f"{user} reaches no Python 3.11 here")


def test_an_ordinary_user_has_a_server_beside_roots(
    ordinary: pwd.struct_passwd, install: Callable[[Path], dict[str, str]], folder: Path
) -> None:
    home = Path(ordinary.pw_dir)
    environment = install(home / "installed") | {"HOME": str(home)}
    with start(folder) as of_root:
        place, owner, _ = _run(TELL, environment, user=ordinary.pw_name)
        assert of_root.folder == folder
    assert owner == ordinary.pw_name
    assert Path(place) == home / ".local/share/banjie/postgresql"
    assert Path(place).stat().st_mode & 0o777 == 0o700


@for_root
def test_root_starts_from_a_private_home_whose_mode_stays(
    private_home: Path, install: Callable[[Path], dict[str, str]], folder: Path
) -> None:
    before = {path: path.stat().st_mode for path in [private_home, *private_home.parents]}
    environment = install(private_home / "installed") | {"HOME": str(private_home)}

    _, owner, program = _run(TELL, environment, folder)

    assert owner == account().name == "banjie"
    assert not program.startswith(str(private_home))
    assert {path: path.stat().st_mode for path in before} == before


@for_root
def test_copied_binaries_run_though_the_wheel_was_installed_for_its_owner_alone(
    private_home: Path, install: Callable[[Path], dict[str, str]], folder: Path
) -> None:
    environment = install(private_home)
    for path in private_home.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    folder.mkdir(mode=0o755)

    first, again, version = _run(COPY, environment, folder)

    assert version.startswith("postgres (PostgreSQL)")
    assert first == again
    assert len(list((folder / "binaries").iterdir())) == 1
