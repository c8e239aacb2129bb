"""Elections with their counts."""


def tell(story):
    """Nothing yet."""
