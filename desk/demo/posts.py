"""Pool, candidate sheets, groups, changed terms."""


def tell(story):
    """Nothing yet."""
