"""The canvas in a real browser: drawn on by mouse and by keyboard alone, by two people at once, on hostile maps, in the dark."""

import re

import pytest
from canvas_page import served
from lab_server import PATIENCE as PATIENT

import workbench as wb
from workbench.drawing import Drawing
from workbench.panels.desk import Desk

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PATIENCE = 20_000  # milliseconds for each wait: machines can be busy
HOSTILE = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
TOWN = {
    "title": "A town's water",
    "lanes": ["doing", "thinking", "priority activity"],
    "stages": [
        {
            "name": "Before",
            "steps": [
                {"id": "moves-in", "name": "Moves in", "channels": ["home"], "emotion": 10, "lanes": {"doing": "Unpacks"}},
                {"id": "searches", "name": "Searches", "channels": ["web"], "lanes": {"doing": "Types the postcode"}},
            ],
        },
        {
            "name": "Billed",
            "steps": [
                {"id": "bill", "name": "First bill", "emotion": -20, "commitment": ["perform"], "lanes": {"doing": "Opens it"}},
                {"id": "asks", "name": "Asks", "channels": ["phone"], "contact": "human"},
            ],
        },
    ],
    "scenarios": [{"name": "Called first", "mood": "good", "steps": {"bill": {"emotion": 30}}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def town(home):
    """A study with a small map and no data."""
    study = wb.new_study("town")
    study.save("map", TOWN)
    return study


@pytest.fixture
def show(browser):
    """Open the canvas of a study for some people, a page each; at the end nothing ran, failed or was asked elsewhere."""
    from contextlib import ExitStack

    ends, errors, asked, places = ExitStack(), [], [], []

    def opened(study, *people, theme="light", width=1300):
        people = people or ("Ann",)
        place = ends.enter_context(
            served({who: Desk(wb.open_study(study.path), Drawing(wb.open_study(study.path), who)) for who in people})
        )
        places.append(place)
        pages = []
        for who in people:
            page = browser.new_page(viewport={"width": width, "height": 1000})
            page.set_default_timeout(PATIENCE)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(place.url(who, theme))
            page.locator(".wbc table, .wbc .nothing, .wbc .alert:not([hidden])").first.wait_for()
            pages.append(page)
            ends.callback(page.close)
        return pages[0] if len(pages) == 1 else pages

    yield opened
    titles = {page.title() for context in browser.contexts for page in context.pages}
    ends.close()
    assert errors == [] and titles <= {"Canvas"}
    assert [one for place in places for one in place.failed] == []
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))]


def cell(page, row, col):
    return page.locator(f'[data-row="{row}"][data-col="{col}"]')


def said(page, words):
    page.locator(".status", has_text=words).wait_for()


def steps(study):
    return {stage.name: [step.id for step in stage.steps] for stage in wb.open_study(study.path).map.stages}


def at(page, row, col):
    """Is the cursor in this cell?"""
    return cell(page, row, col).evaluate("cell => cell === cell.getRootNode().activeElement")


def drag(page, handle, to, dx=0, dy=0):
    """Press on a thing, move over another (dx and dy from its middle), let go."""
    start, end = handle.bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 45, start["y"] + 14)
    page.mouse.move(end["x"] + end["width"] / 2 + dx, end["y"] + end["height"] / 2 + dy, steps=4)
    assert page.locator(".drop").is_visible()
    page.mouse.up()


# -- drawing ----------------------------------------------------------------------------------------------------------


def test_a_cell_is_edited_in_place_and_saved(town, show):
    page = show(town)
    cell(page, "doing", "bill").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Opens the envelope")
    page.keyboard.press("Enter")
    said(page, 'is "Opens the envelope"')
    assert wb.open_study(town.path).map.step("bill").lanes["doing"] == "Opens the envelope"
    assert page.locator(".line").text_content() == 'study.draw.set("bill", "doing", "Opens the envelope")'
    assert '"Ann"' in (town.path / "log").read_text()
    cell(page, "doing", "bill").click()
    page.keyboard.type("thrown away")
    page.keyboard.press("Escape")
    assert cell(page, "doing", "bill").inner_text() == "Opens the envelope"


