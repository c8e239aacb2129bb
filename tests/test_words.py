"""The framework's own faults are said in the office's words (locale/), compiled from the text beside them."""

from django import forms


class Plain(forms.Form):
    name = forms.CharField(max_length=2)
    pick = forms.ChoiceField(choices=[("a", "甲")])


def test_an_empty_or_wrong_field_is_told_in_the_words_of_the_office():
    assert Plain({}).errors["name"] == ["请填写这一项。"]
    faults = Plain({"name": "三个字", "pick": "b"}).errors
    assert faults == {"name": ["最多2字，现在有3字，请删短一些。"], "pick": ["请从列出的里面选。"]}
