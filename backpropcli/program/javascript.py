"""A program as JavaScript: a function from the numbers of the inputs to those of the results.

What the language lacks, or has with another result than IEEE 754 and C, is a function that stands in front of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import isinf, isnan
from typing import Any

from backpropcli.domains.base import Value
from backpropcli.domains.traced import INPUT
from backpropcli.program.program import Index, Program, indices, is_computed

_SAME_IN_JAVASCRIPT = (
    *("abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tanh"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "floor"),
)
_EXPRESSIONS = {
    "neg": "-{}",
    "add": "{}+{}",
    "sub": "{}-{}",
    "mul": "{}*{}",
    "divide": "{}/{}",
    "mod": "mod({},{})",
    "power": "power({},{})",
    "lt": "{}<{}",
    "le": "{}<={}",
    "gt": "{}>{}",
    "ge": "{}>={}",
    "equal": "{}=={}",
    "and": "{}&&{}",
    "or": "{}||{}",
    "where": "{}?{}:{}",
    "is_nan": "isNaN({})",
    "maximum": "Math.max({},{})",
    "minimum": "Math.min({},{})",
    "logaddexp": "logaddexp({},{})",
    "power_of_two": "powerOfTwo({})",
    "erf": "erf({})",
    **{name: f"Math.{name}({{}})" for name in _SAME_IN_JAVASCRIPT},
    "atan2": "Math.atan2({},{})",
}
_FUNCTIONS = {
    "mod": "const mod=(x,y)=>{const r=x%y;return r!==0&&r<0!==y<0?r+y:r};",
    "power": "const power=(x,y)=>x===1||y===0||x===-1&&Math.abs(y)===Infinity?1:Math.pow(x,y);",
    "logaddexp": ("const logaddexp=(x,y)=>x===y?x+Math.LN2:Math.max(x,y)+Math.log1p(Math.exp(-Math.abs(x-y)));"),
    "power_of_two": (
        "const powerOfTwo=x=>{const a=Math.abs(x);if(!(a>0&&a<Infinity))return.5;let p=2**Math.floor(Math.log2(a));"
        "if(p>a)p/=2;else if(2*p<=a)p*=2;return p};"
    ),
    # The series where its terms are small, the continued fraction beyond.
    "erf": (
        "const erf=x=>{const a=Math.abs(x);if(!(a<6))return isNaN(x)?x:Math.sign(x);"
        "if(a<2.5){let s=a,t=a;for(let n=1;n<100;n++){t*=-a*a/n;s+=t/(2*n+1)}"
        "return Math.sign(x)*s*2/Math.sqrt(Math.PI)}"
        "let f=0;for(let n=120;n>0;n--)f=n/2/(a+f);return Math.sign(x)*(1-Math.exp(-a*a)/(a+f)/Math.sqrt(Math.PI))};"
    ),
}
"""The functions that expressions call, by the operations that need them."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def javascript_code(program: Program, name: str = "run") -> str:
    """The source of the function `name`, and of those that it calls.

    It takes an array of numbers, those of the inputs row by row, one input after the other, and returns one of all
    results in the same way.
    """
    operations = [operation.name for operation in program.operations.values()]
    functions = "".join(code for operation, code in _FUNCTIONS.items() if operation in operations)
    shown = dict(_shown(program))
    lines = [
        f"{shown[slot]}={_EXPRESSIONS[operation.name].format(*(shown[o] for o in operation.operands))}"
        for slot, operation in program.operations.items()
        if is_computed(operation)
    ]
    computed = f"const {','.join(lines)};" if lines else ""
    slots = chain.from_iterable(result.slots for result in program.results.values())
    return f"{functions}const {name}=x=>{{{computed}return[{','.join(shown[slot] for slot in slots)}]}};"


def input_places(program: Program) -> dict[tuple[str, Index], int]:
    """Where the numbers of the inputs stand in the array that the function takes."""
    places = ((parameter.name, index) for parameter in program.parameters for index in indices(parameter.shape))
    return {place: number for number, place in enumerate(places)}


def _shown(program: Program) -> Iterator[tuple[int, str]]:
    """What stands for the number in each slot: a variable, an input, or a literal."""
    places = input_places(program)
    for number, (slot, operation) in enumerate(program.operations.items()):
        if operation.name == INPUT:
            yield slot, f"x[{places[operation.label]}]"
        elif is_computed(operation):
            yield slot, f"${_short(number)}"  # with another letter, some would be reserved words
        else:
            yield slot, literal(program.values[slot])


def literal(value: Value) -> str:
    """A number or a condition as JavaScript has it."""
    if isinstance(value, bool):
        return str(value).lower()
    number: Any = float(value)
    if isnan(number):
        return "NaN"
    if isinf(number):
        return "Infinity" if number > 0 else "(-Infinity)"
    text = repr(number).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


def _short(number: int) -> str:
    """A whole number in few digits."""
    text = ""
    while number or not text:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text
