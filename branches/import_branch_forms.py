"""党支部表: a table of branches that stand already, each line a filled-in BranchForm."""

import re
from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches import registry
from branches.forms import BranchForm
from branches.import_lines import KEY_COLUMN, EntryTable, Known, plain, tell_form_errors
from branches.models import Branch
from office.areas.models import Body, Community, Compound, Coverage
from office.chinese.digits import halfwidth
from office.sheets.columns import Column
from office.sheets.template import write_template

BRANCHES = "branches"
LABELS = {name: field.label for name, field in BranchForm.base_fields.items()}
KINDS = {label: value for value, label in Branch.Kind.choices}
TERMS = {"5年": 5, "3年": 3}
YES_NO = {"是": True, "否": False}
COLUMNS = (
    Column("short_name", LABELS["short_name"], ("党支部", "支部"), required=True, width=22, example="金桂苑党支部"),
    Column("community", LABELS["community"], ("所属社区", "所在社区"), required=True, width=14, note="从下拉里选。"),
    Column(
        "compounds", LABELS["compounds"], ("小区", "覆盖小区"), width=26, note="几个小区用顿号分开。", example="金桂苑"
    ),
    Column("kind", LABELS["kind"], required=True, width=14, example="小区党支部"),
    Column(
        "name",
        LABELS["name"],
        ("党支部全称", "支部全称"),
        required=True,
        width=40,
        note="按批复写。",
        example="中共示范镇城东社区金桂苑支部委员会",
    ),
    Column(
        "approved_on",
        LABELS["approved_on"],
        ("成立日期",),
        required=True,
        kind="date",
        width=16,
        example="2020年12月24日",
    ),
    Column("approval_paper", LABELS["approval_paper"], ("文号",), width=22),
    Column("term_years", LABELS["term_years"], width=8, note="批复没有写的空着。", example="5年"),
    Column("term_ends_on", LABELS["term_ends_on"], ("届满日期",), kind="date", width=16),
    Column("has_committee", LABELS["has_committee"], width=14, example="是"),
)
CHOICES = {"kind": tuple(KINDS), "term_years": tuple(TERMS), "has_committee": tuple(YES_NO)}
SHOWN_ONLY = (
    Column("secretary", "书记"),
    Column("direct", "直管党员"),
    Column("liaison", "联系干部"),
    Column("venue", "七有"),
)
DATES = ("approved_on", "term_ends_on")
BODY_FACTS = ("name", "short_name")
BRANCH_FACTS = ("kind", "approved_on", "approval_paper", "term_years", "term_ends_on", "has_committee")
NONE = ("无", "—", "-")
_SEPARATORS = re.compile(r"[、，,；;]")
_HAS_YEAR = re.compile(r"[0-9]{4}")


class BranchLineForm(BranchForm):
    """The same form for a line whose places are known already: no query a line, and blank is not delete."""

    community = forms.Field()
    compounds = forms.Field(required=False)

    def __init__(self, data, *, correcting):
        super().__init__(data, communities=None, compounds=None)
        for name, field in self.fields.items():
            field.required = field.required and not (correcting and name not in data)


