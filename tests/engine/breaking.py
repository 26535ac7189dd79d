"""Breaking a procedure's files by one change to the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Files = dict[str, bytes]

WHOLE = "bpmn/complaint/manufacturer-complaint.bpmn"
HANDLING = "bpmn/complaint/manufacturer-complaint-handling.bpmn"
REGISTER = "bpmn/shared/register.bpmn"
LIMITS = "bpmn/decisions/close-deadline.dmn"
CLOSING = "bpmn/shared/close-and-archive.bpmn"
AUTHORITY = "bpmn/decisions/approval-authority.dmn"
ROLES = "bpmn/roles.yaml"
CLAUSES = "bpmn/clauses/manufacturer-complaint.yaml"
FORM = "forms/register/establish_data.json"
LOOK = "forms/register/establish_data.ui.json"

MEGABYTE = 1024 * 1024


def _ten(name: str) -> str:
    return ", ".join([name] * 10)


LAUGHS = "\n".join(
    f'<!ENTITY laugh{n} "{f"&laugh{n - 1};" * 10 if n else "ha"}">' for n in range(10)
)
BOMB = f"<!DOCTYPE definitions [{LAUGHS}]>"
OUTSIDE = '<!DOCTYPE definitions [<!ENTITY outside SYSTEM "file:///etc/passwd">]>'
ALIASES = "\n".join(
    [
        "- {code: r0, zh: 角色零, en: role 0, more: &a0 [ha]}",
        *(
            f"- {{code: r{n}, zh: 角色{n}, en: role {n}, more: &a{n} [{_ten(f'*a{n - 1}')}]}}"
            for n in range(1, 10)
        ),
        "- {code: *a9, zh: 爆, en: bomb}",
    ]
)
MERGES = "\n".join(
    ["- &m0 {code: ha, zh: 哈, en: ha}"]
    + [f"- &m{n} {{<<: [{_ten(f'*m{n - 1}')}]}}" for n in range(1, 10)]
)


@dataclass(frozen=True)
class Break:
    """One change, and the refusal it must meet: code and element, in `told_at` or else `file`."""

    name: str
    file: str
    change: Callable[[bytes], bytes | None]
    code: str
    element: str | None = None
    told_at: str = ""

    def __call__(self, files: Files) -> Files:
        """Give the files with this change; None takes a file away."""
        changed = self.change(files[self.file])
        rest = {path: content for path, content in files.items() if path != self.file}
        return rest if changed is None else {**rest, self.file: changed}


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replace a text that must be there."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode())

    return change


def cut(start: str, end: str) -> Callable[[bytes], bytes]:
    """Take out everything from one text to the next other one."""

    def change(content: bytes) -> bytes:
        head, _, tail = content.partition(start.encode())
        gone, _, rest = tail.partition(end.encode())
        assert gone, start
        return head + rest

    return change


def before_root(text: str, use: str) -> Callable[[bytes], bytes]:
    """Put a document type in front, and use its entity in a name."""

    def change(content: bytes) -> bytes:
        declaration, _, rest = content.partition(b"?>")
        return (
            declaration + b"?>" + text.encode() + rest.replace(b'name="', f'name="{use}'.encode())
        )

    return change


def instead(content: bytes | None) -> Callable[[bytes], bytes | None]:
    """Put something else there, or nothing."""
    return lambda _: content


def all_ids(old: str, new: str) -> Callable[[bytes], bytes]:
    """Rename an element wherever it is named."""
    return swap(f'"{old}"', f'"{new}"')
