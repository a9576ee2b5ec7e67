"""How quickly the canvas answers in a browser: 40 steps by 12 lanes, dragged by the mouse, with a real study behind it.

Milliseconds from a pointer's move until the browser has painted what it means (two frames later), for a point of a curve and for
a step; and for a drop until the new order is painted. Needs a Chromium and the tests' page. `python -m benchmarks.canvas`
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

STEPS, LANES, STAGES, MOVES = 40, 12, 5, 60
GOAL = 100
ASKED = """() => {
  window.took = [];
  let from = null;
  const sheet = document.querySelector(".wbc-host").shadowRoot.querySelector(".sheet");
  const start = () => { from = performance.now(); };
  const end = () => {
    const began = from;
    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - began), 0));
  };
  for (const name of ["pointermove", "pointerup"]) {
    sheet.addEventListener(name, start, true);
    sheet.addEventListener(name, end, false);
  }
}"""


def content() -> dict:
    each = STEPS // STAGES
    words = "Waits nineteen minutes, is passed on twice and rings again the day after, without a word in between"
    return {
        "title": "Forty steps by twelve lanes",
        "lanes": [f"lane {lane}" for lane in range(LANES)],
        "stages": [
            {"name": f"Stage {stage}", "steps": [
                {"id": f"s{stage * each + step}", "name": f"Step number {stage * each + step}", "channels": ["phone", "post"],
                 "emotion": (37 * (stage * each + step)) % 150 - 75, "trust": (53 * (stage * each + step)) % 120 - 60,
                 "commitment": ["request", "perform"], "lanes": {f"lane {lane}": words for lane in range(LANES)}}
                for step in range(each)]}
            for stage in range(STAGES)
        ],
    }  # fmt: skip


def told(what: str, took: list[float]) -> None:
    took = sorted(took)
    print(
        f"{what:<44}{took[len(took) // 2]:>8.1f}{took[int(0.95 * (len(took) - 1))]:>8.1f}{took[-1]:>8.1f}{len(took):>7}"
    )


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium on this machine: nothing was measured")
        return 1
    from canvas_page import served
    from playwright.sync_api import sync_playwright

    import workbench as wb
    from workbench.panels.desk import Desk

    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"WORKBENCH_HOME": scratch, "WORKBENCH_SETTINGS": f"{scratch}/settings"}
        for folder in ("data", "surveys"):
            (Path(scratch) / folder).mkdir()
        study = wb.new_study("forty")
        study.save("map", content())
        with served({"one": Desk(study)}) as place, sync_playwright() as playwright:
            page = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"]).new_page(
                viewport={"width": 1400, "height": 1000}
            )
            page.goto(place.url("one"))
            page.locator("th.step").nth(STEPS - 1).wait_for()
            page.wait_for_timeout(1500)
            page.evaluate(ASKED)
            print(
                f"{STEPS} steps by {LANES} lanes, ms{'':<22}{'median':>8}{'95 %':>8}{'most':>8}{'moves':>7}   goal {GOAL}"
            )

            handle = page.locator('[data-row="emotion"][data-col="s3"] .handle')
            handle.scroll_into_view_if_needed()
            box = handle.bounding_box()
            assert box is not None
            page.mouse.move(box["x"] + 13, box["y"] + 13)
            page.mouse.down()
            for move in range(MOVES):
                page.mouse.move(box["x"] + 13, box["y"] + 13 + (move % 12) * 3)
            page.wait_for_timeout(300)
            told("a point of a curve follows the pointer", page.evaluate("() => window.took.splice(0)"))
            page.mouse.up()
            page.wait_for_timeout(300)
            told("the point is let go, its new place shown", page.evaluate("() => window.took.splice(0)"))
            page.wait_for_timeout(2500)

            head = page.locator('th.step[data-col="s2"]').bounding_box()
            assert head is not None
            page.evaluate("() => window.took.splice(0)")
            page.mouse.move(head["x"] + 20, head["y"] + 12)
            page.mouse.down()
            for move in range(MOVES):
                page.mouse.move(head["x"] + 30 + move * 8, head["y"] + 20)
            page.wait_for_timeout(300)
            told("a step follows the pointer, with its mark", page.evaluate("() => window.took.splice(0)")[1:])
            page.mouse.up()
            page.wait_for_timeout(500)
            told("the step is dropped, the new order shown", page.evaluate("() => window.took.splice(0)"))
            page.locator(".status", has_text="moved").wait_for()
            said = page.evaluate(
                "() => new Promise(done => { const from = performance.now();"
                " const all = document.querySelector('.wbc-host').shadowRoot, look = all.querySelector('.status');"
                " look.textContent = '';"
                " const told = () => look.textContent && done([performance.now() - from]);"
                " new MutationObserver(told).observe(look, {childList: true});"
                " all.querySelector('.tools button').click(); })"
            )
            told("undo: clicked, saved, told", said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