def test_the_line_of_python_does_what_the_canvas_did(town, show):
    page = show(town)
    cell(page, "thinking", "asks").click()
    page.keyboard.type('Is "this" mine?\\')
    page.keyboard.press("Enter")
    said(page, "mine")
    line, by_canvas = page.locator(".line").text_content(), (town.path / "map.yaml").read_text()
    town.draw.undo()  # a drawing of its own: nothing to undo
    town.draw.set("asks", "thinking", "")
    exec(line, {"study": town})  # noqa: S102
    assert (town.path / "map.yaml").read_text() == by_canvas


def test_steps_stages_and_lanes_are_added_by_their_buttons(town, show):
    page = show(town)
    page.get_by_role("button", name="+ Stage").click()
    page.keyboard.type("Settled")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="+ Step", exact=True).first.wait_for()
    said(page, '"Settled" came')
    cell(page, "steps", "bill").hover()
    page.get_by_role("button", name="New step after First bill").click()
    page.keyboard.type("Is called")
    page.keyboard.press("Enter")
    cell(page, "steps", "is-called").wait_for()
    page.get_by_role("button", name="+ Lane").click()
    page.keyboard.type("support")
    page.keyboard.press("Enter")
    cell(page, "support", "is-called").wait_for()
    assert steps(town) == {"Before": ["moves-in", "searches"], "Billed": ["bill", "is-called", "asks"], "Settled": []}
    assert wb.open_study(town.path).map.lanes == ["doing", "thinking", "priority activity", "support"]


def test_a_step_is_dragged_to_another_stage_undone_and_done_again(town, show):
    page = show(town)
    drag(page, cell(page, "steps", "moves-in"), cell(page, "steps", "bill"), dx=40)
    said(page, "moved")
    after = {"Before": ["searches"], "Billed": ["bill", "moves-in", "asks"]}
    assert steps(town) == after
    page.get_by_role("button", name="Undo").click()
    said(page, "Undone")
    assert steps(town) == {"Before": ["moves-in", "searches"], "Billed": ["bill", "asks"]}
    page.get_by_role("button", name="Redo").click()
    said(page, "Done again")
    assert steps(town) == after
    order = page.locator("th.step").evaluate_all("all => all.map(one => one.dataset.col)")
    assert order == ["searches", "bill", "moves-in", "asks"]


def test_a_stage_and_a_lane_are_dragged(town, show):
    page = show(town)
    drag(page, cell(page, "stages", "billed"), cell(page, "steps", "moves-in"), dx=-50)
    said(page, "moved")
    assert list(steps(town)) == ["Billed", "Before"]
    drag(page, cell(page, "thinking", ""), cell(page, "doing", ""), dy=-8)
    said(page, "lanes")
    assert wb.open_study(town.path).map.lanes == ["thinking", "doing", "priority activity"]


def test_the_assumed_curve_is_drawn_by_dragging_its_points(town, show):
    page = show(town)
    handle = cell(page, "emotion", "bill").get_by_role("slider")
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 13, box["y"] - 60, steps=5)
    page.mouse.up()
    said(page, "emotion")
    drawn = wb.open_study(town.path).map.step("bill").emotion
    assert 20 < drawn < 80 and handle.get_attribute("aria-valuenow") == str(int(drawn))
    column = cell(page, "trust", "asks")
    column.click(position={"x": 30, "y": 20})  # an empty column: the click sets it
    said(page, "trust")
    assert wb.open_study(town.path).map.step("asks").trust > 50


