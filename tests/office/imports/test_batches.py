"""The life of a file handed in: nothing between preview and saving slips, nothing is half done, nothing stays behind."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from members.models import Member, Person
from members.roster import Roster
from office.audit import trail
from office.audit.models import Trail
from office.imports import batches, error_copies, files, holding, jobs, tasks, undoing
from office.imports.models import ImportAnswer, ImportBatch, ImportedRow, ImportLine
from office.papers import builds
from office.papers.models import Build
from tests.members.conftest import counts, line

ONE = [line("王小明", phone="13900139000")]
FAULTY = [line("王小明", phone="138")]


@pytest.fixture
def keeper(place):
    return place.user["社区书记"]


@pytest.fixture
def large(monkeypatch):
    """Every file counts as a large one."""
    monkeypatch.setattr(jobs, "AT_ONCE", 0)


def people(name="王小明"):
    return Person.objects.filter(name=name).count()


# ── Between the preview and the saving ──


def test_what_somebody_else_saved_meanwhile_stops_the_saving_and_makes_a_new_preview(read, place, keeper):
    first = read([line("王伟", phone="13800138000", door="1栋1")])
    second = read([line("王伟", phone="13800138000", door="2栋2")], by="社区工作者")
    batches.apply(second, by=place.user["社区工作者"])
    with pytest.raises(batches.Changed, match="名册刚被别人改过，已按最新情况重新核对"):
        batches.apply(first, by=keeper)
    assert Member.objects.get(person__name="王伟").door == "2栋2"
    assert first.state == "ready"
    assert first.lines.get().shown["changes"] == [["楼栋房号", "2栋2", "1栋1"]]
    assert batches.OVERTAKEN.format(noun="名册") in first.notices
    batches.apply(first, by=keeper)
    assert Member.objects.get(person__name="王伟").door == "1栋1"


def test_two_importing_the_same_people_make_them_once(read, place, keeper):
    first, second = read(ONE), read([*ONE, line("李小红", phone="13900139001")], by="社区工作者")
    batches.apply(first, by=keeper)
    with pytest.raises(batches.Changed):
        batches.apply(second, by=place.user["社区工作者"])
    assert people() == 1
    assert counts(second) == (1, 0, 1, 0, 0)
    batches.apply(second, by=place.user["社区工作者"])
    assert (people(), people("李小红")) == (1, 1)


def test_a_change_that_has_nothing_to_do_with_the_file_does_not_disturb(read, keeper):
    batch = read(ONE)
    Member.objects.filter(person__name="田大利").update(door="7栋7")
    batches.apply(batch, by=keeper)
    assert people() == 1


def test_a_new_answer_makes_a_new_plan_for_the_one_who_did_not_see_it(read, respond, place, keeper):
    first = read([line("王小明", phone="13900139000", compound="湖边"), line("李小红", phone="13900139001")])
    second = read([line("赵四海", phone="13900139002", compound="湖边")], by="社区工作者")
    respond(second, 0, "湖畔", by="社区工作者")
    with pytest.raises(batches.Changed):
        batches.apply(first, only_good=True, by=keeper)
    assert first.to_save == 2


def test_a_file_is_saved_once_however_often_it_is_asked_for(read, keeper):
    batch = read(ONE)
    twin = ImportBatch.objects.get(pk=batch.pk)
    batches.apply(batch, by=keeper)
    with pytest.raises(holding.NotNow, match="已经导入"):
        batches.apply(twin, by=keeper)
    batches.save(twin, by=keeper)
    assert people() == 1
    assert Trail.objects.filter(verb="members.roster_applied").count() == 1


def test_the_last_look_compares_what_is_being_overwritten(read, place, keeper, monkeypatch):
    """A deed that does not wait for the community's lock, between planning and saving."""
    from members import roster_saving

    batch = read([line("王伟", phone="13800138000", door="1栋1")])
    real = roster_saving.save

    def late(changes, *args):
        Member.objects.filter(person__name="王伟").update(door="9栋9")
        return real(changes, *args)

    monkeypatch.setattr(roster_saving, "save", late)
    with pytest.raises(batches.Changed):
        batches.apply(batch, by=keeper)
    assert not ImportedRow.objects.exists()


def test_a_deed_done_between_planning_and_the_lock_is_seen(read, place, keeper, monkeypatch):
    """The plan is made before anything is held; whoever saved meanwhile has written a row in the trail."""
    first = read(ONE)
    second = read([*ONE, line("李小红", phone="13900139001")], by="社区工作者")
    real = Roster.lock

    def late(*args):
        monkeypatch.setattr(Roster, "lock", staticmethod(real))
        batches.apply(second, by=place.user["社区工作者"])
        return real(*args)

    monkeypatch.setattr(Roster, "lock", staticmethod(late))
    with pytest.raises(batches.Changed):
        batches.apply(first, by=keeper)


