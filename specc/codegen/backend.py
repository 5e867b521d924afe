"""What a backend is, and how backends are found."""

from __future__ import annotations

from functools import cache
from typing import Protocol, cast

from specc.codegen.elsewhere import Table
from specc.codegen.entry_points import EntryPoint, entry_points
from specc.codegen.plan import Plan
from specc.codegen.renamed import Renamed
from specc.diagnostics import Diagnostic, Failure, did_you_mean
from specc.diagnostics.codes import BROKEN_BACKEND, CLASHING_BACKENDS, UNKNOWN_BACKEND
from specc.ir.graph import Model, Node
from specc.ir.op import Op
from specc.ir.schedule import Target

GROUP = "specc.backends"


class Backend(Protocol):
    """A package that prints a plan as a program of one framework.

    Loading it imports no framework. `modules` are what running the program needs and
    `extra` the extra of specc-lang that installs them. `runner` names a module that
    runs generated programs in a child process (see `specc.verify.worker`).
    `reserved` are the names a generated file defines or imports itself, which no
    value of the model may take.
    """

    name: str
    title: str
    modules: tuple[str, ...]
    extra: str
    runner: str
    reserved: frozenset[str]

    def supports(self, op: Op) -> bool:
        """Whether programs of this backend can compute the op."""
        ...

    def emit(self, plan: Plan) -> str:
        """The text of the program."""
        ...

    def weights_table(
        self, model: Model, renamed: Renamed, found: frozenset[str]
    ) -> Table:
        """Where its programs keep the weights, by the names their framework uses.

        `renamed` says what layers are called there, and `found` are the names in a
        file, if there is one.
        """
        ...

    def remark(self, node: Node, target: Target) -> str:
        """Where it runs a recurrent layer otherwise than its schedule has it, or ""."""
        ...


@cache
def backend_names() -> tuple[str, ...]:
    """Names of the installed backends, sorted; none is loaded."""
    return tuple(sorted({entry.name for entry in _entries()}))


def load_backend(name: str) -> Backend:
    """Load a backend by name. Raises `Failure` if there is none, or it is broken."""
    found = [entry for entry in _entries() if entry.name == name]
    if not found:
        known = ", ".join(backend_names()) or "none is installed"
        raise _failure(
            Diagnostic(
                UNKNOWN_BACKEND,
                f"no backend is called `{name}`",
                help=did_you_mean(name, backend_names()) or f"backends: {known}",
            )
        )
    if len(found) > 1:
        owners = ", ".join(sorted(entry.value for entry in found))
        message = f"several packages offer a backend `{name}`: {owners}"
        raise _failure(Diagnostic(CLASHING_BACKENDS, message, help="uninstall one"))
    try:
        loaded = found[0].load()
    except Exception as error:
        message = f"backend `{name}` ({found[0].value}) cannot be loaded: {error!r}"
        raise _failure(Diagnostic(BROKEN_BACKEND, message)) from error
    return cast(Backend, loaded)


def _entries() -> tuple[EntryPoint, ...]:
    unique = {(entry.name, entry.value): entry for entry in entry_points(group=GROUP)}
    return tuple(unique.values())


def _failure(diagnostic: Diagnostic) -> Failure:
    return Failure([diagnostic])
