"""How fast the product is, measured: `python -m bench` (see __main__.py; the bars stand in figures.py).

Ratios count, not milliseconds: everything compared is run in turn, round by round, and of each the least CPU time is
taken. The data are made by load_demo; the references do the same work with the best SQL known and Jinja2.
"""
