"""The parent's side of the child process that runs generated programs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from specc.codegen.backend import Backend
from specc.verify.arrays import Array, Arrays, Precision, read_arrays, write_arrays
from specc.verify.child import Child, ProgramError
from specc.verify.installed import require_framework


class Worker:
    """A child process that runs programs of one backend, one after the other.

    Started once, on entry, and used for many models in both precisions. After a death
    or a time-out the next `load` starts a fresh child. Every request may raise
    `ProgramError`.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        timeout: float = 600.0,
        quick: bool = False,
        deterministic: bool = False,
    ) -> None:
        """`timeout`: seconds that one request may take, the child's start included.

        `quick`: programs are run a few times, so they need not be optimised.
        `deterministic`: the same run gives the same bits, or is refused.
        """
        wanted = {"quick": quick, "deterministic": deterministic}
        self._manner = {name: True for name, given in wanted.items() if given}
        self.backend = backend
        self._timeout = timeout
        self._child: Child | None = None
        self._files = 0

    def __enter__(self) -> Worker:
        """Start the child. Raises `Failure` (SPC605) if its framework is missing."""
        require_framework(self.backend)
        self._home = TemporaryDirectory(prefix="specc-", ignore_cleanup_errors=True)
        self._folder = Path(self._home.name)
        self._child = Child(self.backend.runner, self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child is not None:
            self._child.stop()
        self._home.cleanup()

    def load(self, source: str, precision: Precision) -> None:
        """Load a generated program, to be run in a precision."""
        self._revive()
        program = self._new_file("py")
        program.write_text(source, encoding="utf-8", newline="\n")
        request = {"program": str(program), "precision": precision}
        self._ask("load", {**request, **self._manner})

    def describe(self) -> dict[str, str]:
        """What programs run on: versions, device, settings; {} if nobody says."""
        self._revive()
        found = self._ask("describe", self._manner)
        assert isinstance(found, dict), "names and words"
        return found

    def use(self, weights: Mapping[str, Array]) -> None:
        """Give the loaded program its weights, in the precision it runs in."""
        self._ask("use", {}, weights)

    def initial(self, seed: int) -> Arrays:
        """The weights the program itself starts from."""
        return self._ask_arrays("initial", {"seed": seed})

    def run(self, inputs: Mapping[str, Array], outputs: Sequence[str]) -> Arrays:
        """The outputs by name; `outputs` are their names in the head's order."""
        return self._ask_arrays("run", {"outputs": list(outputs)}, inputs)

    def gradients(
        self, inputs: Mapping[str, Array], cotangents: Mapping[str, Array]
    ) -> Arrays:
        """Gradients of the sum of output * cotangent, the cotangents in head order.

        Those of trainable weights by canonical name, of float inputs as `input:<name>`.
        """
        return self._ask_arrays("gradients", *_together(inputs, cotangents))

    def descend(
        self,
        inputs: Mapping[str, Array],
        cotangents: Mapping[str, Array],
        *,
        steps: int,
        rate: float,
    ) -> Arrays:
        """The trainable weights after steps of gradient descent on one batch."""
        names, arrays = _together(inputs, cotangents)
        fields = {**names, "steps": steps, "rate": rate}
        return self._ask_arrays("descend", fields, arrays)

    def penalty(self) -> float:
        """The l1 and l2 penalty of the weights."""
        value = self._ask("penalty", {})
        assert isinstance(value, float), "a penalty is a number"
        return value

    def _revive(self) -> None:
        """Start a fresh child where the last one died."""
        if self._child is None or not self._child.alive:
            self._child = Child(self.backend.runner, self._folder)

    def _ask_arrays(
        self,
        request: str,
        fields: Mapping[str, object],
        arrays: Mapping[str, Array] | None = None,
    ) -> Arrays:
        reply = self._new_file("safetensors")
        self._ask(request, {**fields, "reply": str(reply)}, arrays)
        return read_arrays(reply)

    def _ask(
        self,
        request: str,
        fields: Mapping[str, object],
        arrays: Mapping[str, Array] | None = None,
    ) -> object:
        """Send a request and wait for its answer."""
        message = {"do": request, **fields}
        if arrays is not None:
            path = self._new_file("safetensors")
            write_arrays(path, arrays)
            message["arrays"] = str(path)
            message["names"] = list(arrays)
        assert self._child is not None, "a worker is entered before it is used"
        line = json.dumps(message) + "\n"
        answer = json.loads(self._child.exchange(line, self._timeout))
        if "error" in answer:
            # The folder has another name each time, and nobody can look into it.
            own = f"{self._folder}{os.sep}"
            told = {key: text.replace(own, "") for key, text in answer["error"].items()}
            raise ProgramError(**told)
        value: object = answer["value"]
        return value

    def _new_file(self, ending: str) -> Path:
        """A path in the private folder that was never used."""
        self._files += 1
        return self._folder / f"{self._files}.{ending}"


def _together(
    inputs: Mapping[str, Array], cotangents: Mapping[str, Array]
) -> tuple[dict[str, list[str]], Arrays]:
    """Inputs and cotangents as one message."""
    arrays = {f"input:{name}": array for name, array in inputs.items()}
    arrays |= {f"output:{name}": array for name, array in cotangents.items()}
    return {"inputs": list(inputs), "outputs": list(cotangents)}, arrays
