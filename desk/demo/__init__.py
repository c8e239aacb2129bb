"""Invented towns for trying the desk out. Nothing in here is anybody's real name, number or address."""

from desk.demo.load import reset
from desk.demo.staff import ACCOUNTS, PASSWORD

__all__ = ["PASSWORD", "accounts", "reset"]


def accounts():
    """The accounts of the switch bar: `username` and `label`, town office first."""
    return [{"username": account.username, "label": account.label} for account in ACCOUNTS if account.label]