def test_commitments_hot_spots_and_details(town, show):
    page = show(town)
    cell(page, "commitment", "bill").get_by_role("button", name="request").click()
    said(page, "commitment")
    assert wb.open_study(town.path).map.step("bill").commitment == ["request", "perform"]
    assert "reactive point, left out: promise" in cell(page, "commitment", "bill").get_attribute("aria-label")
    cell(page, "steps", "bill").focus()
    page.keyboard.press("h")
    said(page, "pain")
    page.keyboard.press("o")
    pane = page.get_by_role("region", name="Details")
    pane.get_by_label("Contact").select_option("physical")
    said(page, "contact")
    pane.get_by_label("In what words").fill("No surprises")
    pane.get_by_label("By whom").fill("Billing")
    said(page, "No surprises")
    pane.get_by_label("Kept").select_option("broken")
    said(page, "broken")
    pane.get_by_label("Outside our control").check()
    said(page, "outside")
    pane.get_by_label("Time allowed since the step before").fill("soon")
    pane.get_by_label("Channels").click()
    page.get_by_role("alert").filter(has_text="soon").first.wait_for()
    assert pane.get_by_label("Time allowed since the step before").input_value() == "soon"  # stays, to be corrected
    pane.get_by_label("Time allowed since the step before").fill("14 days")
    pane.get_by_label("Channels").fill("post, app")
    pane.get_by_label("Channels").press("Tab")
    said(page, "post, app")
    step = wb.open_study(town.path).map.step("bill")
    assert (step.hot_spot, step.contact, step.outside, step.within) == ("pain", "physical", True, "14 days")
    assert step.promise.model_dump() | {"where": ""} == {
        "words": "No surprises", "where": "", "by": "Billing", "delivered": "", "kept": "broken"
    }  # fmt: skip
    assert step.channels == ["post", "app"] and "post" in cell(page, "steps", "bill").inner_text()


def test_a_comment_is_written_and_settled(town, show):
    page = show(town)
    cell(page, "doing", "asks").focus()
    page.keyboard.press("c")
    page.keyboard.type("Is it always by phone?")
    pane = page.get_by_role("region", name="Details")
    pane.get_by_role("button", name="Comment", exact=True).click()
    cell(page, "doing", "asks").get_by_role("button", name="1 open comment").wait_for()
    (note,) = wb.open_study(town.path).notes.notes
    assert (note.step, note.lane, note.who, note.words) == ("asks", "doing", "Ann", "Is it always by phone?")
    pane.get_by_role("button", name="Settle the comment of Ann").click()
    pane.get_by_text("None is open.").wait_for()
    assert wb.open_study(town.path).notes.notes[0].settled


def test_a_scenario_is_written_as_what_is_otherwise_there(town, show):
    page = show(town)
    page.get_by_label("Scenario", exact=True).select_option("Called first")
    assert cell(page, "emotion", "bill").get_by_role("slider").get_attribute("aria-valuenow") == "30"
    cell(page, "doing", "asks").click()
    page.keyboard.type("Rings back at once")
    page.keyboard.press("Enter")
    said(page, "Rings back")
    drawn = wb.open_study(town.path).map
    assert drawn.scenarios[0].steps["asks"].lanes == {"doing": "Rings back at once"}
    assert "doing" not in drawn.step("asks").lanes
    cell(page, "commitment", "asks").get_by_role("button", name="request").click()
    page.get_by_role("alert").filter(has_text="drawn on the map").wait_for()
    page.get_by_role("button", name="Walk").click()
    walk = page.get_by_role("region", name="Details")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    walk.get_by_text("Rings back at once").wait_for()
    walk.get_by_text("4 of 4").wait_for()


def test_zoom_to_one_stage_and_back(town, show):
    page = show(town)
    cell(page, "steps", "bill").focus()
    page.keyboard.press("z")
    assert page.locator("th.step").count() == 2
    page.keyboard.press("z")
    assert page.locator("th.step").count() == 4 and at(page, "steps", "bill")


# -- with the keyboard alone ------------------------------------------------------------------------------------------


