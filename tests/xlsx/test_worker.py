"""The process that opens strangers' files: what it says, what it may, and what its death is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms import FORMS, wire
from ill_workflows.forms.form import Checked
from ill_workflows.xlsx import worker as working
from ill_workflows.xlsx.child import work
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.limits import MIB, Limits
from ill_workflows.xlsx.worker import Worker
from tests.forms.filled import KNOWN, with_counters, with_examples
from tests.xlsx.plain import encrypted, plain_book, replaced

ROOT = Path(__file__).parents[2]
WAVES = sorted((ROOT / "tests" / "samples" / "waves").glob("*/*"))
USAGE = FORMS[0]
GOOD, WRONG = with_examples(USAGE), with_counters(USAGE)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(Limits())
    yield made
    made.stop()


def process(worker: Worker) -> subprocess.Popen[bytes]:
    assert worker._process is not None
    return worker._process


def kind(worker: Worker, data: bytes, *passwords: str) -> str:
    with pytest.raises(UnreadableWorkbook) as raised:
        worker.read(data, "來信.xlsx", passwords, KNOWN)
    assert raised.value.name == "來信.xlsx"
    return raised.value.kind


def good(worker: Worker) -> Checked:
    checked, copy = worker.read(GOOD, "好.xlsx", (), KNOWN)
    assert checked.form == USAGE
    assert copy is None
    return checked


def many_styles(count: int) -> bytes:
    """A workbook with an error whose marked copy needs every style looked at."""
    return replaced(WRONG, "styles", b"</cellXfs>", b'<xf numFmtId="0"/>' * count + b"</cellXfs>")


@pytest.mark.parametrize("path", WAVES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_sample_is_found_to_be_what_it_is_without_a_process_of_its_own(
    path: Path, shared_worker: Worker
) -> None:
    data = path.read_bytes()
    answer = work(data, path.name, (), KNOWN)
    if answer.refused:
        with pytest.raises(UnreadableWorkbook) as raised:
            shared_worker.read(data, path.name, (), KNOWN)
        assert raised.value.kind == answer.refused.decode()
        return
    checked, copy = shared_worker.read(data, path.name, (), KNOWN)
    assert checked == wire.unpack(answer.checked, FORMS)
    assert copy == (answer.copy or None)


@pytest.fixture(scope="module")
def shared_worker() -> Iterator[Worker]:
    made = Worker(Limits())
    yield made
    made.stop()


def test_a_workbook_with_errors_comes_with_its_marked_copy(worker: Worker) -> None:
    checked, copy = worker.read(WRONG, "x.xlsx", (), KNOWN)
    assert checked.count("error")
    assert copy is not None
    assert work(copy, "x.xlsx", (), KNOWN).refused == b""


def test_more_cpu_than_it_may_is_that_files_refusal(worker: Worker) -> None:
    short = Worker(Limits(cpu=1, wall=60))
    started = time.monotonic()
    assert kind(short, many_styles(2_000_000)) == "gave_up"
    assert time.monotonic() - started < 20
    assert short._process is None
    good(short)
    short.stop()


def test_more_memory_than_it_may_is_that_files_refusal() -> None:
    small = Worker(Limits(memory=256 * MIB))
    assert kind(small, many_styles(6_000_000)) == "gave_up"
    good(small)
    small.stop()


def test_longer_than_it_may_is_that_files_refusal() -> None:
    short = Worker(Limits(wall=4))
    started = time.monotonic()
    assert kind(short, many_styles(2_000_000)) == "gave_up"
    assert time.monotonic() - started < 15
    good(short)
    short.stop()


@pytest.mark.parametrize("when", [0.02, 0.1, 0.3])
def test_a_process_that_dies_refuses_one_file_and_the_next_is_read(
    worker: Worker, when: float
) -> None:
    long = many_styles(400_000)
    good(worker)
    end = Timer(when, process(worker).kill)
    end.start()
    assert kind(worker, long) == "gave_up"
    end.join()
    good(worker)


def test_a_process_that_died_between_two_files_costs_none(worker: Worker) -> None:
    good(worker)
    os.kill(process(worker).pid, signal.SIGKILL)
    process(worker).wait()
    good(worker)


def test_it_knows_no_secret_and_holds_no_file(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ILL_MAIL__SMTP__PASSWORD", "geheim")
    with (tmp_path / "state.db").open("wb") as database:
        os.set_inheritable(database.fileno(), True)
        good(worker)
        here = Path("/proc") / str(process(worker).pid)
        assert b"geheim" not in (here / "environ").read_bytes()
        assert set((here / "environ").read_bytes().split(b"\0")) <= {
            b"", *(f"{name}={value}".encode() for name, value in working._ENVIRONMENT.items()),
        }  # fmt: skip
        held = {str(handle.readlink()) for handle in (here / "fd").iterdir()}
        assert not [name for name in held if str(tmp_path) in name]
        limits = (here / "limits").read_text()
        assert f"{1024 * MIB}" in limits.split("Max address space")[1].splitlines()[0]


def test_passwords_go_with_encrypted_files_only(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    dumps = working.pickle.dumps
    monkeypatch.setattr(
        working.pickle, "dumps", lambda question: asked.append(question) or dumps(question)
    )
    worker.read(GOOD, "x.xlsx", ("密碼",), KNOWN)
    checked, _ = worker.read(encrypted(GOOD, "密碼"), "x.xlsx", ("falsch", "密碼"), KNOWN)
    assert checked == good(worker)
    assert [passwords for _, passwords, _ in asked] == [(), ("falsch", "密碼"), ()]
    assert [news is None for _, _, news in asked] == [False, True, True]
    assert not [m for m in asked[0][2].members.values() if m.contacts or m.heads]
    assert kind(worker, encrypted(plain_book(), "x"), "密碼") == "encrypted"


def test_it_is_renewed_after_some_files(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "FILES", 2)
    processes = []
    for _ in range(5):
        good(worker)
        processes.append(process(worker).pid)
    assert processes[0] == processes[1] != processes[2] == processes[3] != processes[4]


def heavy(name: str, size: int) -> bytes:
    """A workbook with a large part that is parsed."""
    filling = f"<!-- {name} -->".encode() + b'<xf numFmtId="0"/>' * size
    return replaced(GOOD, "styles", b"</cellXfs>", filling + b"</cellXfs>")


def test_what_one_file_leaves_behind_is_missing_to_no_other() -> None:
    small = Worker(Limits(memory=256 * MIB))
    processes = set()
    for n in range(3):
        checked, _ = small.read(heavy(f"{n}", 1_500_000), "x.xlsx", (), KNOWN)
        assert checked.form == USAGE
        processes.add(small._process)
    assert processes == {None}  # each had a new one, for each held much
    good(small)
    small.stop()


def test_a_file_may_be_read_ahead_and_is_read_once(worker: Worker) -> None:
    good(worker)
    alive, served = process(worker).pid, worker._served
    worker.ahead(WRONG, "x.xlsx", (), KNOWN)
    worker.ahead(GOOD, "y.xlsx", (), KNOWN)  # one at a time
    assert worker.read(WRONG, "x.xlsx", (), KNOWN)[0].count("error")
    good(worker)
    assert (process(worker).pid, worker._served) == (alive, served + 2)


def test_what_was_read_ahead_in_vain_is_thrown_away(worker: Worker) -> None:
    good(worker)
    worker.ahead(WRONG, "x.xlsx", (), KNOWN)
    good(worker)
    worker.ahead(GOOD, "x.xlsx", (), KNOWN)
    other = replace(KNOWN, received=KNOWN.received.replace(year=2020))  # what is known has changed
    assert worker.read(GOOD, "x.xlsx", (), other)[0].count("error")
    good(worker)


def test_a_process_that_dies_over_what_it_reads_ahead_refuses_that_file_alone(
    worker: Worker,
) -> None:
    good(worker)
    worker.ahead(many_styles(400_000), "x.xlsx", (), KNOWN)
    process(worker).kill()
    good(worker)
    worker.ahead(long := many_styles(400_000), "x.xlsx", (), KNOWN)
    process(worker).kill()
    assert kind(worker, long) == "gave_up"
    good(worker)


def test_a_fork_has_a_process_of_its_own(worker: Worker) -> None:
    good(worker)
    before = process(worker).pid
    child = os.fork()
    if child == 0:
        try:
            good(worker)
            other = process(worker).pid
            worker.stop()
            os._exit(0 if other != before else 1)
        except BaseException:  # noqa: BLE001 - nothing may run on in a fork
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    good(worker)
    assert process(worker).pid == before


@pytest.mark.parametrize(
    "says",
    [
        "sys.exit()", "sys.stdout.write('no answer at all, but words' * 9)",
        "sys.stdout.buffer.write(b'\\xff' * 100); time.sleep(60)",
        "sys.stdout.buffer.write((5).to_bytes(8, 'little') + b'half')",
        "sys.stdout.buffer.write((10**12).to_bytes(8, 'little')); time.sleep(60)",
        "pipe.send(sys.stdout.fileno(), (b'', b'{}', b'', b''))",
        "pipe.send(sys.stdout.fileno(), (b'nonsense', b'', b'', b''))",
        "pipe.send(sys.stdout.fileno(), (b'', b'\\x80\\x04N.', b'', b''))", "while True: pass",
        "while True: sys.stdout.buffer.write(bytes(10_000))",
    ],
)  # fmt: skip
def test_whatever_it_says_the_parent_goes_on(says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    beginning = working._BEGIN.replace("main(Limits(*limits))", f"import time\n{says}").replace(
        "import main", "import main\nfrom ill_workflows.xlsx import pipe"
    )
    odd = Worker(Limits(wall=4))
    with monkeypatch.context() as patched:
        patched.setattr(working, "_BEGIN", beginning)
        assert kind(odd, GOOD) == "gave_up"
    good(odd)
    odd.stop()


def test_a_mistake_of_ours_is_one_files_refusal_and_is_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "import ill_workflows.xlsx.child as c\nc.check = lambda *a: {}['王小明']\nmain(Lim"
    monkeypatch.setattr(working, "_BEGIN", working._BEGIN.replace("main(Lim", broken))
    odd = Worker(Limits())
    assert kind(odd, GOOD) == "gave_up"
    alive = process(odd).pid
    assert kind(odd, GOOD) == "gave_up"
    assert process(odd).pid == alive
    odd.stop()
    assert caplog.text.count("KeyError") == 2
    assert "王小明" not in caplog.text  # a message may hold what stood in a cell


def test_it_ends_when_its_parent_does() -> None:
    parent = subprocess.run(
        [sys.executable, "-c", """
