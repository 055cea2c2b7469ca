"""Random commands that are nearly right, with the files beside them."""

from __future__ import annotations

from typing import NamedTuple

from inputs import Inputs
from nearly_right import NAMES

from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.explain import EXPLANATION_FORMATS
from backpropcli.export import TARGETS
from backpropcli.picture import PICTURE_FORMATS
from backpropcli.render import FORMATS
from backpropcli.render.checks import CHECK_FORMATS


class Case(NamedTuple):
    """One command: its words, the files beside it, and its standard input."""

    words: list[str]
    files: dict[str, bytes]
    stdin: bytes = b""


class Commands(Inputs):
    """Commands, with the files beside them."""

    def case(self) -> Case:
        """A command."""
        often = self.eval, self.eval, self.run, self.run, self.run, self.layer, self.layer
        rest = self.check, self.draw, self.explain, self.explain, self.export, self.plot, self.rows, self.sql
        make = self.one_of((*often, *rest))
        words = make()
        return Case([word.replace("\0", "") for word in words], self.files, self.stdin())

    def stdin(self) -> bytes:
        """What the command may read."""
        makers = (bytes, self.text_file, self.npy, lambda: self.scenario().encode(), lambda: b"\xff")
        content: bytes = self.one_of(makers)()
        return content

    def eval(self) -> list[str]:
        """A formula and its inputs."""
        names = tuple(dict.fromkeys(self.one_of(NAMES[:6]) for _ in range(self.count(3))))
        formula = self.maybe_mutated(self.formula(names))
        return ["eval", formula, *(f"{name}={self.value()}" for name in names), *self.options()]

    def run(self) -> list[str]:
        """A scenario."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        return ["run", "k.yaml", *(["k.yaml"] if self.happens(0.05) else []), *self.options(steps=True)]

    def layer(self) -> list[str]:
        """A layer by itself."""
        spec = layer_spec(self.layer_name())
        return [spec.name, *self.layer_options(spec), *self.options()]

    def layer_options(self, spec: LayerSpec) -> list[str]:
        """Its inputs and parameters, often those of a sample with other numbers."""
        if self.happens(0.6):
            given = self.near_sample(spec)
            return [word for name, value in given for word in (f"--{name}", value)]
        count = self.operand_count(spec)
        names = [*spec.inputs, *([spec.inputs[-1]] * 5 if spec.is_variadic else [])][:count]
        given = [*((name, self.value()) for name in names), *self.parameters(spec).items()]
        return [word for name, value in given for word in (f"--{name}", value)]

    def check(self) -> list[str]:
        """A scenario or a layer, checked."""
        format_ = ["-f", self.one_of(list(CHECK_FORMATS))] if self.happens(0.5) else []
        precise = [self.one_of(("--precise", "--no-precise"))] if self.happens(0.5) else []
        if self.happens(0.5):
            self.files["k.yaml"] = self.scenario().encode(errors="replace")
            more = [word for word in ("--exact", "--second") if self.happens(0.1)]
            return ["check", "k.yaml", *format_, *precise, *more]
        spec = layer_spec(self.layer_name())
        return ["check", spec.name, *self.layer_options(spec), *format_, *precise]

    def draw(self) -> list[str]:
        """A scenario, or a part of it, as a picture."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        options: list[tuple[float, list[str]]] = [
            (0.8, ["-f", self.one_of(list(PICTURE_FORMATS))]),
            (0.2, ["--around", self.one_of(("v0", "v1", "x", "zz")), "--depth", self.one_of(("0", "1", "5"))]),
            (0.2, ["--collapse"]),
            (0.1, ["--exact"]),
            (0.1, ["--precision", self.one_of(("1", "17", "full"))]),
        ]
        return ["draw", "k.yaml", *(word for share, words in options if self.happens(share) for word in words)]

    def explain(self) -> list[str]:
        """A scenario, or some of its values, by the chain rule, in numbers or as formulas."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        names = [self.one_of(("v0", "v1", "x", "w", "zz")) for _ in range(self.count(3))]
        options: list[tuple[float, list[str]]] = [
            (0.8, ["-f", self.one_of(list(EXPLANATION_FORMATS))]),
            (0.2, ["--exact"]),
            (0.2, ["--dout", self.value()]),
            (0.1, ["--precision", self.one_of(("1", "17", "full"))]),
        ]
        if self.happens(0.3):
            return ["derive", "k.yaml", *names, *(["--expand"] if self.happens(0.3) else [])]
        return ["explain", "k.yaml", *names, *(w for share, words in options if self.happens(share) for w in words)]

    def export(self) -> list[str]:
        """A scenario as a script."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        options: list[tuple[float, list[str]]] = [
            (0.2, ["--gradients", self.one_of(("x", "w", "v0", "zz"))]),
            (0.2, ["--set", f"w={self.value()}"]),
            (0.1, ["--dout", self.value()]),
        ]
        words = ["export", "k.yaml", "--to", self.one_of(list(TARGETS))]
        return [*words, *(w for share, words in options if self.happens(share) for w in words)]

    def plot(self) -> list[str]:
        """Layers, or an input of a scenario, as curves."""
        format_ = ["-f", self.one_of(("text", "svg"))]
        if self.happens(0.3):
            self.files["k.yaml"] = self.scenario().encode(errors="replace")
            return ["plot", "k.yaml", "--vary", f"{self.one_of(('x', 'w'))}={self.number()}:{self.number()}", *format_]
        names = [self.layer_name() for _ in range(1 + self.count(2))]
        ends = [word for option in ("--from", "--to", "--at") if self.happens(0.3) for word in (option, self.number())]
        return ["plot", *names, *ends, *format_]

    def rows(self) -> list[str]:
        """A scenario for every row of a table."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        lines = [",".join(self.one_of(("x", "w", "id", "v0", "X")) for _ in range(1 + self.count(3)))]
        lines += [",".join(self.number() for _ in lines[0].split(",")) for _ in range(self.count(5))]
        self.files["t.csv"] = "\n".join(lines).encode(errors="replace")
        options: list[tuple[float, list[str]]] = [
            (0.3, ["--reduce", self.one_of(("sum", "mean"))]),
            (0.5, ["-f", self.one_of(("csv", "jsonl", "parquet", "arrow"))]),
            (0.2, ["--keep", self.one_of(("none", "id", "x,w"))]),
            (0.2, ["--nulls", "error"]),
            (0.2, ["--map", f"x={self.one_of(('id', 'X', 'zz'))}"]),
            (0.2, ["--gradients", self.one_of(("x", "w", "v0", "zz"))]),
        ]
        return ["rows", "k.yaml", "t.csv", *(w for share, words in options if self.happens(share) for w in words)]

    def sql(self) -> list[str]:
        """A scenario as SQL text."""
        self.files["k.yaml"] = self.scenario().encode(errors="replace")
        options: list[tuple[float, list[str]]] = [
            (0.3, ["--columns", self.one_of(("x", "x,w", "v0", "zz"))]),
            (0.2, ["--keep", self.one_of(("none", "id", "x,w"))]),
            (0.2, ["--map", f"x={self.one_of(('id', 'X', 'zz'))}"]),
            (0.2, ["--set", f"w={self.value()}"]),
            (0.2, ["--gradients", self.one_of(("x", "w", "v0", "zz"))]),
            (0.1, ["--dout", self.value()]),
        ]
        words = ["sql", "k.yaml", "--table", "t", "--dialect", self.one_of(("duckdb", "spark", "postgres"))]
        return [*words, *(w for share, words in options if self.happens(share) for w in words)]

    def options(self, *, steps: bool = False) -> list[str]:
        """How to run it and what to print."""
        options: list[tuple[float, list[str]]] = [
            (0.15, ["--exact"]),
            (0.1, ["--digits", self.one_of(("1", "20", "300"))]),
            (0.1, ["--rounding"]),
            (0.1, [self.one_of(("--jacobian", "--hessian"))]),
            (0.1, [self.one_of(("--hvp", "--jvp")), f"{self.one_of(('x', 'w'))}={self.value()}"]),
            (0.1, ["--relative"]),
            (0.1, ["--sigma", f"{self.one_of(('x', 'w'))}={self.number()}"]),
            (0.2, ["--dout", self.value()]),
            (0.6, ["-f", self.one_of(list(FORMATS))]),
            (0.1, ["--precision", self.one_of(("1", "3", "17", "100", "full"))]),
            (0.3 if steps else 0, ["--steps"]),
            (0.1 if steps else 0, ["--set", f"x={self.value()}"]),
            (0.05, ["--vary", f"{self.one_of(('x', 'w'))}={self.number()}:{self.number()}:3"]),
        ]
        return [word for probability, words in options if self.happens(probability) for word in words]
