"""Which rows count: the newest known version of each resource, up to the index date."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.io._records._moments import DAY, NO_DATE
from magnet_sklearn.io._records._records import INVALID, NEWEST, NO_PATIENT, Records

_OWN = ("entered in error", "deleted")


class Selection:
    """Rows and findings that count.

    Parameters
    ----------
    records : Records
        What was read.
    stated : Series, int or None
        As of `stated_dates`.
    index_number : int or None
        Number of the feature that gives the index date, if one does.
    which : {"first", "last"}
        Which of them.

    Attributes
    ----------
    patients : Index of shape (n_patients,)
        Ids.
    index_dates : int64 ndarray of shape (n_patients,)
        Microseconds since 1970.
    rows : DataFrame
        Rows of the records; `patient` is a place in `patients` or -1, `status` says
        what became of each.
    is_known : bool ndarray of shape (n_rows,)
        Rows that are the newest version known at the index date, and no error.
    """

    def __init__(
        self,
        records: Records,
        stated: pd.Series | int | None,
        index_number: int | None,
        which: str,
    ) -> None:
        self._records = records
        rows = pd.DataFrame(
            {name: np.asarray(cells) for name, cells in records.rows.items()}
        )
        self.rows = rows
        reasons = np.array([*records.reasons], dtype=object)
        rows["status"] = reasons[rows["reason"].to_numpy(dtype=np.int64)]
        rows["date"] = rows[["time", "known"]].max(axis=1)
        now = round(datetime.now(UTC).timestamp() * 1e6)
        today = now - now % DAY + DAY - 1  # what is dated today without a time
        is_future = (rows["date"] > now) & (rows["date"] != today)
        self._mark("date in the future", is_future)
        names = records.patient_names()
        self._is_latest = stated is None and index_number is None
        self._set_patients(names, stated)
        if isinstance(stated, pd.Series):
            self.index_dates = stated.to_numpy()
        elif stated is not None:
            self.index_dates = np.full(len(self.patients), stated, dtype=np.int64)
        else:
            self.index_dates = self._found_dates(index_number, which)
        self._drop_undated(keep=isinstance(stated, pd.Series))
        self._hide_later()
        self.is_known = self._keep_newest() & ~rows["status"].isin(_OWN).to_numpy()

    def _mark(self, reason: str, where: Any) -> None:
        self.rows.loc[where, "status"] = reason

    def _takes_part(self) -> np.ndarray:
        """Tell which rows are versions of a resource that may count."""
        out = [INVALID, NO_PATIENT, *_LATER]
        return ~self.rows["status"].isin(out).to_numpy()

    def _set_patients(self, names: np.ndarray, stated: Any) -> None:
        """Choose patients, and say to which of them each row belongs."""
        known = pd.Index(names).unique()
        known = known[known != ""]
        own = self.rows["patient"].to_numpy()
        if isinstance(stated, pd.Series):
            self.patients = self._records.as_ids(stated.index)
        else:
            seen = own[(own >= 0) & self._takes_part()]
            self.patients = pd.Index(pd.unique(names[seen]), dtype=names.dtype)
        place = np.append(self.patients.get_indexer(pd.Index(names)), -1)
        has_patient = own >= 0
        self.rows["patient"] = place[own]
        self.n_strangers = len(known.difference(self.patients))
        outside = has_patient & (self.rows["patient"] < 0).to_numpy()
        self._mark("patient without an index date", outside & self._takes_part())

    def _found_dates(self, index_number: int | None, which: str) -> np.ndarray:
        """Return dates that follow from the data."""
        rows = self.rows
        if index_number is None:
            counted = self._takes_part() & ~rows["status"].isin(_OWN).to_numpy()
            return self._extreme(rows["date"].to_numpy(), counted, np.maximum)
        before = rows["status"].copy()
        newest = self._keep_newest()
        rows["status"] = before
        found = np.zeros(len(rows), dtype=bool)
        number = np.asarray(self._records.findings["feature"])
        found[np.asarray(self._records.findings["row"])[number == index_number]] = 1
        counted = found & newest & (rows["time"] != NO_DATE).to_numpy()
        extreme = np.minimum if which == "first" else np.maximum
        return self._extreme(rows["time"].to_numpy(), counted, extreme)

    def _extreme(self, dates, counted, extreme):
        """Return the first or last date of each patient, NO_DATE without any."""
        worst = np.iinfo(np.int64).max if extreme is np.minimum else NO_DATE
        found = np.full(len(self.patients), worst)
        counted = counted & (self.rows["patient"] >= 0).to_numpy()
        extreme.at(found, self.rows["patient"].to_numpy()[counted], dates[counted])
        return np.where(found == np.iinfo(np.int64).max, NO_DATE, found)

    def _drop_undated(self, keep: bool) -> None:
        """Leave out patients without an index date, unless the user names them."""
        undated = self.index_dates == NO_DATE
        if self._is_latest:
            return
        if keep and undated.any():
            raise ValueError(
                f"index_date has no date for {undated.sum()} patients. Drop them: "
                "index_date.dropna()."
            )
        new = np.append(np.where(undated, -1, np.cumsum(~undated) - 1), -1)
        own = self.rows["patient"].to_numpy()
        lost = (own >= 0) & (new[own] < 0) & self._takes_part()
        self._mark("patient without an index date", lost)
        self.rows["patient"] = new[own]
        self.patients = self.patients[~undated]
        self.index_dates = self.index_dates[~undated]

    def _hide_later(self) -> None:
        """Hide rows that were not known at the index date, and undated ones."""
        if self._is_latest:
            return
        rows = self.rows
        own = rows["patient"].to_numpy()
        index = np.append(self.index_dates, NO_DATE)[own]
        takes_part = self._takes_part()
        timeless_kind = self._records.kinds[self._records.timeless]
        dated = (rows["date"] != NO_DATE).to_numpy()
        timeless = (rows["kind"] == timeless_kind).to_numpy()
        later = dated & (rows["date"].to_numpy() > index) & (own >= 0)
        later |= self._stored_later(index, takes_part) & (own >= 0)
        self._mark("after the index date", later & takes_part & ~timeless)
        undated = ~dated & ~timeless & (rows["status"] == "used").to_numpy()
        self._mark("no date", undated & takes_part)

    def _stored_later(self, index: np.ndarray, takes_part: np.ndarray) -> np.ndarray:
        """Tell which versions replaced another one after the index date.

        A single version tells nothing: exports are stored later than they were known.
        """
        key, updated = (self.rows[name].to_numpy() for name in ("key", "updated"))
        is_early = takes_part & (updated != NO_DATE) & (updated <= index)
        return (updated > index) & (updated < NEWEST) & np.isin(key, key[is_early])

    def _keep_newest(self) -> np.ndarray:
        """Tell which rows are the newest version of their resource; mark the others."""
        rows, takes_part = self.rows, self._takes_part()
        order = np.lexsort(
            (-np.arange(len(rows)), rows["version"], rows["updated"], rows["key"])
        )
        order = order[takes_part[order]]
        key = rows["key"].to_numpy()[order]
        last = np.append(np.nonzero(np.diff(key))[0], len(key) - 1)[: len(key)]
        newest = np.zeros(len(rows), dtype=bool)
        newest[order[last]] = True
        winner = np.repeat(order[last], np.diff(last, prepend=-1))
        beaten = order[winner != order]
        winner = winner[winner != order]
        version = rows[["updated", "version"]].to_numpy()
        content = rows["content"].to_numpy()
        same = (version[beaten] == version[winner]).all(axis=1)
        equal = content[beaten] == content[winner]
        self._mark("superseded by a newer version", beaten[~same])
        self._mark("duplicate", beaten[same & equal])
        self._mark("same id and version, other content", beaten[same & ~equal])
        return newest


_LATER = (
    "after the index date",
    "date in the future",
    "no date",
    "patient without an index date",
)
