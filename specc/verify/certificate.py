"""A verification as a certificate: what was judged, how, on what, and the verdict."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from specc import __version__
from specc.diagnostics import Diagnostic
from specc.diagnostics.render import diagnostics_data
from specc.text import Source

if TYPE_CHECKING:  # a certificate that numpy is missing does without it
    from specc.verify.process import Worker
    from specc.verify.report import Report

KIND = "specc-certificate"
SCHEMA = 2
PROCESSORS = Path("/proc/cpuinfo")


class Subject(Struct, frozen=True):
    """What a certificate is about: a spec and the files it imports, and what was asked.

    `spec` is None where it could not be read.
    """

    spec: Source | None
    imports: tuple[Source, ...]
    options: Mapping[str, object]


def render_certificate(
    subject: Subject,
    reports: Sequence[Report],
    machine: Mapping[str, object],
    diagnostics: Sequence[Diagnostic],
) -> str:
    """The certificate as JSON in ASCII; an infinite figure is null.

    It says nothing of the time, so that the same judgement gives the same bytes.
    """
    failed = any(one.code.severity == "error" for one in diagnostics)
    passed = bool(reports) and not failed and all(report.passed for report in reports)
    data = {
        "schema": SCHEMA,
        "kind": KIND,
        "passed": passed,
        "spec": _spec_data(subject),
        "options": dict(subject.options),
        "limits": _limits() if reports else {},
        "machine": dict(machine),
        "models": [_model_data(report) for report in reports],
        "diagnostics": diagnostics_data(diagnostics),
    }
    text = json.dumps(data, indent=2, allow_nan=False) + "\n"
    # The one control character that JSON lets stand as it is.
    return text.replace("\x7f", "\\u007f")


def describe_machine(workers: Mapping[str, Worker]) -> dict[str, object]:
    """What the oracle and the programs run on. May raise `ProgramError`."""
    import numpy

    return {
        "specc": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "numpy": numpy.__version__,
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0))
        if sys.platform == "linux"
        else os.cpu_count(),
        "backends": {name: worker.describe() for name, worker in workers.items()},
    }


def _processor() -> str:
    """The processor's name; Python has none to tell on Linux."""
    if PROCESSORS.exists():
        lines = PROCESSORS.read_text(errors="replace").splitlines()
        names = (line for line in lines if line.startswith("model name"))
        found = next(names, "").partition(":")[2].strip()
        if found:
            return found
    return platform.processor()


def _spec_data(subject: Subject) -> dict[str, object] | None:
    if subject.spec is None:
        return None
    return {
        **_file_data(subject.spec),
        "imports": [_file_data(source) for source in subject.imports],
    }


def _file_data(source: Source) -> dict[str, str]:
    return {"file": source.name, "sha256": sha256(source.text.encode()).hexdigest()}


def _limits() -> dict[str, dict[str, float]]:
    """By precision, then by what is compared."""
    from specc.verify.compare import LIMITS

    found: dict[str, dict[str, float]] = {}
    for (kind, precision), limit in LIMITS.items():
        found.setdefault(precision, {})[kind] = limit
    return found


def _model_data(report: Report) -> dict[str, object]:
    from specc.verify.render import report_data

    digests = report.digests
    return {
        **report_data(report),
        "files": [
            {"file": f"{report.model}_{backend}.py", "sha256": digest}
            for backend, digest in digests.programs
        ],
        "weights": {
            "judged_with": digests.weights,
            "first": {
                "seed": digests.initial_seed,
                "sha256": digests.initial or None,
            },
        },
    }
