"""小区表: a table of compounds, each line a filled-in CompoundForm."""

from dataclasses import replace

from branches import registry
from branches.forms import CompoundForm
from branches.import_lines import KEY_COLUMN, EntryTable, Known, plain, tell_form_errors
from office.areas.models import Community, Compound
from office.chinese.names import clean_name
from office.chinese.pinyin import sort_pinyin
from office.sheets.columns import Column
from office.sheets.template import write_template

COMPOUNDS = "compounds"
LABELS = {name: field.label for name, field in CompoundForm.base_fields.items()}
COLUMNS = (
    Column("name", LABELS["name"], ("小区", "名称"), required=True, width=20, example="世纪城"),
    Column("community", LABELS["community"], ("所属社区", "所在社区"), required=True, width=14, note="从下拉里选。"),
    Column("households", LABELS["households"], width=8, note="写数字。", example="812"),
    Column("buildings", LABELS["buildings"], ("楼栋数",), width=8, note="写数字。", example="6"),
    Column("built_year", LABELS["built_year"], ("建成年代",), width=10, note="四位数的年份。", example="2006"),
    Column("address", LABELS["address"], width=30, example="东路1号"),
)
SHOWN_ONLY = (
    Column("cover", "覆盖"),
    Column("branches", "党支部"),
    Column("direct", "直管党员"),
    Column("full", "其中正式"),
    Column("committee", "业委会"),
)


class CompoundTable(EntryTable):
    key = COMPOUNDS
    title = "小区表"
    noun = thing = "小区"
    unit = "个小区"
    label = LABELS["name"]
    letter = "X"
    asked = COLUMNS
    shown_only = SHOWN_ONLY
    taken = registry.COMPOUND_TAKEN
    columns = (*(replace(column, required=column.key == "name") for column in COLUMNS), KEY_COLUMN, *SHOWN_ONLY)
    made_of = {Compound: ()}
    applied_verb = "areas.compounds_imported"
    undone_verb = "areas.compounds_import_undone"

    exported_as = "小区覆盖台账"
    address = "compounds_import"
    template_address = "compounds_template"
    list_address = "compounds"
    list_title = "小区"
    advice = ("导出的小区覆盖台账改好了，也可以传回来。", "已有的小区按系统编号认，没有编号的按社区和名称认。")
    next_steps = (("branches_import", "导入已有的党支部"), ("roster_import", "导入党员名册"))

    def template(self, town, community):
        columns = [column for column in COLUMNS if not (community and column.key == "community")]
        names = tuple(Community.objects.filter(town=town).values_list("name", flat=True))
        return write_template(
            columns,
            title=f"{community or town}小区表",
            instructions=["一行一个小区，只有名称和社区必填。", "传上来先核对，您看过再保存。"],
            choices={"community": names} if community is None else {},
        )

    def on_record(self, **scope):
        rows = Compound.objects.filter(**scope).values("pk", "community_id", *registry.FACTS)
        return {
            row["pk"]: Known(row["pk"], row["community_id"], {fact: row[fact] for fact in registry.FACTS})
            for row in rows
        }

    def names_of(self, lines, row, community):
        name = lines.text(row, "name")
        return [(community.pk, plain(clean_name(name)))] if name else []

    def known_names(self, known):
        return [(known.community_id, plain(known.values["name"]))]

    def cleaned(self, lines, row, community, known, home):
        filled = {key: text for key in registry.FACTS if (text := lines.text(row, key))}
        form = CompoundForm(filled, communities=Community.objects.none(), compound=Compound(community=community))
        tell_form_errors(form, lines, row)
        return {key: form.cleaned_data.get(key) for key in (filled if known else registry.FACTS)}

    def holders(self, home):
        found = self.on_record(**home.scope).values()
        return {self.exclusive_name(each.community_id, each.values["name"]): each.pk for each in found}

    def exclusive_name(self, community_id, name):
        return community_id, name

    def hold(self, keys):
        list(Compound.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))

    def write(self, change, *, by):
        compound = Compound.objects.get(pk=change.known.pk) if change.known else Compound(community=change.community)
        for fact, value in change.after.items():
            setattr(compound, fact, value)
        return registry.save_compound(compound, by=by).pk

    def images(self, keys):
        return {
            pk: {"community": known.community_id, **known.values} for pk, known in self.on_record(pk__in=keys).items()
        }

    def names(self, keys):
        return dict(Compound.objects.filter(pk__in=keys).values_list("pk", "name"))

    def take_back(self, new, images):
        Compound.objects.filter(pk__in=new).delete()
        for pk, image in images.items():
            facts = {fact: image[fact] for fact in registry.FACTS}
            Compound.objects.filter(pk=pk).update(**facts, pinyin=sort_pinyin(facts["name"]))
