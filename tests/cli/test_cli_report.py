# SPDX-License-Identifier: Apache-2.0
"""`report`: one page that needs nothing else, looked at in headless Chromium.

MAGICFACE_SCREENSHOTS names a folder for pictures of it."""
import json
import os
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from chromium import Page
from conftest import missing
from PIL import Image
from run_files import record, save, write_run

HOSTILE = "</script><script>throw 1</script> <b>&amp;"

# Contrast of every text with what is behind it (WCAG 2, 1.4.3), by the colours that are really used.
CONTRAST = r"""
(() => {
  const parts = (c) => { const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
  const linear = (v) => (v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  const light = (rgb) => { const [r, g, b] = rgb.map((v) => linear(v / 255)); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = (e) => {
    for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c.a > .5) return c.rgb; }
    return [255, 255, 255];
  };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.matches("script, style, noscript, option")) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color).rgb), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push([e.tagName, e.className, ratio]);
  }
  return bad;
})()"""

# Every control and picture has a name (WCAG 2, 4.1.2 and 1.1.1), ids are unique, headings don't jump.
LABELS = r"""
(() => {
  const bad = [];
  for (const e of document.querySelectorAll("input, select, button, img, dialog, [role=img]")) {
    const name = e.getAttribute("aria-label") || e.getAttribute("alt") || e.labels?.[0]?.textContent || e.textContent ||
      document.getElementById(e.getAttribute("aria-labelledby"))?.textContent || "";
    if (!name.trim()) bad.push(e.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) bad.push("an id twice");
  if (document.querySelectorAll("h1").length !== 1 || !document.documentElement.lang) bad.push("h1 or lang");
  return bad;
})()"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    executable = shutil.which("chromium")
    if not executable:
        missing("chromium isn't installed")
    page = Page(executable, tmp_path_factory.mktemp("profile"))
    yield page
    page.close()


def smooth(seed: int, size: tuple[int, int]) -> np.ndarray:
    low = np.random.default_rng(seed).integers(30, 220, (6, 6, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(low).resize(size, Image.Resampling.BICUBIC))


def make_run(folder: Path, sources: list[Path], edits: int) -> Path:
    """Every source with `edits` edits; the last item of the run failed."""
    items = []
    for number in range(1, len(sources) * edits + 1):
        source = sources[(number - 1) // edits]
        pixels = np.roll(np.asarray(Image.open(source).convert("RGB")), number % 7, 1)
        output = save(folder / "run" / f"{source.stem}_{number}.png", pixels)
        au = {"AU12": 1 + number % 5} if number % 2 else {"AU4": -2, "AU1": 1.5}
        items.append(record(number, source, output, folder, au))
    items[-1] = record(len(items), sources[-1], folder / "run" / "failed.png", folder, {"AU26": 5}, error="no face found; " + HOSTILE)
    items[0]["warnings"] = ["AU12=12 lies outside -10 to 10 " + HOSTILE]
    return write_run(folder / "run", folder, items)


@pytest.fixture(scope="module")
def small(executable, sample, tmp_path_factory):
    """A page of six edits of two portraits."""
    from conftest import Program
    folder = tmp_path_factory.mktemp("report")
    sources = [Path(shutil.copy(sample, folder / "anna.png")),
               Path(shutil.copy(sample.with_name("portrait-2.png"), folder / "ben.png"))]
    make_run(folder, sources, 3)
    result = Program(executable, folder)("report", "run")
    assert result.code == 0 and result.paths == ["report.html"], result.err
    return folder / "report.html"


@pytest.fixture
def opened(page, small):
    page.messages.clear()
    page.requests.clear()
    page.open(small)
    return page


def shot(page, name: str):
    if folder := os.environ.get("MAGICFACE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(Path(folder) / f"{name}.png")


def names(page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('.card .source')].map(e => e.textContent)")


def test_page_needs_nothing_else(opened, small):
    assert opened.messages == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//|@import|url\(""", small.read_text().split('<script id="data"')[0])
    shot(opened, "desktop-light")


def test_every_item_is_there_with_its_failure_and_warnings(opened):
    assert names(opened) == [f"anna_{n}.png" for n in (1, 2, 3)] + ["ben_4.png", "ben_5.png", "failed.png"]
    assert HOSTILE in opened.evaluate("document.querySelector('.error').textContent"), "text stays text"
    assert HOSTILE in opened.evaluate("document.querySelector('.warning').textContent")
    loaded = "[...document.images].every(i => i.complete && i.naturalWidth > 0) && document.images.length"
    assert opened.evaluate(loaded) == 10
    assert "6 edits of 2 portraits, 1 failed" in opened.evaluate("document.body.textContent")


