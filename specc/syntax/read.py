"""Reads a spec from disk, or says what is wrong with the file."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from specc.diagnostics import Code, Diagnostic, Failure, Label
from specc.diagnostics.codes import (
    BINARY_FILE,
    FILE_TOO_LARGE,
    LONE_CARRIAGE_RETURN,
    MISSING_FILE,
    NOT_A_FILE,
    NOT_UTF8,
    UNREADABLE_FILE,
)
from specc.text import Source, Span

MAX_BYTES = 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LONE_RETURN = re.compile(r"\r(?!\n)")


def read(path: str | os.PathLike[str], shown_as: str | None = None) -> Source:
    """The text of a file, with Unix line ends and without a byte order mark.

    `shown_as` is what diagnostics call the file; by default the path as given.
    Raises `Failure` where there is no such file, or no text in it.
    """
    name = shown_as or os.fspath(path)
    return decode(_bytes(Path(path), name), name)


def decode(data: bytes, name: str) -> Source:
    """The text in some bytes, held to the same rules as a file."""
    if len(data) > MAX_BYTES:
        raise too_large(name)
    if data.startswith(_UTF16_MARKS):
        help = "save it as UTF-8; it looks like UTF-16"
        raise _failure(NOT_UTF8, f"`{name}` is not UTF-8", help)
    zero = data.find(b"\0")
    if zero >= 0:
        message = f"`{name}` is not a text file: byte {zero} is zero"
        raise _failure(BINARY_FILE, message, "give a `.seq` file")
    try:
        text = data.removeprefix(_BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(data, name) from None
    lone = _LONE_RETURN.search(text)
    if lone:
        raise _lone_return(text, lone.start(), name)
    return Source(name, text.replace("\r\n", "\n"))


def too_large(name: str) -> Failure:
    """The refusal of a text of more than 1 MiB."""
    return _failure(
        FILE_TOO_LARGE,
        f"`{name}` is larger than {MAX_BYTES} bytes",
        "split it into several files and `import` them",
    )


def too_many_pieces(name: str, most: int) -> Failure:
    """The refusal of a text of more words, signs, comments and line ends than that."""
    return _failure(
        FILE_TOO_LARGE,
        f"`{name}` has more than {most:,} words, signs, comments and line ends",
        "say what is repeated with `for` or a block, or `import` other files",
    )


def _bytes(path: Path, name: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # opening a pipe might wait for ever
            kind = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
            raise _failure(NOT_A_FILE, f"`{name}` is {kind}", "give a `.seq` file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _failure(MISSING_FILE, f"there is no file `{name}`", None) from None
    except ValueError:  # a path with a zero in it
        message = "a path cannot hold a zero character"
        raise _failure(MISSING_FILE, message, None) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"`{name}` cannot be read: {reason}"
        raise _failure(UNREADABLE_FILE, message, None) from None


def _failure(code: Code, message: str, help: str | None) -> Failure:
    return Failure([Diagnostic(code, message, (), help)])


def _not_utf8(data: bytes, name: str) -> Failure:
    """Points at the first bad byte, in the text as far as it can be shown."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start
    before = data[:offset].decode("utf-8").replace("\r\n", "\n")
    after = data[offset:].decode("utf-8", "replace").replace("\r\n", "\n")
    at = len(before.removeprefix("\ufeff"))
    source = Source(name, before.removeprefix("\ufeff") + after)
    line = source.position(at)[0]
    message = f"byte {offset} (0x{data[offset]:02X}, line {line}) is not UTF-8"
    label = Label(Span(source, at, at + 1), "not UTF-8 from here")
    return Failure([Diagnostic(NOT_UTF8, message, (label,), "save the file as UTF-8")])


def _lone_return(text: str, offset: int, name: str) -> Failure:
    before = text[:offset].replace("\r\n", "\n")
    source = Source(name, before + text[offset:].replace("\r\n", "\n"))
    label = Label(Span(source, len(before), len(before) + 1), "here")
    return Failure(
        [
            Diagnostic(
                LONE_CARRIAGE_RETURN,
                "a carriage return without a line feed ends no line",
                (label,),
                help="end lines with a line feed, or with both",
            )
        ]
    )
