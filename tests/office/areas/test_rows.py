"""{% rows %}: what a for loop would have printed."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

BODY = (
    '<tr>{{ row.name }}{% if wide %}<td class="100%">{{ row.phone }}</td>{% endif %}'
    '{% if row.state %} {% badge row.state %}{% endif %}{{ row.place|default:"—" }}</tr>'
)
FOUND = [
    {"name": "田大利", "phone": "1", "state": "", "place": "湖畔"},
    {"name": "<b>王伟</b>", "phone": "100%s", "state": "停止党籍", "place": ""},
    {"name": "何静 & 罗辉", "phone": "", "state": "", "place": ""},
    {"name": "丁小宁", "phone": 4, "state": "已转出", "place": "公园"},
]


def both(body, **context):
    """What the tag and what a for loop make of the same rows."""
    head = "{% load rows ui %}"
    tag = Template(f"{head}{{% rows found as row %}}{body}{{% endrows %}}")
    loop = Template(f"{head}{{% for row in found %}}{body}{{% endfor %}}")
    return tag.render(Context(context)), loop.render(Context(context))


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("found", [FOUND, FOUND[::-1], FOUND[:1], []])
def test_rows_print_what_a_loop_prints(found, wide):
    tag, loop = both(BODY, found=found, wide=wide)
    assert tag == loop


def test_cells_are_escaped():
    tag, _ = both("{{ row.name }}", found=FOUND)
    assert "&lt;b&gt;王伟&lt;/b&gt;" in tag
    assert "<b>" not in tag


def test_a_question_within_a_question_is_asked_of_every_row():
    body = "{% if row.state %}{% if row.place %}{{ row.place }}{% else %}无{% endif %}{% endif %}。"
    tag, loop = both(body, found=FOUND)
    assert tag == loop == "。无。。公园。"


def test_the_name_of_the_row_is_gone_after_the_table():
    tag = Template("{% load rows %}{% rows found as row %}{{ row.name }}{% endrows %}{{ row }}")
    assert tag.render(Context({"found": FOUND[:1], "row": "外面的"})) == "田大利外面的"


def test_a_malformed_tag_is_refused():
    with pytest.raises(TemplateSyntaxError):
        Template("{% load rows %}{% rows found %}{% endrows %}")
