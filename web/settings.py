"""What an installation chooses, by environment variables; all of them may be left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from engine.connectors import Outside

if TYPE_CHECKING:
    from collections.abc import Mapping

PORT = 8000
PROCESSES = 2


class BadSettingError(Exception):
    """An environment variable has a value that makes no sense; zh and en say which and why."""

    def __init__(self, name: str, value: str, zh: str, en: str) -> None:
        super().__init__(f"{name}={value}：{zh}\n{name}={value}: {en}")
        self.zh = f"{name}={value}：{zh}"
        self.en = f"{name}={value}: {en}"


@dataclass(frozen=True)
class Settings:
    """The choices of one installation.

    `url` is the address that people type, empty when none is configured; only an https one makes
    cookies Secure. Without `database_url` the embedded PostgreSQL below `data` is used, and
    without `data` the platform's usual place. `outside` is what connectors may reach.
    """

    database_url: str | None = None
    url: str = ""
    port: int = PORT
    data: Path | None = None
    processes: int = PROCESSES
    outside: Outside = field(default_factory=Outside)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read DATABASE_URL and BANJIE_URL, …_PORT, …_DATA, …_PROCESSES, …_SMTP_URL, …_WEBHOOKS."""
        data = environ.get("BANJIE_DATA")
        return cls(
            database_url=environ.get("DATABASE_URL") or None,
            url=_address(environ.get("BANJIE_URL", "")),
            port=_number(environ, "BANJIE_PORT", PORT, highest=65_535),
            data=Path(data) if data else None,
            processes=_number(environ, "BANJIE_PROCESSES", PROCESSES, highest=64),
            outside=Outside(
                smtp=_mail_server(environ.get("BANJIE_SMTP_URL", "")),
                endpoints=_endpoints(environ.get("BANJIE_WEBHOOKS", "")),
            ),
        )

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation by https."""
        return self.url.startswith("https://")

    @property
    def folder(self) -> Path | None:
        """The folder of the embedded PostgreSQL, or None for the usual one."""
        return self.data / "postgresql" if self.data else None


def _address(given: str) -> str:
    parts = urlsplit(given)
    if given and not (parts.scheme in {"http", "https"} and parts.netloc):
        raise BadSettingError(
            "BANJIE_URL", given, "应为 http:// 或 https:// 地址。", "must be an http(s):// address."
        )
    return given.rstrip("/")


def _mail_server(given: str) -> str | None:
    if given and not _is_address(given, {"smtp", "smtps"}):
        raise BadSettingError(
            "BANJIE_SMTP_URL",
            _hidden(given),
            "应为 smtp:// 或 smtps:// 地址。",
            "must be smtp(s)://.",
        )
    return given or None


def _endpoints(given: str) -> dict[str, str]:
    """Read `name=https://…` pairs, parted by blanks."""
    found = {}
    for pair in given.split():
        name, _, url = pair.partition("=")
        if not name.isidentifier() or not _is_address(url, {"http", "https"}):
            raise BadSettingError(
                "BANJIE_WEBHOOKS",
                name[:60],
                "应为以空格分开的 名称=https://地址。",
                "must be NAME=https://… pairs with blanks between.",
            )
        found[name] = url
    return found


def _is_address(given: str, schemes: set[str]) -> bool:
    """Say whether it is an address of these schemes, its port included."""
    try:
        parts = urlsplit(given)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _hidden(url: str) -> str:
    """Leave the password out of what is told."""
    return url.rpartition("@")[2]


def _number(environ: Mapping[str, str], name: str, usual: int, *, highest: int) -> int:
    given = environ.get(name, "")
    if not given:
        return usual
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= highest:
        raise BadSettingError(
            name, given, f"应为 1 至 {highest} 的整数。", f"must be a whole number, 1 to {highest}."
        )
    return int(given)