def test_bars_say_before_intended_and_achieved(opened):
    label = opened.evaluate("document.querySelector('.card .meter').getAttribute('aria-label')")
    assert label == "AU12: before 1.80, achieved 3.40, intended 3.80"
    widths = opened.evaluate("[...document.querySelectorAll('.card .meter')[0].children].map(e => e.style.width || e.style.left)")
    assert widths == ["68%", "36%", "76%"]


def test_filter_and_sort(opened):
    def choose(control: str, value: str):
        opened.evaluate(f"(() => {{ const e = document.getElementById('{control}'); e.value = '{value}';"
                        "e.dispatchEvent(new Event('input', {bubbles: true})); })()")
        opened.settle()

    choose("status", "failed")
    assert names(opened) == ["failed.png"] and opened.evaluate("document.getElementById('count').value") == "1 of 6"
    choose("status", "all")
    choose("unit", "AU4")
    assert names(opened) == ["anna_2.png", "ben_4.png"]
    choose("unit", "")
    choose("search", "ben au12")
    assert names(opened) == ["ben_5.png"]
    choose("search", "")
    errors = opened.evaluate("[...document.getElementById('sort').options].findIndex(o => o.textContent === 'AU MSE')")
    choose("sort", str(errors))
    values = opened.evaluate("[...document.querySelectorAll('.figures div:first-child dd')].map(e => Number(e.textContent))")
    assert values == sorted(values) and len(values) == 5
    assert names(opened)[-1] == "failed.png", "what has no figure comes last"


def test_keyboard(opened):
    opened.press("j")
    assert opened.evaluate("document.activeElement.type") == "range"
    before = opened.evaluate("document.activeElement.value")
    opened.press("ArrowRight")
    assert int(opened.evaluate("document.activeElement.value")) == int(before) + 1
    assert opened.evaluate("document.querySelector('.compare').style.getPropertyValue('--split')") == "51%"
    opened.press("j")
    assert opened.evaluate("document.activeElement.closest('.card').dataset.index") == "1"
    opened.press("k")
    assert opened.evaluate("document.activeElement.closest('.card').dataset.index") == "0"
    opened.press("t")
    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"
    opened.press("/")
    assert opened.evaluate("document.activeElement.id") == "search"
    opened.press("j")
    assert opened.evaluate("document.activeElement.id") == "search", "letters in the search field are letters"


@pytest.mark.parametrize("dark", [False, True])
def test_labels_and_contrast(page, small, dark):
    page.open(small, dark=dark)
    assert page.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(LABELS) == []
    shot(page, "details-dark" if dark else "details-light")


