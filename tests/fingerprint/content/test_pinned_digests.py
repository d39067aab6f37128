"""Digests that must stay the same in every release: a record of last year is compared with them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from caselaw.fingerprint.content import content_digest


def write_root(path: Path) -> None:
    import uproot

    with uproot.recreate(path) as file:
        file.mktree("events", {"x": "f8", "jets": "var * int32"}, title="events").extend(
            {"x": np.array([1.0, 2.0]), "jets": [[1, 2], []]}
        )
        file["text"] = "two events"


def write_ntuple(path: Path) -> None:
    import uproot

    with uproot.recreate(path) as file:
        file.mkrntuple("events", {"x": np.array([1.0, 2.0])})


def write_parquet(path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"x": [1.0, None], "jets": [[1, 2], []], "name": ["a", "bc"]}), path)


def write_hdf5(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file["x"] = np.arange(3.0)
        file["x"].attrs["unit"] = "GeV"
        file["names"] = ["a", "bc"]


def write_npz(path: Path) -> None:
    np.savez(path, x=np.arange(3.0), names=np.array(["a", "bc"]))


def write_png(path: Path) -> None:
    from PIL import Image

    Image.fromarray(np.arange(12, dtype="u1").reshape(2, 2, 3)).save(path)


def write_svg(path: Path) -> None:
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><path id="p0123456789" d="M0 1"/></svg>')


def write_pdf(path: Path) -> None:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]/Contents 4 0 R>>",
        b"<</Length 8>>\nstream\n0 0 m S \nendstream",
        b"<</Title(A plot)/CreationDate(D:2024)>>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size 6/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    path.write_bytes(written + table + trailer)


def write_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b"two events"))


def write_tar(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("events.txt")
        info.size = 10
        archive.addfile(info, io.BytesIO(b"two events"))


def write_folder(path: Path) -> None:
    path.mkdir()
    write_gzip(path / "events.gz")
    with zipfile.ZipFile(path / "empty.npz", "w"):
        pass


@pytest.mark.parametrize(
    ("name", "write", "digest"),
    [
        ("tree.root", write_root, "root:14fbc6a0803c78a63ab3ce04ccf8c463f0a55e9243a57c9bb72079a079a034c7"),
        ("ntuple.root", write_ntuple, "root:1f18ec49a5f5bdf4a183b68765dbe5ba6f3ffeae322aace29bbe2a2560936d93"),
        ("file.parquet", write_parquet, "parquet:793e96d803bf77fb3230186edfcddcdc65f641a182edb63ff2b7d12fa528dc97"),
        ("file.h5", write_hdf5, "hdf5:44b44d8e392ef25d2b82d2c9a2395d0c4e2acaf209781d9c42d6a1ab8f0c6e0d"),
        ("file.npz", write_npz, "npz:ce28839f2c8f100bffb175367c560cf51a2b566d16f743768fd636654f860063"),
        ("file.png", write_png, "png:a411107ed981aa32ea55faa19630101f1b4776766044e8aee13f87bc12c38e10"),
        ("file.svg", write_svg, "svg:7f6f55eb83acd692dcc1c4ed77c83c5f0e227e87d213b033af76ed85b7be24f9"),
        ("file.pdf", write_pdf, "pdf:35bcfacae72b217f9b9a269b8751297efc951a33cb87e3de11c8fea86bb6be32"),
        ("file.gz", write_gzip, "gzip:afa1f2e0e7688d7e65c4380d5b8fbadf113c410e5a42d35326838e8bdfea7f5a"),
        ("file.tar.gz", write_tar, "tar:f5899b3cdf56de2ec7decdb11050908a303bedd8d1785337d9238f1d0a8121db"),
        ("folder", write_folder, "folder:d0f5b5b4b4d754836a2d871333fa6b6c81d024d0c69723bb98dbc5501bce1ccc"),
    ],
)
def test_the_digest_is_that_of_other_releases(
    tmp_path: Path, name: str, write: Callable[[Path], None], digest: str
) -> None:
    path = tmp_path / name
    write(path)
    assert content_digest(path) == digest
