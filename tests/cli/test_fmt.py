"""`specc fmt` lays files out, or says which it would."""

from __future__ import annotations

from pathlib import Path

UNTIDY = "model m(x:float[3])->float[1]{\n x->dense( 1 ) # why\n}\n"


def test_a_file_is_laid_out_once_and_for_all(specc, tmp_path: Path) -> None:
    file = tmp_path / "untidy.seq"
    file.write_text(UNTIDY)
    first = specc("fmt", "untidy.seq", "tiny.seq")
    assert (first.code, first.out) == (0, "")
    assert first.err == "formatted untidy.seq\n"
    tidy = file.read_text()
    assert "# why" in tidy and "x -> dense(1)" in tidy
    assert specc("fmt", "untidy.seq").err == ""
    assert file.read_text() == tidy


def test_check_names_the_files_and_changes_none(specc, tmp_path: Path) -> None:
    (tmp_path / "untidy.seq").write_text(UNTIDY)
    found = specc("fmt", "--check", "untidy.seq", "tiny.seq")
    assert (found.code, found.out) == (1, "untidy.seq\n")
    assert (tmp_path / "untidy.seq").read_text() == UNTIDY
    assert specc("fmt", "--check", "tiny.seq").code == 0


def test_a_file_that_does_not_parse_stays_and_the_others_are_done(
    specc, tmp_path: Path
) -> None:
    (tmp_path / "broken.seq").write_text("model m(")
    (tmp_path / "untidy.seq").write_text(UNTIDY)
    found = specc("fmt", "broken.seq", "untidy.seq")
    assert found.code == 1 and "error[SPC1" in found.err
    assert (tmp_path / "broken.seq").read_text() == "model m("
    assert (tmp_path / "untidy.seq").read_text() != UNTIDY


def test_line_ends_and_a_byte_order_mark_are_laid_out_too(specc, tmp_path) -> None:
    tidy = (tmp_path / "tiny.seq").read_bytes()
    other = tmp_path / "other.seq"
    for data in (tidy.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + tidy):
        other.write_bytes(data)
        assert specc("fmt", "--check", "other.seq").code == 1
        assert specc("fmt", "other.seq").code == 0
        assert other.read_bytes() == tidy
