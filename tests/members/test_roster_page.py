"""导入党员名册: the page, the marked copy, the command."""

import html
import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from members.models import Member, Person
from office.audit import trail
from office.audit.models import Trail
from office.imports import files
from office.imports.models import ImportBatch
from tests.cast import enter
from tests.members.conftest import line, write

GOOD = [line("王小明", phone="13900139000"), line("李小红", phone="13900139001", compound="湖畔")]
BAD = [line("王小明", phone="138"), line("李小红", phone="13900139001", compound="山水")]


@pytest.fixture
def upload(tmp_path):
    def make(lines, name="名册.xlsx"):
        return SimpleUploadedFile(name, write(tmp_path / "roster.xlsx", lines).read_bytes())

    return make


def post(client, file, query=""):
    return client.post(reverse("roster_import") + query, {"file": file})


def hand_in(client, file, query=""):
    """The batch that the upload led to."""
    response = post(client, file, query)
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.get(pk=response["Location"].strip("/").rpartition("/")[2])


def do(client, what, batch, **fields):
    return client.post(reverse(f"import_{what}", args=[batch.pk]), fields, follow=True).content.decode()


def page_of(client, batch, tab=""):
    return client.get(reverse("import_batch", args=[batch.pk]) + (f"?tab={tab}" if tab else "")).content.decode()


def test_nothing_is_saved_until_the_preview_is_confirmed(place, as_user, upload):
    client = as_user("社区书记")
    batch = hand_in(client, upload(GOOD))
    page = page_of(client, batch)
    assert "2 行可以导入" in page
    assert "全部导入 2 行" in page
    assert not Person.objects.filter(name="王小明").exists()
    page = do(client, "apply", batch)
    assert "名册已导入" in page
    assert re.search(r"新增</dt><dd>2 人", page)
    assert Member.objects.filter(person__name="王小明", community=place.community["北社区"]).exists()
    assert "这个文件已经导入" in do(client, "apply", batch)
    assert Person.objects.filter(name="王小明").count() == 1


def test_only_changed_cells_are_shown_and_numbers_masked(place, as_user, upload):
    client = as_user("社区书记")
    lines = [line("王伟", phone="13900139000", birth_date="1960年5月1日", door="3栋502", compound="湖畔")]
    page = page_of(client, hand_in(client, upload(lines)))
    shown = re.search(r'data-l="改了什么"[^>]*>(.*?)</td>', page, re.S).group(1)
    assert re.findall(r"<div>(\w+)：", shown) == ["联系电话", "楼栋房号"]
    assert "<del>138****8000</del> → 139****9000" in shown
    assert "13900139000" not in page


def test_the_same_file_again_says_that_nothing_changed(as_user, upload):
    client = as_user("社区书记")
    do(client, "apply", hand_in(client, upload(GOOD)))
    response = post(client, upload(GOOD))
    assert "没有变化：表里的 2 人都和系统里的一致" in client.get(response["Location"]).content.decode()
    assert Person.objects.filter(name="王小明").count() == 1
    assert not ImportBatch.objects.filter(state="ready").exists()


def test_faults_are_listed_with_their_cells_and_nothing_is_saved(as_user, upload):
    client = as_user("社区书记")
    page = page_of(client, hand_in(client, upload(BAD)))
    assert "0 行可以导入，2 行有错" in page
    assert "现在一行也没有保存" in page
    assert '<span class="told">B2 王小明</span>' in page
    assert "其他社区的小区" in page
    assert "先导入" not in page
    assert not Person.objects.filter(name="王小明").exists()


