"""`workbench serve`: a study's notebooks as an app for people without JupyterLab (Voilà), on this machine unless told.

Nothing is served without the token, and nothing but the notebooks' pages: no file of the workspace, no code. Every
browser page has a kernel of its own on the same study; what may be saved there is said by WORKBENCH_ROLE (`places`). The
notebooks shown are copies whose parameters name the study; the researcher's own stay as they are. Knows Voilà.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import sys
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from workbench import files, places
from workbench.faults import DataFault, Fault
from workbench.lab import TRANSPORT
from workbench.report.notebooks import NAMES, PARAMETERS
from workbench.scratch import Scratch
from workbench.study import Study

PORT = 8866
HERE = ("127.0.0.1", "localhost")
OPEN = """\
Others on the network can reach this address, and nothing is encrypted on the way: give the address with its token
only to those who may see the study, and put a proxy with HTTPS before it."""
IDLE = 600  # seconds after which the kernel of a page that nobody has open any more is ended
THEMES = ("light", "dark")
UNSHOWN = (TornadoVoilaTreeHandler, VoilaContentsHandler, AllowListFileHandler)  # pages of Voilà that tell of files
# Whatever stands in a page, the browser asks nothing of any other machine.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'self' 'unsafe-inline' data: blob:; connect-src 'self' ws: wss: data: blob:; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'self'"
)
TOLD = {"view": "To look at", "contribute": "The map and comments can be changed"}


def serve(study: Study, role: str, port: int | None = None, host: str = "127.0.0.1", browser: bool = True) -> None:
    """Serve a study until Ctrl-C: `role` is "view" or "contribute". Raises DataFault for a study whose sources cannot be
    read, and where the port is taken."""
    study.journey  # noqa: B018 - read once, here, where its faults can be told
    with Scratch("wb") as made:
        folder = Path(made)
        pages = copies(places.notebooks(), folder / "notebooks", _address(study), study.title)
        os.environ |= environment(folder, role)
        app = Served(config=_config(folder, host, port, browser, study.title, pages, role))
        app.initialize([])
        app.start()


def copies(notebooks: Path, folder: Path, address: str, title: str) -> list[dict[str, str]]:
    """Copy the method's notebooks into a folder, each naming its study; name and title of each come back."""
    pages = []
    folder.mkdir(parents=True)
    for name in NAMES:
        path = notebooks / f"{name}.ipynb"
        if not path.is_file():
            continue
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if PARAMETERS in cell.get("metadata", {}).get("tags", ()):
                cell["source"] = f"study = {address!r}"
        words = "".join("".join(cell["source"]) + "\n" for cell in notebook["cells"] if cell["cell_type"] == "markdown")
        heading = re.search(r"^# +(.+)$", words, re.M)
        page = {"name": name, "title": heading[1].strip() if heading else name}
        notebook["metadata"]["title"] = f"{page['title']} · {title}"
        files.write(folder / f"{name}.ipynb", json.dumps(notebook))
        pages.append(page)
    if not pages:
        raise DataFault(
            Fault(
                file=str(notebooks),
                found="none of the method's notebooks",
                expected=", ".join(f"{name}.ipynb" for name in NAMES),
                mend="put them back: workbench update --take",
            )
        )
    return pages


