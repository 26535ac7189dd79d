"""The digest of a version: SHA-256 over the paths and the contents of its files."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def digest_of(files: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 over the sorted paths and contents of files."""
    return digest_from({path: sha256(content).digest() for path, content in files.items()})


def digest_from(digests: Mapping[str, bytes]) -> bytes:
    """Return the SHA-256 over the sorted paths of files and the SHA-256 of each."""
    whole = sha256()
    for path, digest in sorted(digests.items()):
        whole.update(path.encode() + b"\0" + digest)
    return whole.digest()
