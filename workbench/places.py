"""Where things are: the project's folders, the studies in it, and the user's own settings folder.

Knows the file system and nothing of what the files hold.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from workbench.faults import DataFault, Fault, unknown

ROLE = "WORKBENCH_ROLE"  # set by a server for those who look at a study through it; not set: everything may be saved
ROLES = {"view": (), "contribute": ("map", "notes")}  # the parts of a study that each may save
CHOSEN = ".chosen"  # under data/: the study that is worked on
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
SHIPPED = Path(__file__).resolve().parent / "templates"
TEMPLATES = (
    "blank",
    "utility-billing",
    "b2b-service",
    "contact-centre",
    "retail",
    "digital-onboarding",
    "sample",
)  # of a study


def home() -> Path:
    """The project's folder: WORKBENCH_HOME, else the nearest folder at or above here that holds `data/` and
    `surveys/`, else the checkout this package was installed from, else the working folder."""
    named = os.environ.get("WORKBENCH_HOME")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if is_workspace(folder):
            return folder
    return here


def is_workspace(folder: Path) -> bool:
    """Does a folder hold studies, as a workspace does?"""
    return (folder / "data").is_dir() and (folder / "surveys").is_dir()


def data() -> Path:
    return home() / "data"


def surveys() -> Path:
    return home() / "surveys"


def reports(study: str) -> Path:
    return home() / "reports" / study


def notebooks() -> Path:
    """The method's notebooks: the workspace's own, else those in this package."""
    own = home() / "notebooks"
    return own if own.is_dir() else SHIPPED / "workspace" / "notebooks"


def settings() -> Path:
    """The user's own folder, outside any study: pseudonym keys lie here (mode 700)."""
    named = os.environ.get("WORKBENCH_SETTINGS")
    base = Path(named) if named else Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "workbench"
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    return base


def studies() -> list[str]:
    """Names of the studies under `data/`."""
    if not data().is_dir():
        return []
    there = (folder for folder in data().iterdir() if not folder.name.startswith("."))  # one that is being made
    return sorted(folder.name for folder in there if (folder / "study.yaml").is_file())


def study(path_or_name: str | os.PathLike) -> Path:
    """The folder of a study, by its name under `data/` or by a path; an empty name is the one worked on (`chosen`).
    Raises DataFault with the near name."""
    path_or_name = path_or_name or chosen()
    for folder in (data() / path_or_name, Path(path_or_name)):
        if (folder / "study.yaml").is_file():
            return folder.resolve()
    raise DataFault(unknown("study", path_or_name, studies(), file=str(path_or_name)))


def chosen() -> str:
    """The study that is worked on: the one chosen last, else the only one there is. Raises DataFault with the names."""
    kept, there = data() / CHOSEN, studies()
    name = kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""
    if name and (data() / name / "study.yaml").is_file():
        return name
    if len(there) == 1:
        return there[0]
    if not there:
        raise DataFault(
            Fault(file="data", found=f"no study in {data()}", expected="a study", mend="make one: workbench new NAME")
        )
    raise DataFault(
        Fault(
            file="data",
            found=f"{len(there)} studies, none of them chosen: {', '.join(there)}",
            expected="the name of one of them",
            mend=f'name it, as in study = "{there[0]}", or choose it once: workbench lab {there[0]}',
        )
    )


def choose(path_or_name: str | os.PathLike) -> str:
    """Work on this study from now on: what opens without a name opens it. Kept in the workspace, in `data/.chosen`.

    Its name comes back (its path, where it lies elsewhere). Raises DataFault where there is no such study.
    """
    folder = study(path_or_name)
    name = folder.name if folder.parent == data().resolve() else str(folder)
    kept = data() / CHOSEN
    guard(kept)
    if not kept.is_file() or kept.read_text(encoding="utf-8").strip() != name:
        temporary = kept.with_name(f"{CHOSEN}.{os.getpid()}.tmp")
        try:
            data().mkdir(parents=True, exist_ok=True)
            temporary.write_text(name + "\n", encoding="utf-8")
            os.replace(temporary, kept)
        except OSError as problem:
            found, mend = f"{problem.strerror} ({data()})", "name the study each time, or work where you may write"
            raise DataFault(Fault(CHOSEN, None, "", found, "a place to write to", mend)) from problem
    return name


