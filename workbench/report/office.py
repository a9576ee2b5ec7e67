"""An Office file on its way out: what it tells, as text that is searched for leaks, and its bytes without a clock.

Knows the archive that such a file is, and the gate's rule; nothing of findings.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from workbench import files
from workbench.faults import DataFault, Fault
from workbench.office import SAFE, still
from workbench.report import gate

TOLD = ("descr", "title", "name", "tooltip", "location", "Target")  # attributes in which words may stand


def write(raw: bytes, path: Path, leaks: Callable[[str], list[str]]) -> Path:
    """Write an Office file where it belongs, whole or not at all; the same content gives the same bytes.

    Raises DataFault, and leaves what stood there, where `leaks` finds a person in its words, or an e-mail address is there.
    """
    text = readable(raw)
    found = [f"{leak} in the file" for leak in leaks(text)]
    found += ["an e-mail address in the file"] if gate.addresses(text) else []
    if found:
        mend = "take it out of the study's words or mask it in the source; nothing was written"
        raise DataFault([Fault(path.name, None, "", one, "nothing that names a person", mend) for one in found])
    files.write(path, still(raw))
    return path


def readable(raw: bytes) -> str:
    """All words of an Office file, those of the workbooks inside it too."""
    from lxml import etree

    told: list[str] = []
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith((".xlsx", ".pptx")):
                told.append(readable(content))
            elif name.endswith((".xml", ".rels")):
                for element in etree.fromstring(content, etree.XMLParser(**SAFE)).iter(etree.Element):
                    told += [element.text or "", *(element.get(one) or "" for one in TOLD)]
    return "\n".join(one for one in told if one.strip())
