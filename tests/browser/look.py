"""What is looked at on every page a browser opens (ux §8)."""

import gzip
import re
import urllib.request

from axe_playwright_python.base import AXE_SCRIPT

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = 1366, 360
REFLOW = (320, 360, 683)  # 683：1366 放大到 200%
MOST_NODES = 1500
MOST_REQUESTS = 6  # 页面自己在内
SMALLEST_LETTER = 16  # px
MOST_BYTES = {"staff": 60 * 1024, "small": 15 * 1024}  # 压缩后，第一次打开
TARGET = 43.5  # 44 px，容半个像素的取整
# 屏幕上可以有的外文：文件格式、软件名、示例里的首字母，和方案原文里没有填的数（“新建XX个”）。
LATIN_WORDS = {"XX", "Excel", "Word", "PDF", "WPS", "QR", "xlsx", "xls", "docx", "MB", "KB", "zgq", "zhoumin"}

SMALL_TARGETS = """least => [...document.querySelectorAll('a,button,select,summary,textarea,input:not([type=hidden])')]
  .filter(e => !e.classList.contains('skip'))
  .map(e => [e, (e.closest('.form-check') || e).getBoundingClientRect()])
  .filter(([e, box]) => box.width && Math.min(box.width, box.height) < least)
  .map(([e, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`)"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.hadRecentInput ? 0 : e.value; }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
WORDS = """() => {
  const said = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script,style,noscript')) said.push(walker.currentNode.data);
  for (const e of document.querySelectorAll('[aria-label],[placeholder],[title],[alt]'))
    for (const a of ['aria-label', 'placeholder', 'title', 'alt']) if (e.hasAttribute(a)) said.push(e.getAttribute(a));
  return said.join('\\n');
}"""
SMALLEST_TEXT = """() => {
  let least = 99;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, box = e.getBoundingClientRect();
    if (walker.currentNode.data.trim() && box.width > 1 && !e.closest('script,style'))
      least = Math.min(least, parseFloat(getComputedStyle(e).fontSize));
  }
  return least;
}"""
# 字、字色、字号和背后各层的底色都一样的，对比也一样：每样看前两处，长表里的几百个格子就只看几种。
COLOURS = """() => {
  const seen = new Map(), layers = new Map();
  const behind = e => {
    if (!e) return '';
    if (!layers.has(e)) {
      const above = behind(e.parentElement), s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.position, s.float, s.filter, s.mixBlendMode].join();
      layers.set(e, above.endsWith(own) ? above : above + '|' + own);
    }
    return layers.get(e);
  };
  const speaks = e => e.matches('input,select,textarea') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  for (const e of document.body.querySelectorAll('*')) {
    if (!speaks(e) || !e.getClientRects().length) continue;
    const s = getComputedStyle(e);
    const kind = [e.tagName, s.color, s.fontSize, s.fontWeight, s.visibility, s.textShadow, behind(e)].join(';');
    seen.set(kind, (seen.get(kind) || 0) + 1);
    e.toggleAttribute('data-colours', seen.get(kind) <= 2);
  }
  axe.configure({rules: [{id: 'color-contrast', selector: '[data-colours]'}]});
}"""
AXE_RUN = """([tags, colours]) => axe.run({
    runOnly: tags, rules: {'color-contrast': {enabled: colours}}, resultTypes: ['violations'], preload: false})
  .then(found => found.violations.map(rule => [rule.id, rule.nodes[0].html.slice(0, 200)]))"""
LOADED = "() => performance.getEntriesByType('resource').map(entry => entry.name)"
SCROLL = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NODES = "() => document.querySelectorAll('*').length"


class Watched:
    """A browser context whose pages tell what went wrong on them: console errors and requests to other hosts."""

    def __init__(self, context, site):
        self.context, self.site, self.trouble, self._tab = context, site, [], None

    def tab(self):
        """The one window that is kept, with its troubles forgotten: to open a new one costs more than most pages."""
        if self._tab is None:
            self._tab = self.page()
        self._tab.set_viewport_size({"width": WIDE, "height": 780})
        self.trouble.clear()
        return self._tab

    def page(self, width=WIDE, height=780):
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"脚本出错：{error}"))
        page.on("request", self._request)
        return page

    def _console(self, message):
        # 浏览器把 4xx 的回答也记作控制台错误；那是被测的回答本身。
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.trouble.append(f"控制台：{message.text}")

    def _request(self, request):
        if not request.url.startswith((self.site.address, "data:", "about:", "blob:")):
            self.trouble.append(f"向别处要了：{request.url}")


def shift(page, path):
    """How much the page moves while it opens; 0 when it stood still in one of three goes.

    A long table that arrives in several pieces on a busy machine may move once; what has no place of its own moves
    every time.
    """
    found = []
    while len(found) < 3 and 0 not in found:
        page.goto(path)
        found.append(page.evaluate(SHIFT))
    return min(found)


def small_targets(page):
    """What is too small for a finger; a label counts for its tick."""
    return page.evaluate(SMALL_TARGETS, TARGET)


def axe(page, *, colours=True):
    """Violations as (rule, first element); `colours` is False where the page's colours were looked at before."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    if colours:
        page.evaluate(COLOURS)
    return [tuple(found) for found in page.evaluate(AXE_RUN, [AXE_TAGS, colours])]


def sideways(page, widths=REFLOW):
    """{what: pixels} of the page sticking out at these widths, and on a phone with the largest letters."""
    found = {}
    height = page.viewport_size["height"]
    for width in widths:
        page.set_viewport_size({"width": width, "height": height})
        found[width] = page.evaluate(SCROLL)
    page.set_viewport_size({"width": NARROW, "height": height})
    before = page.evaluate("() => document.documentElement.dataset.size || ''")
    page.evaluate("() => { document.documentElement.dataset.size = 'xl'; }")
    found["特大字"] = page.evaluate(SCROLL)
    page.evaluate(
        "size => { if (size) document.documentElement.dataset.size = size; else delete document.documentElement.dataset.size; }",
        before,
    )
    return {what: pixels for what, pixels in found.items() if pixels > 0}


def foreign_words(page, known=()):
    """Latin words a reader would see or hear, those that are accounts' names apart."""
    words = set(re.findall(r"[A-Za-z]{2,}[A-Za-z0-9]*", page.evaluate(WORDS)))
    return sorted(words - LATIN_WORDS - set(known))


class Weights:
    """Compressed bytes of addresses, each asked for once."""

    def __init__(self):
        self._kept = {}

    def of_page(self, page, html):
        """What the page costs whoever has never been here: itself and everything it loads, compressed."""
        return len(gzip.compress(html.encode())) + sum(map(self._of, set(page.evaluate(LOADED))))

    def _of(self, url):
        if url not in self._kept:
            with urllib.request.urlopen(url) as answer:
                content = answer.read()
            self._kept[url] = min(len(content), len(gzip.compress(content)))
        return self._kept[url]
