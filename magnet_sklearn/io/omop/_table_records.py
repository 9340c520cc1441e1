"""Rows of tables as records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from magnet_sklearn.io._records import (
    NO_DATE,
    NO_PATIENT,
    NOT_MAPPED,
    Records,
)
from magnet_sklearn.io.omop._cdm import BIRTH, MIXED, TABLES, UNIT, Table
from magnet_sklearn.io.omop._concept_sets import concept_sets, matches
from magnet_sklearn.io.omop._omop_features import OMOPFeature
from magnet_sklearn.io.omop._row_values import row_values
from magnet_sklearn.io.omop._table_columns import births, moments, whole_numbers
from magnet_sklearn.io.omop._table_sources import TableSource, read_columns


class TableRecords(Records):
    """Rows of those tables that features are made of.

    Parameters
    ----------
    features : list of OMOPFeature
        Features.
    source : TableSource
        Where the tables are.
    """

    def __init__(self, features: Sequence[OMOPFeature], source: TableSource) -> None:
        super().__init__(features, TABLES, "person", MIXED)
        self._features, self._source = features, source
        self._sets = concept_sets(source, features)
        self._add_persons()
        for name in dict.fromkeys(feature.table for feature in features):
            if name != "person":
                self._add_events(TABLES[name])

    def patient_names(self) -> np.ndarray:
        """Return the ids of persons."""
        return self._persons.to_numpy()

    def as_ids(self, given: pd.Index) -> pd.Index:
        """Return ids of persons as whole numbers; all must be in `person`."""
        ids = pd.Index(pd.to_numeric(given.to_series(), errors="coerce"))
        if unknown := list(given[~ids.isin(self._persons)]):
            raise ValueError(
                f"index_date has {len(unknown)} persons who are not in the table "
                f"'person', for example {unknown[:5]}. Leave them out."
            )
        return ids.astype(np.int64)

    def _add_persons(self) -> None:
        table = TABLES["person"]
        wanted = [f.column for f in self._features if f.table == "person" and f.column]
        required = [column for column in wanted if column != "age"]
        required += BIRTH[:1] if "age" in wanted else ()
        frame = read_columns(
            self._source, "person", [table.key, *dict.fromkeys(required)], BIRTH[1:]
        )
        ids = whole_numbers(frame, "person", table.key)
        self._persons = pd.Index(ids)
        if (twice := self._persons.duplicated()).any():
            raise ValueError(
                f"Table 'person' has {twice.sum()} rows whose person_id was there "
                f"before: {self._persons[twice][:5].tolist()}. A person is one row."
            )
        if "age" in wanted:
            frame["age"] = births(frame)
        never = np.full(len(frame), NO_DATE)
        self._add_rows(table, frame, ids, ids, never)

    def _add_events(self, table: Table) -> None:
        own = [feature for feature in self._features if feature.table == table.name]
        columns = [f.source and table.source or table.concept for f in own]
        values = dict.fromkeys(f.column for f in own if f.column)
        required = [table.key, "person_id", table.date, *dict.fromkeys(columns)]
        optional = [table.datetime, *([UNIT] if table.name in MIXED else [])]
        frame = read_columns(self._source, table.name, [*required, *values], optional)
        self._add_rows(
            table,
            frame,
            whole_numbers(frame, table.name, table.key),
            whole_numbers(frame, table.name, "person_id"),
            moments(frame, table.name, table.date, table.datetime),
        )

    def _add_rows(
        self,
        table: Table,
        frame: pd.DataFrame,
        ids: np.ndarray,
        persons: np.ndarray,
        time: np.ndarray,
    ) -> None:
        """Write rows and their findings."""
        first = len(self.rows["key"])
        patient = self._persons.get_indexer(pd.Index(persons))
        row, feature = self._matches(table, frame)
        reason = np.full(len(frame), self.reasons[NOT_MAPPED])
        reason[row] = self.reasons["used"]
        reason[patient < 0] = self.reasons[NO_PATIENT]
        if table.concept:
            self._count_unmapped(table, frame, reason == self.reasons[NOT_MAPPED])
        known, keys = pd.factorize(ids)
        names = {
            f"{table.name}/{one}": len(self.keys) + n for n, one in enumerate(keys)
        }
        number = len(self.keys) + known
        self.keys.update(names)
        content = pd.util.hash_pandas_object(frame, index=False).to_numpy()
        never = np.full(len(frame), NO_DATE)
        cells = {
            "kind": np.full(len(frame), self.kinds[table.name]),
            "key": number,
            "patient": patient,
            "time": time,
            "known": never,
            "updated": never,
            "version": np.full(len(frame), -1),
            "content": content.view(np.int64),
            "reason": reason,
            "place": np.full(len(frame), self.places[self._source.place(table.name)]),
            "number": np.arange(len(frame)),
        }
        for name, own in cells.items():
            self.rows[name].frombytes(own.astype(np.int64).tobytes())
        self._add_findings(table, frame, first, row, feature)

    def _matches(
        self, table: Table, frame: pd.DataFrame
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and their features, in order of features."""
        if not table.concept:
            own = [n for n, f in enumerate(self._features) if f.table == "person"]
            rows = np.tile(np.arange(len(frame)), len(own))
            return rows, np.repeat(np.array(own, dtype=np.int64), len(frame))
        found = []
        for column, is_source in ((table.concept, False), (table.source, True)):
            sets = [
                (number, self._sets[number])
                for number, feature in enumerate(self._features)
                if feature.table == table.name and feature.source == is_source
            ]
            if sets:
                concepts = whole_numbers(frame, table.name, column, missing=0)
                found.append(matches(concepts, sets))
        rows, features = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return rows, features

    def _count_unmapped(
        self, table: Table, frame: pd.DataFrame, where: np.ndarray
    ) -> None:
        column = table.concept if table.concept in frame else table.source
        concepts = whole_numbers(frame, table.name, column, missing=0)[where]
        counts = pd.Series(concepts).value_counts()
        for concept, count in counts.items():
            self.unmapped[table.name, column, str(concept)] += int(count)

    def _add_findings(
        self,
        table: Table,
        frame: pd.DataFrame,
        first: int,
        row: np.ndarray,
        feature: np.ndarray,
    ) -> None:
        """Write what rows say about features."""
        units = whole_numbers(frame, table.name, UNIT, missing=0)
        for number in np.unique(feature):
            own = self._features[number]
            rows = row[feature == number]
            values, problems = row_values(own, frame, rows, units[rows])
            if own.kind == "category":
                codes, labels = pd.factorize(values)
                mapped = np.array([self.labels[label] for label in labels], dtype=float)
                values = np.append(mapped, np.nan)[codes]
            codes, told = pd.factorize(problems)
            problem = np.array([self.problems[one] for one in told], dtype=np.int64)
            cells = {
                "row": rows + first,
                "feature": np.full(len(rows), number),
                "problem": problem[codes],
                "part": np.full(len(rows), self.parts[own.column]),
            }
            for name, cell in cells.items():
                self.findings[name].frombytes(cell.astype(np.int64).tobytes())
            self.values.frombytes(values.astype(float).tobytes())
            if table.name in MIXED:
                modality = self.modality_of[own.modality]
                self.marks["row"].extend((rows + first).tolist())
                self.marks["modality"].extend([modality] * len(rows))
