import hashlib
import json
import socket

import pytest

from magnet_sklearn.datasets._download import fetch_file

NAME = "TCGA.BRCA.sampleMap/HiSeqV2.gz"


@pytest.fixture
def fetch(hub, tmp_path):
    """Fetch one file of the hub into an empty cache, without waiting."""

    def fetch(**options):
        path = tmp_path / "cache" / "HiSeqV2.gz"
        options = {"delay": 0.0, "timeout": 5.0} | options
        return fetch_file(f"{hub.url}/{NAME}", path, **options)

    return fetch


def test_a_file_is_downloaded_once_and_its_checksum_recorded(hub, fetch):
    path = fetch()
    fetch()

    assert path.read_bytes() == hub.files[NAME]
    assert len(hub.requests) == 1
    record = json.loads(path.with_name("HiSeqV2.gz.json").read_text())
    assert record["sha256"] == hashlib.sha256(hub.files[NAME]).hexdigest()
    assert record["size"] == len(hub.files[NAME])
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "HiSeqV2.gz",
        "HiSeqV2.gz.json",
    ]


def test_a_truncated_download_is_continued_where_it_stopped(hub, fetch):
    hub.faults[NAME] = ["cut", "cut"]
    size = len(hub.files[NAME])

    path = fetch()

    assert path.read_bytes() == hub.files[NAME]
    ranges = [asked for _, asked in hub.requests]
    assert ranges == [
        None,
        f"bytes={size // 2}-",
        f"bytes={(size // 2 + size) // 2}-",
    ]


def test_an_interrupted_download_is_continued_by_a_later_call(hub, fetch):
    hub.faults[NAME] = ["cut"]
    with pytest.raises(OSError, match=r"of \d+ bytes came"):
        fetch(n_retries=0)

    path = fetch()

    assert path.read_bytes() == hub.files[NAME]
    assert hub.requests[-1][1] == f"bytes={len(hub.files[NAME]) // 2}-"


def test_another_version_is_not_appended_to_the_first(hub, fetch):
    hub.faults[NAME] = ["cut"]
    with pytest.raises(OSError, match="bytes came"):
        fetch(n_retries=0)
    hub.files[NAME] = hub.files[NAME][::-1]

    assert fetch().read_bytes() == hub.files[NAME]


def test_without_a_version_the_download_starts_again(hub, fetch):
    hub.etags = False
    hub.faults[NAME] = ["cut"]

    assert fetch().read_bytes() == hub.files[NAME]
    assert [asked for _, asked in hub.requests] == [None, None]


def test_a_part_that_is_whole_already_starts_again(hub, fetch, tmp_path):
    hub.faults[NAME] = ["cut"]
    with pytest.raises(OSError, match="bytes came"):
        fetch(n_retries=0)
    part = tmp_path / "cache" / "HiSeqV2.gz.part"
    part.write_bytes(b"x" * len(hub.files[NAME]))

    assert fetch().read_bytes() == hub.files[NAME]


def test_failures_of_the_server_are_tried_again(hub, fetch):
    hub.faults[NAME] = [500, "slow", 500]

    assert fetch(timeout=1.5).read_bytes() == hub.files[NAME]
    assert len(hub.requests) == 4


def test_slow_servers_are_given_up_in_the_end(hub, fetch):
    hub.faults[NAME] = ["slow"] * 2

    with pytest.raises(OSError, match=r"timed out; tries: 2"):
        fetch(timeout=0.1, n_retries=1)


def test_what_is_not_there_is_not_tried_again(hub, fetch):
    hub.faults[NAME] = [404] * 9

    with pytest.raises(OSError, match="HTTP Error 404.*tries: 1.*save it as .*HiSeqV2"):
        fetch()
    assert len(hub.requests) == 1


def test_without_network_the_error_says_where_the_file_goes(tmp_path):
    with socket.socket() as free:  # a port at which nobody listens
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/rna.gz"

    with pytest.raises(
        OSError, match=r"rna\.gz .*refused.*save it as .*there"
    ) as error:
        fetch_file(url, tmp_path / "there", n_retries=1, delay=0.0)
    assert str(tmp_path / "there") in str(error.value)


def test_download_if_missing_off_asks_nobody(hub, fetch):
    with pytest.raises(OSError, match="download_if_missing is False"):
        fetch(download=False)
    assert hub.requests == []


def test_a_known_checksum_is_verified(hub, fetch):
    good = hashlib.sha256(hub.files[NAME]).hexdigest()
    fetch(sha256=good)

    with pytest.raises(OSError, match=rf"is {good}, expected 0000 \(known\)"):
        fetch(sha256="0000")


def test_a_file_that_changed_in_the_cache_is_noticed(fetch):
    path = fetch()
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(OSError, match="recorded when it was downloaded"):
        fetch()


def test_a_file_put_there_by_hand_is_taken_and_recorded(hub, fetch, tmp_path):
    path = tmp_path / "cache" / "HiSeqV2.gz"
    path.parent.mkdir()
    path.write_bytes(b"by hand")

    assert fetch(download=False).read_bytes() == b"by hand"
    assert hub.requests == []
    path.write_bytes(b"damaged")
    with pytest.raises(OSError, match="not the file it should be"):
        fetch()
