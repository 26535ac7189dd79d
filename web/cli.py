"""The command `banjie`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from web.commands.ports import LOOPBACK
from web.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="banjie")
def cli() -> None:
    """办结 Banjie: complaint and after-sales procedures, executed as drawn."""


@cli.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
def demo(port: int | None) -> None:
    """演示公司 / Serve the demo company, its database included."""
    from web.commands.tree import serve_demo

    serve_demo(_settings(), port)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
def run(port: int | None) -> None:
    """正式运行 / Run for a company: database, web and worker in one tree."""
    from web.commands.tree import serve_company

    serve_company(_settings(), port)


@cli.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), help="BANJIE_PORT, 8000")
def web(host: str, port: int | None) -> None:
    """仅网页 / Serve the pages only; DATABASE_URL names the database."""
    from web.commands.serving import Inbox
    from web.processes import die_with_parent

    die_with_parent()
    settings = _settings()
    Inbox(settings, host=host, port=port or settings.port).run()


@cli.command()
def worker() -> None:
    """仅后台 / Wake due cases only; DATABASE_URL names the database."""
    from web.commands.opening import opened
    from web.commands.working import work
    from web.processes import die_with_parent, stop_signal

    die_with_parent()
    with stop_signal() as stopping, opened(_settings()) as engine:
        work(engine, stopping)


@cli.command()
def migrate() -> None:
    """迁移数据库 / Bring the database to the newest schema."""
    from engine.database import upgrade
    from web.commands.opening import opened
    from web.commands.say import say

    with opened(_settings()) as engine:
        upgrade(engine)
    say("数据库已是最新结构。", "The database has the newest schema.")


@cli.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--note", default="", help="what changed")
def publish(folder: Path | None, note: str) -> None:
    """发布规程 / Publish the procedures of FOLDER (with bpmn/ and forms/) or the shipped ones."""
    from web.commands.opening import opened
    from web.commands.publishing import publish_folder

    with opened(_settings()) as engine:
        publish_folder(engine, folder, note=note, now=datetime.now(UTC))


@cli.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def lint(folder: Path | None) -> None:
    """检查规程 / Check the procedures of FOLDER or the shipped ones, as publishing does."""
    from web.commands.publishing import lint_folder

    lint_folder(folder)


@cli.group(invoke_without_command=True)
@click.pass_context
def incidents(context: click.Context) -> None:
    """异常 / List the steps that failed, or try one again."""
    if context.invoked_subcommand is None:
        context.invoke(list_incidents)


@incidents.command("list")
def list_incidents() -> None:
    """列出 / List the open incidents."""
    from web.commands.incidents import show
    from web.commands.opening import opened

    with opened(_settings()) as engine, engine.begin() as connection:
        show(connection)


@incidents.command("retry")
@click.argument("number", type=int)
@click.pass_context
def retry_incident(context: click.Context, number: int) -> None:
    """重试 / Do again what failed."""
    from web.commands.incidents import try_again
    from web.commands.opening import opened

    with opened(_settings()) as engine, engine.begin() as connection:
        done = try_again(connection, number, now=datetime.now(UTC))
    context.exit(0 if done else 1)


@cli.command()
@click.argument("code", required=False)
@click.pass_context
def verify(context: click.Context, code: str | None) -> None:
    """核对 / Check all cases, or the one with CODE, against their chained entries."""
    from web.commands.opening import opened
    from web.commands.verifying import verify as verified

    with opened(_settings()) as engine:
        sound = verified(engine, code, now=datetime.now(UTC))
    context.exit(0 if sound else 1)


@cli.group()
def person() -> None:
    """人员 / The people who sign in."""


_roles = click.option(
    "--role", "held", multiple=True, required=True, help="code of bpmn/roles.yaml, repeatable"
)
_password = click.password_option(
    prompt="密码 / Password", confirmation_prompt="再输一次 / Once more"
)


@person.command("list")
def list_people() -> None:
    """列出 / List the people who may sign in."""
    from web.commands.opening import opened
    from web.commands.staff import show

    with opened(_settings()) as engine, engine.begin() as connection:
        show(connection)


@person.command("add")
@click.argument("login")
@click.argument("name")
@_roles
@_password
def add_person(login: str, name: str, held: tuple[str, ...], password: str) -> None:
    """添加 / Add a person; the password is asked for."""
    from web.commands.opening import opened
    from web.commands.staff import add

    with opened(_settings()) as engine, engine.begin() as connection:
        add(connection, login, name, password=password, held=held, now=datetime.now(UTC))


@person.command("password")
@click.argument("login")
@_password
def give_password(login: str, password: str) -> None:
    """换密码 / Give a person another password, which is asked for; their sessions end."""
    from web.commands.opening import opened
    from web.commands.staff import give_password

    with opened(_settings()) as engine, engine.begin() as connection:
        give_password(connection, login, password)


@person.command("roles")
@click.argument("login")
@_roles
def give_roles(login: str, held: tuple[str, ...]) -> None:
    """换角色 / Give a person these roles and no others; their other claims are released."""
    from web.commands.opening import opened
    from web.commands.staff import give_roles

    with opened(_settings()) as engine, engine.begin() as connection:
        give_roles(connection, login, held, now=datetime.now(UTC))


@person.command("deactivate")
@click.argument("login")
def dismiss(login: str) -> None:
    """停用 / Let a person never sign in again; their claims are released."""
    from web.commands.opening import opened
    from web.commands.staff import dismiss

    with opened(_settings()) as engine, engine.begin() as connection:
        dismiss(connection, login, now=datetime.now(UTC))


@cli.command()
def database() -> None:
    """内置数据库 / Start the embedded PostgreSQL, print its address, stop it at Ctrl-C."""
    from web.commands.tree import serve_database

    serve_database(_settings())


@cli.command(hidden=True)
@click.argument("company", type=click.Choice(["demo", "own"]))
def prepare(company: str) -> None:
    """Migrate and publish before web and worker start."""
    from web.commands.opening import opened
    from web.commands.preparing import prepare_demo, prepare_own

    with opened(_settings()) as engine:
        (prepare_demo if company == "demo" else prepare_own)(engine, now=datetime.now(UTC))


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


def main() -> None:
    """Run a command; what it refuses is told in Chinese and English, with exit code 1."""
    from web.commands.failing import told

    with told():
        cli(windows_expand_args=False)


if __name__ == "__main__":
    main()
