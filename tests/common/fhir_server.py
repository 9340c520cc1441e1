"""A small FHIR server in a thread, with faults on demand; resources are made up."""

import json
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

EHR_MAPPING = {
    "patient": {
        "age": {"resource": "Patient", "value": "age"},
        "sex": {"resource": "Patient", "value": "gender"},
    },
    "labs": {"hba1c": {"codes": "loinc|4548-4", "unit": "%"}},
    "history": {"has": {"resource": "Condition", "codes": {"dm": "icd10cm|E11*"}}},
}
AT = "2020-06-30"  # index date
N_PATIENTS = 24


class SmallServer:
    """What the server holds, what it was asked, and what shall go wrong.

    `faults` are used up one per request: a status, (status, headers), "truncated",
    "not json", "slow", "trickle", or a dict to send. `ignores` are search parameters
    it does not know.
    """

    def __init__(self):
        self.resources, self.requests, self.faults = {}, [], []
        self.ignores, self.tokens, self.page_size = set(), None, 50
        self.next_link = None
        self.seconds = 0.0
        self.base_url = ""

    def put(self, *resources, updated=None):
        updated = updated or datetime.now(UTC)
        for resource in resources:
            resource = dict(resource)
            key = f"{resource['resourceType']}/{resource['id']}"
            before = self.resources.get(key, {"meta": {"versionId": "0"}})
            version = str(int(before["meta"]["versionId"]) + 1)
            resource["meta"] = {
                "versionId": version,
                "lastUpdated": updated.isoformat(timespec="milliseconds"),
            }
            self.resources[key] = resource

    def of_type(self, kind):
        return [r for r in self.resources.values() if r["resourceType"] == kind]

    def found(self, kind, params):
        return [r for r in self.of_type(kind) if all(self._fits(r, params))]

    def _fits(self, resource, params):
        for name, value in params.items():
            if name in self.ignores:
                continue
            if name == "patient":
                subject = resource.get("subject", {}).get("reference", "")
                yield subject.endswith(f"Patient/{value}")
            if name == "identifier":
                own = resource.get("identifier", [])
                yield value in [f"{i['system']}|{i['value']}" for i in own]
            if name == "_lastUpdated":
                since = datetime.fromisoformat(value.removeprefix("ge"))
                yield datetime.fromisoformat(resource["meta"]["lastUpdated"]) >= since

    def page(self, kind, params):
        start = int(params.pop("_page", 0))
        found = self.found(kind, params)
        links = []
        if len(found) > start + self.page_size:
            query = urlencode({**params, "_page": start + self.page_size})
            url = self.next_link or f"{self.base_url}/{kind}?{query}"
            links.append({"relation": "next", "url": url})
        entries = [
            {"resource": r, "search": {"mode": "match"}}
            for r in found[start : start + self.page_size]
        ]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "link": links,
            "entry": entries,
        }

    def create(self, resource, condition):
        params = dict(parse_qsl(condition or ""))
        found = self.found(resource["resourceType"], params) if params else []
        if len(found) > 1:
            return 412, {"resourceType": "OperationOutcome"}
        if found:
            return 200, found[0]
        resource = {**resource, "id": f"made-{len(self.resources)}"}
        self.put(resource)
        return 201, resource


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._handle(self._read)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        condition = self.headers.get("If-None-Exist")
        store = self.server.store
        self._handle(lambda *_: store.create(json.loads(body), condition))

    def _read(self, path, params):
        store = self.server.store
        if "/" not in path:
            return 200, store.page(path, params)
        found = store.resources.get(path)
        return (200, found) if found else (404, {"resourceType": "OperationOutcome"})

    def _handle(self, answer):
        start = time.perf_counter()
        store = self.server.store
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/fhir/")
        params = {name: own[0] for name, own in parse_qs(parts.query).items()}
        store.requests.append((self.command, path, dict(params), dict(self.headers)))
        fault = store.faults.pop(0) if store.faults else None
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if store.tokens is not None and token not in store.tokens:
            fault = 401
        if fault == "slow":
            time.sleep(0.4)
            fault = None
        if isinstance(fault, tuple | int):
            status, headers = fault if isinstance(fault, tuple) else (fault, {})
            # servers like to repeat what they were asked
            text = {"diagnostics": self.path, "code": "exception"}
            body = {"resourceType": "OperationOutcome", "issue": [text]}
            self._send(status, json.dumps(body).encode(), headers)
        elif isinstance(fault, dict):
            self._send(200, json.dumps(fault).encode(), {})
        else:
            status, content = answer(path, params)
            body = json.dumps(content).encode()
            store.seconds += time.perf_counter() - start
            body = {"not json": b"<html>" + body}.get(fault, body)
            if fault == "trickle":
                body += b" " * 60_000
            self._send(status, body, {}, fault)

    def _send(self, status, body, headers, fault=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "trickle":
            self._trickle(body)
            return
        is_cut = fault == "truncated"
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = self.close_connection or is_cut

    def _trickle(self, body):
        self.close_connection = True
        with suppress(OSError):
            for start in range(0, len(body), 500):
                self.wfile.write(body[start : start + 500])
                self.wfile.flush()
                time.sleep(0.02)


@contextmanager
def running_server():
    """Yield a `SmallServer` that answers on the loopback."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    http.store = SmallServer()
    http.store.base_url = f"http://127.0.0.1:{http.server_port}/fhir"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield http.store
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