class BranchTable(EntryTable):
    key = BRANCHES
    title = "党支部表"
    noun = thing = "党支部"
    unit = "个党支部"
    label = LABELS["short_name"]
    letter = "Z"
    asked = COLUMNS
    shown_only = SHOWN_ONLY
    columns = (*(replace(column, required=column.key == "short_name") for column in COLUMNS), KEY_COLUMN, *SHOWN_ONLY)
    taken = registry.BRANCH_TAKEN
    made_of = {Body: (Branch, Coverage), Branch: ()}
    applied_verb = "branches.list_imported"
    undone_verb = "branches.list_import_undone"

    exported_as = "党支部台账"
    address = "branches_import"
    template_address = "branches_template"
    list_address = "branches"
    list_title = "党支部"
    advice = (
        "只登记已经批准成立的党支部；新成立的另走报批。",
        "导出的党支部台账改好了，也可以传回来。换了覆盖的小区，从导入那天起算。",
        "已有的党支部按系统编号认，没有编号的按全称认，再按社区和简称认。",
    )
    next_steps = (("roster_import", "导入党员名册"),)

    def template(self, town, community):
        columns = [column for column in COLUMNS if not (community and column.key == "community")]
        home = {"community": community} if community else {"town": town}
        compounds = tuple(Compound.objects.filter(**home).order_by("pinyin").values_list("name", flat=True).distinct())
        communities = tuple(Community.objects.filter(town=town).values_list("name", flat=True))
        return write_template(
            columns,
            title=f"{community or town}党支部表",
            instructions=[
                "一行一个已经批准成立的党支部，按批复填。",
                f"已登记的小区：{'、'.join(compounds[:60])}{'等' if len(compounds) > 60 else ''}。" if compounds
                else "还没有登记小区，请先导入小区。",
                "传上来先核对，您看过再保存。",
            ],
            choices=CHOICES | ({"community": communities} if community is None else {}),
        )  # fmt: skip

    def first(self, town, community):
        home = {"community": community} if community else {"town": town}
        if Compound.objects.filter(**home).exists():
            return None
        return (
            f"{community or town}还没有小区，党支部选不到覆盖的小区。请先导入小区。",
            "compounds_import",
            "导入小区",
        )

    def on_record(self, **scope):
        rows = Branch.objects.filter(**scope).exclude(state=Branch.State.DISSOLVED)
        found = {
            row.pk: Known(row.pk, row.community_id, _facts(row.body, BODY_FACTS) | _facts(row, BRANCH_FACTS))
            for row in rows.select_related("body")
        }
        for known in found.values():
            known.values["compounds"] = ()
        covered = Coverage.objects.on(timezone.localdate()).filter(body__in=found).order_by("compound_id")
        for body, compound in covered.values_list("body_id", "compound_id"):
            found[body].values["compounds"] += (compound,)
        return found

    def names_of(self, lines, row, community):
        """The full name, wherever it stands; else the short one, which tells a branch within its community."""
        full, short = plain(lines.text(row, "name")), plain(lines.text(row, "short_name"))
        return [name for name in ((0, full), (community.pk, short)) if name[1]]

    def known_names(self, known):
        return [(0, plain(known.values["name"])), (known.community_id, plain(known.values["short_name"]))]

    def holders(self, home):
        open_bodies = Body.objects.filter(town=home.town, kind=Body.Kind.BRANCH, ends_on=None)
        return {name: pk for pk, name in open_bodies.values_list("pk", "name")}

    def exclusive_name(self, community_id, name):
        return name

    def cleaned(self, lines, row, community, known, home):
        filled = {"community": community}
        for column in COLUMNS:
            if column.key != "community" and (text := lines.text(row, column.key)):
                value = self._typed(lines, row, column, text, community, home)
                if value is not None:
                    filled[column.key] = value
        form = BranchLineForm(filled, correcting=known is not None)
        tell_form_errors(form, lines, row)
        values = {key: form.cleaned_data.get(key) for key in (filled if known else form.fields) if key != "community"}
        if known is None or "compounds" in filled:
            values["compounds"] = tuple(sorted(each.pk for each in values.get("compounds") or ()))
        self._check_coverage(lines, row, (known.values if known else {}) | values, values)
        return values

    def _typed(self, lines, row, column, text, community, home):
        """What a cell says, as the form takes it; None after a fault."""
        if column.key == "compounds":
            return self._compounds(lines, row, text, community, home)
        words = {"kind": KINDS, "term_years": TERMS, "has_committee": YES_NO}.get(column.key)
        if words is not None:
            text = f"{halfwidth(text)}年" if column.key == "term_years" and halfwidth(text).isdecimal() else text
            if text not in words:
                lines.fault(row, column.key, f"“{column.title}”只能填：{'、'.join(words)}。")
            return words.get(text)
        if column.key in DATES and not _HAS_YEAR.search(halfwidth(text)):
            lines.fault(row, column.key, "请写上四位的年份，例如 2020年12月24日。")
            return None
        return text

    def _compounds(self, lines, row, text, community, home):
        if text in NONE:
            return []
        try:
            return [home.compound(name, community) for part in _SEPARATORS.split(text) if (name := part.strip())]
        except ValueError as problem:
            lines.fault(row, "compounds", str(problem))
            return None

    def _check_coverage(self, lines, row, values, given):
        """The deed's own check, on what the line would leave; only where it touches kind or compounds."""
        if not given.keys() & {"kind", "compounds"} or not values.get("kind") or lines.refused(row, "compounds"):
            return
        try:
            registry.check_coverage(values["kind"], values["compounds"])
        except ValidationError as refusal:
            lines.fault(row, "compounds", refusal.messages[0])

    def words(self, key, value, home):
        if key == "compounds":
            return "、".join(home.compounds[pk].name for pk in value or ())
        if key == "kind" and value:
            return str(Branch.Kind(value).label)
        if key == "term_years" and value:
            return f"{value}年"
        return super().words(key, value, home)

    def hold(self, keys):
        for model in (Body, Branch):
            list(model.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))

    def write(self, change, *, by):
        facts = dict(change.after)
        if "compounds" in facts:
            facts["compounds"] = list(Compound.objects.filter(pk__in=facts["compounds"]).order_by("pinyin", "pk"))
        if change.known is None:
            return registry.register_branch(change.community, by=by, **facts).pk
        branch = Branch.objects.select_related("body").get(pk=change.known.pk)
        return registry.correct_branch(branch, on=timezone.localdate(), by=by, **facts).pk

    def images(self, keys):
        images = {}
        for branch in Branch.objects.filter(pk__in=keys).select_related("body"):
            facts = {"body": _facts(branch.body, BODY_FACTS), "branch": _facts(branch, (*BRANCH_FACTS, "state"))}
            images[branch.pk] = _plain(facts) | {"community": branch.community_id, "coverage": []}
        for row in Coverage.objects.filter(body__in=keys).order_by("pk"):
            facts = _facts(row, ("compound_id", "starts_on", "starts_precision", "ends_on"))
            images[row.body_id]["coverage"].append(_plain({"of": facts})["of"])
        return images

    def names(self, keys):
        return dict(Body.objects.filter(pk__in=keys).values_list("pk", "short_name"))

    def take_back(self, new, images):
        Coverage.objects.filter(body__in=[*new, *images]).delete()
        Branch.objects.filter(pk__in=new).delete()
        Body.objects.filter(pk__in=new).delete()
        for pk, image in images.items():
            Body.objects.filter(pk=pk).update(**image["body"])
            Branch.objects.filter(pk=pk).update(**image["branch"])
        covered = [(pk, row) for pk, image in images.items() for row in image["coverage"]]
        compounds = Compound.objects.in_bulk([row["compound_id"] for _, row in covered])
        Coverage.objects.bulk_create(
            [Coverage(body_id=pk, **row | {"compound": compounds[row["compound_id"]]}) for pk, row in covered]
        )


def _facts(row, names):
    return {name: getattr(row, name) for name in names}


def _plain(images):
    """Days as text: images are plain JSON data."""
    return {
        part: {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in facts.items()}
        for part, facts in images.items()
    }
