"""A person at a desk or with a phone, who reads the screen and acts on words, never on selectors."""

from playwright.sync_api import Error, TimeoutError  # noqa: A004

from tests.browser import look

DESK = {"viewport": {"width": look.WIDE, "height": 780}}
WAYS = {
    "desk": DESK,
    "phone": {"viewport": {"width": look.NARROW, "height": 740}, "has_touch": True, "is_mobile": True},
    "no_script": DESK | {"java_script_enabled": False},
}
MOST_TABS = 120
RENEWED = 5  # 次；进度页每5秒自己更新
PATIENCE = 15_000  # 毫秒；页面都在一两秒里来，忙的机器上也够


class Walker(look.Watched):
    """One browser window. `way` is how it is used: desk, phone or no_script."""

    def __init__(self, chromium, site, way):
        super().__init__(chromium.new_context(base_url=site.address, locale="zh-CN", **WAYS[way]), site)
        self.way = way
        self.context.set_default_timeout(PATIENCE)
        size = WAYS[way]["viewport"]
        self.page = super().page(size["width"], size["height"])

    def sign_in(self, username, password=None, to="/"):
        """Sign in on the way to a page; a person before is signed out first."""
        self.context.clear_cookies(name="session")
        self.page.goto(to)
        self.fill("账号", username)
        self.fill("口令", password or self.site.passwords[username])
        self.press("登录")

    def fill(self, label, text):
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, words):
        self.page.get_by_role("button", name=words).first.click()

    def follow(self, words):
        self.page.get_by_role("link", name=words).first.click()

    def open_menu(self, words):
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=words, exact=True).click()

    def sees(self, words):
        """The page says so, now or as soon as it is there."""
        try:
            self.page.get_by_text(words).locator("visible=true").first.wait_for()
        except TimeoutError:
            raise AssertionError(f"{self.page.url} 没有说“{words}”：\n{self.text}") from None

    def download(self, words, path):
        """What the link gives, kept at `path`."""
        with self.page.expect_download() as download:
            self.follow(words)
        download.value.save_as(path)
        return path

    @property
    def text(self):
        return self.page.locator("main").inner_text()

    def looks_well(self):
        """The bars that can be measured without leaving the journey; again when the page renewed itself meanwhile."""
        for _ in range(RENEWED):
            self.page.wait_for_load_state()
            try:
                return self._measure()
            except Error as moved:
                if "context was destroyed" not in str(moved):
                    raise
        raise AssertionError(f"{self.page.url} 一直在更新，量不了")

    def _measure(self):
        where = self.page.url
        assert self.page.evaluate(look.SCROLL) <= 0, where
        if self.way != "no_script":
            assert look.axe(self.page, colours=self.way == "desk") == [], where
        if self.way == "phone":
            assert look.small_targets(self.page) == [], where
        assert self.trouble == [], where

    def tab_to(self, words, *, field=False):
        """Reach what is called so by the Tab key alone; its focus must be seen. `field`: a link of that name won't do."""
        for _ in range(MOST_TABS):
            self.page.wait_for_load_state()
            self.page.keyboard.press("Tab")
            name, is_field, ring, open_to_view = self.page.evaluate(FOCUSED)
            if words in name and (is_field or not field):
                assert ring, f"“{words}”有焦点时看不出来"
                assert open_to_view, f"“{words}”有焦点时被挡住了"
                return
        raise AssertionError(f"按 Tab 走不到“{words}”")

    def type(self, words, text):
        """Fill a field by the keyboard, as an input method puts in whole words."""
        self.tab_to(words, field=True)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def enter(self, words):
        self.tab_to(words)
        self.page.keyboard.press("Enter")


# 有焦点的是什么，是不是填写的格子，看不看得出来，有没有被挡住。
FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const open = [.1, .3, .5, .7, .9].some(part =>
    e.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height * part)));
  const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
  return [label + e.textContent + (e.getAttribute('aria-label') || ''), Boolean(e.labels),
          style.outlineStyle !== 'none' || style.boxShadow !== 'none', open];
}"""
