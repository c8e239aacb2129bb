"""The life of a Build: nothing is lost, nothing is made twice, whatever dies in between."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from office.audit.models import Trail
from office.papers import builds, tasks
from office.papers.builds import AlreadyRequested, Paper
from office.papers.models import FIRST_ATTEMPTS, Build, State
from office.papers.pdf import PaperProblem

TASK = "papers.heartbeat"  # any name will do: no worker runs here


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    settings.DATA_DIR = tmp_path


@pytest.fixture
def sent(monkeypatch):
    """What would have gone to the broker, as a list of keys."""
    keys = []

    def send(rows):
        keys.extend(pk for pk, _ in rows)
        return True

    monkeypatch.setattr(builds, "_send", send)
    return keys


@pytest.fixture
def paper(place):
    return Paper(kind="summary", title="西塘镇汇总", task=TASK, town=place.town["西塘镇"], year=2026)


@pytest.fixture
def office(place):
    return place.user["镇党建办"]


@pytest.fixture
def build(paper, office, sent):
    return builds.request(paper, by=office)


@pytest.fixture
def batch(place, office, sent):
    return make_batch(place, office)


def make_batch(place, by):
    town = place.town["西塘镇"]
    papers = [
        Paper(kind="report", title=f"{name}材料", task=TASK, town=town, branch=place.body[name], year=2026)
        for name in ("湖畔党支部", "公园党支部")
    ]
    return builds.request_batch(kind="annual", title="2026年度", papers=papers, town=town, year=2026, by=by)


def expire(build):
    Build.objects.filter(pk=build.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def again(row):
    return Build.objects.get(pk=row.pk)


def stored():
    root = Path(default_storage.location)
    return sorted(path.name for path in root.rglob("*") if path.is_file())


# --- Asking ------------------------------------------------------------------------------------------------------


def test_a_request_is_published_when_its_transaction_commits(paper, office, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.request(paper, by=office)
        assert sent == []
    assert sent == [build.pk]
    assert again(build).lease_until > timezone.now(), "a message on its way keeps the sweeper off"


def test_a_request_is_undone_with_its_cause(paper, office, sent):
    with transaction.atomic():
        builds.request(paper, by=office)
        transaction.set_rollback(True)
    assert not Build.objects.exists()
    assert not Trail.objects.filter(verb="papers.batch_requested").exists()


def test_asking_twice_shows_the_one_being_made(build, paper, office):
    with pytest.raises(AlreadyRequested) as refused:
        builds.request(paper, by=office)
    assert refused.value.build == build


def test_asking_again_after_it_is_over_makes_a_new_one(build, paper, office):
    builds.fail(builds.claim(build.pk), "没有数据")
    assert builds.request(paper, by=office) != build


def test_one_live_batch_per_town_kind_and_year(batch, place, office):
    with pytest.raises(AlreadyRequested) as refused:
        make_batch(place, office)
    assert refused.value.build == batch
    assert Build.objects.batches().count() == 1


def test_a_batch_is_one_row_over_its_builds_each_in_its_own_home(batch, place):
    first, second = batch.builds.order_by("pk")
    assert (first.branch, first.community) == (place.body["湖畔党支部"], place.community["北社区"])
    assert batch.progress_total == 2
    assert set(Build.objects.visible_to(place.user["镇党建办"])) == {batch, first, second}
    assert set(Build.objects.visible_to(place.user["支部书记"])) == {first}
    assert not Build.objects.visible_to(place.user["邻镇党建办"]).exists()


def test_a_branch_comes_once_in_a_batch(batch):
    twin = batch.builds.first()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_an_empty_batch_is_refused(place, office):
    with pytest.raises(ValueError, match="没有可以生成的材料"):
        builds.request_batch(kind="annual", title="空", papers=[], town=place.town["西塘镇"], by=office)


def test_the_deeds_are_in_the_trail(batch, office):
    builds.cancel(batch, by=office)
    builds.retry(batch, by=office)
    verbs = list(Trail.objects.about(batch).values_list("verb", "actor"))
    assert verbs == [
        ("papers.batch_requested", office.pk),
        ("papers.batch_cancelled", office.pk),
        ("papers.batch_retried", office.pk),
    ]


# --- A broker that is away ---------------------------------------------------------------------------------------


def test_a_dead_broker_is_no_error_and_the_sweeper_recovers(
    paper, office, monkeypatch, django_capture_on_commit_callbacks
):
    """No broker runs in unit tests, so this is the real thing: a socket nobody listens on."""
    monkeypatch.setattr("kombu.utils.functional.sleep", pytest.fail)  # nobody waits for it
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.request(paper, by=office)
    assert (again(build).state, again(build).lease_until) == (State.QUEUED, None)
    assert builds.sweep() == 0
    sent = []
    monkeypatch.setattr(builds, "_send", lambda rows: sent.extend(rows) or True)
    assert builds.sweep() == 1
    assert sent == [(build.pk, TASK)]


def test_the_sweeper_leaves_what_is_on_its_way_or_being_made(batch, sent):
    builds.try_publish(batch.builds.first().pk)
    builds.claim(batch.builds.last().pk)
    sent.clear()
    assert builds.sweep() == 0
    assert sent == []


def test_the_page_that_shows_it_sends_again_without_writing(
    batch, sent, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_assert_num_queries(1) as queries:
        builds.nudge(batch)
    assert queries[0]["sql"].startswith("SELECT")
    assert sent == [b.pk for b in batch.builds.order_by("pk")]


# --- Working -----------------------------------------------------------------------------------------------------


def test_a_live_claim_keeps_others_off(build):
    assert builds.claim(build.pk).attempt == 1
    assert builds.claim(build.pk) is None


def test_an_expired_lease_is_sent_and_claimed_again(build, sent):
    lost = builds.claim(build.pk)
    expire(lost)
    assert builds.sweep() == 1
    assert sent == [build.pk]
    assert builds.claim(build.pk).attempt == 2


def test_a_renewed_lease_is_not_swept(build):
    held = builds.claim(build.pk)
    expire(held)
    assert builds.renew(held, done=3, total=9)
    assert builds.sweep() == 0
    assert (again(build).progress_done, again(build).progress_total) == (3, 9)


def test_finishing_keeps_the_file_its_hash_and_its_size(build):
    assert builds.finish(builds.claim(build.pk), b"%PDF-1.7", "2026年度.pdf")
    done = again(build)
    assert builds.path_of(done).read_bytes() == b"%PDF-1.7"
    assert done.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert (done.state, done.size, done.file_name) == (State.DONE, 8, "2026年度.pdf")
    assert stored() == [Path(done.file).name]


def test_a_finished_file_may_be_handed_over_by_path(build, tmp_path):
    made = tmp_path / "big.xlsx"
    made.write_bytes(b"PK")
    assert builds.finish(builds.claim(build.pk), made, "附表.xlsx")
    assert builds.path_of(again(build)).read_bytes() == b"PK"
    assert not made.exists()


def test_late_work_of_a_lost_claim_is_thrown_away(build):
    late = builds.claim(build.pk)
    expire(late)
    second = builds.claim(build.pk)
    assert not builds.renew(late)
    assert not builds.finish(late, b"late", "a.pdf")
    assert stored() == []
    assert builds.finish(second, b"good", "a.pdf")
    assert not builds.fail(late, "太晚了")
    assert builds.path_of(again(build)).read_bytes() == b"good"


def test_finishing_twice_keeps_the_first(build):
    held = builds.claim(build.pk)
    assert builds.finish(held, b"first", "a.pdf")
    assert not builds.finish(held, b"second", "a.pdf")
    assert builds.path_of(again(build)).read_bytes() == b"first"
    assert len(stored()) == 1


def test_the_file_of_a_worker_killed_before_it_could_say_so_is_removed(build):
    crashed = builds.claim(build.pk)
    folder = Path(default_storage.path("builds/0"))
    folder.mkdir(parents=True)
    (folder / f"{build.pk}-1-0123456789abcdef.pdf").write_bytes(b"orphan")
    (folder / f".{build.pk}-1-0123456789abcdef.pdf.part").write_bytes(b"orph")
    (folder / f"{build.pk}1-1-0123456789abcdef.pdf").write_bytes(b"of another build")
    expire(crashed)
    assert builds.finish(builds.claim(build.pk), b"good", "a.pdf")
    assert stored() == sorted([Path(again(build).file).name, f"{build.pk}1-1-0123456789abcdef.pdf"])


def test_figures_are_those_of_the_first_claim(build):
    first = builds.claim(build.pk)
    assert builds.freeze(first, {"members": 12}) == {"members": 12}
    expire(first)
    second = builds.claim(build.pk)
    assert builds.freeze(second, {"members": 13}) == {"members": 12}


def test_a_build_that_kills_its_worker_is_given_up(build, sent):
    for _ in range(FIRST_ATTEMPTS):
        expire(builds.claim(build.pk))
    assert builds.claim(build.pk) is None
    builds.sweep()
    assert (again(build).state, again(build).error) == (State.FAILED, builds.GAVE_UP)
    assert sent == []


def test_a_retry_by_a_person_gets_new_attempts_and_the_old_figures(build, office):
    for _ in range(FIRST_ATTEMPTS):
        held = builds.claim(build.pk)
        builds.freeze(held, {"members": 12})
        expire(held)
    builds.sweep()
    assert builds.retry(again(build), by=office) == 1
    held = builds.claim(build.pk)
    assert held.attempt == FIRST_ATTEMPTS + 1
    assert held.figures == {"members": 12}


def test_retry_is_refused_while_a_newer_one_is_being_made(build, paper, office):
    builds.fail(builds.claim(build.pk), "没有数据")
    newer = builds.request(paper, by=office)
    with pytest.raises(AlreadyRequested) as refused:
        builds.retry(again(build), by=office)
    assert refused.value.build == newer


def test_cancelling_throws_away_what_is_being_made(build, office):
    held = builds.claim(build.pk)
    assert builds.cancel(build, by=office) == 1
    assert not builds.renew(held)
    assert not builds.finish(held, b"late", "a.pdf")
    assert again(build).state == State.CANCELLED
    assert stored() == []
    assert builds.claim(build.pk) is None
    assert builds.cancel(build, by=office) == 0


# --- Batches -----------------------------------------------------------------------------------------------------


def test_a_batch_is_done_when_its_last_build_is(batch):
    first, second = (builds.claim(b.pk) for b in batch.builds.all())
    assert again(batch).state == State.BUILDING
    builds.finish(first, b"1", "1.pdf")
    assert (again(batch).state, again(batch).progress_done) == (State.BUILDING, 1)
    builds.finish(second, b"2", "2.pdf")
    assert (again(batch).state, again(batch).progress_done) == (State.DONE, 2)


def test_a_batch_says_how_many_failed_and_retries_only_those(batch, office):
    first, second = (builds.claim(b.pk) for b in batch.builds.all())
    builds.finish(first, b"1", "1.pdf")
    builds.fail(second, "没有数据")
    assert (again(batch).state, again(batch).error) == (State.FAILED, "有 1 份没有生成，见清单。")
    assert builds.retry(again(batch), by=office) == 1
    assert (again(batch).state, again(batch).error) == (State.QUEUED, "")
    assert builds.batch_state(batch) == {
        "queued": 1, "building": 0, "done": 1, "failed": 0, "cancelled": 0, "total": 2
    }  # fmt: skip
    builds.finish(builds.claim(second.pk), b"2", "2.pdf")
    assert again(batch).state == State.DONE


def test_retrying_one_build_brings_its_batch_back_to_life(batch, office):
    first, second = (builds.claim(b.pk) for b in batch.builds.all())
    builds.fail(first, "没有数据")
    builds.fail(second, "没有数据")
    assert builds.retry(again(first), by=office) == 1
    assert again(batch).is_live
    assert again(second).state == State.FAILED


def test_cancelling_a_batch_keeps_what_is_done(batch, office):
    first, second = (builds.claim(b.pk) for b in batch.builds.all())
    builds.finish(first, b"1", "1.pdf")
    builds.cancel(batch, by=office)
    assert [again(row).state for row in (first, second, batch)] == [
        State.DONE, State.CANCELLED, State.CANCELLED
    ]  # fmt: skip
    assert not builds.finish(second, b"2", "2.pdf")


def test_cancelling_the_last_live_build_ends_the_batch(batch, office):
    first, second = batch.builds.all()
    builds.finish(builds.claim(first.pk), b"1", "1.pdf")
    builds.cancel(second, by=office)
    assert again(batch).state == State.DONE


# --- What a worker makes of a key --------------------------------------------------------------------------------


def test_run_makes_the_paper_and_shows_life(build, settings):
    tasks.run(build.pk, lambda b: {"n": 1}, lambda b, figures: (str(figures).encode(), "a.pdf"))
    assert builds.path_of(again(build)).read_text() == "{'n': 1}"
    assert tasks.heartbeat_file().exists()


def test_run_prints_the_figures_of_the_first_claim(build):
    first = builds.claim(build.pk)
    builds.freeze(first, {"members": 12})
    expire(first)
    tasks.run(build.pk, pytest.fail, lambda b, figures: (b"%d" % figures["members"], "a.pdf"))
    assert builds.path_of(again(build)).read_bytes() == b"12"


def test_run_does_nothing_for_a_key_already_taken(build):
    builds.claim(build.pk)
    tasks.run(build.pk, pytest.fail, pytest.fail)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (PaperProblem("这台服务器缺少部件。"), "这台服务器缺少部件。"),
        (MemoryError(), tasks.TOO_BIG),
        (tasks.SoftTimeLimitExceeded(), tasks.TOO_LONG),
    ],
)
def test_run_says_in_chinese_why_there_is_no_paper(build, raised, said):
    def render(*_):
        raise raised

    tasks.run(build.pk, lambda b: {}, render)
    assert (again(build).state, again(build).error) == (State.FAILED, said)


def test_run_ends_the_row_whatever_a_builder_raises(build, caplog):
    tasks.run(build.pk, lambda b: {}, lambda *_: 1 / 0)
    assert str(build.pk) in again(build).error
    assert "ZeroDivisionError" in caplog.text


def test_run_leaves_the_row_to_the_sweeper_when_the_database_is_away(build, sent):
    def render(*_):
        raise OperationalError("server closed the connection")

    with pytest.raises(OperationalError):
        tasks.run(build.pk, lambda b: {}, render)
    assert again(build).state == State.BUILDING
    expire(build)
    assert builds.sweep() == 1


# --- What the database itself refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("build_state_known", {"state": "lost", "finished_at": timezone.now()}),
        ("build_file_when_done", {"state": State.DONE, "finished_at": timezone.now(), "file": "builds/0/1.pdf"}),
        ("build_file_when_done", {"file": "builds/0/1.pdf"}),
        ("build_error_when_failed", {"state": State.FAILED, "finished_at": timezone.now()}),
        ("build_error_when_failed", {"error": "没有数据"}),
        ("build_finished_at_when_over", {"state": State.CANCELLED}),
        ("build_finished_at_when_over", {"finished_at": timezone.now()}),
        ("build_claimed_when_building", {"state": State.BUILDING}),
        ("build_batch_in_no_batch", {"task": "", "figures": {}}),
        ("build_progress_in_bounds", {"progress_total": 2, "progress_done": 3}),
        ("build_year_plausible", {"year": 26}),
    ],
)
def test_the_database_refuses_a_row_out_of_shape(build, name, broken):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Build.objects.filter(pk=build.pk).update(**broken)
