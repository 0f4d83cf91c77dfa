"""Which secret signs the session cookies? One made at the first start and kept in a file."""

import os
import secrets
from pathlib import Path

__all__ = ["storage_secret"]


def storage_secret(folder: Path) -> str:
    """The secret of this installation, made when there is none yet; readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