def test_everything_by_keyboard(town, show):
    page = show(town)
    press = page.keyboard.press
    for _ in range(30):  # on to the grid
        press("Tab")
        if page.locator(".wbc").evaluate("one => Boolean(one.getRootNode().activeElement?.dataset.row)"):
            break
    assert at(page, "steps", "moves-in")
    press("F2")
    press("ControlOrMeta+a")
    page.keyboard.type("Moves into the flat")
    press("Enter")
    said(page, "Moves into the flat")
    press("Insert")
    page.keyboard.type("Unpacks")
    press("Enter")
    cell(page, "steps", "unpacks").wait_for()
    said(page, "came")
    assert at(page, "steps", "unpacks")
    press("Alt+ArrowRight")
    said(page, "moved")
    press("ArrowDown")
    press("Enter")
    page.keyboard.type("Opens boxes")
    press("Tab")
    said(page, "Opens boxes")
    press("ArrowLeft")
    press("ArrowDown")  # thinking
    press("ArrowDown")  # emotion
    assert at(page, "emotion", "unpacks")
    press("Enter")
    press("PageUp")
    press("ArrowUp")
    press("Escape")
    said(page, "emotion")
    assert at(page, "emotion", "unpacks")
    press("Home")
    press("ArrowUp")
    press("Alt+ArrowUp")
    said(page, "lanes")
    press("Control+Home")
    press("ArrowRight")
    press("Alt+ArrowRight")
    said(page, "moved")
    drawn = wb.open_study(town.path).map
    assert [stage.name for stage in drawn.stages] == ["Billed", "Before"]
    assert [step.id for step in drawn.stages[1].steps] == ["moves-in", "searches", "unpacks"]
    step = drawn.step("unpacks")
    assert (step.lanes["doing"], step.emotion, drawn.step("moves-in").name) == (
        "Opens boxes",
        11,
        "Moves into the flat",
    )
    assert drawn.lanes == ["thinking", "doing", "priority activity"]
    press("Control+z")
    said(page, "Undone")
    press("ArrowDown")
    press("Delete")
    said(page, "went")
    press("?")
    page.get_by_role("heading", name="Keys").wait_for()


# -- two people -------------------------------------------------------------------------------------------------------


def test_two_people_at_one_map(town, show):
    ann, ben = show(town, "Ann", "Ben")
    for page, row, words in ((ann, "doing", "by Ann"), (ben, "thinking", "by Ben")):  # other cells: both stay
        cell(page, row, "asks").click()
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        said(page, words)
    lanes = wb.open_study(town.path).map.step("asks").lanes
    assert lanes == {"doing": "by Ann", "thinking": "by Ben"}
    cell(ann, "doing", "bill").click()  # Ann begins to write; Ben is quicker
    ann.keyboard.press("ControlOrMeta+a")
    ann.keyboard.type("Reads it tw")
    cell(ben, "doing", "bill").click()
    ben.keyboard.press("ControlOrMeta+a")
    ben.keyboard.type("Throws it away")
    ben.keyboard.press("Enter")
    said(ben, "Throws")
    ann.locator(".status", has_text="Ben:").wait_for()  # Ann is told, and goes on typing
    ann.keyboard.type("ice")
    ann.keyboard.press("Enter")
    clash = ann.locator(".clash")
    clash.wait_for()
    assert "Ben wrote" in clash.inner_text() and "Throws it away" in clash.inner_text()
    assert "Reads it twice" in clash.inner_text()
    assert wb.open_study(town.path).map.step("bill").lanes["doing"] == "Throws it away"
    clash.get_by_role("button", name="Write mine").click()
    said(ann, "yours is written")
    assert wb.open_study(town.path).map.step("bill").lanes["doing"] == "Reads it twice"
    assert clash.count() == 0
    ben.locator('[data-row="doing"][data-col="bill"]', has_text="Reads it twice").wait_for()


def test_theirs_may_stand(town, show):
    page = show(town)
    cell(page, "thinking", "bill").click()
    page.keyboard.type("mine")
    town.draw.set("bill", "thinking", "theirs")
    page.keyboard.press("Enter")
    page.locator(".clash").get_by_role("button", name="Keep theirs").click()
    said(page, "theirs stands")
    page.locator('[data-row="thinking"][data-col="bill"]', has_text="theirs").wait_for()
    assert wb.open_study(town.path).map.step("bill").lanes["thinking"] == "theirs"


def test_what_is_typed_stays_when_the_map_is_drawn_anew(town, show):
    page = show(town)
    cell(page, "doing", "searches").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("half a sen")
    town.draw.add_step("Hears of us", "before", "")  # another column: everything is drawn anew
    cell(page, "steps", "hears-of-us").wait_for()
    page.keyboard.type("tence")
    page.keyboard.press("Enter")
    said(page, "half a sentence")
    assert wb.open_study(town.path).map.step("searches").lanes["doing"] == "half a sentence"


