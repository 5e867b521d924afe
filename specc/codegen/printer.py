"""Prints documents: breaks lines where they are too long, from the outside in."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from specc.codegen.documents import (
    STEP,
    Best,
    Document,
    FitsExpanded,
    Group,
    GroupIfBroken,
    If,
    Indent,
    Line,
    Mark,
    ParenthesizeIfHelps,
    flat,
    start,
)


def print_document(document: Document, width: int) -> str:
    """The document, broken so that its lines are no wider than `width` if possible."""
    line = start(document, width)
    line = flat(document) if line is None else line
    return line if len(line) <= width else _Printer(width).print(document)


class _Measure(Enum):
    """Which lines have to fit; `NONE` looks only at what stands around the content."""

    FIRST = 1
    ALL = 2
    NONE = 3


class _Task(Struct, frozen=True):
    """A document to print: how far in, with its lines broken or not, what must fit."""

    document: Document
    indent: int
    broken: bool
    measure: _Measure = _Measure.FIRST

    def of(
        self, document: Document, broken: bool | None = None, *, deeper: bool = False
    ) -> _Task:
        return _Task(
            document,
            self.indent + STEP * deeper,
            self.broken if broken is None else broken,
            self.measure,
        )


class _Printer:
    def __init__(self, width: int) -> None:
        self.width = width
        self.column = 0
        self.groups: dict[Mark, bool] = {}
        self.tasks: list[_Task] = []
        # Whether a group around was found to fit: groups inside need no measuring.
        self.measured = False

    def print(self, document: Document) -> str:
        parts: list[str] = []
        self.tasks.append(_Task(document, indent=0, broken=True))
        while self.tasks:
            task = self.tasks.pop()
            match task.document:
                case tuple():
                    self.tasks += [task.of(part) for part in reversed(task.document)]
                case str() as text:
                    parts.append(text)
                    self.column += len(text)
                case Line() as line if line != Line.HARD and not task.broken:
                    parts.append(line.value)
                    self.column += len(line.value)
                case Line():
                    parts.append("\n" + " " * task.indent)
                    self.column = task.indent
                case _:
                    self.tasks += self.open(task)
        return "".join(parts)

    def open(self, task: _Task) -> list[_Task]:
        """What to print in place of a node, now that it is known where it starts."""
        match task.document:
            case Group(content, None, False):
                return [self.plain(task, content)]
            case Group(content, mark, expand):
                broken = expand or self.breaks(task, content, mark)
                if mark is not None:
                    self.groups[mark] = broken
                return [task.of(content, broken)]
            case GroupIfBroken(content, mark):
                if not self.groups[mark]:
                    return [task.of(content)]
                return [task.of(content, self.breaks(task, content, None))]
            case FitsExpanded(content, mark):
                if mark is None or not self.groups[mark]:
                    # It was let pass unmeasured; now it is its own turn.
                    self.measured = False
                return [task.of(content)]
            case ParenthesizeIfHelps():
                return [self.parenthesize(task, task.document)]
            case Best(variants):
                return [self.choose(task, variants)]
        return self.expose(task)

    def plain(self, task: _Task, content: Document) -> _Task:
        """A group for which nobody asks: its start shows whether it fits."""
        room = self.width - self.column
        text = start(content, room)
        broken = self.breaks(task, content if text is None else text, None)
        done = text is not None and len(text) <= room and not broken
        return task.of(text if text is not None and done else content, broken)

    def breaks(self, task: _Task, content: Document, mark: Mark | None) -> bool:
        if not task.broken and self.measured:
            return False
        self.measured = True
        if mark is not None:
            self.groups[mark] = False
        return not self.fits(task.of(content, broken=False))

    def parenthesize(self, task: _Task, node: ParenthesizeIfHelps) -> _Task:
        if not self.breaks(task, node.content, node.mark):
            self.groups[node.mark] = False
            return task.of(node.content, broken=False)
        self.groups[node.mark] = True
        wrapped = ("(", Indent((Line.HARD, node.content)), Line.HARD, ")")
        if self.fits(_Task(wrapped, task.indent, task.broken, _Measure.ALL)):
            return task.of(wrapped, broken=True)
        self.groups[node.mark] = False
        return task.of(node.content, broken=False)

    def choose(self, task: _Task, variants: tuple[Document, ...]) -> _Task:
        if not task.broken and self.measured:
            return task.of(variants[0])
        self.measured = True
        for variant in variants[:-1]:
            if self.fits(_Task(variant, task.indent, broken=False)):
                return task.of(variant, broken=False)
        return task.of(variants[-1], broken=True)

    def expose(self, task: _Task) -> list[_Task]:
        """The content of a node that means the same in printing and measuring."""
        match task.document:
            case Indent(content, mark):
                deeper = mark is None or self.groups[mark]
                return [task.of(content, deeper=deeper)]
            case If(wanted, content, mark):
                broken = task.broken if mark is None else self.groups[mark]
                return [task.of(content)] if broken == wanted else []
        raise AssertionError(f"not a document: {task.document!r}")

    def fits(self, task: _Task) -> bool:
        """Whether what comes next fits on the line, up to where a line may break."""
        column = self.column
        waiting = len(self.tasks)
        tasks = [task]
        while tasks or waiting:
            if not tasks:
                waiting -= 1
                tasks.append(self.tasks[waiting])
            task = tasks.pop()
            text = ""
            match task.document:
                case tuple() as parts:
                    tasks += [task.of(part) for part in reversed(parts)]
                case str():
                    text = task.document
                case Line() as line if not task.broken:
                    if line == Line.HARD:
                        return True
                    text = line.value
                case Line():
                    if task.measure == _Measure.FIRST:
                        return True
                    column = task.indent
                case _:
                    tasks += self.open_measured(task)
            column += len(text)
            if text and column > self.width and task.measure != _Measure.NONE:
                return False
        return True

    def open_measured(self, task: _Task) -> list[_Task]:
        """What to measure in place of a node."""
        match task.document:
            case Group(content, mark, expand):
                broken = expand or task.broken
                if mark is not None:
                    self.groups[mark] = broken
                return [task.of(content, broken)]
            case GroupIfBroken(content):
                return [task.of(content)]
            case ParenthesizeIfHelps(content, mark):
                self.groups[mark] = task.broken
                return [task.of(content)]
            case FitsExpanded(content, mark):
                if task.broken or (mark is not None and self.groups[mark]):
                    return [task.of(content)]
                return [_Task(content, task.indent, True, _Measure.NONE)]
            case Best(variants):
                if task.broken:
                    return [task.of(variants[-1])]
                return [_Task(variants[0], task.indent, broken=False)]
        return self.expose(task)