def test_one_plan_is_enough_when_only_somebody_signed_in_meanwhile(read, keeper, monkeypatch):
    batch, plans, real = read(ONE), [], Roster.plan

    def counted(kind, *args, **facts):
        with transaction.atomic():
            trail.record("accounts.signed_in", keeper, by=keeper)
        plans.append(kind)
        return real(kind, *args, **facts)

    monkeypatch.setattr(Roster, "plan", counted)
    batches.apply(batch, by=keeper)
    assert (people(), len(plans)) == (1, 1)


# ── A kill in the middle ──


@pytest.mark.parametrize("at", ["members.roster_saving.places.refresh", "office.imports.batches.trail.record"])
def test_a_death_in_the_middle_leaves_all_or_nothing_and_a_way_on(read, keeper, monkeypatch, at):
    batch = read([*ONE, line("王伟", phone="13800138000", door="9栋9")])

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(at, die)
        with pytest.raises(Killed), transaction.atomic():
            batches.apply(batch, by=keeper)
    assert people() == 0
    assert not ImportedRow.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "ready"
    batches.apply(batch, by=keeper)
    assert people() == 1


def test_a_worker_does_what_is_large_and_may_begin_again(read, keeper, large):
    batch = read(ONE)
    assert (batch.state, batch.build.task) == ("reading", "imports.read")
    tasks.read(batch.build.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.new) == ("ready", 1)
    assert Build.objects.get(pk=batch.build_id).state == "done"
    batches.apply(batch, by=keeper)
    assert (batch.state, people()) == ("applying", 0)
    # 第一位做完了却没来得及说：占用到期后另一位再做一遍。
    batches.save(ImportBatch.objects.get(pk=batch.pk), by=keeper)
    tasks.apply(batch.build_id)
    batch.refresh_from_db()
    assert (batch.state, people()) == ("applied", 1)
    assert Trail.objects.filter(verb="members.roster_applied").count() == 1


def test_the_progress_of_a_large_file_is_told(read, large, monkeypatch):
    told = []
    monkeypatch.setattr(builds, "renew", lambda build, **progress: told.append(progress))
    batch = read([line(f"王{chr(0x4E00 + n)}", phone=f"139{n:08d}") for n in range(501)])
    tasks.read(batch.build_id)
    assert {"done": 500, "total": 501} in told


def test_a_large_answer_and_a_large_error_file_are_a_workers_too(read, respond, keeper, large):
    batch = read([line("王小明", phone="13900139000", compound="湖边"), *FAULTY])
    tasks.read(batch.build_id)
    respond(batch, 0, "湖畔")
    assert batch.state == "reading"
    tasks.read(batch.build_id)
    batch.refresh_from_db()
    assert (batch.new, batch.faulty) == (1, 1)
    with pytest.raises(holding.NotNow, match="还没有做好"):
        error_copies.error_copy(batch)
    build = error_copies.request_error_file(batch, by=keeper)
    assert error_copies.request_error_file(batch, by=keeper) == build
    tasks.errors(build.pk)
    assert error_copies.error_copy(batch)[:2] == b"PK"


def test_what_a_worker_could_not_finish_may_be_tried_again_or_given_up(read, keeper, large):
    batch = read(ONE)
    with pytest.raises(holding.NotNow, match="还在核对"):
        batches.apply(batch, by=keeper)
    with pytest.raises(holding.NotNow):
        jobs.again(batch, by=keeper)
    builds.fail(batch.build, "没有做完。")
    batch.refresh_from_db()
    assert jobs.is_stuck(batch)
    jobs.again(batch, by=keeper)
    batch.refresh_from_db()
    assert not jobs.is_stuck(batch)
    tasks.read(batch.build_id)
    batch.refresh_from_db()
    assert batch.state == "ready"


def test_a_file_being_saved_cannot_be_given_up(read, keeper, large):
    batch = read(ONE)
    tasks.read(batch.build_id)
    batch.refresh_from_db()
    batches.apply(batch, by=keeper)
    with pytest.raises(holding.NotNow, match="正在保存"):
        batches.discard(batch, by=keeper)


def test_the_worker_of_a_file_given_up_saves_nothing(read, keeper, large):
    batch = read(ONE)
    build = batch.build_id
    batches.discard(batch, by=keeper)
    tasks.read(build)
    batch.refresh_from_db()
    assert (batch.state, batch.lines.count()) == ("discarded", 0)


# ── Taking a large one back ──


@pytest.fixture
def undoing_batch(load, keeper, monkeypatch):
    """A large batch, saved, whose undo waits for a worker."""
    Member.objects.filter(person__name="王伟").update(door="1栋1")
    batch = load([*ONE, line("王伟", phone="13800138000", door="9栋9")])
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    undoing.undo(batch, by=keeper)
    assert (batch.state, batch.build.task) == ("undoing", "imports.undo")
    return batch


