"""How much a piece of work costs: CPU in turns, statements, the database's steps, Python's calls."""

import gc
import re
import sys
from contextlib import contextmanager

from django.db import connection

SIGN_IN_TABLES = re.compile(r'^SELECT .*? FROM "(django_session|accounts_user|accounts_assignment)"', re.S)


def least(rounds, works):
    """{name: the least of what each work says of itself}, run in turns so that a busy machine is busy for all.

    `works` maps a name to a callable that returns its own cost. The first round warms up and does not count.
    """
    best = dict.fromkeys(works, float("inf"))
    for number in range(rounds + 1):
        gc.collect()
        for name, work in works.items():
            cost = work()
            if number:
                best[name] = min(best[name], cost)
    return best


@contextmanager
def statements():
    """A list that fills with the SQL of what runs inside, the sign-in's own (session, user, duties) left out."""
    found = []

    def note(execute, sql, params, many, context):
        if not SIGN_IN_TABLES.match(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def database_steps(work):
    """Instructions of SQLite's machine while `work()` runs: exact, and blind to what else the computer does."""
    connection.ensure_connection()
    steps = 0

    def count():
        nonlocal steps
        steps += 1

    connection.connection.set_progress_handler(count, 1)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


def python_calls(work):
    """Calls of Python and C functions while `work()` runs."""
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls
