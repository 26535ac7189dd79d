"""`mail`: one message by SMTP, its id the same however often it is tried."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from engine.connectors.calls import (
    Asked,
    Connector,
    DeclaredError,
    Outside,
    RefusedCallError,
    RetryLaterError,
)
from engine.control import has_control
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

SECONDS: Final = 20
MOST_RECIPIENTS: Final = 50
LONGEST_SUBJECT: Final = 500
LONGEST_TEXT: Final = 256 * 1024
REFUSED: Final = "address_refused"
_ADDRESS: Final = re.compile(r"[^@\s<>(),;:\"\[\]\\]{1,64}@[^@\s<>(),;:\"\[\]\\]{1,255}")
_PERMANENT: Final = 500


def send(asked: Asked, outside: Outside) -> dict[str, Any]:
    """Send ``text`` to the addresses ``to``; the result has ``message_id`` and ``refused`` ones.

    Raises RefusedCallError, RetryLaterError, and DeclaredError when no address is taken.
    """
    if not outside.smtp:
        raise RefusedCallError(
            "没有设置邮件服务器。请设置 BANJIE_SMTP_URL，重启后重试。",
            "No mail server is set. Set BANJIE_SMTP_URL, start again and retry.",
        )
    address = urlsplit(outside.smtp)
    letter = _letter(asked, _sender(address))
    try:
        with _connected(address) as server:
            refused = server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= _PERMANENT for code, _ in error.recipients.values()):
            raise DeclaredError(REFUSED) from error
        raise _later(error) from error
    except smtplib.SMTPResponseException as error:
        raise (_no(error) if error.smtp_code >= _PERMANENT else _later(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _later(error) from error
    return {"message_id": str(letter["Message-ID"]), "refused": sorted(refused)}


def _letter(asked: Asked, sender: str) -> EmailMessage:
    given = asked.parameters
    letter = EmailMessage()
    letter["Message-ID"] = f"<{asked.key}@banjie>"
    letter["Date"] = format_datetime(asked.at)
    letter["From"] = sender
    letter["To"] = ", ".join(_recipients(given.get("to")))
    letter["Subject"] = _line("subject", given.get("subject"))
    text = given.get("text")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise _bad("text", f"应为不超过 {LONGEST_TEXT} 字的文字", "must be a text")
    letter.set_content(text)
    return letter


def _recipients(given: object) -> list[str]:
    listed = given if isinstance(given, list) else [given]
    lines = [_line("to", each) for each in listed]
    found = [address for _, address in getaddresses(lines)]
    if not 1 <= len(found) <= MOST_RECIPIENTS or not all(map(_ADDRESS.fullmatch, found)):
        raise _bad(
            "to",
            f"应为 1 至 {MOST_RECIPIENTS} 个邮件地址",
            f"must be 1 to {MOST_RECIPIENTS} addresses",
        )
    return found


def _line(name: str, given: object) -> str:
    """Return a text that goes into a header; none that would begin another one."""
    if not isinstance(given, str) or has_control(given) or not 1 <= len(given) <= LONGEST_SUBJECT:
        raise _bad(
            name,
            f"应为 1 至 {LONGEST_SUBJECT} 字、没有换行的文字",
            f"must be a text of 1 to {LONGEST_SUBJECT} characters without line breaks",
        )
    return given


def _bad(name: str, zh: str, en: str) -> RefusedCallError:
    return RefusedCallError(
        f"邮件的参数“{name}”{zh}。请更正案件数据或流程图后重试。",
        f"The parameter “{name}” of the mail {en}. Mend the case's data or the diagram and retry.",
    )


def _sender(address: SplitResult) -> str:
    given = parse_qs(address.query).get("from")
    return given[0] if given else f"banjie@{address.hostname}"


@contextmanager
def _connected(address: SplitResult) -> Iterator[smtplib.SMTP]:
    """Give a server that is ready to take letters; how it takes leave does not matter."""
    host, secured = address.hostname or "", ssl.create_default_context()
    place: dict[str, Any] = {"local_hostname": "localhost", "timeout": SECONDS}
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, context=secured, **place)
    else:
        server = smtplib.SMTP(host, address.port or 25, **place)
    try:
        if "starttls" in parse_qs(address.query):
            server.starttls(context=secured)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _no(error: smtplib.SMTPResponseException) -> RefusedCallError:
    return RefusedCallError(
        f"邮件服务器拒收（{error.smtp_code}）。请检查发件设置，排除后重试。",
        f"The mail server refuses it ({error.smtp_code}). Check the settings and retry.",
    )


def _later(error: Exception) -> RetryLaterError:
    reason = type(error).__name__
    return RetryLaterError(
        f"邮件服务器没有收下（{reason}）。请检查邮件服务器后重试。",
        f"The mail server has not taken it ({reason}). Check the server and retry.",
    )


CONNECTOR: Final = Connector(
    name="mail",
    names=Names("发邮件", "Send mail"),
    parameters={
        "to": Names("收件人", "To"),
        "subject": Names("主题", "Subject"),
        "text": Names("正文", "Text"),
    },
    results={
        "message_id": Names("邮件编号", "Message id"),
        "refused": Names("被拒的地址", "Addresses not taken"),
    },
    errors={REFUSED: Names("收件地址无效", "No address is taken")},
    run=send,
)