def test_a_file_that_cannot_be_read_is_said_and_the_map_comes_back(town, show):
    page, path = show(town), town.path / "map.yaml"
    before = path.read_text()
    path.write_text(before.replace("emotion: 10", "emotion: 1000"))
    page.get_by_role("alert").filter(has_text="emotion").first.wait_for()
    cell(page, "doing", "bill").click()
    page.keyboard.type("not lost")
    page.keyboard.press("Enter")
    page.locator(".editor .mend").wait_for()
    assert page.locator(".editor textarea").input_value() == "not lost"
    path.write_text(before)
    page.locator(".editor textarea").press("Enter")
    said(page, "not lost")


# -- hostile maps, the dark, what a screen reader hears -----------------------------------------------------------------


def test_a_hostile_map_cannot_run_and_can_be_drawn_on(town, show):
    stages = [
        {"name": f"{HOSTILE} {stage}", "steps": [
            {"id": f"s{stage}-{step}", "name": f"{HOSTILE} {step}", "channels": [HOSTILE], "owner": HOSTILE,
             "promise": {"words": HOSTILE, "by": HOSTILE},
             "lanes": {f"{HOSTILE} {lane}": "x" * 10_000 if lane == step == 0 else HOSTILE for lane in range(12)}}
            for step in range(10)]}
        for stage in range(4)
    ]  # fmt: skip
    town.save("map", {"title": HOSTILE, "lanes": [f"{HOSTILE} {lane}" for lane in range(12)], "stages": stages})
    town.draw.comment("s0-0", HOSTILE)
    page = show(town)
    assert page.locator("th.step").count() == 40 and page.locator("tbody tr").count() >= 12
    assert page.locator(".wbc img").count() == 0 and page.locator(".wbc script").count() == 0
    page.locator("th.step").first.focus()
    page.keyboard.press("o")
    page.get_by_role("region", name="Details").get_by_text("Ann").or_(page.locator(".comments li")).first.wait_for()
    page.keyboard.press("Escape")
    long = page.locator("tbody td.words").first
    long.click()
    box = page.locator(".editor textarea")
    box.wait_for()
    assert len(box.input_value()) == 10_000  # all of it, though the cell shows its beginning
    page.keyboard.press("End")
    page.keyboard.type("y")
    page.keyboard.press("Enter")
    page.locator(".line:not(:empty)").wait_for()
    assert len(wb.open_study(town.path).map.step("s0-0").lanes[f"{HOSTILE} 0"]) == 10_001
    assert page.title() == "Canvas"


def test_lanes_may_be_called_as_rows_and_machinery_are(town, show):
    lanes = ["emotion", "steps", "constructor", "__proto__", "nps"]
    town.save("map", TOWN | {"lanes": lanes})
    page = show(town)
    heads = page.locator("tbody th.own .lane-name").all_inner_texts()
    assert heads == ["Emotion", "Steps", "Constructor", "__proto__", "Nps"]
    assert page.locator("tbody td.words").all_inner_texts() == [""] * 20
    cell(page, "emotion\u200b", "bill").click()
    page.keyboard.type("felt")
    page.keyboard.press("Enter")
    said(page, "felt")
    assert wb.open_study(town.path).map.step("bill").lanes["emotion"] == "felt"
    assert page.locator(".line").text_content() == 'study.draw.set("bill", "lanes.emotion", "felt")'
    cell(page, "constructor", "bill").click()
    page.keyboard.type("words")
    page.keyboard.press("Enter")
    said(page, "words")
    assert wb.open_study(town.path).map.step("bill").lanes["constructor"] == "words"
    page.keyboard.press("Home")
    page.keyboard.press("Alt+ArrowUp")
    said(page, "lanes")
    assert wb.open_study(town.path).map.lanes[:3] == ["emotion", "constructor", "steps"]