def test_faults_of_one_kind_are_one_line_that_unfolds_and_opens(as_user, upload):
    client = as_user("社区书记")
    lines = [line(f"王{chr(0x4E00 + n)}", phone="1" * (5 + n % 3)) for n in range(60)]
    lines.append(line("李小红", phone="13900139001", compound="山水"))
    batch = hand_in(client, upload(lines))
    page = page_of(client, batch)
    assert re.findall(r'data-l="几处" class="nw">(\d+) 处', page) == ["60", "1"]
    assert re.findall(r'data-l="什么问题，在哪几格" class="long"><div><p>([^<]*)<', page) == [
        "手机号应为 11 位，现在是 … 位，请核对。",
        "“山水”是其他社区的小区，不能导入到本社区。",
    ]
    assert "其余 55 处" in page
    assert '<span class="told">B2 王一（5）</span>' in page
    url = html.unescape(re.search(r'<a href="([^"]*)">逐格看原因', page).group(1))
    seen = []
    while url:
        page = client.get(reverse("import_batch", args=[batch.pk]) + url).content.decode()
        seen += re.findall(r'<th scope="row" class="nw">(\w+)</th>', page)
        following = re.search(r'href="(\?[^"]*after[^"]*)"', page)
        url = following and html.unescape(following.group(1))
    assert seen == [f"B{n}" for n in range(2, 62)]
    assert "这一类没有" in page_of(client, batch, "faulty&column=姓名&fault=x")


def test_the_good_lines_may_go_first_and_the_mended_file_makes_no_doubles(as_user, upload):
    client = as_user("社区书记")
    lines = [GOOD[0], line("李小红", phone="138")]
    batch = hand_in(client, upload(lines))
    assert "还有没改好" in do(client, "apply", batch)
    assert not Person.objects.filter(name="王小明").exists()
    page = do(client, "apply", batch, only_good="1")
    assert re.search(r"没有导入</dt><dd>1 行", page)
    assert list(Person.objects.filter(name__in=["王小明", "李小红"]).values_list("name", flat=True)) == ["王小明"]
    mended = hand_in(client, upload(GOOD))
    assert (mended.new, mended.unchanged) == (1, 1)
    do(client, "apply", mended)
    assert Person.objects.filter(name__in=["王小明", "李小红"]).count() == 2


