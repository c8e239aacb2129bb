"""Files of the papers in a folder of their own; a broker that only takes note."""

import pytest

from office.papers import builds, tasks


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """What would have gone to the broker, as a list of keys."""
    keys = []

    def send(rows):
        keys.extend(pk for pk, _ in rows)
        return True

    monkeypatch.setattr(builds, "_send", send)
    return keys


@pytest.fixture
def worker_alive(own_files):
    tasks.show_life()
