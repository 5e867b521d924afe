"""Build the sdist, the wheel from it, and use that wheel in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEC = """\
cell leaky(units: int) {
  state h[units]
  param W, b
  h' = 0.5 * h + 0.5 * tanh(W @ x + b)
}

model tiny(tokens: int[T] < 10 pad 0) -> y: float[1] {
  tokens -> embed(4) -> bi(lstm(3)) -> leaky(2, final) -> dense(1)
}
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command; its output, or an end to everything."""
    print("$", *command, flush=True)
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, text=True, capture_output=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\n{done.stderr}\nexit code {done.returncode}")
    return done.stdout


def main() -> None:
    """Fail loudly if the distribution cannot do its job away from the checkout."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # `build` makes the sdist, then the wheel from the unpacked sdist.
        dist = folder / "dist"
        run(sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=folder)
        wheel = next(dist.glob("*.whl"))
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "tiny.seq").write_text(SPEC)
        specc = folder / "env" / "bin" / "specc"
        run(specc, "check", "tiny.seq", cwd=elsewhere)
        run(specc, "params", "tiny.seq", cwd=elsewhere)
        run(specc, "explain", "SPC201", cwd=elsewhere)
        for backend in ("jax", "tensorflow"):
            run(specc, "build", "tiny.seq", "--backend", backend, cwd=elsewhere)
            program = elsewhere / "build" / f"tiny_{backend}.py"
            compile(program.read_text(), str(program), "exec")
        installed = run(python, "-m", "pip", "list", cwd=folder)
        for name in ("jax", "tensorflow", "numpy"):
            if f"\n{name} " in installed:
                sys.exit(f"the core install brought in {name}")
    print("The distribution works away from the checkout.")


if __name__ == "__main__":
    main()
