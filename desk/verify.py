"""Whether every copy still equals its truth: scope columns, today's values, places, files, the trail's chain."""

import hashlib

from django.apps import apps
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from members import places
from members.identity import CannotOpen, fingerprint
from members.models import Person, PersonPlace
from members.rolling import strayed
from office.areas.models import Town
from office.areas.scope import Scoped
from office.audit import trail
from office.papers import archiving
from office.papers.builds import path_of
from office.papers.models import ArchivedFile, Build, NumberRegister

CHUNK = 1000


def problems():
    """Every difference found, as plain sentences; nothing when the records are sound."""
    for check in (
        scope_columns,
        memberships,
        person_places,
        political_status,
        sealed_numbers,
        finished_papers,
        archived_documents,
        chains,
    ):
        yield from check()


def scope_columns():
    """Town and community copied onto a row equal those of the row they were copied from."""
    for model in apps.get_models():
        if not issubclass(model, Scoped) or not model.scope_source:
            continue
        source = model._meta.get_field(model.scope_source)
        for column in sorted(set(model.scope.values()) & {"town_id", "community_id"}):
            name = column.removesuffix("_id")
            if name == model.scope_source or name not in {f.name for f in source.related_model._meta.fields}:
                continue
            theirs = f"{model.scope_source}__{name}"
            differing = model.objects.filter(~Q(**{name: F(theirs)}), **{f"{theirs}__isnull": False})
            if count := differing.count():
                yield f"{model._meta.verbose_name}：{count}行的归属（{name}）与来源不一致"


def memberships():
    """A member's branch and relation today are those of the placement in force today."""
    if count := strayed(timezone.localdate()).count():
        yield f"党员：{count}人今天的归属与归属记录不一致"


def person_places():
    """Where a person may be seen from equals what membership and posts say."""
    ids = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    wrong = 0
    columns = ("person_id", "town_id", "community_id", "branch_id", "compound_id")
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        wrong += len(set(PersonPlace.objects.filter(person__in=part).values_list(*columns)) ^ places.wanted(part))
    if wrong:
        yield f"可见范围：{wrong}处与任职、党籍记录不一致"


def political_status():
    """Whoever has a Party membership has 中共党员 as political status."""
    if count := Person.objects.filter(member__status="normal").exclude(political_status="party").count():
        yield f"人员：{count}名党员的政治面貌不是中共党员"


def sealed_numbers():
    """Every sealed ID number opens with the keys at hand and is the one its fingerprint stands for."""
    wrong = 0
    for person in Person.objects.exclude(id_sealed="").iterator(chunk_size=CHUNK):
        try:
            wrong += fingerprint(person.id_number(), person.town_id) != person.id_fingerprint
        except CannotOpen:
            wrong += 1
    if wrong:
        yield f"人员：{wrong}人的公民身份号码用现有密钥打不开或对不上，请核对 ID_KEYS 和 ID_HASH_KEY"


def finished_papers():
    """Every finished paper's file is there and unchanged."""
    for build in Build.objects.single().filter(state="done").iterator(chunk_size=CHUNK):
        path = path_of(build)
        if not path.exists():
            yield f"材料：{build.title}的文件不见了"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != build.sha256:
            yield f"材料：{build.title}的文件被改动过"


def archived_documents():
    """Every signed document's file is there as it was put away, and no register has a gap."""
    for kept in ArchivedFile.objects.select_related("document").iterator(chunk_size=CHUNK):
        path = archiving.path_of(kept)
        if not path.exists():
            yield f"公文：{kept.document.number}的归档文件（{kept.get_format_display()}）不见了"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != kept.sha256:
            yield f"公文：{kept.document.number}的归档文件（{kept.get_format_display()}）被改动过"
    for register in NumberRegister.objects.annotate(given=Count("numbers"), highest=Max("numbers__number")):
        if register.given != register.last - register.used_before or register.highest not in (None, register.last):
            yield f"发文登记簿：{register}应编到{register.last}号，实有{register.given}个号"


def chains():
    """Each town's trail is whole."""
    for town, name in [(0, "平台"), *Town.objects.values_list("id", "name")]:
        if broken := trail.broken_links(town):
            yield f"操作记录：{name}有{len(broken)}处对不上（{broken[:5]}）"
