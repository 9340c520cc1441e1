"""A small hub: files in the format of the real one, over HTTP, with faults."""

import gzip
import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest

PATIENTS = [f"TCGA-A{i // 5}-{i:04d}" for i in range(20)]


def matrix(rng, genes, samples):
    """One row per gene, one column per sample, as text separated by tabs."""
    values = rng.gamma(2.0, size=(len(genes), len(samples))).round(4)
    frame = pd.DataFrame(values, index=genes, columns=samples)
    frame.iloc[0, 0] = np.nan
    return frame.to_csv(sep="\t", index_label="sample", na_rep="NA").encode()


def hub_files():
    """Paths on the hub and contents, of a cohort of 20 patients."""
    rng = np.random.default_rng(0)
    tumour, normal = [f"{p}-01" for p in PATIENTS], [f"{p}-11" for p in PATIENTS[:4]]
    genes = [f"GENE{i}" for i in range(30)]
    clinical = pd.DataFrame(
        {
            "_PATIENT": PATIENTS + PATIENTS[:4],
            "age_at_initial_pathologic_diagnosis": [*range(40, 60), *range(40, 44)],
            "gender": ["FEMALE", "MALE"] * 12,
            "pathologic_stage": ["Stage I", "Stage II", "[Not Available]"] * 8,
            "days_to_death": rng.integers(1, 999, size=24),
            "PAM50Call_RNAseq": (["LumA", "Basal", ""] * 8),
        },
        index=pd.Index(tumour + normal, name="sampleID"),
    )
    survival = pd.DataFrame(
        {
            "_PATIENT": PATIENTS,
            "OS": [0, 1] * 10,
            "OS.time": rng.integers(1, 4000, size=20),
            "PFI": [1, 0] * 10,
            "PFI.time": rng.integers(1, 2000, size=20),
            "Redaction": ["Redacted", *[""] * 19],
        },
        index=pd.Index(tumour, name="sample"),
    ).astype({"OS.time": object})
    survival.iloc[1, 2] = ""
    folder = "TCGA.BRCA.sampleMap"
    zipped = {
        "HiSeqV2.gz": matrix(rng, genes, tumour[:15] + normal),
        "miRNA_HiSeq_gene.gz": matrix(
            rng, ["MIMAT0000062", "MIMAT0000063"], tumour[8:]
        ),
    }
    texts = {
        f"{folder}/BRCA_clinicalMatrix": clinical.to_csv(sep="\t").encode(),
        "survival/BRCA_survival.txt": survival.to_csv(sep="\t").encode(),
    }
    return texts | {f"{folder}/{n}": gzip.compress(t) for n, t in zipped.items()}


class Hub:
    """A server of files. `faults` maps a path to a list of faults, one a request."""

    def __init__(self, files):
        self.files, self.faults, self.requests = files, {}, []
        self.etags, self.closed = True, threading.Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                hub.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        ).start()

    def answer(self, handler):
        """Send a file or the rest of it, unless a fault is due."""
        path = handler.path.lstrip("/")
        self.requests.append((path, handler.headers["Range"]))
        waiting = self.faults.get(path, [])
        fault = waiting.pop(0) if waiting else None
        if fault in (404, 500) or path not in self.files:
            handler.send_error(fault or 404)
            return
        content = self.files[path]
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        start = self.start(handler, etag, len(content))
        if start == len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if start else 200)
        if self.etags:
            handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        if fault == "slow":
            self.closed.wait(60)
        end = (start + len(content)) // 2 if fault == "cut" else len(content)
        handler.wfile.write(content[start:end])

    def start(self, handler, etag, size):
        """First byte to send: that of Range, if the version is still the same."""
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"] or "")
        same = handler.headers["If-Range"] == etag
        return min(int(asked[1]), size) if asked and same else 0

    def close(self):
        """Stop serving, also those who still wait."""
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub():
    """Serve the small cohort."""
    served = Hub(hub_files())
    yield served
    served.close()
