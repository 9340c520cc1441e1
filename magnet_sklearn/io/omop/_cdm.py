"""Tables of the OMOP common data model 5.4 that are read, and their columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    name : str
        Name.
    concept, source : str
        Columns with the standard and the source concept; "" for none.
    date, datetime : str
        Columns with the day and the time a record counts from; "" for none.
    numbers, concepts, texts : tuple of str
        Columns that a value may be taken from.
    """

    name: str
    concept: str = ""
    source: str = ""
    date: str = ""
    datetime: str = ""
    numbers: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Column with the id of a row."""
        return f"{self.name}_id"

    @property
    def values(self) -> tuple[str, ...]:
        """All columns that a value may be taken from."""
        return (*self.numbers, *self.concepts, *self.texts)


_PERSON = Table(
    "person",
    numbers=("age",),
    concepts=("gender_concept_id", "race_concept_id", "ethnicity_concept_id"),
)


def _events(name: str, what: str, date: str, **values: tuple[str, ...]) -> Table:
    return Table(
        name,
        f"{what}_concept_id",
        f"{what}_source_concept_id",
        f"{date}_date",
        f"{date}_datetime",
        **values,
    )


TABLES = {
    table.name: table
    for table in (
        _PERSON,
        _events(
            "measurement",
            "measurement",
            "measurement",
            numbers=("value_as_number",),
            concepts=("value_as_concept_id",),
        ),
        _events("condition_occurrence", "condition", "condition_start"),
        _events(
            "drug_exposure",
            "drug",
            "drug_exposure_start",
            numbers=("quantity", "days_supply"),
        ),
        _events(
            "procedure_occurrence", "procedure", "procedure", numbers=("quantity",)
        ),
        _events(
            "observation",
            "observation",
            "observation",
            numbers=("value_as_number",),
            concepts=("value_as_concept_id",),
            texts=("value_as_string",),
        ),
    )
}
# They hold all kinds of facts, so that their rows tell only of their own modality.
MIXED = ("measurement", "observation")
UNIT = "unit_concept_id"
BIRTH = ("year_of_birth", "month_of_birth", "day_of_birth")
