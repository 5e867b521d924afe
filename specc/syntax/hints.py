"""The help line of a syntax error, where one cause is obvious."""

from __future__ import annotations

from specc.syntax.stuck import VALUE_STARTS, Stuck
from specc.syntax.tokens import NAMES

_LOOKED_FOR = {
    "return": "the last line of a body is its result: leave `return` out",
    "if": "there are no conditions: what a file says is built as it stands",
    "while": "a loop is `for i in 8 { ... }`",
    "def": "a model is declared with `model`",
}
"""Words of other languages that read as names here."""


def hint(stuck: Stuck) -> str | None:
    """What to write instead, or None."""
    kind = stuck.found.type
    if stuck.previous is not None and stuck.previous.text in _LOOKED_FOR:
        return _LOOKED_FOR[stuck.previous.text]
    if stuck.follows("OVER"):
        return (
            "`over` takes an axis by its name; a size has one by `const`: "
            "`const rows = 28` and `over rows { ... }`"
        )
    if stuck.in_loop_head:
        return "a loop is `for i in 8 { ... }`, its body in braces"
    if kind == "EQUALS":
        return _equals(stuck)
    if stuck.follows("MODEL"):
        return (
            "give it a name, as in `model classifier(x: float[8]) -> float[1] { ... }`"
        )
    if kind == "LEFT_PARENTHESIS" and stuck.names_type:
        return "axes stand in `[ ]`, as in `float[T, 8]`"
    if kind == "LEFT_BRACKET" and stuck.follows_value and "ARROW" in stuck.accepted:
        return "what a layer is given stands in `( )`: `dense(8)`"
    if kind == "RIGHT_PARENTHESIS" and stuck.follows("REMAINDER"):
        return "a share is written as a number: `0.5`"
    if kind in {"FLOOR_DIVIDE", "DIVIDE"} or (
        kind == "TIMES" and stuck.follows("DIVIDE")
    ):
        return "comments start with `#`"
    if kind == "COLON" and "EQUALS" in stuck.accepted and stuck.in_braces:
        return "a value is named with `=`"
    if kind == "COLON" and stuck.follows("RIGHT_PARENTHESIS"):
        return "what it yields stands after `->`"
    if kind == "COLON" and "EQUALS" in stuck.accepted:
        return "an option is written `name = value`"
    if kind == "LEFT_BRACE" and "ARROW" in stuck.accepted:
        return "say what it yields, as in `model m(x: float[8]) -> float[1] { ... }`"
    if stuck.line_ended:
        return _line_end(stuck)
    if kind == "ARROW" and stuck.wants_value:
        return _arrow(stuck)
    if kind == "PLUS" and stuck.wants_value:
        return "a number needs no `+`"
    if kind == "RIGHT_PARENTHESIS" and stuck.wants_value:
        return _empty(stuck)
    if stuck.follows("IMPORT"):
        return 'the path is a string: `import "blocks.seq"`'
    if "COLON" in stuck.accepted:
        return _colon(stuck)
    if stuck.in_block_head and kind == "LEFT_PARENTHESIS":
        return "what flows in stands after `on`, as in `block b(n: int) on (x) { ... }`"
    if stuck.in_block_head and kind == "ARROW":
        return "what a block yields has no type in its head: leave it out"
    if kind in VALUE_STARTS and stuck.follows_value:
        return _missing_between(stuck)
    return None


def _equals(stuck: Stuck) -> str | None:
    if stuck.follows("EQUALS"):
        return "there is no `==`"
    if stuck.goes_on_from:
        return (
            f"the line before ends in `{stuck.goes_on_from.text}`, so it goes on here"
        )
    if "ARROW" in stuck.accepted:
        return "layers are applied with `->`"
    return None


def _line_end(stuck: Stuck) -> str | None:
    if stuck.follows("EQUALS"):
        return "the value starts on the line of its `=`"
    if "LEFT_BRACE" in stuck.accepted and "ARROW" not in stuck.accepted:
        return "open the body with `{`"
    return None


def _empty(stuck: Stuck) -> str | None:
    if stuck.follows("LEFT_PARENTHESIS"):
        return "put something between the brackets, or leave them out"
    if stuck.follows("COMMA"):
        return "leave out the `,`"
    return None


def _arrow(stuck: Stuck) -> str | None:
    if stuck.follows("ARROW"):
        return "leave out one `->`"
    return "write what flows into it on the left of `->`"


def _colon(stuck: Stuck) -> str | None:
    name = stuck.previous
    if name is None or name.type not in NAMES:
        return None
    if stuck.found.type in NAMES:
        return f"write a `:` between them: `{name.text}: {stuck.found.text}`"
    return f"say its type, as in `{name.text}: float[T, 8]`"


def _missing_between(stuck: Stuck) -> str | None:
    if stuck.follows_weight and stuck.previous is not None:
        product = f"{stuck.previous.text} @ {stuck.found.text}"
        return f"a weight multiplies with `@`: `{product}`"
    if "COMMA" in stuck.accepted and stuck.opener and stuck.opener.type != "LEFT_BRACE":
        return f"is a `,` missing before `{stuck.found.text}`?"
    previous = stuck.previous
    if stuck.found.type == "NUMBER" and previous and previous.type in NAMES:
        return f"is it `{previous.text}({stuck.found.text})`?"
    if "ARROW" in stuck.accepted:
        return "write `->` between steps, and a new line between statements"
    return None