def environment(folder: Path, role: str) -> dict[str, str]:
    """What the server and its kernels are told by their surroundings: the role, and nothing of the user's own set-up."""
    own = {f"JUPYTER_{word}_DIR": str(folder / word.lower()) for word in ("CONFIG", "DATA", "RUNTIME")}
    return own | {
        "JUPYTER_PATH": str(Path(__file__).resolve().parent / "templates" / "served"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONSAFEPATH": "1",
        "WORKBENCH_HOME": str(places.home()),
        places.ROLE: role,
    }


def _address(study: Study) -> str:
    return study.name if study.path.parent == places.data().resolve() else str(study.path)


def _config(
    folder: Path, host: str, port: int | None, browser: bool, title: str, pages: list[dict[str, str]], role: str
) -> Config:
    resources = {"workbench": {"title": title, "pages": pages, "role": TOLD[role]}}
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
    return Config(
        {
            "Voila": {
                "ip": host,
                "port": PORT if port is None else port,
                "port_retries": 50 if port is None else 0,
                "token": secrets.token_hex(24),
                "open_browser": browser,
                "root_dir": str(folder / "notebooks"),
                "connection_dir_root": str(folder),
                "config_file_paths": [],
                "log_level": "ERROR",
                "tornado_settings": {"headers": headers, "allow_remote_access": host not in HERE},
            },
            "VoilaConfiguration": {
                "template": "workbench",
                "allow_template_override": "NO",
                "allow_theme_override": "YES",  # `_Guarded` lets light and dark through
                "file_allowlist": [],
                "resources": resources,
            },
            "KernelManager": {"transport": TRANSPORT},
            "MappingKernelManager": {"cull_idle_timeout": IDLE, "cull_interval": 60, "cull_connected": False},
        }
    )


class Served(Voila):
    """Voilà with every address behind the token, a first page, and no page that tells of files."""

    def init_settings(self) -> dict[str, Any]:
        settings = super().init_settings()
        return settings | {"jinja2_env": settings["voila_jinja2_env"]}  # what is wrong is told on our own page too

    def init_handlers(self) -> list[Any]:
        kept: list[Any] = [(self.server_url, First, {"served": self}), (f"{self.server_url}login", NoToken)]
        for pattern, handler, *rest in super().init_handlers():
            if handler in UNSHOWN or pattern in (self.server_url, f"{self.server_url}login"):
                continue
            if handler is VoilaShutdownKernelHandler:
                handler = _Ended
            elif not issubclass(handler, JupyterHandler):  # Voilà's own files: it asks nobody who they are
                handler = type(handler.__name__, (_Guarded, handler, JupyterHandler), {})
            elif handler is TornadoVoilaHandler or issubclass(handler, web.StaticFileHandler):
                handler = type(handler.__name__, (_Guarded, handler), {})
            kept.append((pattern, handler, *rest))
        return kept

    def listen(self) -> None:
        """Take a port, say where the study is served, and serve it until Ctrl-C."""
        first: int = self.port  # type: ignore[has-type]
        for port in range(first, first + self.port_retries + 1):
            try:
                self.app.listen(port, self.ip)
                break
            except OSError as problem:
                if problem.errno != errno.EADDRINUSE:
                    found = f"{self.ip}:{port}: {problem.strerror}"
                    raise DataFault(Fault(column="--host", found=found, mend="name another with --host")) from None
        else:
            raise DataFault(Fault(column="--port", found=f"{first}, which is taken", mend="name another one"))
        self.port = port
        print(
            f"{self.config.VoilaConfiguration.resources['workbench']['title']} is served at {self.address}", flush=True
        )
        print("Ctrl-C ends it.", file=sys.stderr)
        if self.ip not in HERE:
            print(OPEN, file=sys.stderr)
        if self.open_browser:
            threading.Thread(target=webbrowser.open, args=(self.address,), daemon=True).start()
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        finally:
            self.stop()

    @property
    def address(self) -> str:
        return f"{self._url(self.ip)}?token={self.identity_provider.token}"


class _Guarded:
    """An address that asks for the token, whatever Voilà does with it, and that knows two themes."""

    async def prepare(self) -> None:
        await ensure_async(super().prepare())  # type: ignore[misc]
        handler: Any = self
        if not handler.current_user:
            raise web.HTTPError(403)
        if any(one not in THEMES for one in handler.get_arguments("theme")):
            raise web.HTTPError(400)


class _Ended(VoilaShutdownKernelHandler):
    """A page that is left ends its kernel. It says so as it closes, when it can send no more than its cookie; the kernel's
    id is known to that page alone."""

    def check_xsrf_cookie(self) -> None:
        return None


class NoToken(JupyterHandler):
    """Where those come who have no token: told in words how to get in."""

    @allow_unauthenticated
    def get(self) -> None:
        self.set_status(403)
        self.finish(
            _page("This study is not open", "<p>Ask whoever serves it for the whole address, with its token.</p>")
        )

    @allow_unauthenticated
    def post(self) -> None:
        self.get()


class First(JupyterHandler):
    """The first page: light or dark as the browser has it; who is there, where one may contribute; then the notebooks."""

    def initialize(self, served: Served) -> None:
        self.served = served

    @web.authenticated
    def get(self) -> None:
        told = self.served.config.VoilaConfiguration.resources["workbench"]
        first = f"voila/render/{told['pages'][0]['name']}.ipynb"
        asks = told["role"] == TOLD["contribute"]
        form = (
            '<label>Your name, for others to see beside what you change<br><input name="who" maxlength="60" required>'
            "</label> <button>Open</button>"
            if asks
            else "<button>Open</button>"
        )
        self.finish(
            _page(
                told["title"],
                f'<form action="{escape(first)}"><input type="hidden" name="theme" value="light">{form}</form>'
                "<script>const form = document.forms[0];"
                'if (matchMedia("(prefers-color-scheme: dark)").matches) form.theme.value = "dark";'
                'if (!form.who) location.replace(`${form.getAttribute("action")}?theme=${form.theme.value}`);'
                "else form.who.focus();</script>",
            )
        )


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:;base64,=">'
        "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:12vh auto;"
        "padding:0 20px}input,button{font:inherit;padding:4px 10px;margin-top:6px}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
