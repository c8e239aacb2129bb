"""Rosters stand for every kind of table here."""

from tests.members.conftest import load, read, respond

__all__ = ["load", "read", "respond"]
