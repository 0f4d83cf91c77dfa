"""What is a limit worth that a rule writes as a formula? Arithmetic over named numbers, nothing
else.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping

__all__ = ["LARGEST", "BadExpression", "Expression"]

LONGEST = 200  # characters; a limit that needs more is a program
LARGEST = 10**300  # whole numbers beyond are no floating ones
SHOWN = 60  # characters of a formula that is too long
_BINARY: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Mapping[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "sqrt": math.sqrt,
    "log10": math.log10,
}
_OF_SEVERAL = ("min", "max")  # the others take one number


class BadExpression(ValueError):
    """The formula is not arithmetic over known names; it says the piece that is not."""


class Expression:
    """A formula such as `2.5 * thickness_mm + radius_mm`."""

    def __init__(self, source: str) -> None:
        if len(source) > LONGEST:
            raise BadExpression(f"{source[:SHOWN]}…")
        try:
            tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise BadExpression(source) from error
        self.source = source
        self.names: frozenset[str] = frozenset(_check(tree.body))
        self._value = _compiled(tree.body)

    def __call__(self, values: Mapping[str, float]) -> float:
        """The value of the formula; nan where a name has no number or the arithmetic none."""
        try:
            value = float(self._value(values))
        except (KeyError, ZeroDivisionError, OverflowError, ValueError):
            return math.nan
        return value if math.isfinite(value) else math.nan

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def __reduce__(self) -> tuple[type["Expression"], tuple[str]]:
        return Expression, (self.source,)


def _check(node: ast.AST) -> list[str]:
    match node:
        case ast.Constant(value=value) if _is_number(value):
            return []
        case ast.Name(id=name):
            return [name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _check(left) + _check(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _check(operand)
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if (
            name in _FUNCTIONS and (len(given) > 1) == (name in _OF_SEVERAL) and given
        ):
            return [found for argument in given for found in _check(argument)]
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=yes, orelse=no
        ) if type(op) in _COMPARISONS:
            return [name for part in (left, right, yes, no) for name in _check(part)]
    raise BadExpression(ast.unparse(node))


def _is_number(value: object) -> bool:
    """No truth value, and none so long that the machine's numbers end before it."""
    return (isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST) or (
        isinstance(value, float) and math.isfinite(value)
    )


_Value = Callable[[Mapping[str, float]], float]


def _compiled(node: ast.AST) -> _Value:
    """A checked formula as functions in functions: a part's limits ask for it a thousand times."""
    match node:
        case ast.Constant(value=value):
            number = float(value)  # type: ignore[arg-type]
            return lambda _: number
        case ast.Name(id=name):
            return operator.itemgetter(name)
        case ast.BinOp(left=left, op=op, right=right):
            binary, one, other = _BINARY[type(op)], _compiled(left), _compiled(right)
            return lambda values: binary(one(values), other(values))
        case ast.UnaryOp(operand=operand):
            positive = _compiled(operand)
            return lambda values: -positive(values)
        case ast.Call(func=ast.Name(id=name), args=given):
            function, arguments = _FUNCTIONS[name], [_compiled(argument) for argument in given]
            return lambda values: function(*[argument(values) for argument in arguments])
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=yes, orelse=no
        ):
            holds, one, other = _COMPARISONS[type(op)], _compiled(left), _compiled(right)
            then, otherwise = _compiled(yes), _compiled(no)
            return lambda values: (
                then(values) if holds(one(values), other(values)) else otherwise(values)
            )
    raise BadExpression(ast.unparse(node))