def new_study(name: str) -> Path:
    """The folder that a new study of this name will have. Raises DataFault when the name is no folder name or is taken."""
    if not NAME.fullmatch(name):
        raise DataFault(
            Fault(
                file=name,
                found=f'the study name "{name}"',
                expected="small letters, digits, - and _, beginning with a letter or digit",
                mend="for example: first-bill-2025",
            )
        )
    folder = data() / name
    if folder.exists():
        raise DataFault(
            Fault(file=name, found="a study of this name already", expected="a new name", mend="choose another name")
        )
    return folder


def inside(folder: Path, relative: str, file: str = "") -> Path:
    """A path named in a study's file, which must stay inside the study's folder. Raises DataFault otherwise."""
    path = (folder / relative).resolve()
    if Path(relative).is_absolute() or not path.is_relative_to(folder.resolve()):
        raise DataFault(
            Fault(
                file=file,
                found=f'the path "{relative}"',
                expected="a path inside the study's folder",
                mend="put the file under the study's sources/ and name it from there",
            )
        )
    return path


def may(part: str) -> bool:
    """May this part of a study be saved here ("map", "notes" …), or a "report" or an "export" be written? A role that
    is not known may save nothing."""
    role = os.environ.get(ROLE)
    return role is None or part in ROLES.get(role, ())


def demand(part: str, file: str = "") -> None:
    """Raise DataFault where a part of a study may not be saved here."""
    if may(part):
        return
    free = ROLES.get(os.environ.get(ROLE, ""), ())
    served = "to look at, to draw its map and to comment on it" if free else "to look at"
    with_more = "" if free else ", ask for it to be served with --contribute,"
    raise DataFault(
        Fault(
            file=file or part,
            found=f"a change that cannot be saved here: the study is served {served}",
            expected="no change of it",
            mend=f"tell whoever serves it what should be changed{with_more} or change it in JupyterLab",
        )
    )


def guard(path: Path) -> None:
    """Refuse to write a file where the role does not allow it (DataFault). Every way to write a file asks here.

    What is derived may always be written: a study's frames, its log and what it says of its key, scratch, the user's own
    settings. Of a study, the
    parts that the role may save, with their versions under history/. Nothing else.
    """
    if os.environ.get(ROLE) is None:
        return
    path = path.resolve()
    folder = next((one for one in path.parents if (one / "study.yaml").is_file()), None)
    if folder is not None:
        first, *rest = path.relative_to(folder).parts
        if (first == "frames" and rest) or (first in ("log", ".lock", "privacy.json") and not rest):
            return
        kept = re.fullmatch(r"([a-z]+)-[0-9a-f]+\.yaml", rest[0]) if first == "history" and len(rest) == 1 else None
        saved = re.fullmatch(r"([a-z]+)\.yaml", first) if not rest else kept
        if saved and may(saved[1]):
            return
    else:
        scratch = path.is_relative_to(Path(tempfile.gettempdir()).resolve()) and not path.is_relative_to(home())
        if scratch or path.is_relative_to(settings().resolve()):
            return
    demand("", path.name)


def me() -> str:
    """Who works here: as they call themselves where a study is served to them, else as the system calls them."""
    import getpass
    from urllib.parse import parse_qs

    if os.environ.get(ROLE) is not None:  # the server hands on what the page was asked with
        said = "".join(parse_qs(os.environ.get("QUERY_STRING", "")).get("who", [])[:1])
        name = " ".join("".join(one if one.isprintable() else " " for one in said).split())
        return f"{name[:60]} (visitor)" if name else "a visitor"
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
