import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from magnet_sklearn.explain import gprofiler_enrichment

ROW = {"native": "R-1", "name": "x", "source": "REAC", "term_size": 9, "query_size": 2}
ANSWER = {
    "result": [
        {**ROW, "intersection_size": 1, "p_value": 0.5},
        {**ROW, "native": "R-2", "intersection_size": 2, "p_value": 0.01},
    ]
}


@pytest.fixture
def server(request):
    """A web service that answers what the test asks for, and keeps the questions."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            asked.append(json.loads(self.rfile.read(size)))
            status, body = getattr(request, "param", (200, json.dumps(ANSWER)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    service = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=service.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{service.server_port}/", asked
    service.shutdown()
    thread.join()
    service.server_close()


def test_question_holds_names_only_and_the_answer_is_a_table(server):
    url, asked = server

    table = gprofiler_enrichment(["tp53", "BAX|581"], ["TP53", "BAX", "ACTB"], url=url)

    assert asked[0]["query"] == ["BAX", "TP53"]
    assert asked[0]["background"] == ["ACTB", "BAX", "TP53"]
    assert table["id"].tolist() == ["R-2", "R-1"]
    assert table.columns.tolist() == [
        *["id", "name", "source", "size", "overlap", "p_adjusted"]
    ]


@pytest.mark.parametrize(
    "server", [(500, "{}"), (200, "<html>"), (200, "{}")], indirect=True
)
def test_answer_that_cannot_be_read_is_an_error(server):
    with pytest.raises(ConnectionError, match="GMT file"):
        gprofiler_enrichment(["TP53"], ["TP53"], url=server[0])


def test_silent_service_is_an_error_after_the_time_out():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ConnectionError, match="timed out.*raise timeout"):
            gprofiler_enrichment(["TP53"], ["TP53"], url=url, timeout=0.1)


def test_no_gene_is_an_error():
    with pytest.raises(ValueError, match="Got 0 genes and 1 in the background"):
        gprofiler_enrichment(["?"], ["TP53"])
