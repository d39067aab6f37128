"""The report in a real browser: no errors, and table, search and folding work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.plots.campaign_plots import CampaignResults
from analysis.report.dag import Node
from analysis.report.outputs import Output
from analysis.report.page import render_report

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=2000",
)  # fmt: skip
EVIL = '"><script>console.error("injected")</script>'


def find_chromium() -> str | None:
    """The first browser that is there and runs (Ubuntu's package of that name may be an empty shell)."""
    for name in os.environ.get("CHROMIUM", "chromium chromium-browser google-chrome").split():
        program = shutil.which(name)
        if program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0:
            return program
    return None


@pytest.fixture(scope="module")
def chromium() -> str:
    program = find_chromium()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is not installed")
    return program


@pytest.fixture(scope="module")
def html(campaign: CampaignResults, plots: Path) -> str:
    outputs = [
        Output("SelectEvents", f"dataset=ttbar, branch={k}", "events", f"fingerprint{k}", f"path/{k}",
               1000 * (k * 7 % 50), f"2026-03-01T10:{k:02d}:00+00:00", k)
        for k in range(50)
    ]  # fmt: skip
    outputs.append(Output("Fit", EVIL, "fit", "abcdef", EVIL, 1, "2026-03-01T11:00:00+00:00", 65.0))
    dag = [Node("s", "SelectEvents", EVIL, 50), Node("f", "Fit", upstream=("s",))]
    return render_report(campaign, plots, outputs, dag)


def browse(chromium: str, folder: Path, html: str, *flags: str, script: str = "") -> tuple[str, str]:
    """Open the page, run `script` in it, and return the document and the browser's log."""
    page = folder / "report.html"
    page.write_text(html.replace("</body>", f"<script>{script}</script></body>") if script else html)
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", *flags, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


def console(log: str) -> list[str]:
    return [line for line in log.splitlines() if ":CONSOLE" in line or "Uncaught" in line]


def report_title(script: str) -> str:
    """A script that runs after the page's own and leaves the value of an expression in the title."""
    return f"document.title = JSON.stringify((() => {{ {script} }})());"


def title(document: str) -> str:
    return re.search(r"<title>(.*?)</title>", document, re.S).group(1)


def test_page_opens_without_errors(chromium: str, html: str, tmp_path: Path) -> None:
    script = report_title("return [...document.images].filter(i => i.src && !i.naturalWidth).length")
    document, log = browse(chromium, tmp_path, html, "--dump-dom", script=script)
    assert console(log) == []
    assert "caselaw" in document and title(document) == "0"


def test_an_error_would_have_been_seen(chromium: str, tmp_path: Path) -> None:
    _, log = browse(chromium, tmp_path, "<body>x</body>", "--dump-dom", script="undefinedFunction()")
    assert "undefinedFunction" in "\n".join(console(log))


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_is_wider_than_the_screen(chromium: str, html: str, tmp_path: Path, width: int) -> None:
    # a window cannot be as narrow as a phone, a frame can
    script = report_title("const e = document.documentElement; return e.scrollWidth - e.clientWidth")
    inner = html.replace("</body>", f"<script>{script} parent.postMessage(document.title, '*')</script></body>")
    (tmp_path / "inner.html").write_text(inner)
    frame = f'<body><iframe src="inner.html" width="{width}" height="800"></iframe></body>'
    receive = "addEventListener('message', message => { document.title = message.data; });"
    document, _ = browse(chromium, tmp_path, frame + "<title></title>", "--dump-dom", script=receive)
    assert title(document) == "0"


def test_outputs_are_folded_searched_and_sorted(chromium: str, html: str, tmp_path: Path) -> None:
    script = report_title(
        """
        const table = document.getElementById("outputs-table"), search = document.getElementById("search");
        const shown = () => [...table.tBodies].flatMap(b => [...b.rows].slice(1)).filter(r => r.offsetParent).length;
        const group = table.tBodies[0], steps = [shown()];
        group.querySelector(".toggle").click(); steps.push(shown());
        search.value = "ttbar branch=7"; search.dispatchEvent(new Event("input")); steps.push(shown());
        steps.push(document.getElementById("found").textContent);
        search.value = ""; search.dispatchEvent(new Event("input"));
        table.tHead.querySelector("[data-key=size]").click();
        const first = () => table.querySelector("[data-family=SelectEvents]").rows[1].cells[2].textContent;
        steps.push(first(), table.tBodies[0].dataset.family);
        table.tHead.querySelector("[data-key=size]").click(); steps.push(first(), table.tBodies[0].dataset.family);
        document.getElementById("fold").click(); steps.push(shown());
        return steps;
        """
    )
    document, log = browse(chromium, tmp_path, html, "--dump-dom", script=script)
    assert console(log) == []
    assert title(document) == ('[1,51,1,"1 found","fingerprint0","Fit","fingerprint7","SelectEvents",0]')


def test_page_can_be_printed(chromium: str, html: str, tmp_path: Path) -> None:
    browse(chromium, tmp_path, html, f"--print-to-pdf={tmp_path / 'report.pdf'}")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
