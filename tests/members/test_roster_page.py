"""导入党员名册: the page, the marked copy, the command."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from members import error_files
from members.models import Member, Person
from office.audit import trail
from office.audit.models import Trail
from tests.members.conftest import line, write

GOOD = [line("王小明", phone="13900139000"), line("李小红", phone="13900139001", compound="湖畔")]
BAD = [line("王小明", phone="138"), line("李小红", phone="13900139001", compound="没有")]


@pytest.fixture
def upload(tmp_path):
    def make(lines, name="名册.xlsx"):
        return SimpleUploadedFile(name, write(tmp_path / "roster.xlsx", lines).read_bytes())

    return make


def post(client, file, query=""):
    return client.post(reverse("roster_import") + query, {"file": file})


def test_a_good_file_is_saved_and_the_counts_are_shown(place, as_user, upload):
    client = as_user("社区书记")
    response = post(client, upload(GOOD))
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "名册已导入" in page
    assert re.search(r"新增</dt><dd><p>2 人|新增</dt><dd>2 人", page)
    assert Member.objects.filter(person__name="王小明", community=place.community["北社区"]).exists()


def test_the_same_file_again_says_that_nothing_changed(as_user, upload):
    client = as_user("社区书记")
    post(client, upload(GOOD))
    response = post(client, upload(GOOD))
    assert "没有变化" in client.get(response["Location"]).content.decode()
    assert Person.objects.filter(name="王小明").count() == 1


def test_faults_are_listed_with_their_cells_and_nothing_is_saved(as_user, upload):
    client = as_user("社区书记")
    page = post(client, upload(BAD)).content.decode()
    assert "2 行有错，共 2 处" in page
    assert "整张表都还没有保存" in page
    assert '<th scope="row" class="nw">B2</th>' in page
    assert "没有“没有”这个小区" in page
    assert not Person.objects.filter(name="王小明").exists()


def test_the_marked_copy_is_for_its_sender_only(as_user, upload):
    client = as_user("社区书记")
    url = re.search(r'href="(/people/import/errors/[^"]+)"', post(client, upload(BAD)).content.decode()).group(1)
    response = client.get(url)
    assert response["Content-Disposition"].startswith("attachment")
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert any("11 位" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    for other in ("社区工作者", "镇党建办", "邻社区书记"):
        assert as_user(other).get(url).status_code == 404
    assert as_user("支部书记").get(url).status_code == 403


def test_the_marked_copy_goes_after_two_hours(place, as_user, monkeypatch):
    token = error_files.keep(b"x", place.user["社区书记"])
    path = error_files.path_of(token, place.user["社区书记"])
    assert path.stat().st_mode & 0o077 == 0
    now = path.stat().st_mtime
    monkeypatch.setattr(error_files.time, "time", lambda: now + error_files.KEPT_FOR + 1)
    assert error_files.path_of(token, place.user["社区书记"]) is None
    error_files.keep(b"y", place.user["社区书记"])
    assert not path.exists()


@pytest.mark.parametrize("token", ["x", "..", "..%2F..%2Fdesk.sqlite3", "a" * 32, "%00" * 30])
def test_a_token_is_no_path(as_user, token):
    assert as_user("社区书记").get(f"/people/import/errors/{token}/").status_code == 404


def test_the_town_chooses_the_community_first(place, as_user, upload):
    client = as_user("镇党建办")
    page = client.get(reverse("roster_import")).content.decode()
    assert "北社区" in page
    assert "南社区" in page
    assert "港口社区" not in page
    assert 'type="file"' not in page
    query = f"?community={place.community['北社区'].pk}"
    assert 'type="file"' in client.get(reverse("roster_import") + query).content.decode()
    assert post(client, upload(GOOD), query).status_code == 302
    assert Member.objects.get(person__name="王小明").community == place.community["北社区"]
    assert client.post(reverse("roster_import"), {"file": upload(GOOD)}).status_code == 200


@pytest.mark.parametrize("chosen", ["南社区", "港口社区", "x", "-1", "999999", "9" * 30])
@pytest.mark.parametrize("name", ["roster_import", "roster_template"])
def test_a_community_that_is_not_mine_is_not_found(place, as_user, upload, chosen, name):
    pk = place.community[chosen].pk if chosen in place.community else chosen
    assert as_user("社区书记").get(f"{reverse(name)}?community={pk}").status_code == 404
    if name == "roster_import":
        before = Member.objects.count()
        assert post(as_user("社区书记"), upload(GOOD), f"?community={pk}").status_code == 404
        assert Member.objects.count() == before


@pytest.mark.parametrize("who", ["镇领导", "指导组", "联系干部", "支部书记", "小区工作人员", "系统管理员"])
def test_others_hand_in_nothing(as_user, upload, who):
    assert as_user(who).get(reverse("roster_import")).status_code == 403
    assert as_user(who).get(reverse("roster_template")).status_code == 403
    assert post(as_user(who), upload(GOOD)).status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .xlsx"),
        ("名册.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧的 .xls 文件"),
        ("名册.xlsx", b"PK\x03\x04 broken", "打不开"),
        ("名册.xlsx", b"hello", "不是 Excel"),
        ("名册.xlsx", b"", "空的"),
        ("名册.pdf", b"%PDF-1.7", ".xlsx"),
    ],
)
def test_what_is_no_table_is_told_plainly(as_user, name, content, reason):
    response = post(as_user("社区书记"), SimpleUploadedFile(name, content))
    assert response.status_code == 200
    page = response.content.decode()
    assert reason in page
    assert "错误：" in page


def test_without_a_file_the_page_asks_for_one(as_user):
    response = as_user("社区书记").post(reverse("roster_import"), {})
    assert "请先选好要传的文件" in response.content.decode()


def test_the_form_is_guarded_against_other_sites(place, upload):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(place.user["社区书记"], backend="django.contrib.auth.backends.ModelBackend")
    assert post(client, upload(GOOD)).status_code == 403
    assert not Person.objects.filter(name="王小明").exists()


def test_the_result_of_somebody_else_is_not_shown(as_user, upload):
    location = post(as_user("社区书记"), upload(GOOD))["Location"]
    assert "名册已导入" not in as_user("社区工作者").get(location).content.decode()
    for done in ("x", "-1", "9" * 40, "0"):
        assert as_user("社区书记").get(f"{reverse('roster_import')}?done={done}").status_code == 200


def test_the_template_is_named_after_the_community(as_user):
    response = as_user("社区书记").get(reverse("roster_template"))
    assert response.status_code == 200
    assert response.content[:2] == b"PK"
    assert "attachment" in response["Content-Disposition"]


def run(path, capsys, **options):
    call_command("import_roster", str(path), **{"community": "北社区", "by": "user04", **options})
    return capsys.readouterr().out


def test_the_command_saves_and_tells_the_counts(place, tmp_path, capsys):
    path = write(tmp_path / "a.xlsx", GOOD)
    assert "新增 2 人" in run(path, capsys)
    assert "没有变化" in run(path, capsys)
    row = Trail.objects.filter(verb="members.roster_applied").latest("pk")
    assert row.actor == place.user["社区书记"].pk


def test_the_command_lists_every_fault_and_fails(place, tmp_path, capsys):
    path = write(tmp_path / "a.xlsx", BAD)
    with pytest.raises(CommandError, match="2 处要改"):
        run(path, capsys)
    errors = capsys.readouterr().err
    assert "B2 联系电话" in errors
    assert "没有“没有”这个小区" in errors
    assert not Person.objects.filter(name__in=["王小明", "李小红"]).exists()


def test_the_command_writes_all_or_nothing(place, tmp_path, capsys, monkeypatch):
    path = write(tmp_path / "a.xlsx", GOOD)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError):
        run(path, capsys)
    assert not Person.objects.filter(name__in=["王小明", "李小红"]).exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"community": "东社区"}, "没有“东社区”"),
        ({"community": "北社区", "town": "东港镇"}, "没有“北社区”"),
        ({"by": "nobody"}, "没有“nobody”"),
        ({"by": "user07"}, "不能导入"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_options(place, tmp_path, capsys, options, reason):
    with pytest.raises(CommandError, match=reason):
        run(write(tmp_path / "a.xlsx", GOOD), capsys, **options)


def test_the_command_needs_a_file_it_can_open(place, tmp_path, capsys):
    with pytest.raises(CommandError, match="打不开文件"):
        run(Path(tmp_path / "none.xlsx"), capsys)
    other = tmp_path / "a.csv"
    other.write_text("a,b")
    with pytest.raises(CommandError, match="另存为"):
        run(other, capsys)