@pytest.mark.parametrize("width", [320, 390])
def test_readable_on_a_phone(page, small, width):
    page.open(small, width, 800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "no sideways scrolling"
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.card *')].filter(e => e.textContent && e.checkVisibility())"
                         ".map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 11
    page.evaluate("window.scrollTo(0, document.querySelector('.card').offsetTop - 8)")
    page.settle()
    shot(page, f"phone-{width}")


def test_1000_items_without_lag(executable, page, tmp_path):
    from conftest import Program
    sources = [save(tmp_path / f"p{n:02}.png", smooth(n, (96, 96))) for n in range(20)]
    make_run(tmp_path, sources, 50)
    assert Program(executable, tmp_path)("report", "run", "--size", "96").code == 0
    page.open(tmp_path / "report.html")
    assert page.evaluate("document.querySelectorAll('.card').length") == 1000
    drawn = "[...document.querySelectorAll('.card')].filter(e => e.hasChildNodes()).length"
    assert 0 < page.evaluate(drawn) < 100, "only what is near the screen"
    start = time.monotonic()
    for place in (0.5, 1, 0):
        page.evaluate(f"window.scrollTo(0, document.body.scrollHeight * {place})")
        page.settle()
    page.settle()
    assert time.monotonic() - start < 5
    assert 0 < page.evaluate(drawn) < 150, "what went far away was cleared"
    sorting = page.evaluate("(() => { const t = performance.now(); document.getElementById('sort').value = 1;"
                            "document.getElementById('controls').dispatchEvent(new Event('input')); return performance.now() - t; })()")
    assert sorting < 1000


def test_figures_of_eval_are_shown(program, sample, page, tmp_path):
    make_run(tmp_path, [Path(shutil.copy(sample, tmp_path / "me.png"))], 2)
    item = {"edited": "run/me_1.png", "figures": {"au_mse": 0.125, "pose_rmse": 0.5}}
    (tmp_path / "f.json").write_text(json.dumps({"methods": [{"items": [item]}]}))
    assert program("report", "run", "--figures", "f.json").code == 0
    page.open(tmp_path / "report.html")
    assert "Head pose RMSE" in page.evaluate("document.querySelector('.figures').textContent")
    assert "0.125" in page.evaluate("document.querySelector('.figures').textContent")


def page_data(path: Path) -> dict:
    return json.loads(path.read_text().split('type="application/json">')[1].split("</script>")[0])


def test_figures_are_found_from_another_folder_and_after_a_move(program, sample, tmp_path):
    """As eval writes them in `work`, with its own folder as `folder`."""
    work = tmp_path / "work"
    work.mkdir()
    make_run(work, [Path(shutil.copy(sample, work / "me.png"))], 3)
    items = [{"edited": f"run/me_{number}.png", "figures": {"au_mse": number / 8}} for number in (1, 2)]
    (work / "f.json").write_text(json.dumps({"folder": str(work), "methods": [{"items": items}]}))

    def errors(*arguments) -> list:
        result = program("report", *arguments, "--overwrite")
        assert result.code == 0, result.err
        assert [line for line in result.err.splitlines() if "figures of every picture" in line and "1 of 3 items" in line], result.err
        return [item["figures"].get("au_mse") for item in page_data(tmp_path / "report.html")["items"][:2]]

    assert errors("work/run", "--figures", "work/f.json") == [0.125, 0.25]
    (work / "run").rename(tmp_path / "moved")
    assert errors("moved", "--figures", "work/f.json") == [0.125, 0.25]


def test_figures_of_another_run_are_warned_of(program, sample, tmp_path):
    make_run(tmp_path, [Path(shutil.copy(sample, tmp_path / "me.png"))], 2)
    (tmp_path / "f.json").write_text(json.dumps({"methods": [{"items": [{"edited": "other/you.png", "figures": {"au_mse": 4}}]}]}))
    result = program("report", "run", "--figures", "f.json")
    assert result.code == 0 and sum("f.json" in line and "2 of 2 items" in line for line in result.err.splitlines()) == 1, result.err


def test_several_runs_are_told_apart(program, sample, page, tmp_path):
    for folder in ("guidance-1", "guidance-2"):
        source = Path(shutil.copy(sample, tmp_path / "me.png"))
        items = [record(1, source, save(tmp_path / folder / "me.png", np.asarray(Image.open(source).convert("RGB"))), tmp_path, {"AU12": 1})]
        write_run(tmp_path / folder, tmp_path, items)
    assert program("report", "guidance-1", "guidance-2/").code == 0
    page.open(tmp_path / "report.html", 390, 800)
    assert names(page) == ["guidance-1/me.png", "guidance-2/me.png"]
    tops = page.evaluate("['h1', '#help-button', '#summary'].map(e => document.querySelector(e).getBoundingClientRect())"
                         ".map(box => [box.top, box.bottom])")
    assert tops[1][0] < tops[0][1] <= tops[2][0], "on a phone the buttons stand beside the title, and the summary below"
    shot(page, "phone-runs")
    (tmp_path / "other").mkdir()
    shutil.copytree(tmp_path / "guidance-1", tmp_path / "other" / "guidance-1")
    assert program("report", "guidance-1", "other/guidance-1", "--overwrite").code == 0
    page.open(tmp_path / "report.html")
    assert names(page) == ["guidance-1/me.png", "other/guidance-1/me.png"]


def test_the_search_knows_the_units_of_an_edit_with_a_name(program, sample, page, tmp_path):
    source = Path(shutil.copy(sample, tmp_path / "me.png"))
    items = [record(number, source, save(tmp_path / "run" / f"{number}.png", smooth(number, (64, 64))), tmp_path, au)
             for number, au in ((1, {"AU6": 4, "AU12": 4}), (2, {"AU4": 4}))]
    for item, name in zip(items, ("happiness", "anger")):
        item["parameters"]["edit"] = name
    write_run(tmp_path / "run", tmp_path, items)
    assert program("report", "run").code == 0
    page.open(tmp_path / "report.html")
    for word, found in (("AU12", ["1.png"]), ("anger", ["2.png"])):
        page.evaluate(f"(() => {{ const e = document.getElementById('search'); e.value = '{word}';"
                      "e.dispatchEvent(new Event('input', {bubbles: true})); })()")
        page.settle()
        assert names(page) == found


def test_missing_pictures_are_counted_and_named(program, sample, tmp_path):
    make_run(tmp_path, [Path(shutil.copy(sample, tmp_path / "me.png"))], 3)
    (tmp_path / "run" / "me_1.png").unlink()
    result = program("report", "run")
    assert result.code == 1 and "me_1.png" in result.err and (tmp_path / "report.html").is_file()
    again = program("report", "run")
    assert again.code == 1 and "--overwrite" in again.err
    assert program("report", "gone", "--overwrite").code == 3
    assert program("report", "run", "--overwrite", "--size", 3).code == 2
