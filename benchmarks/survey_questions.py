"""Questions of a large survey, beside peers on the same data in one run: NPS, banner table, regression, bootstrap, drivers.

One row a respondent: 14 ratings, a recommendation, 6 attributes, wave and weight, generated and seeded. The floor is a
bare DuckDB scan of the columns that a question needs; a peer runs at the largest size that it can do in reasonable time,
and the ratio is taken there. Ratios are the figures; seconds are of this machine in this minute.
`python -m benchmarks.survey_questions [answers]` (1,000,000 if not said)
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

RATINGS, GROUPS = [f"r{k}" for k in range(14)], [f"g{k}" for k in range(6)]
MAKE = """copy (select 'C' || i as id, '2025Q' || (1 + i % 4) as wave,
round(0.5 + (hash(i * 64 + 10) % 10) / 10.0, 1) as weight, {groups},
cast(greatest(0, least(10, 5 + cast(hash(i * 64 + 11) % 7 as integer) - 3
+ cast(hash(i * 64 + 12) % 5 as integer) - 2)) as utinyint) as nps, {ratings}
from range({n}) t(i)) to '{path}' (format parquet)"""
STUDY = """title: survey
sources:
  - file: sources/survey.parquet
    format: survey
    person: id
    wave: wave
    weight: weight
    segments: [{groups}]
    questions:
      nps: {{measure: nps, scale: [0, 10]}}
{ratings}
"""


def clock(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def made(folder: Path, n: int) -> Path:
    path = folder / "data" / "survey" / "sources" / "survey.parquet"
    path.parent.mkdir(parents=True)
    groups = ", ".join(f"'s' || (hash(i * 64 + {k}) % {3 + k}) as g{k}" for k in range(6))
    # each rating is the common feeling of the person plus luck of its own: drivers that go together
    common = "cast(hash(i * 64 + 11) % 7 as integer) // 2"
    ratings = ", ".join(
        f"cast(1 + least(4, greatest(0, {common} + cast(hash(i * 64 + {20 + k}) % 3 as integer) - 1)) as utinyint) as r{k}"
        for k in range(14)
    )
    duckdb.connect().execute(MAKE.format(groups=groups, ratings=ratings, n=n, path=path))
    asked = "\n".join(f"      {one}: {{measure: {one}, scale: [1, 5]}}" for one in RATINGS)
    (folder / "surveys").mkdir()
    (folder / "data" / "survey" / "study.yaml").write_text(
        STUDY.format(groups=", ".join(GROUPS), ratings=asked), encoding="utf-8"
    )
    return path


def floor(path: Path, columns: list[str]) -> float:
    """A scan that has to read every cell (a maximum would be answered from the file's statistics)."""
    listed = ", ".join(f"sum(strlen({one}))" if one == "wave" or one in GROUPS else f"sum({one})" for one in columns)
    return min(clock(lambda: duckdb.connect().execute(f"select {listed} from '{path}'").fetchall()) for _ in range(3))


def main() -> int:
    n = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"WORKBENCH_HOME": scratch, "WORKBENCH_SETTINGS": f"{scratch}/settings"}
        os.environ.setdefault("WORKBENCH_MEMORY", "2GB")
        path = made(Path(scratch), n)
        import workbench as wb
        from workbench.cases import asked, cases
        from workbench.inference import bootstrap_difference, logit

        study = wb.open_study("survey")
        print(f"{n:,} respondents; loaded in {clock(study.load):.1f} s")
        journey = study.journey
        print(
            f"{'question':<44}{'first':>8}{'again':>8}{'floor':>8}{'x floor':>9}  peers (seconds, how many times ours)"
        )

        def told(what: str, ask: Callable[[], object], columns: list[str], peers: dict[str, float]) -> None:
            first, again, least = clock(ask), clock(ask), floor(path, columns)
            beside = "; ".join(f"{name} {seconds:.1f} s = {seconds / first:.1f} x" for name, seconds in peers.items())
            print(f"{what:<44}{first:>7.2f}s{again:>7.2f}s{least:>7.2f}s{first / least:>9.1f}  {beside}", flush=True)

        told(
            "weighted NPS by wave and group",
            lambda: wb.nps(journey, by=["wave", "g0"]),
            ["nps", "wave", "g0", "weight"],
            {"pandas": clock(lambda: pandas_nps(path)), "DuckDB": clock(lambda: duckdb_nps(path))},
        )
        told(
            "banner: 14 ratings x 6 attributes, letters",
            lambda: wb.crosstab(journey, rows=RATINGS, by=GROUPS),
            [*RATINGS, *GROUPS, "weight"],
            {"pandas, counts alone": clock(lambda: pandas_banner(path))},
        )

        def regression() -> object:
            side = cases(journey, asked(journey, "nps"), GROUPS)
            table = side.patterns(["nps", *GROUPS])
            table["happy"] = (table["nps"] >= 9).astype(int)
            pooled = table.groupby(["happy", *GROUPS], as_index=False)["n"].sum()
            return logit(pooled, "happy", factors=GROUPS)

        rows = min(n, 100_000)
        scaled = clock(lambda: statsmodels_logit(path, rows))
        told(
            "logit on 6 categoricals",
            regression,
            ["nps", *GROUPS],
            {f"statsmodels on {rows:,} rows": scaled},
        )
        halves = halved(journey, ("s0", "s1"))
        estimate = clock(lambda: wb.nps(journey, by=["g0"]))
        drawn = clock(lambda: bootstrap_difference(*halves, draws=1000, seed=1))
        told(
            "bootstrap of an NPS difference, 1,000 draws",
            lambda: bootstrap_difference(*halved(journey, ("s0", "s1")), draws=1000, seed=1),
            ["nps", "g0", "weight"],
            {},
        )
        print(f"{'  the draws alone':<44}{drawn:>7.2f}s; the estimate alone {estimate:.2f} s")
        told(
            "Shapley shares of 14 drivers, 500 draws",
            lambda: wb.drivers(journey, of="nps", among=RATINGS, draws=500),
            ["nps", *RATINGS, "weight"],
            {},
        )
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB (with the peers)")
        print("Not run here: R survey, svy, polars, duckreg (not installed; shared figures in the design notes)")
    return 0


