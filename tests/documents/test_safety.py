"""The renderer loads nothing, keeps no secrets, and dies alone when a document is too much for it."""

import logging
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proposals.documents import killable, pdf
from proposals.documents.assets import AssetFetcher, RefusedURL
from proposals.documents.errors import DocumentNotRenderable
from proposals.documents.job import Job
from proposals.documents.killable import clean_environment
from proposals.documents.pdf import render


def job(body: str, **limits: int) -> Job:
    html = f"<!doctype html><html lang=en><head><title>Test</title></head><body>{body}</body></html>"
    return Job(html=html, css="html { font-family: 'Sameside Sans' }", identifier="00" * 16, **limits)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.png",
        "https://example.com/x.png",
        "ftp://example.com/x",
        "data:image/png;base64,AAAA",
        "asset:../worker.py",
        "asset:other.svg",
    ],
)
def test_the_fetcher_refuses_everything_that_the_job_did_not_bring(url: str) -> None:
    fetcher = AssetFetcher({"seal.svg": "<svg/>"})
    with pytest.raises(RefusedURL):
        fetcher.fetch(url)
    assert fetcher.refused == [url]


def test_the_fetcher_serves_what_the_job_brought() -> None:
    fetcher = AssetFetcher({"seal.svg": "<svg/>"})
    assert fetcher.fetch("asset:seal.svg").read() == b"<svg/>"
    assert fetcher.refused == []


def test_a_document_that_asks_for_a_file_does_not_get_it_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="sameside.documents"):
        made = render(job('<p>Here</p><img src="file:///etc/passwd" alt="A file">'))
    assert made.page_count == 1
    assert [record.args for record in caplog.records] == [("file:///etc/passwd",)]


def test_a_document_that_never_ends_is_killed() -> None:
    endless = '<div style="display:flex"><p>a</p>' * 14 + "</div>" * 14
    with pytest.raises(DocumentNotRenderable, match="within the time allowed"):
        render(job(endless, cpu_limit_seconds=3))


def test_a_document_that_is_nested_too_deeply_gives_a_sentence() -> None:
    with pytest.raises(DocumentNotRenderable, match="Nothing was changed"):
        render(job("<div>" * 3000 + "x"))


def test_a_document_that_needs_too_much_memory_gives_a_sentence() -> None:
    with pytest.raises(DocumentNotRenderable, match="Nothing was changed"):
        render(job("<p>word</p>" * 20_000, memory_limit_bytes=300 * 1024 * 1024))


def test_a_renderer_that_does_not_start_gives_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(killable, "PROJECT", tmp_path)
    with pytest.raises(DocumentNotRenderable, match="could not be made"):
        render(job("<p>Hello</p>"))


def test_the_subprocess_gets_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "SIGNING_PKCS12_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    environment = clean_environment(tmp_path)
    assert "secret" not in environment.values()
    given = {"PYTHONPATH", "PYTHONHASHSEED", "LANG", "HOME", "TMPDIR"}
    assert given <= set(environment) <= given | set(killable.PASSED_ENVIRONMENT)


def test_the_kernel_ends_a_process_that_used_up_its_time(tmp_path: Path) -> None:
    program = (
        "from proposals.documents.killable import limit_this_process as l; l(['1', str(1 << 30)])\nwhile True: pass"
    )
    environment = clean_environment(tmp_path)
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=tmp_path, timeout=30, check=False)
    assert -done.returncode in (signal.SIGXCPU, signal.SIGKILL)


def test_only_so_many_run_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killable, "PLACES", threading.BoundedSemaphore(1))
    (tmp_path / "slot.py").write_text(
        "import os, sys\n"
        "os.mkdir('held')\n"  # fails if another one holds it
        "sys.stdin.read()\n"
        "os.rmdir('held')\n"
    )

    def run_one(_: int) -> int:
        limits = {"cpu_limit_seconds": 10, "memory_limit_bytes": 1 << 30}
        environment = {"PYTHONPATH": str(tmp_path)}
        return killable.run("slot", b"x", folder=tmp_path, environment=environment, **limits).returncode

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run_one, range(8))) == [0] * 8


@pytest.mark.parametrize(("length", "seconds"), [(0, 20), (12_000, 21), (600_000, 70), (10_000_000, 120)])
def test_a_longer_document_gets_more_time_up_to_a_limit(length: int, seconds: int) -> None:
    assert pdf.cpu_limit_seconds("x" * length) == seconds


def test_the_renderer_starts_no_other_program() -> None:
    """WeasyPrint would look for its libraries with a compiler and a linker."""
    watched = (
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event in ('subprocess.Popen', 'os.posix_spawn', 'os.fork'):\n"
        "        print(event, arguments)\n"
        "sys.addaudithook(watch)\n"
        "import proposals.documents.worker\n"
    )
    done = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, check=True)
    assert done.stdout == ""