def door():
    return Member.objects.get(person__name="王伟").door


def test_a_worker_takes_back_what_is_large_and_may_begin_again(undoing_batch, keeper):
    batch = undoing_batch
    assert (people(), door()) == (1, "9栋9")
    for wrong in (undoing.undo, batches.apply, batches.discard, jobs.again, undoing.give_up):
        with pytest.raises(holding.NotNow, match="正在撤销"):
            wrong(ImportBatch.objects.get(pk=batch.pk), by=keeper)
    # 第一位做完了却没来得及说：占用到期后另一位再做一遍。
    undoing.take_back(ImportBatch.objects.get(pk=batch.pk), by=keeper)
    tasks.undo(batch.build_id)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by, people(), door()) == ("undone", keeper, 0, "1栋1")
    assert Trail.objects.filter(verb="members.roster_undone").count() == 1
    assert batch.build.state == "done"


@pytest.mark.parametrize("at", ["members.roster_saving.places.refresh", "office.imports.undoing.trail.record"])
def test_a_death_in_the_middle_of_an_undo_leaves_nothing_half_undone(undoing_batch, keeper, monkeypatch, at):
    batch = undoing_batch

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(at, die)
        with pytest.raises(Killed):
            undoing.take_back(batch, by=keeper)
    batch.refresh_from_db()
    assert (batch.state, batch.imported.count(), people(), door()) == ("undoing", 2, 1, "9栋9")
    undoing.take_back(batch, by=keeper)
    assert (people(), door()) == (0, "1栋1")


def test_what_was_done_while_an_undo_waited_stops_it_and_the_page_says_so(undoing_batch, as_user):
    batch = undoing_batch
    Member.objects.filter(person__name="王伟").update(door="2栋2")
    tasks.undo(batch.build_id)
    batch.refresh_from_db()
    assert (batch.state, people(), door()) == ("applied", 1, "2栋2")
    page = as_user("社区书记").get(reverse("import_batch", args=[batch.pk])).content.decode()
    assert "没有撤销。</strong>导入以后又有 1 处改动" in page
    assert "王伟" in as_user("社区书记").get(reverse("import_undo", args=[batch.pk])).content.decode()
    Member.objects.filter(person__name="王伟").update(door="9栋9")
    assert "要撤销吗" in as_user("社区书记").get(reverse("import_undo", args=[batch.pk])).content.decode()


def test_a_large_batch_is_not_looked_through_for_the_question(load, as_user, monkeypatch):
    batch = load(ONE)
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    monkeypatch.setattr(Roster, "images", None)
    assert "要撤销吗" in as_user("社区书记").get(reverse("import_undo", args=[batch.pk])).content.decode()


def test_an_undo_that_got_stuck_is_tried_again_or_left(undoing_batch, as_user, keeper):
    batch, client = undoing_batch, as_user("社区书记")
    url = reverse("import_batch", args=[batch.pk])
    page = client.get(url)
    assert page["Refresh"]
    assert "正在撤销，共 2 行" in page.content.decode()
    builds.fail(batch.build, "没有做完。")
    page = client.get(url)
    assert not page.has_header("Refresh")
    assert "一行也没有撤销。</strong>没有做完。" in page.content.decode()
    client.post(reverse("import_again", args=[batch.pk]))
    batch.refresh_from_db()
    assert not jobs.is_stuck(batch)
    builds.fail(batch.build, "没有做完。")
    client.post(reverse("import_discard", args=[batch.pk]))
    tasks.undo(batch.build_id)
    batch.refresh_from_db()
    assert (batch.state, people(), door()) == ("applied", 1, "9栋9")


def test_before_images_wait_for_an_undo_that_is_asked_for(undoing_batch):
    """The clock clears away what an undo cannot reach any more, but not under one; a forgotten one is given up."""
    batch, late = undoing_batch, timezone.now() + undoing.UNDO_FOR + timedelta(hours=1)
    batches.roll(late)
    batch.refresh_from_db()
    assert (batch.state, batch.imported.count()) == ("undoing", 2)
    batches.roll(late + batches.KEPT_FOR)
    batch.refresh_from_db()
    assert (batch.state, batch.imported.count()) == ("applied", 0)


# ── What lies about ──


def sealed():
    return list((settings.DATA_DIR / "imports").glob("*"))


