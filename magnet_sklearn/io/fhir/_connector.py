"""EHRConnector: from a FHIR server to a prediction, and back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd

from magnet_sklearn.data import MultiModalData
from magnet_sklearn.io.fhir._asked import checked_ids, dates_by_patient
from magnet_sklearn.io.fhir._changes import ChangeFeed
from magnet_sklearn.io.fhir._concepts import as_instant
from magnet_sklearn.io.fhir._ehr_prediction import EHRPrediction
from magnet_sklearn.io.fhir._mapping import as_mapping
from magnet_sklearn.io.fhir._predictions import predicted_outcomes
from magnet_sklearn.io.fhir._records import PatientAbsent, RecordReader
from magnet_sklearn.io.fhir._server import FHIRServer
from magnet_sklearn.io.fhir._to_fhir import to_fhir
from magnet_sklearn.io.fhir._write_back import identifier_of, save

_LOG = logging.getLogger("magnet_sklearn.io.fhir")


class EHRConnector:
    """Predict from the records of a FHIR R4 server, and write assessments back.

    Searches follow `next` links. Requests are repeated after time-outs, broken
    connections, answers that are no JSON and the statuses 408, 429, 500 and 502 to 504,
    with exponential backoff and full jitter, no earlier than `Retry-After` asks. What
    cannot be read completely is an error, never a prediction from a part of a record.
    Resources that a server sends of other patients are left out and counted.

    Neither logs nor errors nor warnings hold patient ids, values, addresses of requests
    or tokens; of several patients they say which by its place.

    Parameters
    ----------
    base_url : str
        Address of the server, such as "https://host/fhir". With a token, https, but on
        this machine.
    mapping : FHIRMapping, dict or path
        Features of the estimator, as `read_fhir` takes them. Only its types of
        resources are fetched.
    estimator : fitted estimator
        As `to_fhir` takes it.
    assessment : dict, default=None
        Parameters of `to_fhir` for what is written: `outcomes`, `times`, `thresholds`,
        `method`, `status`, ... `times` and `alpha` hold for `predict` too.
    token : str or callable, default=None
        Bearer token, or a function without parameters that returns a new one. It is
        called at the first request, and when the server answers with 401.
    ca_file : str, default=None
        File with the certificates that are trusted. If None, those of requests.
        Certificates are always verified.
    timeout : float, default=10.0
        Seconds without any byte until a request fails; the whole answer may take ten
        times as long.
    max_retries : int, default=4
        How often a request is repeated.
    backoff : float, default=0.5
        Seconds before the first repetition, at most; doubled each time, up to 60. A
        longer `Retry-After` is an error.
    max_rate : float, default=None
        Requests per second, at most. If None, no limit.
    page_size : int, default=200
        Resources that a page should have.
    max_pages : int, default=1000
        Pages of one search, at most.
    session : requests.Session, default=None
        For client certificates, proxies and tests. If None, a new one.

    Raises
    ------
    ValueError
        If `base_url` is no address, or a token would go over http.
    ImportError
        Without the extra "fhir".

    See Also
    --------
    read_fhir : The same from files.
    to_fhir : What is written.

    References
    ----------
    HL7, FHIR R4 (4.0.1), RESTful API, https://hl7.org/fhir/R4/http.html: searches,
    paging, conditional create.

    Examples
    --------
    >>> from magnet_sklearn.io import EHRConnector
    >>> labs = {"labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}}}
    >>> EHRConnector("http://ehr.example/fhir", labs, estimator=None, token="secret")
    Traceback (most recent call last):
    ...
    ValueError: base_url is http: the token could be read by others. Use https.
    """

    def __init__(
        self,
        base_url,
        mapping,
        estimator,
        *,
        assessment=None,
        token=None,
        ca_file=None,
        timeout=10.0,
        max_retries=4,
        backoff=0.5,
        max_rate=None,
        page_size=200,
        max_pages=1000,
        session=None,
    ):
        self._mapping = as_mapping(mapping)
        self._estimator = estimator
        self._assessment = dict(assessment or {})
        self._page_size, self._max_pages = page_size, max_pages
        self._server = FHIRServer(
            base_url, token, session, ca_file, timeout, max_retries, backoff, max_rate
        )
        self._reader = RecordReader(self._server, self._mapping, page_size, max_pages)
        self._written: set[str] = set()

    def fetch(self, patients, *, index_date=None):
        """Read the records of patients.

        Parameters
        ----------
        patients : str or iterable of str
            One patient id, or several, which become the rows in this order.
        index_date : str, date, dict or Series, default=None
            Date up to which the records are known, or one for each patient by id. If
            None, now. A date without a time means its end in UTC.

        Returns
        -------
        cohort : FHIRCohort
            As of `read_fhir`. Its report counts what the server sent besides.

        Raises
        ------
        LookupError
            If the server has no such patient.
        PermissionError
            If it refuses access.
        TimeoutError, ConnectionError
            If it does not answer well after all repetitions.

        Warns
        -----
        UserWarning
            If the server sent resources of other patients, or resources are invalid.
        """
        ids = checked_ids(patients)
        dates = dates_by_patient(index_date, ids)
        return self._reader.read(ids, dates)

    def predict(self, patients, *, index_date=None):
        """Read the records of patients and predict.

        Parameters
        ----------
        patients : str or iterable of str
            As in `fetch`.
        index_date : str, date, dict or Series, default=None
            As in `fetch`.

        Returns
        -------
        prediction : EHRPrediction
            `values` by patient and outcome, equal to those of the estimator on the
            `data` of its `cohort`.
        """
        cohort = self.fetch(patients, index_date=index_date)
        # without ids, so that no error of an estimator can name one
        X = MultiModalData(
            {name: block.reset_index(drop=True) for name, block in cohort.data.items()}
        )
        options = self._assessment
        outcomes = predicted_outcomes(
            self._estimator, X, options.get("times"), options.get("alpha", 0.1)
        )
        unit = options.get("time_unit", "d")
        values = {
            one.name
            if one.horizon is None
            else f"{one.name} ({one.horizon:g} {unit})": one.values
            for one in outcomes
        }
        return EHRPrediction(pd.DataFrame(values, index=cohort.data.index), cohort)

    def write_back(self, prediction):
        """Write a prediction to the server, as `to_fhir` does, unless it is there.

        The identifier follows from method, patient and index date: written twice, also
        by another program, there is one. The server is searched first, and the creation
        is conditional (`If-None-Exist`), but on servers that ignore the search
        parameter `identifier`: there two programs at the same moment would make two.

        Parameters
        ----------
        prediction : EHRPrediction
            What `predict` returned.

        Returns
        -------
        written : DataFrame
            A row per resource: `patient`, `resource` (type and id on the server),
            `status` ("created" or "already there").

        Raises
        ------
        PermissionError, TimeoutError, ConnectionError
            As `fetch`. Call it again: what is there is not written twice.
        """
        cohort = prediction.cohort
        options = {"basis": cohort, "date": cohort.index_dates} | self._assessment
        rows = []
        for resource in to_fhir(self._estimator, cohort.data, **options):
            self._written.add(identifier_of(resource))
            patient = resource["subject"]["reference"].removeprefix("Patient/")
            rows.append((patient, *save(self._server, resource, self._max_pages)))
        return pd.DataFrame(rows, columns=["patient", "resource", "status"])

    def watch(
        self, *, interval=60.0, since=None, stop=None, max_polls=None, write_back=False
    ):
        """Predict again for each patient with new resources, until stopped.

        Asks by `_lastUpdated` for the types of resources of the mapping. While the
        server cannot be reached it waits for the next time; nothing is lost.

        Parameters
        ----------
        interval : float, default=60.0
            Seconds between two questions.
        since : str, date or time, default=None
            Updates from then on count, by the clock of the server. If None, from now.
        stop : threading.Event, default=None
            Ends the loop once it is set, also while it waits.
        max_polls : int, default=None
            Questions, at most. If None, no limit.
        write_back : bool, default=False
            Whether each prediction is written before it is yielded.

        Yields
        ------
        prediction : EHRPrediction
            Of one patient, with now as the index date.
        """
        feed = ChangeFeed(
            self._server,
            ["Patient", *self._reader.kinds],
            datetime.now(UTC) if since is None else as_instant(since),
            self._page_size,
            self._max_pages,
            self._written,
        )
        stop = threading.Event() if stop is None else stop
        pending: dict[str, None] = {}
        n_polls = 0
        while not stop.is_set() and (max_polls is None or n_polls < max_polls):
            if n_polls and stop.wait(interval):
                return
            n_polls += 1
            try:
                pending |= dict.fromkeys(feed.poll())
                yield from self._predict_all(pending, write_back)
            except (ConnectionError, TimeoutError) as error:
                _LOG.warning("The watch goes on at its next time. %s", error)

    def _predict_all(
        self, pending: dict[str, None], write_back: bool
    ) -> Iterator[EHRPrediction]:
        """Predict for patients, and strike those who are done off the list."""
        for patient in [*pending]:
            try:
                prediction = self.predict(patient)
            except PatientAbsent:
                _LOG.warning("A patient with an update was not found.")
                del pending[patient]
                continue
            if write_back:
                self.write_back(prediction)
            del pending[patient]
            yield prediction
