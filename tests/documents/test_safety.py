"""The renderer loads nothing, keeps no secrets, and dies alone when a document is too much for it."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from ast import literal_eval
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config.settings import base
from proposals.documents import killable, pdf
from proposals.documents.assets import AssetFetcher, RefusedURL
from proposals.documents.errors import DocumentNotRenderable
from proposals.documents.job import Job
from proposals.documents.parents import Finished, Parents
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


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param('<div style="display:flex"><p>a</p>' * 14 + "</div>" * 14, id="nested boxes"),
        pytest.param(f'<p style="overflow-wrap: anywhere; hyphens: auto">{"x" * 100_000}</p>', id="one word"),
    ],
)
def test_a_document_that_never_ends_is_killed(endless: str) -> None:
    with pytest.raises(DocumentNotRenderable, match="within the time allowed"):
        render(job(endless, cpu_limit_seconds=2))


def test_a_document_that_is_nested_too_deeply_gives_a_sentence() -> None:
    with pytest.raises(DocumentNotRenderable, match="Nothing was changed"):
        render(job("<div>" * 3000 + "x"))


def test_a_document_that_needs_too_much_memory_gives_a_sentence() -> None:
    with pytest.raises(DocumentNotRenderable, match="Nothing was changed"):
        render(job("<p>word</p>" * 20_000, memory_limit_bytes=160 * 1024 * 1024))


def test_a_renderer_that_does_not_start_gives_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(killable, "PARENTS", Parents())
    monkeypatch.setattr(killable, "PROJECT", tmp_path)
    with pytest.raises(DocumentNotRenderable, match="could not be made"):
        render(job("<p>Hello</p>"))


LIMITS = {"cpu_limit_seconds": 10, "memory_limit_bytes": 1 << 30}


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Finished]]:
    """Writes a module with this `main` and runs it apart; its parent ends with the test."""
    parents = Parents()
    monkeypatch.setattr(killable, "PARENTS", parents)

    def run(main: str, work: bytes = b"", module: str = "other", **given: Any) -> Finished:
        lines = "\n".join(f"    {line}" for line in main.splitlines())
        (tmp_path / f"{module}.py").write_text(f"import os, sys, time\nseen = []\ndef main():\n{lines}\n")
        environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{killable.PROJECT}"}
        return killable.run(module, work, folder=tmp_path, environment=environment, **{**LIMITS, **given})

    yield run
    parents.end()


def test_the_subprocess_gets_no_secrets(monkeypatch: pytest.MonkeyPatch, other: Callable[..., Finished]) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "SIGNING_PKCS12_PASSWORD"):
        monkeypatch.setenv(name, "secret")
    given = {"PYTHONPATH", "PYTHONHASHSEED", "LANG", "HOME", "TMPDIR", "LC_CTYPE"}
    names = other("print(*os.environ.items(), sep='\\n')\nreturn 0").stdout.decode()
    assert "secret" not in names
    environment = {literal_eval(line)[0] for line in names.splitlines()}
    assert given - {"LC_CTYPE"} <= environment <= given | set(killable.PASSED_ENVIRONMENT)


def test_the_subprocess_holds_no_file_of_another_one(other: Callable[..., Finished]) -> None:
    """Beside its three streams there is only the one by which it lists them."""
    done = other("print(sorted(int(name) for name in os.listdir('/proc/self/fd')))\nreturn 0")
    assert done.stdout == b"[0, 1, 2, 3]\n"


def test_nothing_of_one_work_is_seen_by_the_next(other: Callable[..., Finished]) -> None:
    main = "seen.append(sys.stdin.read())\nprint(os.getppid(), seen)\nreturn 0"
    first, second = (other(main, work).stdout.decode().split(maxsplit=1) for work in (b"one", b"two"))
    assert first[0] == second[0]
    assert (first[1], second[1]) == ("['one']\n", "['two']\n")


def test_a_crash_is_told_and_ends_nothing_but_itself(other: Callable[..., Finished]) -> None:
    main = "if sys.stdin.read() == 'crash':\n    os.kill(os.getpid(), 11)\nprint(os.getppid())\nreturn 0"
    before, crashed, after = (other(main, work) for work in (b"", b"crash", b""))
    assert (before.returncode, crashed.returncode, after.returncode) == (0, -signal.SIGSEGV, 0)
    assert before.stdout == after.stdout


def test_a_parent_that_was_killed_is_replaced(other: Callable[..., Finished]) -> None:
    first = int(other("print(os.getppid())\nreturn 0").stdout)
    os.kill(first, signal.SIGKILL)
    assert int(other("print(os.getppid())\nreturn 0").stdout) != first


def test_whoever_asks_and_is_gone_at_once_harms_no_other_work(other: Callable[..., Finished], tmp_path: Path) -> None:
    before = other("print(os.getppid())\nreturn 0")
    [parent] = killable.PARENTS._of.values()
    (work, their_work), (fate, their_fate) = socket.socketpair(), socket.socketpair()
    with work, their_work, their_fate:
        with fate:
            fate.sendall(json.dumps({"folder": str(tmp_path), "cpu": 1, "memory": 1 << 30}).encode() + b"\n")
        socket.send_fds(parent._control, [b"."], [their_work.fileno(), their_fate.fileno()])
    assert other("print(os.getppid())\nreturn 0").stdout == before.stdout


def test_ctrl_c_in_the_terminal_is_for_the_server_and_not_for_its_parents(other: Callable[..., Finished]) -> None:
    before = other("print(os.getppid())\nreturn 0")
    os.kill(int(before.stdout), signal.SIGINT)
    assert other("print(os.getppid())\nreturn 0").stdout == before.stdout


def test_a_work_that_is_given_up_is_killed(other: Callable[..., Finished]) -> None:
    """By the time the exception is raised it has ended, so its folder can be taken away."""

    class GivenUp(Exception):
        pass

    heard = []

    def hear(piece: bytes) -> None:
        heard.append(piece)
        raise GivenUp

    with pytest.raises(GivenUp):
        other("print(os.getpid(), flush=True)\ntime.sleep(600)", hear=hear)
    with pytest.raises(ProcessLookupError):
        os.kill(int(heard[0]), 0)


def test_a_work_that_waits_for_ever_is_killed(other: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killable, "WALL_CLOCK_FACTOR", 0.2)
    with pytest.raises(killable.TookTooLong):
        other("time.sleep(600)")


def test_the_kernel_ends_a_process_that_used_up_its_time(other: Callable[..., Finished]) -> None:
    with pytest.raises(killable.TookTooLong):
        other("while True: pass", cpu_limit_seconds=1)


def test_the_parent_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """And so does what it forked. The reading end of `held` closes when the last of them is gone."""
    (tmp_path / "other.py").write_text("import time\ndef main():\n    print(1, flush=True)\n    time.sleep(600)\n")
    program = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from proposals.documents import killable\n"
        f"killable.run('other', b'', folder=Path({str(tmp_path)!r}),\n"
        "    cpu_limit_seconds=60, memory_limit_bytes=1 << 30,\n"
        f"    environment={{'PYTHONPATH': '{tmp_path}{os.pathsep}{killable.PROJECT}'}},\n"
        "    hear=lambda piece: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    assert owner.stderr is not None
    with owner.stderr:
        assert owner.stderr.read() == b""
    assert owner.wait() == -signal.SIGKILL


def test_only_so_many_run_at_a_time(other: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killable, "PLACES", threading.BoundedSemaphore(1))
    main = "os.mkdir('held')\nsys.stdin.read()\nos.rmdir('held')\nreturn 0"  # fails if another one holds it
    with ThreadPoolExecutor(4) as pool:
        assert [done.returncode for done in pool.map(lambda _: other(main), range(8))] == [0] * 8


@pytest.mark.parametrize(
    ("length", "seconds"), [(0, 10), (120_000, 10), (120_001, 11), (600_000, 50), (10_000_000, 120)]
)
def test_a_longer_document_gets_more_time_up_to_a_limit(length: int, seconds: int, settings: Any) -> None:
    settings.RENDER_LEAST_CPU_SECONDS = base.RENDER_LEAST_CPU_SECONDS
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