def test_an_empty_map_is_begun(home, show):
    study = wb.new_study("empty")
    page = show(study)
    page.get_by_role("button", name="Name the first stage").click()
    page.keyboard.type("Before")
    page.keyboard.press("Enter")
    page.locator("table").get_by_role("button", name="+ Step").click()
    page.keyboard.type("Hears of us")
    page.keyboard.press("Enter")
    cell(page, "steps", "hears-of-us").wait_for()
    assert steps(study) == {"Before": ["hears-of-us"]}


def axe(page):
    """What axe finds against WCAG 2.2 AA: rule and elements."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]


def test_the_sample_with_its_evidence_is_readable_by_all(study, show):
    study.draw.comment("first-bill", "Since when?", "doing")
    page = show(study)
    page.locator(".hint", has_text="Measured: everybody").wait_for(timeout=9 * PATIENCE)
    felt = cell(page, "emotion", "first-bill").get_attribute("aria-label")
    assert re.match(r"First bill arrives, emotion: assumed −20, measured −\d+ \(−\d+ to −\d+\), [\d,]+ answers", felt)
    assert cell(page, "evidence", "first-bill").inner_text() == "corroborated"
    assert "corroborated: 2,105 answers say" in cell(page, "evidence", "first-bill").get_attribute("aria-label")
    assert page.locator("text.surprise").count() >= 2
    for theme, paper in (("true", "rgb(255, 255, 255)"), ("false", "rgb(20, 24, 31)")):  # JupyterLab's themes
        page.locator("body").evaluate(f"body => body.dataset.jpThemeLight = '{theme}'")
        assert page.locator(".wbc").evaluate("one => getComputedStyle(one).backgroundColor") == paper
        assert axe(page) == []
        cell(page, "steps", "first-bill").focus()
        page.keyboard.press("o")
        assert axe(page) == []
        page.keyboard.press("Escape")
    page.get_by_label("Measured", exact=True).select_option(label="South")
    page.locator(".hint", has_text="region: South").wait_for(timeout=9 * PATIENCE)
    assert cell(page, "emotion", "first-bill").get_attribute("aria-label") != felt
    page.get_by_label("Beside", exact=True).select_option(label="North")
    page.locator(".hint", has_text="beside region: North").wait_for(timeout=9 * PATIENCE)
    page.get_by_label("Shown", exact=True).select_option("difference")
    assert re.search(r"difference \+\d+ \(\d+ to \d+\): beyond chance", cell(page, "nps", "first-bill").inner_text())
    page.get_by_label("Beside", exact=True).select_option(label="Small landlord")  # they live in regions too
    page.get_by_role("alert").filter(has_text="in common").wait_for(timeout=9 * PATIENCE)


# -- in JupyterLab ----------------------------------------------------------------------------------------------------


def test_the_canvas_draws_in_jupyterlab(browser, lab, home):
    address, token = lab
    file = home / "data" / "water-billing" / "map.yaml"
    page, errors = browser.new_page(viewport={"width": 1500, "height": 1300}), []
    page.set_default_timeout(1000 * PATIENT)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/tree/notebooks/2_map.ipynb?token={token}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cell(page, "doing", "first-bill").wait_for()
    page.locator(".hint", has_text="Measured: everybody").wait_for()
    cell(page, "doing", "first-bill").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Opens the envelope")
    page.keyboard.press("Enter")
    said(page, "Opens the envelope")
    assert "doing: Opens the envelope\n" in file.read_text()
    page.keyboard.press("ArrowDown")  # the notebook's own keys stay out of it
    page.keyboard.press("ArrowRight")
    assert at(page, "thinking", "asks-about-bill")
    handle = cell(page, "emotion", "first-bill").get_by_role("slider")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 13, box["y"] + 13)
    page.mouse.down()
    page.mouse.move(box["x"] + 13, box["y"] - 20, steps=3)
    page.mouse.up()
    said(page, "emotion")
    assert wb.open_study("water-billing").map.step("first-bill").emotion > -20
    page.keyboard.press("Control+z")
    said(page, "Undone")
    assert wb.open_study("water-billing").map.step("first-bill").emotion == -20
    assert errors == []
    page.close()
