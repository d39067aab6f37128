"""Digests that must stay the same in every release: a record of last year is compared with them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
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


def write_npy(path: Path) -> None:
    np.save(path, np.asfortranarray(np.arange(6.0).reshape(2, 3)))


def write_json(path: Path) -> None:
    path.write_text('{"x": [1, 2.50, "a"]}\n')


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("events.json"), "[1, 2]")


def write_xz(path: Path) -> None:
    path.write_bytes(lzma.compress(b"two events"))


def write_bzip2(path: Path) -> None:
    path.write_bytes(bz2.compress(b"two events"))


def write_postscript(path: Path) -> None:
    path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%CreationDate: Monday\n%%EndComments\n0 0 moveto\n")


def write_onnx(path: Path) -> None:
    from onnx import TensorProto, helper, save

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "graph", [x], [y])
    save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)]), path)


PINNED: list[tuple[str, Callable[[Path], None], str]] = [
    ("tree.root", write_root, "root:f8cae6aa8b7dd7aacdb5c99c1b2288f952dee1f7699912b8850ac09fb0625e3f"),
    ("ntuple.root", write_ntuple, "root:c3a3a5e0f5e59af305a81e161c0d395c1086eec3acaf6b1f51cb1f5c009f0a50"),
    ("file.parquet", write_parquet, "parquet:ff5247fbe1a21ce425d664ab9766275468fe921af2ec7ce4a894dd8132f5a94e"),
    ("file.h5", write_hdf5, "hdf5:de1881544d55c42e9f8f6c499a7f76c313c419329f4e45986a86a9517a946648"),
    ("file.npz", write_npz, "npz:8fdf9b05076f01acb6bceb8d0624db0ca68002cf0a43e9d222ce8570a8752430"),
    ("file.npy", write_npy, "npy:13bdfd04edce07d5f4d01e423aea47a1a13940948b5b06e98c4ded96067966c8"),
    ("file.json", write_json, "json:ee9b75f65aaab5a1f20291dcaa60f64fc4e04d9bdbcdd757abc7c0484ff54329"),
    ("file.jsonl", write_json, "jsonl:ba68a1faeda3276b167441aba91b1f1b0b35491eddd42a292fe72d519ec096f6"),
    ("file.onnx", write_onnx, "onnx:ccf78ba4f360256e499984260e71b5f31c349b668004edfad2187e1cd0d3e3f0"),
    ("file.png", write_png, "png:9703001ceccbf600322427e90d678ee51c7630ef05607a759a13c1dbb5deec2b"),
    ("file.svg", write_svg, "svg:7f6f55eb83acd692dcc1c4ed77c83c5f0e227e87d213b033af76ed85b7be24f9"),
    ("file.pdf", write_pdf, "pdf:3d7581a03ee2f80fbc4cf912ace50a8d07fb6980e489a4eb3a313dc535bbd254"),
    ("file.eps", write_postscript, "postscript:151e2ff8d1b27cc7415fbd25f19f6aaa4606f7e186dc0f7585f984d27b0810c9"),
    ("file.gz", write_gzip, "gzip:aa1db1235f273429acc55da77c4f903c86ed413f6621e0d6775ce8f78b40d2ec"),
    ("file.xz", write_xz, "xz:aa1db1235f273429acc55da77c4f903c86ed413f6621e0d6775ce8f78b40d2ec"),
    ("file.bz2", write_bzip2, "bzip2:aa1db1235f273429acc55da77c4f903c86ed413f6621e0d6775ce8f78b40d2ec"),
    ("file.zip", write_zip, "zip:ccadd456aa9b3fd6057f9788a3b08a9a2663288191902c6e26d1e7bb6241f3e9"),
    ("file.tar.gz", write_tar, "tar:00c527b3a5f1af57b846ab8b96374fef9b6cfc3923b57287608a949a50cefdd6"),
    ("folder", write_folder, "folder:630f16bb3a53a7e634d42ddcebbb76a8b052ae8cece050904391b272ad288f83"),
]

FORMER = {
    "root:14fbc6a0803c78a63ab3ce04ccf8c463f0a55e9243a57c9bb72079a079a034c7",
    "root:1f18ec49a5f5bdf4a183b68765dbe5ba6f3ffeae322aace29bbe2a2560936d93",
    "parquet:793e96d803bf77fb3230186edfcddcdc65f641a182edb63ff2b7d12fa528dc97",
    "hdf5:44b44d8e392ef25d2b82d2c9a2395d0c4e2acaf209781d9c42d6a1ab8f0c6e0d",
    "npz:ce28839f2c8f100bffb175367c560cf51a2b566d16f743768fd636654f860063",
    "png:a411107ed981aa32ea55faa19630101f1b4776766044e8aee13f87bc12c38e10",
    "pdf:35bcfacae72b217f9b9a269b8751297efc951a33cb87e3de11c8fea86bb6be32",
    "gzip:afa1f2e0e7688d7e65c4380d5b8fbadf113c410e5a42d35326838e8bdfea7f5a",
    "tar:f5899b3cdf56de2ec7decdb11050908a303bedd8d1785337d9238f1d0a8121db",
    "folder:d0f5b5b4b4d754836a2d871333fa6b6c81d024d0c69723bb98dbc5501bce1ccc",
}
"""The same files as they were digested when less of what readers show was counted."""


@pytest.mark.parametrize(("name", "write", "digest"), PINNED)
def test_the_digest_is_that_of_other_releases(
    tmp_path: Path, name: str, write: Callable[[Path], None], digest: str
) -> None:
    path = tmp_path / name
    write(path)
    assert content_digest(path) == digest


def test_digests_of_the_former_scheme_are_equal_to_none_of_today() -> None:
    assert FORMER.isdisjoint(digest for _, _, digest in PINNED)
