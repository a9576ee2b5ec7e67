"""It is locked as shipped: what a stranger on this machine, or a hostile page, can do to the servers that we start."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from water_town import ROOT

from workbench import lab

LOOSE = re.compile(r"token *= *['\"]{2}|disable_check_xsrf|allow_origin.*\*|ip *= *.0\.0\.0\.0|allow_remote_access")
OWN = (
    "--ServerApp.port=",
    "--ServerApp.root_dir=",
    "--ServerApp.default_url=",
    "--ServerApp.open_browser=",
    "--LabApp.",
)


def test_the_lab_is_closed_to_strangers_and_to_other_pages(shared, sample, tmp_path):
    started = [
        word for word in lab.command(18999) if word.startswith("--") and not word.startswith((*OWN, "--allow-root"))
    ]
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    probe = [sys.executable, str(shared / "corpus" / "server_probe.py"), *started]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)
    said = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines() if re.search(r" \d{3}$| (True|False)$", line))
    said = {" ".join(words.split()): answer for words, answer in said.items()}
    assert "token printed: True length 48" in done.stdout, done.stdout + done.stderr
    for asked in ("no token /api/contents", "no token /api/kernels POST", "no token /files/report.html"):
        assert said[asked] in ("302", "403"), done.stdout
    assert said["Host: evil.example (DNS rebinding)"] == "403"
    assert said["cross-site PUT without token"] in ("403", "404")
    assert said["listening only on loopback:"] == "True"
    for line in done.stdout.splitlines():
        if line.startswith("token ") and "CSP:" in line and "/api/" not in line:
            assert "sandbox" in line, line
        if "traversal" in line:
            assert not re.search(r"\b200\b", line), line
    assert not re.search(r"CORS: (?!None|\s*$)", done.stdout, re.M), done.stdout


def test_no_server_is_started_with_its_locks_off():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    code = [one for one in listed if one.endswith((".py", ".sh", ".yml", ".yaml", ".json", "Makefile", "run", ".toml"))]
    assert len(code) > 300
    found = []
    for name in code:
        if name in ("tests/test_no_way_in.py", "tests/test_cli.py") or not (ROOT / name).is_file():
            continue
        for number, line in enumerate(
            (ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if (
                LOOSE.search(line) and '"allow_remote_access": host not in HERE' not in line
            ):  # closed unless --host opens it
                found.append(f"{name}:{number}: {line.strip()}")
    assert found == []
