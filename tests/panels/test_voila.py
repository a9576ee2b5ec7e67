"""A study served to others, in real browsers without any network but this machine: who gets in, what they see of each
other, what they may save, and that nobody runs code or reads a file."""

import json
import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from lab_server import PATIENCE, copied, served_of
from playwright.sync_api import expect, sync_playwright
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import workbench as wb

KEPT_TO_ITSELF = (  # nobody sees these, token or not
    "voila/tree/",
    "voila/api/contents/",
    "api/kernels",
    "api/contents/data/water-billing/study.yaml",
    "files/data/water-billing/study.yaml",
    "voila/files/0_start.ipynb",
    "voila/files/mine.py",
    "voila/files/..%2f..%2fdata/water-billing/study.yaml",
    "voila/static/..%2f..%2f..%2f..%2fetc/passwd",
    "voila/render/../../data/water-billing/study.yaml",
    "voila/render/data/water-billing/sources/survey.csv",
    "voila/render/..%2f..%2fnotebooks%2f0_start.ipynb",
)
ONLY_WITH_A_TOKEN = (
    "",
    "voila/render/0_start.ipynb",
    "voila/static/voila.js",
    "voila/templates/workbench/static/index.css",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copied(tmp_path_factory.mktemp("served"))
    (folder / "notebooks" / "mine.py").write_text("secret = 1", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(project, chromium):
    """The study served for all to contribute: its address, its token, and a browser."""
    with served_of(project, "--contribute") as (address, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        yield address, token, browser
        browser.close()


def status(address):
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except HTTPError as problem:
        return problem.code, problem.read()


def visit(browser, address, token, name, path=""):
    """A visitor of that name, in a browser of their own; what was asked of other machines, and the page's errors."""
    page = browser.new_context(viewport={"width": 1000, "height": 900}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.outside, page.errors = [], []
    ours = (address, address.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda asked: None if asked.url.startswith(ours) else page.outside.append(asked.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(f"{address}{path}?token={token}&who={name}")
    if not path:
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Read again").first.wait_for()
    return page


def kernel(page):
    return json.loads(page.locator("#jupyter-config-data").text_content())["kernelId"]


def test_without_the_token_there_is_nothing_and_with_it_no_file(served):
    address, token, _ = served
    for path in ONLY_WITH_A_TOKEN:
        for asked in (address + path, f"{address}{path}?token=0123456789"):
            code, told = status(asked)
            assert code == 403 and b"never billed" not in told and b"whole address" in told, asked
    assert status(f"{address}voila/static/voila.js?token={token}")[0] == 200
    for path in KEPT_TO_ITSELF:
        assert status(address + path)[0] in (403, 404, 405), path
        code, told = status(f"{address}{path}?token={token}")
        assert code in (400, 403, 404) and not re.search(rb"secret|sources:|root:|wb\.open_study", told), (path, code)
    assert status(f"{address}voila/render/0_start.ipynb?theme=../mine&token={token}")[0] == 400


def test_two_visitors_draw_on_one_study_and_neither_runs_code(served, project, monkeypatch):
    address, token, browser = served
    monkeypatch.setenv("WORKBENCH_HOME", str(project))
    study = wb.open_study("water-billing")
    anna = visit(browser, address, token, "Anna <b>")
    ben = visit(browser, address, token, "Ben", "voila/render/1_scope.ipynb")
    assert kernel(anna) != kernel(ben)
    assert anna.title() == "Where the study stands · Water users who were never billed"
    anna.get_by_role("link", name="Map").click()
    cell = anna.get_by_role("gridcell", name="First bill arrives, doing", exact=False)
    cell.click()
    anna.keyboard.press("ControlOrMeta+a")
    anna.keyboard.type("Opens the envelope")
    anna.keyboard.press("Enter")
    anna.get_by_text("study.draw.set").first.wait_for()
    assert study.map.step("first-bill").lanes["doing"] == "Opens the envelope"
    assert json.loads((study.path / "log").read_text().splitlines()[-1])["who"] == "Anna <b> (visitor)"

    ben.get_by_role("button", name="Save").first.wait_for()
    ben.locator("textarea").first.fill("Another purpose")
    expect(ben.get_by_role("button", name="Save").first).to_be_disabled()  # what may not be saved is greyed out
    assert study.scope.purpose != "Another purpose"

    # a page's own kernel, asked as a notebook would ask it
    path = project / "run.txt"
    told = asked(address, token, kernel(ben), f"open({str(path)!r}, 'w').write('here')")
    assert "kernel_info_reply" in told and "execute_reply" not in told and not path.exists()
    with pytest.raises(InvalidStatus, match="403"):
        asked(address, "0123456789", kernel(ben), "1")

    for page in (anna, ben):
        assert page.outside == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1000
        # plotly's extension keeps a picture in notebooks, which Voilà has not: it says so, and nothing comes of it
        assert [one for one in page.errors if "setData is not a function" not in one] == []
        page.context.close()


def asked(address, token, kernel, code):
    """The kinds of messages that come back where somebody asks a kernel to run code, and then what it is."""
    where = f"{address.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=mine&token={token}"
    with connect(where, open_timeout=PATIENCE, max_size=None) as socket:

        def send(kind, channel, **content):
            header = {"msg_id": kind, "msg_type": kind, "session": "mine", "username": "", "version": "5.3", "date": ""}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
            socket.send(json.dumps(message | {"buffers": []}))

        for channel in ("shell", "control"):
            send("execute_request", channel, code=code, silent=False, store_history=False, user_expressions={})
        send("kernel_info_request", "shell")
        kinds = []
        while "kernel_info_reply" not in kinds:
            kinds.append(json.loads(socket.recv(PATIENCE))["header"]["msg_type"])
    return kinds
