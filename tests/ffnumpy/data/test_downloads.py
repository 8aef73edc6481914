"""Downloads, from a server on this machine: checked, cached whole or not at all."""

from __future__ import annotations

import hashlib
import io
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pooch
import pytest

from ffnumpy.data import DataError, downloads
from ffnumpy.data.downloads import REMOTES, Remote, fetch

CONTENT = bytes(range(256)) * 40


class Handler(BaseHTTPRequestHandler):
    """Serves one file, and the same file cut short."""

    requests: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.requests.append(self.path)
        if self.path not in ("/file.bin", "/cut.bin"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/file.bin" else CONTENT[:1000])

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def remote() -> Iterator[Remote]:
    Handler.requests.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    digest = hashlib.md5(CONTENT).hexdigest()
    yield Remote(f"http://127.0.0.1:{server.server_address[1]}/", {"file.bin": digest})
    server.shutdown()
    thread.join()
    server.server_close()


def files(folder: Path) -> list[str]:
    """Return the names of all files in a folder, at any depth."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_download_lies_whole_in_the_set_s_folder(remote: Remote, tmp_path: Path) -> None:
    folder = fetch("mnist", tmp_path, remote=remote)
    assert folder == tmp_path / "mnist"
    assert (folder / "file.bin").read_bytes() == CONTENT


def test_what_is_there_is_not_downloaded_again(remote: Remote, tmp_path: Path) -> None:
    fetch("mnist", tmp_path, remote=remote)
    fetch("mnist", tmp_path, remote=remote)
    assert Handler.requests == ["/file.bin"]


def test_a_damaged_copy_is_replaced(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "file.bin").write_bytes(CONTENT[:-1])
    folder = fetch("mnist", tmp_path, remote=remote)
    assert (folder / "file.bin").read_bytes() == CONTENT


def test_a_wrong_digest_is_refused_and_nothing_kept(remote: Remote, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"expected the MD5 digest {'0' * 32}"):
        fetch("mnist", tmp_path, remote=replace(remote, md5={"file.bin": "0" * 32}))
    assert files(tmp_path) == []


def test_a_broken_transfer_is_refused_and_nothing_kept(remote: Remote, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cut.bin: expected"):
        fetch("mnist", tmp_path, remote=replace(remote, md5={"cut.bin": "0" * 32}))
    assert files(tmp_path) == []


def test_a_file_that_is_not_offered_is_told(remote: Remote, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the server said 404"):
        fetch("mnist", tmp_path, remote=replace(remote, md5={"other.bin": "0" * 32}))
    assert files(tmp_path) == []


def test_no_network_is_told(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        remote = Remote(f"http://127.0.0.1:{unused.getsockname()[1]}/", {"file.bin": "0" * 32})
        with pytest.raises(DataError, match=r"there is no connection.*copy the files"):
            fetch("mnist", tmp_path, remote=remote)
    assert files(tmp_path) == []


def test_the_digests_are_the_published_ones() -> None:
    # Of Fashion-MNIST as its authors give them, of MNIST as torchvision does.
    assert REMOTES["fashion-mnist"].md5 == {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    }
    assert REMOTES["mnist"].md5 == {
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    }
    # Of the fables, as in the stored history of GITenberg's repository.
    assert REMOTES["aesop"].md5 == {"11339.txt": "7613cd8b6c09d566858b3933099f913d"}
    assert REMOTES["cifar-10"].md5 == {"cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530"}


def test_a_folder_that_cannot_be_written_is_told(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "mnist").write_text("a file where a folder is needed")
    with pytest.raises(DataError, match=r"cannot be written .*FFNUMPY_CACHE, or --data-dir"):
        fetch("mnist", tmp_path, remote=remote)


@pytest.mark.parametrize(("progress", "lines"), [(True, 1), (False, 0)])
def test_progress_is_a_line_for_each_file_where_there_is_no_terminal(
    remote: Remote, tmp_path: Path, progress: bool, lines: int
) -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    pooch.get_logger().addHandler(handler)
    fetch("mnist", tmp_path, remote=remote, progress=progress)
    pooch.get_logger().removeHandler(handler)
    assert told.getvalue().count("Downloading data from") == lines


def test_the_cache_is_where_the_environment_says(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFNUMPY_CACHE", str(tmp_path))
    monkeypatch.setitem(downloads.REMOTES, "mnist", remote)
    assert downloads.cached("mnist") is None
    assert fetch("mnist") == tmp_path / "mnist" == downloads.cached("mnist")


def test_the_cache_is_a_folder_of_the_user_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FFNUMPY_CACHE", raising=False)
    assert downloads.cache_folder().name == "ffnumpy"
