"""`specc verify --format json`: a certificate of what was judged."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from specc.verify import installed

VERIFY = ["verify", "tiny.seq", "--backend", "jax", "--format", "json"]


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@pytest.mark.framework
def test_hashes_are_those_of_what_the_other_commands_write(specc, tmp_path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "sizes.seq").write_text("const width = 4\n")
    spec = tmp_path / "tiny.seq"
    before = "const classes = 2\n" + spec.read_text().replace(
        "dense(1", "dense(classes"
    )
    head = 'import "parts/sizes.seq"\n'
    text = head + before.replace("lstm(4", "lstm(width").replace("[1]", "[classes]")
    spec.write_text(text)
    options = ["--set", "classes=3", "--target", "gpu", "--length", "64"]
    found = specc(*VERIFY, *options, "--deterministic")
    assert found.code == 0, found.err
    data = json.loads(found.out)
    assert (data["kind"], data["schema"], data["passed"]) == (
        "specc-certificate",
        2,
        True,
    )
    assert data["spec"] == {
        "file": "tiny.seq",
        "sha256": digest(spec),
        "imports": [
            {
                "file": "parts/sizes.seq",
                "sha256": digest(tmp_path / "parts" / "sizes.seq"),
            }
        ],
    }
    assert data["options"]["settings"] == {"classes": 3}
    assert data["options"]["deterministic"] is True
    assert data["machine"]["backends"]["jax"]["PJRT_NPROC"] == "1"
    specc("build", "tiny.seq", "--backend", "jax", *options)
    (model,) = data["models"]
    (file,) = model["files"]
    assert file["sha256"] == digest(tmp_path / "build" / file["file"])
    settings = options[:2]
    specc("weights", "tiny.seq", *settings, "--seed", "1", "--out", "w")
    first = {"seed": 1, "sha256": digest(tmp_path / "w")}
    assert model["weights"]["first"] == first
    again = specc(*VERIFY, *options, "--deterministic")
    assert again.out == found.out
    spec.write_text(text.replace("sigmoid", "sigmoid "))
    other = json.loads(specc(*VERIFY, *options).out)
    assert other["spec"]["sha256"] != data["spec"]["sha256"]
    assert other["spec"]["imports"] == data["spec"]["imports"]
    assert other["models"][0]["files"][0]["sha256"] != file["sha256"]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "told"),
    [
        ("model tiny(", [], 1, "SPC1"),
        ("model tiny(x: float[3]) -> float[1] {\n  x -> dens(1)\n}\n", [], 1, "SPC2"),
        ("", [], 1, ""),
        (None, [], 1, "SPC0"),
        ("keep", ["--model", "nobody"], 2, "SPC"),
        ("keep", ["--max-params", "1"], 1, "SPC"),
        ("keep", ["--backend", "nobody"], 2, "SPC601"),
    ],
)
def test_what_fails_has_a_certificate_that_says_so(
    specc, tmp_path: Path, text: str | None, arguments: list[str], code: int, told: str
) -> None:
    if text is None:
        (tmp_path / "tiny.seq").unlink()
    elif text != "keep":
        (tmp_path / "tiny.seq").write_text(text)
    found = specc(*VERIFY, *arguments)
    data = json.loads(found.out)
    assert (found.code, data["passed"], data["models"]) == (code, False, [])
    assert data["diagnostics"][0]["code"].startswith(told)
    assert data["diagnostics"][0]["severity"] == "error"
    assert f"error[{data['diagnostics'][0]['code']}]" in found.err
    if text is not None:
        assert data["spec"]["sha256"] == digest(tmp_path / "tiny.seq")


def test_a_missing_framework_and_a_full_disk_have_one_too(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(installed, "find_spec", lambda name: None)
        assert told(specc(*VERIFY)) == ["SPC605"]
    for error in (OSError(28, "No space left on device", "/tmp/x"), MemoryError()):

        def fail(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("specc.verify.verify.verify", fail)
        monkeypatch.setattr("specc.verify.process.Child", lambda *_: None)
        monkeypatch.setattr("specc.verify.process.Worker.__exit__", lambda *_: None)
        monkeypatch.setattr("specc.cli.verify.able_backends", lambda names: [])
        assert told(specc(*VERIFY)) == ["SPC009"]


def told(found) -> list[str]:
    data = json.loads(found.out)
    assert (found.code, data["passed"]) == (1, False)
    return [one["code"] for one in data["diagnostics"]]
