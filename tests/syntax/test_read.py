"""Files that are fine, and files that are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specc.diagnostics import Diagnostic, Failure
from specc.syntax.parser import parse
from specc.syntax.read import MAX_BYTES, decode, read

SPEC = b"const A = 1\nconst B = 2\n"


def refused(path: Path) -> Diagnostic:
    with pytest.raises(Failure) as raised:
        read(path)
    (found,) = raised.value.diagnostics
    return found


def written(folder: Path, data: bytes) -> Path:
    path = folder / "spec.seq"
    path.write_bytes(data)
    return path


# Files that are fine


def test_a_file_is_called_as_the_user_called_it(tmp_path: Path) -> None:
    path = written(tmp_path, SPEC)
    assert read(path).name == str(path)
    assert read(str(path)).name == str(path)
    assert read(path, shown_as="spec.seq").name == "spec.seq"


@pytest.mark.parametrize(
    "data",
    [
        SPEC,
        b"\xef\xbb\xbf" + SPEC,
        SPEC.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + SPEC.replace(b"\n", b"\r\n"),
        SPEC.replace(b"1\n", b"1\r\n"),
    ],
    ids=["plain", "byte order mark", "CRLF", "both", "mixed line ends"],
)
def test_how_an_editor_saves_does_not_matter(tmp_path: Path, data: bytes) -> None:
    assert read(written(tmp_path, data)).text == SPEC.decode()


def test_tabs_are_spaces(tmp_path: Path) -> None:
    path = written(tmp_path, b"const\tA\t=\t1\n\t\tconst B = 2\t\n")
    assert len(parse(read(path)).declarations) == 2


def test_comments_and_strings_take_any_letter(tmp_path: Path) -> None:
    path = written(tmp_path, 'import "größe/Δ.seq"  # 漢字 👩‍🔬\n'.encode())
    assert "größe" in read(path).text
    assert parse(read(path)).declarations


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    data = SPEC + b"#" * (MAX_BYTES - len(SPEC))
    assert len(read(written(tmp_path, data)).text) == MAX_BYTES


# Files that are not


def test_a_missing_file(tmp_path: Path) -> None:
    found = refused(tmp_path / "none.seq")
    assert found.code.slug == "missing-file"
    assert "none.seq" in found.message


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = written(tmp_path, SPEC)
    assert refused(path / "below.seq").code.slug == "missing-file"


def test_a_path_with_a_zero_leads_nowhere() -> None:
    assert refused(Path("a\0b.seq")).code.slug == "missing-file"


def test_a_folder(tmp_path: Path) -> None:
    found = refused(tmp_path)
    assert found.code.slug == "not-a-file"
    assert "is a folder" in found.message


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.seq"
    os.mkfifo(path)
    assert refused(path).code.slug == "not-a-file"


def test_what_the_system_refuses(tmp_path: Path) -> None:
    found = refused(tmp_path / ("a" * 5000))
    assert found.code.slug == "unreadable-file"
    assert "File name too long" in found.message


def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "a.seq").symlink_to("b.seq")
    (tmp_path / "b.seq").symlink_to("a.seq")
    assert refused(tmp_path / "a.seq").code.slug == "unreadable-file"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    found = refused(written(tmp_path, b"#" * (MAX_BYTES + 1)))
    assert found.code.slug == "file-too-large"


def test_a_binary_file_names_the_byte(tmp_path: Path) -> None:
    found = refused(written(tmp_path, SPEC + b"\x00\x01\xff"))
    assert found.code.slug == "binary-file"
    assert "byte 24 " in found.message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised(tmp_path: Path, encoding: str) -> None:
    found = refused(written(tmp_path, ("\ufeff" + SPEC.decode()).encode(encoding)))
    assert found.code.slug == "not-utf8"
    assert "UTF-16" in (found.help or "")


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_that_is_not_utf_8_is_shown(
    tmp_path: Path, before: bytes, end: bytes
) -> None:
    start = before + "# größe".encode() + end + b"# caf"
    found = refused(written(tmp_path, start + b"\xe9" + end))
    assert found.code.slug == "not-utf8"
    assert f"byte {len(start)} (0xE9, line 2)" in found.message
    span = found.labels[0].span
    assert (span.line, span.column) == (2, 6)
    assert span.source.line(1) == "# größe"


def test_a_letter_cut_in_half_at_the_end(tmp_path: Path) -> None:
    found = refused(written(tmp_path, SPEC + b"# caf\xc3"))
    assert (found.labels[0].span.line, found.labels[0].span.column) == (3, 6)


def test_half_a_surrogate_is_not_utf_8(tmp_path: Path) -> None:
    assert refused(written(tmp_path, b"# \xed\xa0\x80")).code.slug == "not-utf8"


def test_a_lone_carriage_return_is_shown(tmp_path: Path) -> None:
    found = refused(written(tmp_path, b"const A = 1\r\n# a\rconst B = 2\r\n"))
    assert found.code.slug == "lone-carriage-return"
    assert (found.labels[0].span.line, found.labels[0].span.column) == (2, 4)


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"\n\n", b"# a comment\n", b" \t"]
)
def test_a_file_that_declares_nothing_is_told_by_the_parser(data: bytes) -> None:
    with pytest.raises(Failure) as raised:
        parse(decode(data, "spec.seq"))
    assert raised.value.diagnostics[0].code.slug == "nothing-declared"
