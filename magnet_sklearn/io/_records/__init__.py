"""Dated records of patients, of any source, into blocks of modalities."""

from magnet_sklearn.io._records._aggregates import Groups
from magnet_sklearn.io._records._cohort import RecordCohort, build_cohort
from magnet_sklearn.io._records._features import (
    AGGREGATES,
    RecordFeature,
    all_features,
    check_entries,
    mapping_entry,
    one_of,
    parse_factors,
    parse_shared,
)
from magnet_sklearn.io._records._index_dates import stated_dates
from magnet_sklearn.io._records._moments import DAY, NO_DATE, InvalidElement, moment
from magnet_sklearn.io._records._numbering import Numbering
from magnet_sklearn.io._records._records import (
    INVALID,
    NEWEST,
    NO_PATIENT,
    NOT_MAPPED,
    ROW_COLUMNS,
    Records,
)
from magnet_sklearn.io._records._selection import Selection
