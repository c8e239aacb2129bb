"""Rosters stand for every kind of table here."""

import pytest

from tests.members.conftest import load, read, respond

__all__ = ["load", "read", "respond"]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """What lies about is counted: the files of other tests must not be among it."""
    settings.DATA_DIR = tmp_path
