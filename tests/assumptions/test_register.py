"""A simulated register has the shares, means and correlations that it is drawn from."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pytest

from evaluate.assumptions.register_definition import Register, Spread
from evaluate.assumptions.register_files import TABLES, Written, merger_year, write_register

SEED = (20240610,)
PUPILS = 60_000  # more than one block
REGISTER = Register(
    pupils=PUPILS,
    years=8,
    first_year=2012,
    schools=300,
    municipalities=40,
    mergers=3,
    absence=Spread(mean=50, sd=40),
    icc=0.1,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    """Return a register on disk."""
    folder = tmp_path_factory.mktemp("register")
    return folder, write_register(REGISTER, folder, SEED)


def ask(folder: Path, query: str) -> tuple[float, ...]:
    """Return one row of numbers over the tables of a register."""
    with duckdb.connect() as connection:
        for table in TABLES:
            files = f"{folder}/{table}/*/*.parquet"
            connection.execute(
                f"CREATE VIEW {table} AS SELECT * FROM"
                f" read_parquet('{files}', hive_partitioning = true)"
            )
        row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(float(one) for one in row)


def near(value: float, share: float, n: float) -> bool:
    """Return whether a share lies within 3 Monte Carlo errors of the declared one."""
    return bool(abs(value - share) < 3 * np.sqrt(share * (1 - share) / n))


def test_shares_are_those_declared(written: tuple[Path, Written]) -> None:
    folder, _ = written
    years, left, moved = ask(
        folder,
        "SELECT (SELECT count(*) FROM attendance), count(*) FILTER (state = 'left'),"
        " count(*) FILTER (state = 'moved') FROM spells",
    )
    assert near(left / years, REGISTER.leaving, years)
    assert near(moved / years, REGISTER.moving, years)
    n, working, served = ask(
        folder,
        "SELECT count(*), avg((earnings > 0)::INT), (SELECT count(*) FROM services) / count(*)"
        " FROM earnings",
    )
    assert n == PUPILS * REGISTER.years
    assert near(working, REGISTER.working, n)
    assert near(served, REGISTER.services, n)
    # Of those who left in a year that is not the last, one more spell a year later.
    chances, back = ask(
        folder,
        "WITH l AS (SELECT pupil, year(\"to\") AS y FROM spells WHERE state = 'left')"
        ' SELECT count(*), avg((pupil, y) IN (SELECT (pupil, year("from")) FROM spells)::INT)'
        " FROM l WHERE y < 2020",
    )
    assert near(back, REGISTER.returning, chances)
    # Seen three years or more at the end of a school year, without leaving: completed or not.
    stays, done = ask(
        folder,
        "WITH seen AS (SELECT pupil, year, row_number() OVER (PARTITION BY pupil ORDER BY year)"
        ' AS k FROM attendance), ends AS (SELECT pupil, year("to") - 1 AS year, state FROM spells'
        " WHERE state <> 'running') SELECT count(*), avg((state IS NOT NULL)::INT) FROM seen"
        " LEFT JOIN ends USING (pupil, year) WHERE k >= 3 AND coalesce(state, '') NOT IN"
        " ('left', 'moved')",
    )
    assert near(done, REGISTER.completion, stays)


@pytest.mark.parametrize(
    ("table", "column", "spread"),
    [
        ("attendance", "hours_absent", REGISTER.absence),
        ("grades", "points", REGISTER.points),
        ("(FROM earnings WHERE earnings > 0)", "earnings", REGISTER.earnings),
    ],
)
def test_means_spread_and_correlation_of_schools(
    written: tuple[Path, Written], table: str, column: str, spread: Spread
) -> None:
    folder, _ = written
    mean, sd, between, n = ask(
        folder,
        f"WITH x AS (SELECT pupil, school, {column} AS v FROM {table} AS t JOIN"
        " (SELECT pupil, school FROM pupils) USING (pupil)),"
        " s AS (SELECT school, avg(v) AS m, count(*) AS k, var_samp(v) AS w FROM x GROUP BY 1)"
        " SELECT (SELECT avg(m) FROM s), (SELECT stddev(v) FROM x),"
        " (SELECT var_samp(m) - avg(w / k) FROM s), (SELECT count(*) FROM s)",
    )
    # Schools are few and pupils many: the error of a mean is that of the schools' effects.
    error = np.sqrt(REGISTER.icc) * spread.sd / np.sqrt(n)
    assert abs(mean - spread.mean) < 3 * 1.2 * error
    assert sd == pytest.approx(spread.sd, rel=0.05)
    # A variance over n schools has the relative error sqrt(2 / n), more with a long tail.
    assert between / spread.sd**2 == pytest.approx(REGISTER.icc, rel=3 * 1.5 * np.sqrt(2 / n))


def test_a_pupil_is_like_itself_a_year_later(written: tuple[Path, Written]) -> None:
    folder, _ = written
    (found,) = ask(
        folder,
        "SELECT corr(a.points, b.points) FROM grades a JOIN grades b"
        " ON a.pupil = b.pupil AND b.year = a.year + 1",
    )
    icc = REGISTER.icc
    assert found == pytest.approx(icc + (1 - icc) * REGISTER.autocorrelation, abs=0.02)


def test_spells_neither_overlap_nor_end_before_they_start(written: tuple[Path, Written]) -> None:
    folder, _ = written
    (faults,) = ask(
        folder,
        'WITH s AS (SELECT *, lead("from") OVER (PARTITION BY pupil ORDER BY "from") AS later'
        ' FROM spells) SELECT count(*) FROM s WHERE "to" < "from" OR later <= "to"'
        " OR (\"to\" IS NULL AND (later IS NOT NULL OR state <> 'running'))",
    )
    assert faults == 0
    orphans, twice = ask(
        folder,
        "SELECT count(*) FILTER (p.pupil IS NULL), count(*) - count(DISTINCT c.pupil)"
        " FROM completion c LEFT JOIN pupils p USING (pupil)",
    )
    assert (orphans, twice) == (0, 0)


def test_merged_municipalities_have_new_codes(written: tuple[Path, Written]) -> None:
    folder, _ = written
    changes = (folder / "municipality-changes.csv").read_text(encoding="utf-8").splitlines()
    assert len(changes) == 1 + 2 * REGISTER.mergers
    old = {line.split(",")[1] for line in changes[1:]}
    new = {line.split(",")[2] for line in changes[1:]}
    assert len(new) == REGISTER.mergers
    for codes, when in ((old, ">="), (new, "<")):
        listed = ", ".join(f"'{one}'" for one in sorted(codes))
        (rows,) = ask(
            folder,
            f"SELECT count(*) FROM pupils WHERE municipality IN ({listed})"
            f" AND year {when} {merger_year(REGISTER)}",
        )
        assert rows == 0


def test_workers_do_not_change_a_byte(tmp_path: Path) -> None:
    small = Register(pupils=120_000, years=4, schools=40)
    hashes = []
    for workers in (1, 2):
        made = write_register(small, tmp_path / str(workers), SEED, workers=workers)
        hashes.append([hashlib.sha256(one.read_bytes()).digest() for one in made.files])
    assert hashes[0] == hashes[1]


def test_a_wrong_register_is_found(tmp_path: Path) -> None:
    wrong = REGISTER.model_copy(update={"leaving": 0.06, "pupils": 20_000})
    made = write_register(wrong, tmp_path, SEED)
    left = made.means["leaving, of enrolled years"]
    assert not near(left, REGISTER.leaving, made.rows["attendance"])
