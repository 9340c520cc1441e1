"""Nothing tells who a patient is."""

import logging
import traceback
import warnings

from common.fhir_server import EHR_MAPPING

from magnet_sklearn.io import EHRConnector


def _told(action):
    """Return all that an action tells: warnings, and the whole of an error."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            action()
        except (OSError, LookupError, ValueError) as error:
            errors = [error, error.__context__, error.__cause__]
            told = [traceback.format_exception(one) for one in errors if one]
        else:
            told = []
    return "\n".join(["".join(t) for t in told] + [str(w.message) for w in warned])


def test_nothing_tells_who_the_patient_is(server, model, person, observation, caplog):
    """Ids, names, dates and tokens stay out of logs, errors and warnings."""
    caplog.set_level(logging.DEBUG)
    marker = "MARK" + "ER"  # not in the source lines of a traceback
    who = person(f"{marker}-1", birth="1955-11-23", name=[{"family": f"{marker}ovic"}])
    server.put(who, {**who, "id": f"{marker}-2", "birthDate": [f"{marker}"]})
    server.put(observation(f"{marker}-o", f"{marker}-1", "2020-05-01", 5.0))
    server.put(observation(f"{marker}-bad", f"{marker}-1", "2020-05-32", 5.0))
    parameters = {"timeout": 0.1, "max_retries": 1, "backoff": 0.01}
    connector = EHRConnector(
        server.base_url, EHR_MAPPING, model, token=f"{marker}-token", **parameters
    )
    dead = EHRConnector("http://127.0.0.1:1/fhir", EHR_MAPPING, model, max_retries=0)

    def ask(patient, faults=(), connector=connector):
        server.faults = list(faults)
        text = _told(lambda: connector.write_back(connector.predict(patient)))
        server.faults = []
        return text

    told = [ask(f"{marker}{end}") for end in ("-1", "-2", "-absent", "/1")]
    for fault in (500, 400, 401, 403, "slow", "truncated", "not json", (302, {})):
        told += [ask(f"{marker}-1", [None] * n + [fault] * 2) for n in range(4)]
    told.append(ask(f"{marker}-1", connector=dead))
    server.ignores = {"patient", "identifier"}
    told.append(ask("p1"))
    told.append(_told(lambda: next(connector.watch(since="2020-01-01"))))

    text = "\n".join([*told, caplog.text])
    for part in ("invalid", "failed after 2 tries", "not on the server", "again in"):
        assert part in text
    for part in (marker, "1955", "2020-05-32"):
        assert part not in text
