"""Cells of random equations, whose numbers stay of the size of one."""

from __future__ import annotations

from msgspec import Struct, field

from specc.fuzz.chance import Chance

GATES = ("sigmoid", "hard_sigmoid", "sigmoid")
ACTIVATIONS = ("tanh", "sin", "softsign", "tanh", "cos", "sigmoid", "gelu", "relu")
ADVANCED = ("gru", "rnn", "lstm")
"""Cells that a drawn one may advance by a step."""


class DrawnCell(Struct):
    """A cell's declaration: the number of its states, which are `units` wide."""

    name: str
    text: str
    states: int
    weights: tuple[str, ...]


class _Writer(Struct):
    chance: Chance
    states: tuple[str, ...]
    single: bool
    few: bool
    weights: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    locals: list[str] = field(default_factory=list)
    sized: set[str] = field(default_factory=set)

    def weight(self, stem: str) -> str:
        self.weights.append(f"{stem}_{len(self.weights) + 1}")
        return self.weights[-1]

    def affine(self, *, sized: bool = False) -> str:
        """A sum that reads the input or a state through weights.

        `sized`: so that its width is known before anything meets it.
        """
        chance = self.chance
        terms = [f"{self.weight('W')} @ x"] if chance.likely(0.85) else []
        if chance.likely(0.7) or not terms:
            operand = chance.pick((*self.states, *self.states, *self.locals))
            if chance.likely(0.15):
                operand = f"concat(x, {operand})"
            elif chance.likely(0.15) and self.locals:
                operand = f"({chance.pick(self.locals)} * {operand})"
            terms.append(f"{self.weight('U')} @ {operand}")
        if chance.likely(0.2):
            terms.append(f"{self.weight('p')} * {chance.pick(self.states)}")
        if sized or chance.likely(0.7):
            terms.append(self.weight("b"))
        if sized:
            self.sized.add(terms[-1])
        return " + ".join(terms)

    def tame(self, deep: int = 2) -> str:
        """An expression of `units` numbers whose size is about one."""
        chance = self.chance
        if deep == 0 or chance.likely(0.2):
            return chance.pick((*self.states, *self.locals))
        a = self.tame(deep - 1)
        b = self.tame(deep - 1)
        return chance.pick(
            (
                f"{a} * {b}",
                f"({a} + {b}) / 2",
                f"({a} - {b})",
                f"{chance.pick(ACTIVATIONS)}({a})",
                f"{chance.pick(ACTIVATIONS)}({a} + 0.5 * {b})",
                f"min({a}, 1 + {b})",
                f"max({a}, {b} - 1)",
                f"exp(-({a}) ** 2)",
                f"log(1 + exp({a}))",
                f"({a}) / (1 + ({b}) ** 2)",
                f"sqrt(1 + ({a}) ** 2)",
                f"softmax({a})" if not self.single else f"cos({a})",
            )
        )

    def local(self) -> str:
        """A line that gives a name to something of `units` numbers."""
        chance = self.chance
        name = f"a{len(self.locals) + 1}"
        text = f"{chance.pick((*GATES, *ACTIVATIONS))}({self.affine(sized=True)})"
        kind = chance.random()
        if kind < 0.1 and not self.few:
            label = f"norm{len(self.locals)}"
            text = f"tanh({self.affine(sized=True)} -> layernorm as {label})"
        elif kind < 0.17:
            operand = chance.pick(("x", f"concat(x, {self.states[0]})"))
            text = f"{operand} -> dense(units, tanh) as deep{len(self.locals)}"
        elif kind < 0.3 and self.locals:
            text = self.tame()
        self.lines.append(f"{name} = {text}")
        self.locals.append(name)
        return name


def draw_cell(chance: Chance, name: str, units: int) -> DrawnCell:
    """A cell of one to three states, to be used with so many units."""
    states = ("h", "c", "s")[: chance.pick((1, 1, 1, 2, 2, 3))]
    writer = _Writer(chance, states, single=units == 1, few=units < 3)
    for _ in range(chance.randint(1, 4)):
        writer.local()
    updates: list[str] = []
    if len(states) == 1 and chance.likely(0.12):
        cell = chance.pick(ADVANCED[:2])
        inside = chance.pick(("x", f"concat(x, {writer.locals[-1]})"))
        updates.append(f"({inside}, h) -> step({cell}(units))")
        # What else was made shows in the output.
        lines = [*writer.lines, f"h' = {updates[0]}"]
        output = " + ".join(["h'", *(f"0.5 * {one}" for one in writer.locals)])
        return _finish(name, writer, lines, output)
    lines = list(writer.lines)
    for place, state in enumerate(states):
        gate = f"{chance.pick(GATES)}({writer.affine()})"
        new = f"tanh({writer.affine()})"
        inner = writer.tame()
        if place == 0:  # all that has a name is used
            inner = f"({' + '.join([inner, *writer.locals])}) / {len(writer.locals)}"
        update = chance.pick(
            (
                f"{gate} * {state} + {inner}",
                f"0.5 * {state} + {gate} * sin({inner})",
                f"tanh({inner} + {writer.affine()})",
                f"{state} / 2 + {new} * ({inner})",
            )
        )
        lines.append(f"{state}' = {update}")
    output = ""
    if chance.likely(0.3):
        shown = chance.pick(states)
        output = chance.pick(
            (f"{writer.locals[-1]} * {shown}'", f"tanh({shown}' + {states[0]})")
        )
    return _finish(name, writer, lines, output)


def _finish(name: str, writer: _Writer, lines: list[str], output: str) -> DrawnCell:
    """The declaration, with those weights that its lines use."""
    body = "\n".join([*lines, output] if output else lines)
    used = [one for one in writer.weights if _uses(body, one)]
    head = [f"state {', '.join(f'{state}[units]' for state in writer.states)}"]
    if used:
        sizes = {one: "[units]" for one in writer.sized}
        head.append(f"param {', '.join(one + sizes.get(one, '') for one in used)}")
    text = "\n".join(f"  {line}" for line in [*head, *body.split("\n")])
    return DrawnCell(
        name=name,
        text=f"cell {name}(units: int) {{\n{text}\n}}",
        states=len(writer.states),
        weights=tuple(used),
    )


def _uses(body: str, weight: str) -> bool:
    return weight in body.replace("(", " ").replace(")", " ").split()