def halved(journey, groups: tuple[str, str]) -> list[pd.DataFrame]:
    """Patterns of score and weight of two groups."""
    from workbench.cases import asked, cases

    table = cases(journey, asked(journey, "nps"), ["g0"]).patterns(["nps", "g0", "weight"])
    x = np.select([table["nps"] >= 9, table["nps"] >= 7], [100.0, 0.0], -100.0)
    sums = pd.DataFrame({"x": x, "w": table["weight"], "n": table["n"], "g0": table["g0"]})
    sums = sums.groupby(["g0", "x", "w"], as_index=False)["n"].sum()
    return [sums[sums["g0"] == one] for one in groups]


def pandas_nps(path: Path) -> pd.Series:
    table = duckdb.connect().execute(f"select nps, wave, g0, weight from '{path}'").df()
    table["x"] = np.select([table["nps"] >= 9, table["nps"] >= 7], [100.0, 0.0], -100.0) * table["weight"]
    sums = table.groupby(["wave", "g0"])[["x", "weight"]].sum()
    return sums["x"] / sums["weight"]


def duckdb_nps(path: Path) -> list:
    x = "case when nps >= 9 then 100.0 when nps >= 7 then 0.0 else -100.0 end"
    asked = f"select wave, g0, sum(weight * {x}) / sum(weight), sum(weight * weight), sum(weight) from '{path}' group by all"
    return duckdb.connect().execute(asked).fetchall()


def pandas_banner(path: Path) -> list[pd.DataFrame]:
    table = duckdb.connect().execute(f"select * from '{path}'").df()
    return [table.groupby([group, rating])["weight"].sum().unstack() for group in GROUPS for rating in RATINGS]


def statsmodels_logit(path: Path, rows: int):
    import statsmodels.formula.api as smf

    table = duckdb.connect().execute(f"select nps, {', '.join(GROUPS)} from '{path}' limit {rows}").df()
    table["happy"] = (table["nps"] >= 9).astype(int)
    return smf.logit(f"happy ~ {' + '.join(GROUPS)}", table).fit(disp=0)


if __name__ == "__main__":
    sys.exit(main())
