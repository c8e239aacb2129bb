"""`{% rows found as row %}…{% endrows %}`: a long table at the price of its first row.

A for loop walks the nodes of its body again for every row: fifty rows of ten cells cost more than the rest of the page.
Here the body is rendered once with marks in place of the cells, and each row is filled into that.

Rows are dicts of finished values. In the body a cell may be printed (`{{ row.name }}`, escaped as ever), asked for
(`{% if row.status %}`, `|default:"—"`) and handed to a tag that does either; anything else, a comparison or a date
filter, would see the mark instead of the value and belongs into the making of the rows.
"""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()
OPEN, CLOSE = "\ue000", "\ue001"  # private use: no text of ours holds them
MARK = re.compile(f"{OPEN}(\\w+){CLOSE}")


@register.tag
def rows(parser, token):
    words = token.split_contents()
    if len(words) != 4 or words[2] != "as":
        raise template.TemplateSyntaxError("{% rows found as row %}")
    body = parser.parse(("endrows",))
    parser.delete_first_token()
    return Rows(parser.compile_filter(words[1]), words[3], body)


class Rows(template.Node):
    def __init__(self, found, name, body):
        self.found, self.name, self.nodelist = found, name, body

    def render(self, context):
        asked, patterns, filled = {}, {}, []  # asked: the cells that decide what the body looks like
        for row in self.found.resolve(context):
            looks = tuple(bool(row[key]) for key in asked)
            if looks not in patterns:
                pattern = self._pattern(context, row, asked)
                looks = tuple(bool(row[key]) for key in asked)
                patterns[looks] = pattern
            text, keys = patterns[looks]
            filled.append(text % tuple([conditional_escape(row[key]) for key in keys]))
        return "".join(filled)

    def _pattern(self, context, row, asked):
        """The body as a %-pattern and the names of its cells, for rows in which the same cells are filled."""
        with context.push(**{self.name: Marks(row, asked)}):
            pieces = MARK.split(self.nodelist.render(context).replace("%", "%%"))
        return SafeString("%s".join(pieces[::2])), pieces[1::2]


class Marks:
    """A row whose cells print as marks."""

    def __init__(self, row, asked):
        self.row, self.asked = row, asked

    def __getitem__(self, key):
        mark = Mark(f"{OPEN}{key}{CLOSE}")
        mark.key, mark.filled, mark.asked = key, bool(self.row[key]), self.asked
        return mark


class Mark(SafeString):
    """Stands for a cell. Asking whether it holds something is noted: rows that answer otherwise look different."""

    def __bool__(self):
        self.asked[self.key] = True
        return self.filled
