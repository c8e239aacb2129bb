"""The house's rules, walked over the code itself: imports, relations, scope, doors, templates, words, triggers."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, models, transaction
from django.forms import FileField
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.trail_words import OTHER_NAMES
from office.audit.models import Trail

ROOT = Path(settings.BASE_DIR)
HAN = re.compile(r"[一-鿿]")
# 从低到高；低的不认识高的。
ROOMS = [
    "office.chinese",
    "office.sealing",
    "office.audit",
    "office.areas",
    "office.rulebook",
    "office.sheets",
    "office.papers",
    "office.imports",
    "office.drafts",
    "accounts",
    "documents",
    "members",
    "branches",
    "committees",
    "meetings",
    "activities",
    "assessments",
    "desk",
    "config",
]
INSIDE = ["models", "permissions", "*", "tasks", "forms", "views", "urls", "apps"]  # 一个房间里面从低到高，* 是名词模块
BANNED_WORDS = "打卡 积分 排名 排行 在线时长 活跃度 登录次数 点赞".split()
# 没有归属的表，以及为什么。
PUBLIC_MODELS = {
    "audit.Trail": "按镇由审计管理员看，自己的 visible_to",
    "audit.TrailHead": "链头，只有写操作记录时用",
    "accounts.User": "由系统管理员按镇管理：administered_by",
    "drafts.Draft": "只有写的人自己看得到：open_of",
}


def room_of(module):
    """The room a dotted module name stands in, or None for anything outside the house."""
    return next((r for r in sorted(ROOMS, key=len, reverse=True) if module == r or module.startswith(r + ".")), None)


def python_files():
    for room in ROOMS:
        yield from sorted((ROOT / room.replace(".", "/")).rglob("*.py"))


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_rooms_import_downwards_only():
    wrong = [
        f"{dotted(path)} → {name}"
        for path in python_files()
        for name in imported(path)
        if room_of(name) and ROOMS.index(room_of(name)) > ROOMS.index(room_of(dotted(path)))
    ]
    assert not wrong


def shelf(module):
    """The place of a module inside its room: models < permissions < nouns < tasks < forms < views < urls < apps."""
    name = module.removeprefix(room_of(module) + ".").split(".")[0]
    name = next((kind for kind in ("forms", "views", "urls") if name.endswith(kind)), name)
    return INSIDE.index(name if name in INSIDE else "*")


def own_imports(path):
    """Modules of the same room that a file imports."""
    module = dotted(path)
    room = room_of(module)
    for name in imported(path):
        target = name if (ROOT / (name.replace(".", "/") + ".py")).exists() else name.rpartition(".")[0]
        if target != room and target.startswith(room + ".") and target != module:
            yield target


def test_inside_a_room_imports_go_one_way():
    """A leaf (roles, scope, identity: no import from its own room) may be used from every shelf."""
    rooms = [r for r in ROOMS if r not in ("office.chinese", "office.sheets", "config", "desk")]
    files = [p for p in python_files() if not {"migrations", "management", "templatetags"} & set(p.parts)]
    leaves = {dotted(path) for path in files if not list(own_imports(path))}
    wrong = [
        f"{dotted(path)} → {target}"
        for path in files
        if room_of(dotted(path)) in rooms
        for target in own_imports(path)
        if target not in leaves and shelf(target) > shelf(dotted(path))
    ]
    assert not wrong


def own_models():
    labels = {app.label for app in apps.get_app_configs() if (ROOT / app.name.replace(".", "/")).exists()}
    return [m for m in apps.get_models() if m._meta.app_label in labels]


def test_relations_point_downwards_only():
    wrong = []
    for model in own_models():
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            here, there = room_of(model.__module__), room_of(field.related_model.__module__)
            user = field.related_model._meta.label == settings.AUTH_USER_MODEL
            if there and not user and ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"{model._meta.label}.{field.name}")
    assert not wrong


def test_every_model_has_scope_or_says_why_not():
    without = set()
    for model in own_models():
        scoped = getattr(model, "scope", None) or getattr(model, "scope_parent", None)
        if not scoped or not hasattr(model.objects.all(), "visible_to"):
            without.add(model._meta.label)
    assert without == set(PUBLIC_MODELS)


def test_people_and_papers_are_protected():
    """Nobody disappears by cascade: only rows that are nothing but a part of their parent go with it."""
    parts = {"PersonPlace.person", "MeetingBody.meeting", "Attendance.meeting", "NotSame.one", "NotSame.other"}
    cascading = {
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.remote_field.on_delete is models.CASCADE
    }
    assert cascading <= parts


def all_views(patterns=None, prefix=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from all_views(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield entry.name, prefix + str(entry.pattern), entry.callback


def test_every_view_says_who_may_open_it():
    assert not [path for _, path, view in all_views() if not hasattr(view, "open_to")]


def test_every_address_has_a_name_of_its_own():
    names = [name for name, *_ in all_views()]
    assert None not in names
    assert len(names) == len(set(names))


def templates():
    return sorted((ROOT / "templates").rglob("*.*"))


def test_every_template_is_used():
    sources = "\n".join(p.read_text(encoding="utf-8") for p in [*python_files(), *templates()])
    crispy = ROOT / "templates" / "bootstrap5"  # 由 crispy-forms 按名字取用
    by_status = {"400.html", "403.html", "404.html", "405.html", "429.html", "500.html"}
    unused = [
        str(path.relative_to(ROOT / "templates"))
        for path in templates()
        if crispy not in path.parents
        and path.name not in by_status
        and f'"{path.relative_to(ROOT / "templates")}"' not in sources
    ]
    assert not unused


@pytest.mark.parametrize("path", templates(), ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_every_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


def test_every_url_a_template_or_module_names_exists():
    names = {name for name, *_ in all_views()}
    wanted = set()
    for path in templates():
        wanted |= set(re.findall(r"{% url ['\"]([\w:]+)['\"]", path.read_text(encoding="utf-8")))
    for path in python_files():
        wanted |= set(re.findall(r"\breverse(?:_lazy)?\(\"(\w+)\"", path.read_text(encoding="utf-8")))
        wanted |= set(re.findall(r"\bredirect\(\"(\w+)\"", path.read_text(encoding="utf-8")))
    assert wanted <= names


def test_numbers_in_addresses_fit_a_database():
    """`<int:…>` takes numbers that a query then fails on; `<key:…>` does not."""
    assert not [path for _, path, _ in all_views() if "<int:" in path]


def test_the_trail_has_a_chinese_word_for_every_change():
    """A key of `changes={…}` is Chinese itself, a field with a Chinese name, or listed in accounts.trail_words."""
    named = {f.name for m in own_models() for f in m._meta.concrete_fields if HAN.search(str(f.verbose_name))}
    wrong = [
        f"{dotted(path)}：{key.value}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "changes" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant) and not (HAN.search(key.value) or key.value in {*named, *OTHER_NAMES})
    ]
    assert not wrong


def test_no_signals():
    wrong = [
        dotted(path)
        for path in python_files()
        if path.name == "signals.py" or re.search(r"django\.db\.models\.signals|@receiver\b", path.read_text("utf-8"))
    ]
    assert not wrong


def test_no_rooms_called_by_what_they_are_not():
    names = {"utils", "common", "core", "helpers", "services", "misc"}
    assert not [dotted(path) for path in python_files() if names & set(path.with_suffix("").parts[-2:])]


def test_no_feature_that_counts_or_presses_people():
    """ux M5: the banned words appear in no model, template or export. `office/rulebook` quotes the bans themselves."""
    wrong = []
    for path in [*python_files(), *templates()]:
        if "rulebook" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.relative_to(ROOT)}：{word}" for word in BANNED_WORDS if word in text]
    assert not wrong


def test_no_form_requires_an_upload_but_the_one_for_tables():
    """ux M6."""
    from django.forms import BaseForm

    def forms_below(kind):
        for sub in kind.__subclasses__():
            yield sub
            yield from forms_below(sub)

    required = {
        f"{form.__module__}.{form.__name__}"
        for form in forms_below(BaseForm)
        for field in getattr(form, "base_fields", {}).values()
        if isinstance(field, FileField) and field.required and room_of(form.__module__)
    }
    assert required <= {"accounts.forms.TableForm"}


def test_no_markup_is_declared_safe_by_hand():
    wrong = []
    for path in [*python_files(), *templates()]:
        text = path.read_text(encoding="utf-8")
        if re.search(r"\bmark_safe\b|\|safe\b|autoescape off|csrf_exempt|\beval\(|pickle|shell=True", text):
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong


@pytest.mark.parametrize("statement", ["UPDATE audit_trail SET actor_name = 'x'", "DELETE FROM audit_trail"])
def test_the_database_refuses_to_change_the_trail(place, statement):
    from office.audit import trail

    with transaction.atomic():
        trail.record("areas.compound_changed", place.compound["湖畔"], by=place.user["社区书记"])
    with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Trail.objects.count() == 1


def test_djangos_own_rights_tables_stay_unused():
    """Rights come from assignments; nothing of ours points at Group or Permission."""
    pointing = [
        f"{m._meta.label}.{f.name}"
        for m in own_models()
        for f in m._meta.get_fields()
        if f.is_relation and f.related_model in (Group, Permission)
    ]
    assert not pointing
