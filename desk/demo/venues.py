"""Rooms, what is said of the seven items, wall texts."""


def tell(story):
    """Nothing yet."""
