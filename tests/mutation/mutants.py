"""How many small mistakes pass the tests: `python tests/mutation/mutants.py [--checks-only] [--every N] [MODULE...]`.

A mutant of a family of layers, or of numerics that layers use, dies if the conformance checks or `backprop check`
object to one of the layers that use it, on the layers' own samples. Those that live are put into a copy of the
repository, where the tests run that call the changed function; comparisons with PyTorch are among them where it is
installed. A mutant of the executor, of `formula/` or of `gradcheck/` (`gradcheck.numeric`) meets the tests of its room
alone. Of tests that call the changed function, the quickest run, as many as two minutes are enough for.
`equivalents.py` lists the mutants that are no mistakes. With `--checks-only` no tests run, and with `--every N` only
each Nth mutant of a module is tried. Needs the package's `test` extra.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from itertools import accumulate
from multiprocessing.pool import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NoReturn

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "layers")]

from conformance import CHECKS
from equivalents import EQUIVALENT
from mutations import ROOMS, SOURCES, Mutant, mutants, unchanged

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import check_layer

DOTTED = {name: ".".join(path.relative_to(ROOT).with_suffix("").parts) for name, path in SOURCES.items()}
SLOW = "tests/cross/"  # importing PyTorch takes seconds
TESTS = (
    "backpropcli/layers",
    "backpropcli/domains",
    "tests/layers",
    "tests/domains",
    "tests/test_gallery.py",
    *(("tests/cross",) if find_spec("torch") else ()),
)
TESTS_OF_ROOMS = {
    "executor": (
        *("tests/test_executor.py", "tests/test_graph.py", "tests/test_api.py", "tests/test_structural_zeros.py"),
        *("tests/test_non_finite.py", "tests/test_zero_gradients.py", "tests/test_kept.py"),
    ),
    "formula": ("tests/formula",),
    "gradcheck": ("tests/gradcheck",),
}
SECONDS = 60  # a mutant whose checks run longer is caught, too
SECONDS_OF_WITNESSES = 120  # when nothing is mutated
SECONDS_OF_TESTS = 5 * SECONDS_OF_WITNESSES  # so that a mutant is not taken for caught where the machine is busy


def fails_checks(mutant: Mutant) -> bool:
    """Whether a check objects to a layer that uses the mutant."""
    kept = {name: import_module(name) for name in DOTTED.values()}
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(SECONDS)
    try:
        for name in _dependents(mutant.module):
            _load(name, mutant.source if name == mutant.module else SOURCES[name].read_text())
        return any(_objects(name) for name in _layers(_dependents(mutant.module)))
    except Exception:  # noqa: BLE001 - a mutant may raise anything; that it does so is how it is found
        return True
    finally:
        signal.alarm(0)
        sys.modules.update(kept)


def _dependents(module: str) -> list[str]:
    """The module, and those that import from it, each after what it imports."""
    imports = {
        name: {other for other in SOURCES if f"from {DOTTED[other]} import" in path.read_text()}
        for name, path in SOURCES.items()
    }
    found = [module]
    for name in TopologicalSorter(imports).static_order():
        if not imports[name].isdisjoint(found):
            found.append(name)
    return found


def _load(name: str, source: str) -> None:
    module = ModuleType(DOTTED[name])
    sys.modules[module.__name__] = module
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)


def _layers(families: list[str]) -> list[LayerSpec]:
    return [
        LayerSpec(name, getattr(sys.modules[DOTTED[family]], cls))
        for name, (family, cls) in LAYERS.items()
        if family in families
    ]


def _objects(spec: LayerSpec) -> bool:
    if not check_layer(spec).is_right:
        return True
    for sample in spec.cls.samples:
        for check in CHECKS:
            check(spec.cls, sample)
    return False


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError


@cache
def find_witnesses(tests: tuple[str, ...]) -> dict[str, list[str]]:
    """Those of the tests that run each function that is mutated; all of them must pass."""
    with TemporaryDirectory() as folder:
        written = Path(folder, "witnesses.json")
        plugin = {"WITNESSES": str(written), "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
        arguments = ["-p", "witnesses", f"--ignore={ROOT}/tests/layers/test_conformance.py", *tests]
        if _fails(ROOT, arguments, seconds=None, **plugin):
            sys.exit(f"{' '.join(tests)} fail without a mutant, too")
        found: dict[str, dict[str, float]] = json.loads(written.read_text())
        return {function: _quickest(seconds) for function, seconds in found.items()}


def _quickest(seconds: dict[str, float]) -> list[str]:
    """The tests that take the least time, as many as fit."""
    tests = sorted(seconds, key=lambda test: seconds[test])
    ends = accumulate(seconds[test] for test in tests)
    return [test for test, end in zip(tests, ends, strict=True) if end <= SECONDS_OF_WITNESSES]


def fails_tests(mutant: Mutant, witnesses: list[str]) -> bool:
    """Whether one of the tests fails in a copy of the repository that has the mutant."""
    with TemporaryDirectory() as folder:
        copied = Path(folder)
        for name in ("backpropcli", "tests", "scenarios"):
            shutil.copytree(ROOT / name, copied / name)
        shutil.copy(ROOT / "pyproject.toml", copied)
        (copied / SOURCES[mutant.module].relative_to(ROOT)).write_text(mutant.source)
        slow = [test for test in witnesses if test.startswith(SLOW)]
        quick = [test for test in witnesses if not test.startswith(SLOW)]
        for tests in (quick, slow):
            (copied / "witnesses").write_text("\n".join(tests))
            if tests and _fails(copied, ["@witnesses"], PYTHONPATH=str(copied)):
                return True
        return False


def _fails(root: Path, arguments: list[str], *, seconds: float | None = SECONDS_OF_TESTS, **environment: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def survivors(module: str, pool: Pool, *, checks_only: bool, every: int) -> tuple[int, int, list[Mutant]]:
    """How many mutants of a module are tried, how many are no mistakes, and those that nothing objects to."""
    is_room = module in ROOMS
    if not is_room and fails_checks(unchanged(module)):
        sys.exit(f"{module} fails the checks without a mutant, too")
    made = list(mutants(module))
    unknown = {key for key in EQUIVALENT if key[0] == module} - {mutant.key for mutant in made}
    if unknown:
        sys.exit(f"equivalents.py has what is no mutant: {unknown}")
    sampled = made[::every]
    tried = [mutant for mutant in sampled if mutant.key not in EQUIVALENT]
    caught = [False] * len(tried) if is_room else pool.map(fails_checks, tried, chunksize=1)
    left = [mutant for mutant, is_caught in zip(tried, caught, strict=True) if not is_caught]
    if left and not checks_only:
        witnesses = find_witnesses(TESTS_OF_ROOMS[module.partition(".")[0]] if is_room else TESTS)
        pairs = [(mutant, witnesses.get(f"{module}.{mutant.function}", [])) for mutant in left]
        caught = pool.starmap(fails_tests, pairs, chunksize=1)
        left = [mutant for mutant, is_caught in zip(left, caught, strict=True) if not is_caught]
    return len(sampled), len(sampled) - len(tried), left


def main() -> None:
    """Print every survivor, and the sums."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--checks-only", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("modules", nargs="*", default=list(SOURCES))
    options = parser.parse_args()
    total, alive, same = 0, 0, 0
    with multiprocessing.Pool(2, os.nice, (10,)) as pool:
        for name in options.modules:
            count, equivalent, left = survivors(name, pool, checks_only=options.checks_only, every=options.every)
            print(f"{name}: {len(left)} of {count} mutants survive, {equivalent} are equivalent", flush=True)
            for mutant in left:
                print(f"  in {mutant.function}\n    - {mutant.was}\n    + {mutant.line}", flush=True)
            total, alive, same = total + count, alive + len(left), same + equivalent
    print(f"{alive} of {total} mutants survive, {same} are equivalent")


if __name__ == "__main__":
    main()
