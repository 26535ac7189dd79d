"""The command `banjie`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from web.commands.ports import LOOPBACK
from web.groups import (
    calendars,
    incidents,
    messages,
    moves,
    people,
    replays,
    settings_here,
    signed,
    versions,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="banjie")
def cli() -> None:
    """办结 Banjie: complaint and after-sales procedures, executed as drawn."""


@cli.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
@click.option(
    "--cases", type=click.IntRange(0), default=0, help="with so many cases of the last year"
)
def demo(port: int | None, cases: int) -> None:
    """演示公司 / Serve the demo company, its database included."""
    from web.commands.tree import serve_demo

    serve_demo(settings_here(), port, cases=cases)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
def run(port: int | None) -> None:
    """正式运行 / Run for a company: database, web and worker in one tree."""
    from web.commands.tree import serve_company

    serve_company(settings_here(), port)


@cli.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
def web(host: str, port: int | None) -> None:
    """仅网页 / Serve the pages only; DATABASE_URL names the database."""
    from web.commands.opening import opened
    from web.commands.serving import Inbox
    from web.processes import die_with_parent

    die_with_parent()
    settings = settings_here()
    with opened(settings):
        pass
    Inbox(settings, host=host, port=port or settings.port).run()


@cli.command()
def worker() -> None:
    """仅后台 / Do what cases wait for; DATABASE_URL names the database."""
    from web.commands.opening import opened
    from web.commands.working import work
    from web.processes import die_with_parent, stop_signal

    die_with_parent()
    settings = settings_here()
    with stop_signal() as stopping, opened(settings, size=2) as engine:
        work(engine, stopping, settings.outside)


@cli.command()
def migrate() -> None:
    """迁移数据库 / Bring the database to the newest schema."""
    from engine.schema import upgrade
    from web.commands.opening import reached
    from web.commands.say import say

    with reached(settings_here()) as engine:
        upgrade(engine)
    say("数据库已是最新结构。", "The database has the newest schema.")


@cli.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--note", default="", help="what changed, and why")
@click.option(
    "--from",
    "begins",
    type=click.DateTime(["%Y-%m-%d"]),
    help="in force from the first minute of this day; else at once",
)
@click.option(
    "--replaces",
    metavar="PROCEDURE=NUMBER",
    multiple=True,
    help="replace this version although it does not come from files, or is planned",
)
@click.option(
    "--drops",
    metavar="ID",
    multiple=True,
    help="give up this guarantee or clause of the version before; with --note",
)
@click.option("--dry-run", is_flag=True, help="show what would be published, and change nothing")
@signed
def publish(
    folder: Path | None,
    note: str,
    *,
    begins: datetime | None,
    replaces: tuple[str, ...],
    drops: tuple[str, ...],
    dry_run: bool,
) -> None:
    """发布规程 / Publish the procedures of FOLDER (with bpmn/ and forms/) or the shipped ones."""
    from web.commands.opening import opened
    from web.commands.publishing import publish_folder, terms_of, try_folder

    verb = try_folder if dry_run else publish_folder
    terms = terms_of(begins and begins.date(), replaces, drops)
    with opened(settings_here()) as engine:
        verb(engine, folder, note=note, terms=terms, now=datetime.now(UTC))


@cli.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def lint(folder: Path | None) -> None:
    """检查规程 / Check the procedures of FOLDER or the shipped ones, as publishing does."""
    from web.commands.publishing import lint_folder

    lint_folder(folder)


@cli.command()
@click.argument("code", required=False)
@click.pass_context
def verify(context: click.Context, code: str | None) -> None:
    """核对 / Check all cases, or the one with CODE, against their chained entries."""
    from web.commands.opening import opened
    from web.commands.verifying import verify as verified

    with opened(settings_here()) as engine:
        sound = verified(engine, code, now=datetime.now(UTC))
    context.exit(0 if sound else 1)


@cli.command()
def database() -> None:
    """内置数据库 / Start the embedded PostgreSQL, print its address, stop it at Ctrl-C."""
    from web.commands.tree import serve_database

    serve_database(settings_here())


@cli.command(hidden=True)
@click.argument("company", type=click.Choice(["demo", "own"]))
@click.option("--cases", type=click.IntRange(0), default=0)
def prepare(company: str, cases: int) -> None:
    """Migrate and publish before web and worker start."""
    from web.commands.opening import reached
    from web.commands.past import live
    from web.commands.preparing import prepare_demo, prepare_own

    now = datetime.now(UTC)
    with reached(settings_here()) as engine:
        (prepare_demo if company == "demo" else prepare_own)(engine, now=now)
        if cases:
            live(engine, cases, now=now)


_groups = (
    *(calendars.calendar, calendars.duties, incidents.incidents),
    *(messages.message, messages.messages, people.person),
    *(versions.versions, moves.move, replays.replay),
)
for group in _groups:
    cli.add_command(group)


def main() -> None:
    """Run a command; what it refuses is told in Chinese and English, with exit code 1."""
    from web.commands.failing import told

    with told():
        sys.exit(cli(windows_expand_args=False, standalone_mode=False))


if __name__ == "__main__":
    main()
