"""Backends are found as `importlib.metadata` finds them, without it where it can be."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from specc.codegen import backend, entry_points
from specc.diagnostics import Failure

GROUP = "specc.backends"


def install(folder: Path, package: str, text: str) -> None:
    place = folder / f"{package}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Name: {package.partition('-')[0]}\n")
    (place / "entry_points.txt").write_text(text)


def found(group: str = GROUP) -> set[tuple[str, str]]:
    return {(one.name, one.value) for one in entry_points.entry_points(group)}


def by_metadata(group: str = GROUP) -> set[tuple[str, str]]:
    return {(one.name, one.value) for one in metadata.entry_points(group=group)}


@pytest.fixture
def no_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own way only, whatever hooks the test runner has installed."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(entry_points, "_from_metadata", None)


@pytest.mark.parametrize("group", [GROUP, "console_scripts", "pytest11", "no.such"])
def test_what_is_installed_is_found(no_metadata: None, group: str) -> None:
    assert found(group) == by_metadata(group)
    assert found(group) or group == "no.such"


def test_every_way_of_writing_an_entry_is_read(
    no_metadata: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        tmp_path / "a",
        "one-1.0",
        f"# by hand\n[other]\nno = no:no\n\n[{GROUP}]\n  torch=one:a.b [x]  \n"
        "# and\nmine = one.two:c\n[more]\nlast = no:no\n",
    )
    (tmp_path / "a" / "old.egg-info").write_text("a file, as distutils wrote it")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "none")])
    assert found() == {("torch", "one:a.b [x]"), ("mine", "one.two:c")} == by_metadata()


def test_a_package_found_twice_counts_once(
    no_metadata: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "a", "My.Pack-2.0", f"[{GROUP}]\nx = new:x\n")
    install(tmp_path / "b", "my_pack-1.0", f"[{GROUP}]\nx = old:x\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b")])
    assert found() == {("x", "new:x")} == by_metadata()


def test_two_packages_that_offer_one_backend_are_told(
    no_metadata: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "a", "one-1.0", f"[{GROUP}]\ntorch = one:x\n")
    install(tmp_path / "a", "two-1.0", f"[{GROUP}]\ntorch = two:x\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a")])
    with pytest.raises(Failure, match="one:x, two:x"):
        backend.load_backend("torch")


def test_a_package_in_an_archive_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("one-1.0.dist-info/METADATA", "Name: one\n")
        text = f"[{GROUP}]\ntorch = one:x\n"
        file.writestr("one-1.0.dist-info/entry_points.txt", text)
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert found() == {("torch", "one:x")} == by_metadata()


def test_a_package_that_an_import_hook_knows_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "one-1.0", f"[{GROUP}]\ntorch = one:x\n")

    class Hook:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

        @staticmethod
        def find_distributions(
            _: metadata.DistributionFinder.Context,
        ) -> list[metadata.Distribution]:
            return [metadata.Distribution.at(tmp_path / "one-1.0.dist-info")]

    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Hook])
    assert found() == {("torch", "one:x")} == by_metadata()


def test_an_entry_is_loaded_by_its_dots() -> None:
    loaded = entry_points.EntryPoint("x", "os: path.join [extra]").load()
    assert loaded is sys.modules["os"].path.join
    assert entry_points.EntryPoint("x", "os").load() is sys.modules["os"]
    with pytest.raises(ModuleNotFoundError):
        entry_points.EntryPoint("x", "no_such_package:x").load()
