"""Every spec printed in the documentation is one, and what is quoted is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specc.compiler import compile
from specc.draw.diagram import draw_model
from specc.draw.svg import draw_svg

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if "```seq" in page.read_text()
]
EXAMPLES = [
    pytest.param(example, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, example in enumerate(
        re.findall(r"```seq\n(.*?)```", page.read_text(), re.DOTALL), 1
    )
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_checks_clean(example: str) -> None:
    compiled = compile(example)
    assert not compiled.check()
    assert compiled.models, "an example declares a model"


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_builds_in_both_backends(example: str) -> None:
    compiled = compile(example)
    for model in compiled.models:
        for backend in ("jax", "tensorflow"):
            assert f'"model": "{model.name}"' in compiled.source(backend, model.name)


def test_every_link_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readme_quotes_what_the_commands_print() -> None:
    readme = (ROOT / "README.md").read_text()
    model = compile(re.findall(r"```seq\n(.*?)```", readme, re.DOTALL)[0])
    for line in model.source("jax").partition("def apply")[2].splitlines()[9:17]:
        assert line in readme
    from specc.report.parameter_table import render_table

    for line in render_table([model.params()], False).splitlines()[2:9]:
        assert line.rstrip() in readme


def test_pictures_are_what_specc_draws() -> None:
    for picture in (ROOT / "docs/images").glob("*.svg"):
        spec = ROOT / f"specs/models/{picture.stem}.seq"
        drawn = draw_svg(draw_model(compile(spec).model()))
        assert picture.read_text() == f"{drawn}\n", picture.name
