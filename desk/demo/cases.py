"""Cases of forming, changing and dissolving branches."""


def tell(story):
    """Nothing yet."""
