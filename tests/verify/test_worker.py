"""The child process: a protocol that nothing a program does can break."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from specc.codegen.backend import Backend
from specc.diagnostics import Failure
from specc.verify import installed
from specc.verify.arrays import Arrays
from specc.verify.child import ProgramError, environment
from specc.verify.process import Worker

ECHO = "def run(weights, inputs): return list(inputs.values())\n"
TIMES = "def run(weights, inputs): return [weights['w'] * inputs['x']]\n"
X: Arrays = {"x": np.array([2.0, 3.0])}


@pytest.fixture
def tiny(echo: Callable[..., Backend]) -> Backend:
    return echo(name="tiny", runner="tiny_runner")


@pytest.fixture
def worker(tiny: Backend) -> Iterator[Worker]:
    with Worker(tiny) as worker:
        yield worker


def files_of(worker: Worker) -> set[str]:
    return {path.name for path in worker._folder.iterdir()}


def test_a_program_runs_on_its_weights_and_inputs(worker: Worker) -> None:
    worker.load(TIMES, "float64")
    worker.use({"w": np.array([10.0, 20.0])})
    assert worker.run(X, ["y"])["y"].tolist() == [20, 60]
    assert worker.penalty() == 30
    assert worker.initial(7)["w"].tolist() == [7, 7]


def test_arrays_arrive_as_they_were_sent_and_in_their_order(worker: Worker) -> None:
    worker.load(ECHO, "float64")
    inputs: Arrays = {
        "wide": np.arange(6, dtype=np.float64).reshape(2, 3).T,
        "flag": np.array([[True, False]]),
        "ids": np.array([-1, 2**31 - 1], np.int32),
        "number": np.array(0.1, np.float32),
        "nothing": np.zeros((0, 3), np.float32),
    }
    found = worker.run(inputs, [f"{name} again" for name in inputs])
    for name, array in inputs.items():
        again = found[f"{name} again"]
        assert (again.dtype, again.shape) == (array.dtype, array.shape), name
        assert np.array_equal(again, array), name


def test_names_are_never_paths(worker: Worker) -> None:
    worker.load(ECHO, "float64")
    found = worker.run({"../../x": np.ones(1)}, ["/etc/y"])
    assert list(found) == ["/etc/y"]


def test_descent_takes_steps_in_the_child(worker: Worker) -> None:
    worker.load(TIMES, "float64")
    worker.use({"w": np.array([10.0, 20.0])})
    trained = worker.descend(X, {"y": np.ones(2)}, steps=2, rate=0.5)
    # The gradient of (w - x)^2 / 2, halved twice.
    assert trained["w"].tolist() == [2 + 8 / 4, 3 + 17 / 4]
    assert list(trained) == ["w"]
    assert worker.gradients(X, {"y": np.ones(2)})["w"].tolist() == [8, 17]


def test_precision_is_prepared_before_the_program_is_loaded(worker: Worker) -> None:
    program = "import tiny_runner\nassert tiny_runner.prepared == 'float32'\n" + ECHO
    worker.load(program, "float32")
    with pytest.raises(ProgramError, match="AssertionError"):
        worker.load(program, "float64")


def test_nothing_a_program_prints_garbles_the_protocol(worker: Worker) -> None:
    noise = (
        "import os, sys\n"
        "print('{\"value\": 1}')\n"
        "os.write(1, b'from C\\n')\n"
        "os.system('echo from a child')\n"
        "sys.__stdout__.write('late')\n"
    )
    worker.load(noise + TIMES, "float64")
    worker.use({"w": np.ones(2)})
    assert worker.run(X, ["y"])["y"].tolist() == [2, 3]


def test_a_program_finds_standard_input_empty(worker: Worker) -> None:
    worker.load("import sys\nassert sys.stdin.read() == ''\n" + TIMES, "float64")
    worker.use({"w": np.ones(2)})
    assert worker.penalty() == 2


@pytest.mark.parametrize(
    ("program", "kind"),
    [
        ("raise KeyError('gate')\n", "KeyError"),
        ("import sys\nsys.exit('enough')\n", "SystemExit"),
        ("def run(:\n", "SyntaxError"),
        ("import no_such_module\n", "ModuleNotFoundError"),
        ("def again(): again()\nagain()\n", "RecursionError"),
    ],
)
def test_what_goes_wrong_is_told_and_the_next_program_runs(
    worker: Worker, program: str, kind: str
) -> None:
    with pytest.raises(ProgramError) as raised:
        worker.load(program, "float64")
    assert raised.value.kind == kind
    assert kind in raised.value.trace
    child = worker._child
    worker.load(TIMES, "float64")
    assert worker._child is child


def test_a_traceback_shows_the_line_of_the_program(worker: Worker) -> None:
    worker.load("def run(weights, inputs):\n    return inputs['gone']\n", "float64")
    with pytest.raises(ProgramError, match="'gone'") as raised:
        worker.run(X, ["y"])
    assert "return inputs['gone']" in raised.value.trace


def test_a_dead_child_is_reported_and_replaced(worker: Worker) -> None:
    last = "import os, sys\nprint('out of memory', file=sys.stderr, flush=True)\n"
    with pytest.raises(ProgramError) as raised:
        worker.load(last + "os._exit(9)\n", "float64")
    assert raised.value.kind == "died"
    assert "status 9" in raised.value.message
    assert "out of memory" in raised.value.trace
    worker.load(TIMES, "float64")
    worker.use({"w": np.ones(2)})
    assert worker.penalty() == 2


def test_only_the_end_of_what_a_dead_child_wrote_is_told(worker: Worker) -> None:
    long = "import os, sys\nfor i in range(10000): print(i)\n"
    with pytest.raises(ProgramError) as raised:
        worker.load(long + "sys.stdout.flush()\nos._exit(1)\n", "float64")
    assert raised.value.trace.splitlines()[-1] == "9999"
    assert len(raised.value.trace.splitlines()) == 30


def test_a_child_that_takes_too_long_is_stopped(tiny: Backend) -> None:
    with Worker(tiny, timeout=3) as worker:
        worker.load(TIMES, "float64")
        with pytest.raises(ProgramError, match="no answer within 3 seconds"):
            worker.load("while True: pass\n", "float64")
        worker.load(TIMES, "float64")


def test_files_are_removed_at_once_and_the_folder_at_the_end(tiny: Backend) -> None:
    with Worker(tiny) as worker:
        worker.load(TIMES, "float64")
        worker.use({"w": np.ones(2)})
        for _ in range(3):
            worker.run(X, ["y"])
        assert files_of(worker) == {"1.py", "errors.txt"}
        assert worker._folder.stat().st_mode & 0o077 == 0
        folder, child = worker._folder, worker._child
    assert not folder.exists()
    assert child is not None and not child.alive


def test_a_runner_that_cannot_be_imported_is_told(
    echo: Callable[..., Backend],
) -> None:
    with (
        Worker(echo(runner="no_such_runner")) as worker,
        pytest.raises(ProgramError, match="no_such_runner"),
    ):
        worker.load(TIMES, "float64")


def test_a_file_in_the_current_folder_stands_in_for_no_module(
    tiny: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')\n")
    monkeypatch.chdir(tmp_path)
    with Worker(tiny) as worker:
        worker.load(TIMES, "float64")


def test_a_missing_framework_is_named_with_its_extra(
    echo: Callable[..., Backend],
) -> None:
    backend = echo(modules=("numpy", "no_such.module", "nor_this"), extra="jax")
    with pytest.raises(Failure) as raised, Worker(backend):
        pass
    (found,) = raised.value.diagnostics
    assert found.code.number == "SPC605"
    assert "`no_such` and `nor_this`, which are not installed" in found.message
    assert found.help == 'pip install "specc-lang[jax]"'


def test_asking_for_a_framework_imports_none_of_it() -> None:
    assert installed.missing_modules(["email.mime.audio"]) == ()
    assert "email.mime.audio" not in sys.modules


def test_missing_numpy_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    with pytest.raises(Failure, match="needs `numpy` and `safetensors`") as raised:
        installed.require_reference()
    (found,) = raised.value.diagnostics
    assert found.help == 'pip install "specc-lang[reference]"'


def test_a_users_environment_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    monkeypatch.setenv("JAX_PLATFORMS", "cpu")
    assert environment()["TF_CPP_MIN_LOG_LEVEL"] == "3"
    assert environment()["JAX_PLATFORMS"] == "cpu"
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    installed.use_one_thread()
    assert environment()["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