def test_the_file_is_sealed_and_goes_when_it_is_saved(read, keeper, django_capture_on_commit_callbacks):
    before = set(sealed())
    with django_capture_on_commit_callbacks(execute=True):
        batch = read(ONE)
    kept = set(sealed()) - before
    assert len(kept) == 2, "the file and its cells"
    for file in kept:
        assert file.stat().st_mode & 0o077 == 0
        assert b"PK" not in file.read_bytes()[:200]
        assert "王小明".encode() not in file.read_bytes()
    assert files.content(batch)[:2] == b"PK"
    assert "王小明".encode() in files.content(batch, files.READING)
    with django_capture_on_commit_callbacks(execute=True):
        batches.apply(batch, by=keeper)
    assert set(sealed()) == before


def test_a_file_is_opened_once_however_often_it_is_planned(read, keeper, monkeypatch):
    batch = read(ONE)
    monkeypatch.setattr(Roster, "read", lambda kind, path: pytest.fail("the cells are kept"))
    batches.read(batch)
    batches.apply(batch, by=keeper)
    assert people() == 1


def test_a_sealed_file_opens_for_its_own_batch_only(read):
    from office.sealing import CannotOpen

    first, second = read(ONE), read(FAULTY)
    files._path(second, files.SOURCE).write_bytes(files._path(first, files.SOURCE).read_bytes())
    with pytest.raises(CannotOpen):
        files.content(second)


def test_no_number_lies_in_the_preview_or_the_before_image(load, place):
    from tests.members.conftest import id_number

    batch = load([line("王伟", phone="13800138000", id_number=id_number(), birth_date="1960年5月1日")])
    texts = " ".join(str(shown) for shown in batch.lines.values_list("shown", flat=True))
    assert "330***********" in texts
    assert id_number() not in texts
    assert "13800138000" not in texts
    assert b"13800138000" not in bytes(batch.imported.get().before)


def test_the_clock_clears_away_what_nobody_decided_on(read, load, django_capture_on_commit_callbacks):
    waiting, saved = read(FAULTY), load([line("李小红", phone="13900139001")])
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        batches.roll(now + timedelta(days=6))
    waiting.refresh_from_db()
    assert waiting.state == "ready"
    with django_capture_on_commit_callbacks(execute=True):
        batches.roll(now + batches.KEPT_FOR + timedelta(hours=1))
    waiting.refresh_from_db()
    assert waiting.state == "discarded"
    assert not waiting.lines.exists()
    with pytest.raises(files.FileGone):
        files.content(waiting)
    assert saved.imported.exists(), "an undo reaches further"
    batches.roll(now + undoing.UNDO_FOR + timedelta(hours=1))
    assert not ImportedRow.objects.filter(batch=saved).exists()
    assert not ImportLine.objects.filter(batch=saved).exists()
    assert people("李小红") == 1


def test_the_file_goes_later_when_the_worker_died_between_saving_and_clearing_away(read, keeper, monkeypatch):
    batch = read(ONE)
    batches.apply(batch, by=keeper)
    assert sealed(), "no callback has run after the commit"
    later = max(path.stat().st_mtime for path in sealed()) + files.UNOWNED_AFTER + 1
    monkeypatch.setattr(files.time, "time", lambda: later)
    batches.roll(timezone.now())
    assert not sealed()


def test_files_of_no_batch_are_cleared_away_but_not_at_once(read, monkeypatch):
    batch = read(FAULTY)
    stray = settings.DATA_DIR / "imports" / f"{'0' * 8}-0000-0000-0000-{'0' * 12}-source.sealed"
    stray.write_bytes(b"x")
    batches.roll(timezone.now())
    assert stray.exists()
    later = stray.stat().st_mtime + files.UNOWNED_AFTER + 1
    monkeypatch.setattr(files.time, "time", lambda: later)
    batches.roll(timezone.now())
    assert not stray.exists()
    assert files.content(batch)


def test_a_file_cleared_away_is_asked_for_again(read, keeper):
    batch = read(ONE)
    files.remove(batch)
    with pytest.raises(holding.NotNow, match="再传一次"):
        batches.apply(batch, by=keeper)
    assert (batch.state, people()) == ("refused", 0)


# ── What the database holds to ──


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("import_state_known", {"state": "lost"}),
        ("import_applied_when_it_was", {"state": "applied"}),
        ("import_undone_when_it_was", {"undone_at": timezone.now()}),
        ("import_refused_with_a_reason", {"state": "refused"}),
        ("import_ready_with_a_plan", {"plan_digest": ""}),
    ],
)
def test_the_database_refuses_a_batch_out_of_shape(read, name, broken):
    batch = read(ONE)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(**broken)


def test_one_live_preview_of_a_file(read, keeper):
    batch = read(ONE)
    with pytest.raises(DatabaseError), transaction.atomic():
        ImportBatch.objects.create(
            community=batch.community, kind=batch.kind, sha256=batch.sha256, file_name="x", uploaded_by=keeper
        )


def test_an_answer_names_nobody(read, respond):
    respond(read([line("王伟")]), 0, "是同一个人")
    assert len(ImportAnswer.objects.get().key) == 64