import os, signal
from tests.forms.filled import KNOWN
from ill_workflows.xlsx.limits import Limits
from ill_workflows.xlsx.worker import shared
try:
    shared(Limits()).read(b"x", "x", (), KNOWN)
except Exception:
    print(shared(Limits())._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False,
    )  # fmt: skip
    left = Path("/proc") / parent.stdout.decode().strip()
    assert left.name.isdigit()
    for _ in range(50):
        if not left.exists() or " Z " in (left / "stat").read_text():
            return
        time.sleep(0.1)
    pytest.fail("the process that reads files lives on without its parent")


def test_what_came_with_a_password_goes_back_with_it(worker: Worker) -> None:
    checked, copy = worker.read(encrypted(WRONG, "密碼"), "x.xlsx", ("密碼",), KNOWN)
    assert copy is not None
    assert kind(worker, copy) == kind(worker, copy, "falsch") == "encrypted"
    again, _ = worker.read(copy, "x.xlsx", ("密碼",), KNOWN)
    assert again.rows == checked.rows
    plain, marked = worker.read(WRONG, "x.xlsx", (), KNOWN)
    assert marked is not None
    assert plain.rows == checked.rows
    assert guard(copy, "x", ("密碼",)).data == marked


def test_what_excel_only_protects_against_writing_goes_back_open(worker: Worker) -> None:
    _, copy = worker.read(encrypted(WRONG, "VelvetSweatshop"), "x.xlsx", ("密碼",), KNOWN)
    assert copy is not None
    assert copy.startswith(b"PK")
