"""`specc run`: computes a model's outputs."""

from __future__ import annotations

from pathlib import Path

import click

from specc.cli import _options
from specc.cli._spec import chosen_model

REFERENCE = "reference"


@click.command()
@_options.file
@_options.model
@click.option(
    "--backend",
    metavar="NAME",
    default=REFERENCE,
    show_default=True,
    help="`reference`, the oracle in float64, or a backend, in float32.",
)
@click.option(
    "--weights",
    metavar="W.safetensors",
    type=_options.PATH,
    required=True,
    help="The weights by canonical name, as `specc weights` writes them.",
)
@click.option(
    "--inputs",
    metavar="X.npz",
    type=_options.PATH,
    required=True,
    help="An array for each input, by its name; the first axis is the batch.",
)
@click.option(
    "--out",
    metavar="Y.npz",
    type=_options.PATH,
    required=True,
    help="Where to put an array for each output.",
)
@_options.deterministic
@_options.settings
@_options.no_color
def run(
    file: str,
    model: str | None,
    backend: str,
    weights: str,
    inputs: str,
    out: str,
    deterministic: bool,
    settings: dict[str, int | float],
) -> None:
    """Run a model on inputs and print the path of its outputs.

    \b
    Example:
      specc run imdb.seq --weights w.safetensors --inputs x.npz --out y.npz
    """
    from specc.codegen.backend import backend_names, load_backend
    from specc.diagnostics import did_you_mean
    from specc.diagnostics.visible import visible
    from specc.verify.installed import require_reference, use_one_thread

    known = (REFERENCE, *backend_names())
    if backend not in known:
        hint = did_you_mean(backend, known) or f"backends: {', '.join(known)}"
        message = f"no backend is called `{visible(backend)}`; {hint}"
        raise click.UsageError(message)
    loaded = None if backend == REFERENCE else load_backend(backend)
    found = chosen_model(file, model, settings)
    require_reference()
    if deterministic:
        use_one_thread(always=True)

    from specc.verify.npz import load_inputs, save_outputs
    from specc.verify.run import run_model
    from specc.verify.weights import load_weights

    outputs = run_model(
        found,
        loaded,
        load_weights(Path(weights), found),
        load_inputs(Path(inputs)),
        "float64" if loaded is None else "float32",
        deterministic,
    )
    save_outputs(Path(out), outputs)
    click.echo(out)
