"""The canvas in a page of its own, without Jupyter: its module and style, and desks that answer it, on this machine alone."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from workbench.panels.mapping import THEME, drawn_with, script

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Canvas</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src data:; style-src 'self'; script-src 'self'">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"></head>
<body THEME><main><h1 class="away">Canvas</h1><div id="canvas"></div></main>
<script type="module" src="/page.js"></script></body></html>"""
CSS = """body{margin:8px;background:#fff}body[data-jp-theme-light="false"]{background:#14181f}
.away{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
table,td,.curve,.step-name,.lane,.quote{display:block;color:red;height:9px}"""  # a page's own styles stay out of it
MODEL = """import canvas from "/canvas.js";
const heard = [];
const model = {
  get: (name) => (name === "look" ? LOOK : undefined),
  on: (name, act) => heard.push(act),
  off: (name, act) => heard.splice(heard.indexOf(act), 1),
  send: async (message) => {
    const answer = await fetch("/hear" + location.search, { method: "POST", body: JSON.stringify(message) });
    const said = await answer.json();
    heard.forEach((act) => act(said));
  },
};
canvas.render({ model, el: document.getElementById("canvas") });
"""


class Served:
    """Where the pages are, and the faults inside Python that no page should cause."""

    def __init__(self, address):
        self.address = address
        self.failed = []

    def url(self, who, theme=""):
        return f"{self.address}/?who={who}" + (f"&theme={theme}" if theme else "")


@contextmanager
def served(desks):
    """Pages with the canvas, one desk each: {"ann": Desk(study, Drawing(study, "Ann"))}."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def asked(self):
            found = urlsplit(self.path)
            return found.path, {key: one[0] for key, one in parse_qs(found.query).items()}

        def answer(self, text, kind):
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # the page was closed meanwhile
                self.wfile.write(body)

        def do_GET(self):
            path, words = self.asked()
            theme = {"dark": 'data-jp-theme-light="false"', "light": 'data-jp-theme-light="true"'}.get(
                words.get("theme"), ""
            )
            made = {
                "/": (PAGE.replace("THEME", theme), "text/html"),
                "/page.css": (CSS + THEME, "text/css"),
                "/canvas.js": (script(), "text/javascript"),
                "/page.js": (MODEL.replace("LOOK", json.dumps(drawn_with())), "text/javascript"),
            }
            if path not in made:
                return self.send_error(404)
            return self.answer(*made[path])

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                with lock:
                    said = desks[self.asked()[1]["who"]].hear(asked)
                text = json.dumps(said, allow_nan=False)
            except Exception as problem:  # noqa: BLE001 - told to the page as the widget does, and to the test at its end
                place.failed.append(repr(problem))
                text = json.dumps({"id": asked.get("id"), "do": asked.get("do"), "failed": repr(problem)})
            self.answer(text, "application/json")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    place = Served(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
