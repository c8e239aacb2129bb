"""Targets and the next step at compounds without a branch."""


def tell(story):
    """Nothing yet."""
