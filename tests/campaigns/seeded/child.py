"""The child that compiles: a job on standard input, what is made on standard output.

Run as `python child.py FOLDER`; the packages it uses are those in the folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import specc
from specc.codegen.backend import load_backend
from specc.codegen.build import generate
from specc.compiler import compile_source
from specc.ir.graph import Model
from specc.ir.schedule import Target
from specc.passes.recurrence.choose import schedule_model
from specc.report.parameters import count_parameters
from specc.text import Source


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    assert Path(specc.__file__).absolute().is_relative_to(folder), specc.__file__
    job = json.load(sys.stdin)
    model = compile_source(Source("seeded.seq", job["text"]), Path()).model()
    if job["world"]:
        carry(model, job)
        found = {}
    else:
        # Lengths of which a scan over chunks is made are said with the target.
        target = job["target"]
        length = 10_000 if target == "tpu" else None
        scheduled = schedule_model(model, Target(target, length=length))
        found = {n: generate(scheduled, load_backend(n)) for n in job["backends"]}
        found["count"] = str(count_parameters(model).total)
    json.dump(found, sys.stdout)


def carry(model: Model, job: dict[str, Any]) -> None:
    """Our weights to another world's arrays, and its arrays to our weights."""
    from safetensors.numpy import load_file, save_file

    from specc.convert.numbers import to_ours, to_theirs
    from specc.convert.worlds import world_table

    weights, arrays, theirs, ours = job["files"]
    there = world_table(job["world"], model, {})
    save_file(to_theirs(model, there, load_file(weights)), theirs)
    given = load_file(arrays)
    table = world_table(job["world"], model, {}, frozenset(given))
    save_file(to_ours(model, table, given.__getitem__), ours)


if __name__ == "__main__":
    main()
