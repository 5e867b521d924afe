"""Every code has a page, and the page's examples do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

import specc
from specc.diagnostics.model import Code
from specc.diagnostics.pages import UnknownCode, all_codes, page

FOLDER = files("specc.diagnostics.pages")
# In these ranges a short text is enough to make the mistake, so each page is run.
ALWAYS_RUN = ("SPC1", "SPC3", "SPC4")
RANGES = [
    range(1, 20),
    range(101, 150),
    range(201, 250),
    range(301, 350),
    range(401, 450),
    range(501, 550),
    range(601, 650),
    range(701, 750),
    range(801, 850),
    range(900, 901),
]
PAGE = re.compile(
    r"# (?P<number>SPC\d{3}) (?P<slug>[a-z0-9-]+)\n"
    r"\n(?P<text>[^#`].*?)\n"
    r"\n## Wrong\n\n```(?P<wrong_kind>\w+)\n(?P<wrong>.*?)```\n"
    r"\n## Right\n\n```(?P<right_kind>\w+)\n(?P<right>.*?)```\n",
    re.DOTALL,
)
WHY_NOT_RUN = re.compile(r"^Not run: \w.{15,}", re.MULTILINE)


@dataclass(frozen=True)
class Parts:
    number: str
    slug: str
    text: str
    kinds: tuple[str, str]
    wrong: str
    right: str

    @property
    def is_run(self) -> bool:
        return self.kinds == ("seq", "seq")


def parts(code: Code) -> Parts:
    found = PAGE.fullmatch(page(code.number))
    assert found, f"the page of {code.number} is not laid out as pages are"
    return Parts(
        found["number"],
        found["slug"],
        found["text"],
        (found["wrong_kind"], found["right_kind"]),
        found["wrong"],
        found["right"],
    )


def has_page(code: Code) -> bool:
    return (FOLDER / f"{code.number}.md").is_file()


every_code = pytest.mark.parametrize("code", all_codes(), ids=lambda code: code.number)
# A page that is missing is one failure, the first below, not four.
every_page = pytest.mark.parametrize(
    "code",
    [code for code in all_codes() if has_page(code)],
    ids=lambda code: code.number,
)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pages = {file.name for file in FOLDER.iterdir() if file.name.endswith(".md")}
    assert pages == {f"{code.number}.md" for code in all_codes()}


def test_numbers_and_slugs_are_unique() -> None:
    numbers = [code.number for code in all_codes()]
    slugs = [code.slug for code in all_codes()]
    assert sorted(set(numbers)) == numbers
    assert len(set(slugs)) == len(slugs)


@every_code
def test_number_and_slug_are_well_formed(code: Code) -> None:
    assert re.fullmatch(r"SPC\d{3}", code.number)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code.slug)
    assert any(int(code.number[3:]) in numbers for numbers in RANGES)


@every_page
def test_a_page_names_its_code_and_gives_two_examples(code: Code) -> None:
    found = parts(code)
    assert (found.number, found.slug) == (code.number, code.slug)
    assert found.wrong.strip() != found.right.strip() != ""


@every_page
def test_a_page_that_is_not_run_says_why(code: Code) -> None:
    found = parts(code)
    assert found.is_run != bool(WHY_NOT_RUN.search(found.text))
    assert found.is_run or not code.number.startswith(ALWAYS_RUN)


@every_page
def test_the_wrong_example_is_this_mistake_and_the_right_one_is_clean(
    code: Code,
) -> None:
    found = parts(code)
    if not found.is_run:
        pytest.skip("the page says why it is not run")
    from specc.lower import check_text

    assert {d.code.number for d in check_text(found.wrong)} == {code.number}
    assert check_text(found.right) == []


@pytest.mark.parametrize(
    "name", ["SPC900", "spc900", "internal-error", "Internal-Error"]
)
def test_a_page_is_found_by_number_and_by_slug(name: str) -> None:
    assert page(name).startswith("# SPC900 internal-error\n")


def test_an_unknown_code_is_a_key_error_with_a_suggestion() -> None:
    with pytest.raises(UnknownCode) as raised:
        page("internal-eror")
    assert isinstance(raised.value, KeyError)
    assert str(raised.value) == "no diagnostic is called `internal-eror`"
    assert raised.value.suggestion == "did you mean `internal-error`?"


def test_a_mistyped_number_suggests_a_number() -> None:
    with pytest.raises(UnknownCode) as raised:
        page("spc9o0")
    assert raised.value.suggestion == "did you mean `SPC900`?"


@pytest.mark.parametrize("name", ["", "../codes", "SPC900.md", "/etc/passwd", "\x1b"])
def test_a_name_that_is_no_code_reads_no_file(name: str) -> None:
    with pytest.raises(UnknownCode):
        page(name)


def test_pages_are_read_from_a_zip(tmp_path: Path) -> None:
    root = Path(specc.__file__).parent
    archive = tmp_path / "specc.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in [
            root / "__init__.py",
            root / "text.py",
            *(root / "diagnostics").rglob("*.[pm][yd]"),
        ]:
            zipped.write(file, file.relative_to(root.parent))
    program = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "from specc.diagnostics.pages import page\n"
        "print(page.__code__.co_filename); print(page('SPC900'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    where, first_line, *_ = done.stdout.splitlines()
    assert where.startswith(str(archive))
    assert first_line == "# SPC900 internal-error"
