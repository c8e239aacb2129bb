"""Patches, cells, visits, funds."""


def tell(story):
    """Nothing yet."""
