"""The files handed in, sealed while they wait: they hold whole ID numbers and telephones."""

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from office.sealing import seal, unseal

SOURCE, READING, ERRORS = "source", "reading", "errors"
UNOWNED_AFTER = 3600  # seconds: a file whose batch was never written


class FileGone(Exception):
    """The file was cleared away; it has to be handed in again."""


def keep(batch, data, part=SOURCE):
    """Keep the bytes sealed for this batch, readable by the product's own account only."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, unfinished = tempfile.mkstemp(".part", f"{batch.token}-", _folder())
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal(data, _place(batch, part)))
    Path(unfinished).rename(_path(batch, part))


def content(batch, part=SOURCE):
    """The bytes in clear. Raises FileGone."""
    try:
        return unseal(_path(batch, part).read_bytes(), _place(batch, part))
    except FileNotFoundError as fault:
        raise FileGone from fault


@contextmanager
def opened(batch):
    """The path of the file in clear, for the reading child, as long as the block lasts. Raises FileGone."""
    data = content(batch)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "import.xlsx"
        path.write_bytes(data)
        yield path


def error_file(batch):
    """The marked copy made from what the preview shows now, or None where it was not made (yet)."""
    try:
        return content(batch, _errors_part(batch))
    except FileGone:
        return None


def keep_error_file(batch, data):
    _remove(batch, ERRORS)
    keep(batch, data, _errors_part(batch))


def remove(batch):
    """Nothing of the batch stays behind."""
    _remove(batch, "")


def remove_unowned(tokens):
    """Clear away what belongs to none of the live batches; returns how many files."""
    kept = {str(token) for token in tokens}
    gone = 0
    for path in _folder().glob("*"):
        if path.name[:36] not in kept and time.time() - path.stat().st_mtime > UNOWNED_AFTER:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _errors_part(batch):
    return f"{ERRORS}-{batch.plan_digest[:16]}"


def _remove(batch, part):
    for path in _folder().glob(f"{batch.token}-{part}*"):
        path.unlink(missing_ok=True)


def _folder():
    return settings.DATA_DIR / "imports"


def _path(batch, part):
    return _folder() / f"{batch.token}-{part}.sealed"


def _place(batch, part):
    return f"imports.{part}:{batch.token}"
