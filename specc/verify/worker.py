"""The child that runs generated programs: `python -m specc.verify.worker RUNNER`.

A request is one line of JSON on standard input, its answer one line on standard output:

    {"do": "gradients", "arrays": "3.safetensors", "reply": "4.safetensors", ...}
    {"value": null}  or  {"error": {"kind": ..., "message": ..., "trace": ...}}

Arrays travel as files in the folder the child is started in. What goes wrong is an
answer too, so one bad program does not cost the next one a start. The program and the
weights in use are kept from one request to the next.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TextIO, TypeAlias, cast

from specc.verify.arrays import Arrays, read_arrays, write_arrays
from specc.verify.descent import descend

Request: TypeAlias = dict[str, Any]
PROGRAM = "specc_generated"
MOST_FRAMES = 20


class Runner(Protocol):
    """What a backend's runner module offers; arrays have canonical names and shapes."""

    def prepare(self, precision: str) -> None: ...

    # A runner may also have `hurry() -> None`: from now on programs are run once or
    # twice, so that what makes them fast is not worth its time. And `deterministic() ->
    # None`, before anything is run: from now on the same run gives the same bits. And
    # `describe() -> dict[str, str]`: what it runs on.

    def initial(self, module: ModuleType, seed: int) -> Arrays: ...

    def run(
        self,
        module: ModuleType,
        weights: Arrays,
        inputs: Arrays,
        outputs: tuple[str, ...],
    ) -> Arrays: ...

    def gradients(
        self, module: ModuleType, weights: Arrays, inputs: Arrays, cotangents: Arrays
    ) -> Arrays: ...

    def penalty(self, module: ModuleType, weights: Arrays) -> float: ...


class Session:
    """A runner with the program and the weights in use; a method is a request."""

    def __init__(self, runner: str) -> None:
        self._name = runner
        self._module: ModuleType | None = None
        self._weights: Arrays = {}

    @property
    def runner(self) -> Runner:
        return cast(Runner, import_module(self._name))

    @property
    def module(self) -> ModuleType:
        assert self._module is not None, "a program is loaded before it is used"
        return self._module

    def load(self, request: Request, arrays: Arrays) -> None:
        self._module, self._weights = None, {}
        if request.get("quick") and hasattr(self.runner, "hurry"):
            self.runner.hurry()
        if request.get("deterministic"):
            make_deterministic(self.runner)
        self.runner.prepare(request["precision"])
        self._module = load_program(Path(request["program"]))

    def describe(self, request: Request, arrays: Arrays) -> dict[str, str]:
        if request.get("deterministic"):
            make_deterministic(self.runner)
        describe: Callable[[], dict[str, str]] = getattr(self.runner, "describe", dict)
        return describe()

    def use(self, request: Request, arrays: Arrays) -> None:
        self._weights = arrays

    def initial(self, request: Request, arrays: Arrays) -> Arrays:
        return self.runner.initial(self.module, request["seed"])

    def run(self, request: Request, arrays: Arrays) -> Arrays:
        outputs = tuple(request["outputs"])
        return self.runner.run(self.module, self._weights, arrays, outputs)

    def gradients(self, request: Request, arrays: Arrays) -> Arrays:
        return self._gradients(self._weights, *_parted(request, arrays))

    def descend(self, request: Request, arrays: Arrays) -> Arrays:
        inputs, cotangents = _parted(request, arrays)
        return descend(
            lambda weights: self._gradients(weights, inputs, cotangents),
            self._weights,
            request["steps"],
            request["rate"],
        )

    def penalty(self, request: Request, arrays: Arrays) -> float:
        return float(self.runner.penalty(self.module, self._weights))

    def _gradients(self, weights: Arrays, inputs: Arrays, cotangents: Arrays) -> Arrays:
        return self.runner.gradients(self.module, weights, inputs, cotangents)


REQUESTS = frozenset(
    {"load", "use", "initial", "run", "gradients", "descend", "penalty", "describe"}
)


def make_deterministic(runner: Runner) -> None:
    """Have all later runs give the same bits, or raise where that cannot be had."""
    if not hasattr(runner, "deterministic"):
        message = "this backend cannot promise the same bits from run to run"
        raise NotImplementedError(message)
    runner.deterministic()


def main() -> None:
    """Answer requests until standard input ends."""
    requests, answers = take_channels()
    session = Session(sys.argv[1])
    # Frameworks load for seconds, while the parent is busy too. What goes wrong here
    # goes wrong again at the first request, which can tell it.
    with suppress(Exception):
        import_module(sys.argv[1])
    for line in requests:
        answers.write(json.dumps(answer(session, json.loads(line))) + "\n")
        answers.flush()


def take_channels() -> tuple[TextIO, TextIO]:
    """Keep standard input and output for the protocol alone.

    What a framework prints goes to standard error, also where it does so from C.
    """
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def answer(session: Session, request: Request) -> dict[str, object]:
    """Do what a request asks, and say what came of it."""
    try:
        return {"value": _obey(session, request)}
    except (Exception, SystemExit) as error:
        trace = "".join(traceback.format_exception(error, limit=-MOST_FRAMES))
        kind = type(error).__name__
        return {"error": {"kind": kind, "message": str(error), "trace": trace}}


def _obey(session: Session, request: Request) -> object:
    assert request["do"] in REQUESTS, request["do"]
    arrays: Arrays = {}
    if "arrays" in request:
        found = read_arrays(Path(request["arrays"]))
        arrays = {name: found[name] for name in request["names"]}  # in order
    result = getattr(session, request["do"])(request, arrays)
    if "reply" not in request:
        return result
    write_arrays(Path(request["reply"]), result)
    return None


def _parted(request: Request, arrays: Arrays) -> tuple[Arrays, Arrays]:
    """The inputs, and the cotangents in the order of the model's head."""
    inputs = {name: arrays[f"input:{name}"] for name in request["inputs"]}
    return inputs, {name: arrays[f"output:{name}"] for name in request["outputs"]}


def load_program(path: Path) -> ModuleType:
    """Import a generated file afresh, and leave no bytecode beside it."""
    sys.modules.pop(PROGRAM, None)
    spec = spec_from_file_location(PROGRAM, path)
    assert spec is not None and spec.loader is not None, f"{path} is a Python file"
    module = module_from_spec(spec)
    sys.modules[PROGRAM] = module
    with no_bytecode():
        spec.loader.exec_module(module)
    return module


@contextmanager
def no_bytecode() -> Iterator[None]:
    """Write no `__pycache__` in the meantime."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


if __name__ == "__main__":
    main()
