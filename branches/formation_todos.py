def todos(user, today):
    """To-dos still to come."""
    return []
