"""镇党建办 presses 生成年度述职考核材料: broker and worker as ./dev keeps them, progress, every paper, a PDF read back."""

import io
import re
import zipfile

import pypdf
import pytest
from django.utils import timezone

pytestmark = pytest.mark.worker
YEARS_BACK = {"phone": 1, "no_script": 2}


def test_it_goes_on_by_itself_until_it_is_cancelled(walker, site):
    if walker.way == "desk":
        pytest.skip("一个镇做到底要一分钟：在桌面上走一遍，见下一条")
    site.start_worker()
    year = timezone.localdate().year - YEARS_BACK[walker.way]
    walker.sign_in("town01", to=f"/materials/?year={year}")
    walker.press(f"生成{year}年度述职考核材料")
    walker.sees("这一页每5秒自动更新")
    walker.looks_well()
    walker.sees(re.compile(r"已生成[1-9][0-9]*个文件"))  # 不碰它，页面自己更新
    walker.press("取消生成")
    walker.sees("已取消，已经生成的仍可打开")
    walker.looks_well()
    walker.press("重新生成没做成的")
    walker.sees("这一页每5秒自动更新")
    walker.press("取消生成")
    walker.sees("已取消，已经生成的仍可打开")


def test_the_year_at_the_press_of_a_button(walker, site):
    if walker.way != "desk":
        pytest.skip("见上一条")
    site.start_worker()
    year = timezone.localdate().year
    walker.sign_in("town01")
    walker.open_menu("述职考核")
    walker.follow(f"{year}年度")
    walker.looks_well()
    walker.press(f"生成{year}年度述职考核材料")
    walker.sees("这一页每5秒自动更新")
    batch = walker.page.url
    walker.looks_well()
    walker.open_menu("述职考核")
    walker.follow(f"{year}年度")
    walker.follow("正在生成，看进度")
    assert walker.page.url == batch

    # 不碰它，页面自己更新到做完。
    walker.page.get_by_role("button", name="打包下载").wait_for(timeout=180_000)
    states = site.select(
        "SELECT state, COUNT(*) FROM papers_build WHERE batch_id IS NOT NULL AND year = ? GROUP BY 1", year
    )
    assert [state for state, _ in states] == ["done"]
    papers = states[0][1]
    assert f"已生成{papers}个文件，共{papers}个" in walker.text
    walker.looks_well()

    with walker.page.expect_download() as download:
        walker.press("打包下载")
    download.value.save_as(site.data / "all.zip")
    with zipfile.ZipFile(site.data / "all.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == papers
        (name,) = [name for name in archive.namelist() if "金桂苑" in name and name.endswith(".pdf")]
        check_paper(archive.read(name), year)

    walker.sign_in("br01", to=batch.removeprefix(site.address))
    walker.sees("金桂苑")
    assert "文昌苑" not in walker.text
    walker.looks_well()
    walker.page.locator("main th a").first.click()
    link = walker.page.get_by_role("link", name="打开 PDF").first.get_attribute("href")
    check_paper(walker.context.request.get(link).body(), year)


def check_paper(content, year):
    text = "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    for words in (f"{year}年度述职考核材料", "金桂苑", "阵地“七有”", "问题与整改", "未签发"):
        assert words in text, words
