"""`backprop rows --engine spark`: what the same command gives on one machine, also if a worker dies."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
import pytest
from cluster import Cluster, cluster, free_port

ROOT = Path(__file__).parents[2]
FRUITS = str(ROOT / "scenarios" / "fruits.yaml")
NEURON = str(ROOT / "scenarios" / "neuron.yaml")
VERSIONS = ("spark-3.5", "spark-4")
MANY = 5_000_000
FILES = 20
IN_PYTHON = "erf(x / 100) * y + sigmoid(y - x)"  # SQL has no erf: the layers run on the workers
UNCERTAIN = ["--relative", "--sigma", "apple=@y", "--sigma", "apple_num=0.5", "--sigma", "tax=0.01"]


def python_of(version: str) -> Path:
    return Path(os.environ["BACKPROP_ENGINES"]) / version / "bin" / "python"


def backprop(python: Path | str, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    environment.pop("PYTHONPATH", None)
    command = [str(python), "-m", "backpropcli", "rows", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment, cwd=ROOT)


def on_spark(version: str, *words: object) -> subprocess.CompletedProcess[str]:
    return backprop(python_of(version), *words, "--engine", "spark")


def table(count: int, start: int = 0) -> Any:
    draw = np.random.default_rng(start)
    sizes = {"x": 50, "apple": 50, "x1": 2, "w1": 2}
    numbers = {name: draw.normal(0, size, count) for name, size in sizes.items()}
    whole = {name: draw.integers(1, 10, count) for name in ("y", "apple_num", "x2")}
    return pa.table({"id": np.arange(start, start + count), **numbers, **whole})


def read(folder: Path) -> dict[str, Any]:
    """The columns of all results, in the order of their numbers."""
    found = pyarrow.dataset.dataset(folder).to_table().sort_by("id")
    return {name: found.column(name).to_numpy(zero_copy_only=False) for name in found.column_names}


def locally(tmp_path: Path, *words: object) -> dict[str, Any]:
    done = backprop(sys.executable, *words, "-o", tmp_path / "local.parquet")
    assert done.returncode == 0, done.stderr
    return read(tmp_path / "local.parquet")


def same_to(ulps: int, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert list(found) == list(wanted)
    for name, column in wanted.items():
        if ulps == 0 or column.dtype.kind != "f":
            assert np.array_equal(found[name], column, equal_nan=column.dtype.kind == "f"), name
        else:
            assert np.array_equal(np.isnan(found[name]), np.isnan(column))
            assert np.nanmax(np.abs(found[name] - column) / np.spacing(np.abs(column))) <= ulps, name


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("words", "ulps"),
    [
        (["-e", IN_PYTHON], 0),
        (["-e", IN_PYTHON, "--sigma", "x=@apple_num", "--sigma", "y=0.5", "--relative"], 0),
        ([FRUITS], 3),
        ([FRUITS, *UNCERTAIN], 3),
        ([NEURON, "--keep", "id"], 3),
    ],
)
def test_ten_thousand_rows_are_those_of_one_machine(version, words, ulps, tmp_path):
    """To the bit where the layers run on the workers, and within 3 ulp in SQL."""
    pyarrow.parquet.write_table(table(10_000), tmp_path / "in.parquet")
    done = on_spark(version, *words, tmp_path / "in.parquet", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "note: from columns: " in done.stderr
    same_to(ulps, read(tmp_path / "out"), locally(tmp_path, *words, tmp_path / "in.parquet"))


@pytest.mark.parametrize("version", VERSIONS)
def test_text_files_and_sums(version, tmp_path):
    """A sum is exact, as on one machine; CSV is read and written; a row without a number has no results."""
    (tmp_path / "in.csv").write_text("id,x,name\n1,0.5,a\n2,,b\n3,1e300,c\n")
    done = on_spark(version, "-e", "w * x", tmp_path / "in.csv", "--set", "w=3", "-o", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    (part,) = (tmp_path / "out.csv").glob("part-*")
    assert part.read_text() == "id,x,name,out,d_x\n1,0.5,a,1.5,3.0\n2,,b,,\n3,1.0E300,c,3.0E300,3.0\n"
    words = ["-e", "w * x", tmp_path / "in.csv", "--set", "w=3", "--reduce", "sum"]
    done = on_spark(version, *words)
    assert (done.returncode, done.stdout) == (0, backprop(sys.executable, *words).stdout), done.stderr
    done = on_spark(version, "-e", "w / x", tmp_path / "in.csv", "--map", "x=id", "--set", "w=0", "--reduce", "mean")
    assert done.stdout == "out,d_w\n0,0.611111111111111\n", done.stderr
    done = on_spark(version, "-e", "1 / (x - 1)", tmp_path / "in.csv", "--map", "x=id", "-o", tmp_path / "inf.parquet")
    assert "warning: 1 row has a result that is not finite, as where id = 1\n" in done.stderr


def test_compressed_text(tmp_path):
    """Spark unpacks and packs gzip; its lz4 is of another kind."""
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(b"x\n1.5\n"))
    done = on_spark("spark-4", "-e", "x * 2", tmp_path / "in.csv.gz", "-o", tmp_path / "out.csv.gz")
    assert done.returncode == 0, done.stderr
    (part,) = (tmp_path / "out.csv.gz").glob("part-*.csv.gz")
    assert gzip.decompress(part.read_bytes()) == b"x,out,d_x\n1.5,3.0,2.0\n"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(python_of("spark-4"), tmp_path_factory.mktemp("cluster")) as found:
        yield found


def test_a_job_outlives_a_worker(spark, tmp_path):
    """Of five million rows each is there once, with the bits that one machine gives, though a worker was killed."""
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        pyarrow.parquet.write_table(table(MANY // FILES, number * MANY // FILES), tmp_path / "in" / f"{number}.parquet")
    words = ["rows", "-e", IN_PYTHON, tmp_path / "in", "-o", tmp_path / "out", "--engine", "spark"]
    command = [python_of("spark-4"), "-m", "backpropcli", *words, "--master", spark.master]
    with subprocess.Popen(
        list(map(str, command)), env=spark.environment, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8"
    ) as job:
        while job.poll() is None and len(list(tmp_path.glob("out/_temporary/0/task_*"))) < 3:
            time.sleep(0.05)
        assert job.poll() is None
        spark.kill_a_worker()
        _, stderr = job.communicate()
    assert job.returncode == 0, stderr
    assert (tmp_path / "out" / "_SUCCESS").exists()
    found = read(tmp_path / "out")
    assert np.array_equal(found["id"], np.arange(MANY))
    same_to(0, found, locally(tmp_path, "-e", IN_PYTHON, tmp_path / "in"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no-such.parquet", "-o", "out"], "Spark: [PATH_NOT_FOUND]"),
        (["table:no_such", "-o", "out"], "Spark: [TABLE_OR_VIEW_NOT_FOUND]"),
        (["bad.parquet", "-o", "out"], "Spark: "),
        (["in.csv.lz4", "-o", "out"], "Spark does not read"),
        (["s3a://shop/in.csv", "-o", "out"], "Spark: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found"),
        (["in.csv", "-o", "out.csv.zst"], "Spark does not write '"),
        (["in.csv", "-o", "there"], "there exists"),
        (["in.csv", "-o", "out", "--map", "x=name"], "the column 'name' holds text, and the input 'x' needs numbers"),
        (["in.csv", "-o", "out", "--nulls", "error"], "a row has no number in the columns x"),
        (["in.csv", "-o", "out.arrow"], "Spark cannot write 'out.arrow'"),
        (["in.csv"], "Spark writes to a folder"),
        (["in.csv", "-o", "out", "--resume"], "--resume is for tables on this machine"),
    ],
)
def test_what_is_refused_leaves_nothing(words, message, tmp_path):
    """One error each, in one line."""
    (tmp_path / "in.csv").write_text("x,name\n1,a\n,b\n")
    (tmp_path / "bad.parquet").write_text("PAR1 it is not")
    (tmp_path / "there").mkdir()
    placed = [
        tmp_path / word if ("." in word and "://" not in word) or word in {"there", "out"} else word for word in words
    ]
    done = on_spark("spark-4", "-e", "x * 2", *placed)
    assert done.returncode == 2
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert message.replace("'out.arrow'", f"'{tmp_path / 'out.arrow'}'") in error
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_master_that_does_not_answer_is_told_at_once(tmp_path):
    master = f"spark://127.0.0.1:{free_port()}"
    done = on_spark("spark-4", "-e", "x * 2", tmp_path, "-o", tmp_path / "out", "--master", master)
    assert f"error: no Spark master answers at {master}" in done.stderr


def test_java_that_is_missing_is_told(tmp_path):
    environment = {"PATH": str(tmp_path)}
    words = ["rows", "-e", "x * 2", "in.csv", "-o", "out", "--engine", "spark"]
    command = [str(python_of("spark-4")), "-m", "backpropcli", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment, cwd=tmp_path)
    assert "error: Spark needs Java 17, and there is none" in done.stderr


def test_tables_of_the_catalogue_are_read_and_written(tmp_path):
    """In one process, as the catalogue of this session is in its memory; the results are files of the warehouse."""
    script = (
        "from pyspark.sql import SparkSession\n"
        "from backpropcli.cli.main import main\n"
        "spark = SparkSession.builder.config('spark.ui.enabled', 'false').getOrCreate()\n"
        "spark.sql('CREATE TABLE sales USING parquet AS SELECT 7 AS id, 2.5D AS x')\n"
        "main()\n"
    )
    words = ["rows", "-e", "x * 2", "table:sales", "-o", "table:prices", "--engine", "spark"]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [str(python_of("spark-4")), "-c", script, *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    found = pyarrow.dataset.dataset(tmp_path / "spark-warehouse" / "prices").to_table().to_pylist()
    assert found == [{"id": 7, "x": 2.5, "out": 5.0, "d_x": 2.0}]


def test_spark_submit_gives_the_cluster(spark, tmp_path):
    """The module is the script, and what follows it are the command's words."""
    (tmp_path / "in.csv").write_text("id,x\n1,2\n")
    script = "import backpropcli.__main__ as main; print(main.__file__)"
    found = subprocess.run(
        [str(python_of("spark-4")), "-c", script], capture_output=True, encoding="utf-8", check=True, cwd=tmp_path
    )
    submit = str(Path(spark.command).with_name("spark-submit"))
    words = ["rows", "-e", "x * 2", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--engine", "spark"]
    command = [submit, "--master", spark.master, found.stdout.strip(), *map(str, words)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=spark.environment)
    assert done.returncode == 0, done.stderr
    (part,) = (tmp_path / "out.csv").glob("part-*")
    assert part.read_text() == "id,x,out,d_x\n1,2,4.0,2.0\n"