def test_the_error_file_mended_and_sent_again_is_taken(as_user, upload, tmp_path):
    client = as_user("社区书记")
    batch = hand_in(client, upload([GOOD[0], line("李小红", phone="138")]))
    response = client.get(reverse("import_errors", args=[batch.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    book = load_workbook(io.BytesIO(response.content))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[-1] == "错误原因"
    assert "11 位" in sheet.cell(3, len(heads)).value
    assert sheet.cell(2, len(heads)).value is None
    sheet.cell(3, heads.index("联系电话") + 1).value = "13900139001"
    path = tmp_path / "mended.xlsx"
    book.save(path)
    mended = hand_in(client, SimpleUploadedFile("改好.xlsx", path.read_bytes()))
    assert (mended.new, mended.faulty) == (2, 0)
    do(client, "apply", mended)
    assert Person.objects.filter(name__in=["王小明", "李小红"]).count() == 2


def test_the_same_faulty_file_twice_is_one_preview(as_user, upload):
    client = as_user("社区书记")
    file = upload(BAD)
    content = file.read()
    first, second = (hand_in(client, SimpleUploadedFile("名册.xlsx", content)) for _ in range(2))
    assert first == second


def test_a_preview_belongs_to_the_keepers_of_its_community(place, as_user, upload):
    batch = hand_in(as_user("社区书记"), upload(BAD))
    for name in ("import_batch", "import_errors", "import_undo"):
        url = reverse(name, args=[batch.pk])
        assert as_user("社区工作者").get(url).status_code in (200, 302)
        for other in ("邻社区书记", "邻镇党建办"):
            assert as_user(other).get(url).status_code == 404
        assert as_user("支部书记").get(url).status_code == 403
    for name in ("answer", "apply", "again", "discard", "errors", "undo"):
        assert as_user("邻社区书记").post(reverse(f"import_{name}", args=[batch.pk])).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "ready"


def test_giving_up_leaves_nothing_behind(as_user, upload, django_capture_on_commit_callbacks):
    client = as_user("社区书记")
    with django_capture_on_commit_callbacks(execute=True):
        batch = hand_in(client, upload(GOOD))
        assert files.content(batch)
        assert "已放弃" in do(client, "discard", batch)
    with pytest.raises(files.FileGone):
        files.content(batch)
    assert not batch.lines.exists()
    assert "已经放弃" in do(client, "apply", batch)
    assert "已经放弃" in page_of(client, batch)


def test_an_undo_is_asked_for_first_and_then_done(place, as_user, upload):
    client = as_user("社区书记")
    batch = hand_in(client, upload([*GOOD, line("王伟", phone="13800138000", door="9栋9")]))
    url = reverse("import_undo", args=[batch.pk])
    assert "还没有导入" in client.get(url, follow=True).content.decode()
    do(client, "apply", batch)
    assert "要撤销吗" in client.get(url).content.decode()
    assert Person.objects.filter(name="王小明").exists()
    assert "已撤销" in client.post(url, follow=True).content.decode()
    assert not Person.objects.filter(name="王小明").exists()
    assert Member.objects.get(person__name="王伟").door == ""
    assert "已经撤销" in client.post(url, follow=True).content.decode()


def test_what_stands_in_the_way_of_an_undo_is_listed(place, as_user, upload):
    client = as_user("社区书记")
    batch = hand_in(client, upload(GOOD))
    do(client, "apply", batch)
    do(client, "apply", hand_in(client, upload([line("王小明", phone="13900139000", door="1栋1")])))
    url = reverse("import_undo", args=[batch.pk])
    for page in (client.get(url).content.decode(), client.post(url).content.decode()):
        assert "不能撤销" in page
        assert "王小明" in page
        assert "社区书记 又导入过" in page
        assert "李小红" not in page
    assert Person.objects.filter(name__in=["王小明", "李小红"]).count() == 2


def test_the_list_of_files_shows_what_became_of_each(as_user, upload):
    client = as_user("社区书记")
    do(client, "apply", hand_in(client, upload(GOOD)))
    hand_in(client, upload(BAD))
    for url in (reverse("imports"), reverse("roster_import")):
        page = client.get(url).content.decode()
        assert "新增 2 人" in page
        assert "有错 2 行" in page
    assert "名册.xlsx" not in as_user("邻社区书记").get(reverse("imports")).content.decode()


def test_the_questions_of_a_file_are_answered_on_its_page(place, as_user, upload):
    client = as_user("社区书记")
    lines = [line("王小明", phone="13900139000", compound="湖边"), line("李小红", phone="13900139001", compound="湖边")]
    batch = hand_in(client, upload(lines))
    page = page_of(client, batch)
    assert "0 行可以导入，2 行要您回答" in page
    assert "第 2 行等 2 行：本社区没有“湖边”这个小区" in page
    question = batch.questions.get()
    for wrong in ({}, {f"q-{question.key}": "999"}, {"q-x": "1"}):
        assert "还没有选好" in do(client, "answer", batch, **wrong)
    page = do(client, "answer", batch, **{f"q-{question.key}": str(place.compound["湖畔"].pk)})
    assert "全部导入 2 行" in page
    do(client, "apply", batch)
    assert Member.objects.get(person__name="李小红").home_compound == place.compound["湖畔"]
    again = hand_in(client, upload([line("赵四海", phone="13900139003", compound="湖边")]))
    assert (again.new, again.asking) == (1, 0)
    assert "按上次的回答：湖畔" in page_of(client, again, "asking")


def test_the_town_chooses_the_community_first(place, as_user, upload):
    client = as_user("镇党建办")
    page = client.get(reverse("roster_import")).content.decode()
    assert "北社区" in page
    assert "南社区" in page
    assert "港口社区" not in page
    assert 'type="file"' not in page
    query = f"?community={place.community['北社区'].pk}"
    assert 'type="file"' in client.get(reverse("roster_import") + query).content.decode()
    do(client, "apply", hand_in(client, upload(GOOD), query))
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
    enter(client, place.user["社区书记"])
    assert post(client, upload(GOOD)).status_code == 403
    assert not Person.objects.filter(name="王小明").exists()


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
    with pytest.raises(CommandError, match="2 行有错"):
        run(path, capsys)
    errors = capsys.readouterr().err
    assert "B2 联系电话" in errors
    assert "其他社区的小区" in errors
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
