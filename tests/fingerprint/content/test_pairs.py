"""Pairs of files: what an independent reader shows of both is equal exactly when their digests are."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import h5py
import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pytest
import uproot
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from PIL import Image, PngImagePlugin
from pyarrow import parquet

from caselaw.fingerprint.content import content_digest

Write = Callable[[Path], object]
Show = Callable[[Path], Any]


@dataclass(frozen=True)
class Pair:
    """Two ways of writing a file of an extension, and what a reader shows of it."""

    name: str
    extension: str
    one: Write
    two: Write
    show: Show


def by(write: Callable[..., object], *values: Any, **options: Any) -> Write:
    """A way of writing with its arguments."""
    return lambda path: write(path, *values, **options)


def tree(path: Path, *branches: str, step: int = 4, compression: Any = None, title: str = "", name: str = "t") -> None:
    with uproot.recreate(path, compression=compression) as file:
        written = file.mktree(name, dict.fromkeys(branches, "f8"), title=title)
        for start in range(0, 4, step):
            written.extend({branch: np.arange(4.0)[start : start + step] for branch in branches})


def shown_tree(path: Path) -> Any:
    with uproot.open(path) as file:
        return [(key, file[key].title, file[key].keys(), file[key].arrays().to_list()) for key in file.keys()]  # noqa: SIM118


def objects(path: Path, *texts: str, compression: Any = None) -> None:
    with uproot.recreate(path, compression=compression) as file:
        for text in texts:
            file[text[0]] = text


def shown_objects(path: Path) -> Any:
    with uproot.open(path) as file:
        return [(key, str(file[key])) for key in file.keys()]  # noqa: SIM118


def ntuple(path: Path, *fields: str, compression: Any = None) -> None:
    with uproot.recreate(path, compression=compression) as file:
        file["n"] = ak.Array([dict.fromkeys(fields, 1.0)] * 3)


def shown_ntuple(path: Path) -> Any:
    with uproot.open(path) as file:
        return file["n"].keys(), file["n"].arrays().to_list()


def table(path: Path, columns: dict[str, Any], metadata: dict[str, str] | None = None, **options: Any) -> None:
    parquet.write_table(pa.table(columns).replace_schema_metadata(metadata), path, **options)


def shown_table(path: Path) -> Any:
    read = parquet.read_table(path)
    return str(read.schema), list((read.schema.metadata or {}).items()), read.to_pylist()


def frame(path: Path, categories: str, ordered: bool = True, index: Any = None, **options: Any) -> None:
    column = pd.Categorical(list("abca"), categories=list(categories), ordered=ordered)
    pd.DataFrame({"x": column}, index=index).to_parquet(path, **options)


def shown_frame(path: Path) -> Any:
    read = pd.read_parquet(path)
    return str(read.index), list(read["x"].cat.categories), read["x"].cat.ordered, read["x"].cat.codes.tolist()


def hdf5(path: Path, keys: str, attributes: str = "ab", tracked: bool = True, **options: Any) -> None:
    with h5py.File(path, "w", track_order=tracked) as file:
        for key in keys:
            file.create_dataset(key, data=np.arange(4.0), **options)
        for key in attributes:
            file.attrs[key] = 1


def shown_hdf5(path: Path) -> Any:
    with h5py.File(path) as file:
        return [(key, file[key].dtype, file[key].maxshape, file[key][()].tolist()) for key in file], list(file.attrs)


def npz(path: Path, names: str, compressed: bool = False, **options: Any) -> None:
    (np.savez_compressed if compressed else np.savez)(path, **{name: np.zeros((2, 3), **options) for name in names})


def shown_npz(path: Path) -> Any:
    with np.load(path) as arrays:
        return [(name, arrays[name].dtype, arrays[name].tolist()) for name in arrays.files]


def npy(path: Path, array: Any) -> None:
    np.save(path, array)


def shown_npy(path: Path) -> Any:
    read = np.load(path)
    return read.dtype, read.shape, read.tolist()


def text(path: Path, written: str) -> None:
    path.write_bytes(written.encode())


def shown_json(path: Path) -> Any:
    return repr(json.loads(path.read_text()))


def shown_lines(path: Path) -> Any:
    return [repr(json.loads(line)) for line in path.read_text().splitlines()]


def model(path: Path, producer: str = "skl2onnx", version: str = "1", names: str = "g", weight: float = 1.0,
          doc: str = "", ir: int = 8) -> None:  # fmt: skip
    places = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    weights = helper.make_tensor("w", TensorProto.FLOAT, [1], [weight])
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], names, places[:1], places[1:], [weights])
    made = helper.make_model(graph, producer_name=producer, producer_version=version, doc_string=doc, ir_version=ir)
    onnx.save(made, path)


def shown_model(path: Path) -> Any:
    """All but the producer and the name of the graph, which skl2onnx may draw at random."""
    read = onnx.load(path)
    return read.ir_version, read.doc_string, str(read.graph.node), str(read.graph.initializer), len(read.graph.name)


def picture(path: Path, mode: str = "RGB", level: int = 1, **texts: str) -> None:
    information = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        information.add_text(key, value)
    pixels = np.arange(60, dtype="u1").reshape(4, 5, 3) * 4
    Image.fromarray(pixels).convert(mode).save(path, compress_level=level, pnginfo=information)


def shown_picture(path: Path) -> Any:
    with Image.open(path) as image:
        image.load()
        texts = [(key, value) for key, value in image.text.items() if key != "Software"]
        return image.mode, np.asarray(image).tolist(), image.getpalette(), texts


def tar(path: Path, members: dict[str, bytes], date: int = 0, how: str = "w", **fields: Any) -> None:
    with tarfile.open(path, how) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), date
            for field, value in fields.items():
                setattr(member, field, value)
            archive.addfile(member, io.BytesIO(content))


def shown_tar(path: Path) -> Any:
    with tarfile.open(path) as archive:
        return [(m.name, m.mode, _plain(m.name, archive.extractfile(m).read())) for m in archive]  # type: ignore[union-attr]


def _plain(name: str, content: bytes) -> Any:
    return gzip.decompress(content) if name.endswith(".gz") else content


def zipped(path: Path, members: dict[str, bytes], year: int = 1990, comment: bytes = b"", mode: int = 0o644,
           compression: int = zipfile.ZIP_STORED) -> None:  # fmt: skip
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6))
            info.external_attr, info.compress_type = mode << 16, compression
            archive.writestr(info, content)
        archive.comment = comment


def shown_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        members = [(i.filename, i.external_attr, _plain(i.filename, archive.read(i))) for i in archive.infolist()]
        return members, archive.comment


def raw(path: Path, written: bytes) -> None:
    path.write_bytes(written)


def postscript(path: Path, date: str = "Mon", creator: str = "ROOT", user: str = "me", title: str = "p",
               program: str = "0 0 moveto\n") -> None:  # fmt: skip
    path.write_text(
        f"%!PS-Adobe-2.0 EPSF-2.0\n%%Title: {title}\n%%Creator: {creator}\n%%For: {user}\n"
        f"%%CreationDate: {date}\n%%BoundingBox: 0 0 1 1\n%%EndComments\n{program}"
    )


def shown_postscript(path: Path) -> Any:
    """What is drawn, and the title: a date in the header is a comment."""
    hidden = ("%%CreationDate:", "%%Creator:", "%%For:")
    lines = path.read_text(encoding="latin-1").split("\n")
    return [line for number, line in enumerate(lines) if number > 6 or not line.startswith(hidden)]


AB, BA = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
GZIPPED = {"x.json.gz": gzip.compress(b"{}", mtime=1)}
GZIPPED_LATER = {"x.json.gz": gzip.compress(b"{}", 1, mtime=2)}
SQUARE = np.arange(6.0).reshape(2, 3)

PAIRS = [
    Pair("baskets", ".root", by(tree, "x"), by(tree, "x", step=1), shown_tree),
    Pair("compression", ".root", by(tree, "x"), by(tree, "x", compression=uproot.LZMA(1)), shown_tree),
    Pair("order of branches", ".root", by(tree, "x", "y"), by(tree, "y", "x"), shown_tree),
    Pair("title of a tree", ".root", by(tree, "x"), by(tree, "x", title="events"), shown_tree),
    Pair("name of a tree", ".root", by(tree, "x"), by(tree, "x", name="u"), shown_tree),
    Pair("order of keys", ".root", by(objects, "a1", "b1"), by(objects, "b1", "a1"), shown_objects),
    Pair("cycles", ".root", by(objects, "a1", "a1"), by(objects, "a1"), shown_objects),
    Pair("objects", ".root", by(objects, "a1"), by(objects, "a1", compression=uproot.LZ4(1)), shown_objects),
    Pair("order of fields", ".root", by(ntuple, "x", "y"), by(ntuple, "y", "x"), shown_ntuple),
    Pair("pages", ".root", by(ntuple, "x"), by(ntuple, "x", compression=uproot.ZSTD(1)), shown_ntuple),
    Pair("row groups", ".parquet", by(table, {"x": [1, 2]}), by(table, {"x": [1, 2]}, row_group_size=1),
         shown_table),
    Pair("order of columns", ".parquet", by(table, {"x": [1], "y": [1]}), by(table, {"y": [1], "x": [1]}),
         shown_table),
    Pair("metadata", ".parquet", by(table, {"x": [1]}), by(table, {"x": [1]}, {"a": "b"}), shown_table),
    Pair("order of metadata", ".parquet", by(table, {"x": [1]}, {"a": "1", "b": "2"}),
         by(table, {"x": [1]}, {"b": "2", "a": "1"}), shown_table),
    Pair("time zone", ".parquet", by(table, {"x": pa.array([1], pa.timestamp("us", "UTC"))}),
         by(table, {"x": pa.array([1], pa.timestamp("us", "Europe/Zurich"))}), shown_table),
    Pair("decimals", ".parquet", by(table, {"x": pa.array([1], pa.decimal128(5, 2))}),
         by(table, {"x": pa.array([1], pa.decimal128(6, 2))}), shown_table),
    Pair("categories", ".parquet", by(frame, "abc"), by(frame, "cba"), shown_frame),
    Pair("unused category", ".parquet", by(frame, "abc"), by(frame, "abcd"), shown_frame),
    Pair("unordered categories", ".parquet", by(frame, "abc", False), by(frame, "cba", False), shown_frame),
    Pair("ordered", ".parquet", by(frame, "abc", False), by(frame, "abc"), shown_frame),
    Pair("categories in row groups", ".parquet", by(frame, "cba"), by(frame, "cba", row_group_size=1),
         shown_frame),
    Pair("index", ".parquet", by(frame, "abc"), by(frame, "abc", index=[3, 4, 5, 6]), shown_frame),
    Pair("tracked order", ".h5", by(hdf5, "xy"), by(hdf5, "yx"), shown_hdf5),
    Pair("tracked order of attributes", ".h5", by(hdf5, "x"), by(hdf5, "x", "ba"), shown_hdf5),
    Pair("order that is not tracked", ".h5", by(hdf5, "xy", tracked=False),
         by(hdf5, "yx", "ba", tracked=False), shown_hdf5),
    Pair("chunks", ".h5", by(hdf5, "x"), by(hdf5, "x", chunks=(2,), compression="gzip"), shown_hdf5),
    Pair("size it may grow to", ".h5", by(hdf5, "x"), by(hdf5, "x", maxshape=(None,)), shown_hdf5),
    Pair("order of arrays", ".npz", by(npz, "xy"), by(npz, "yx"), shown_npz),
    Pair("compressed arrays", ".npz", by(npz, "xy"), by(npz, "xy", True), shown_npz),
    Pair("byte order", ".npz", by(npz, "x"), by(npz, "x", dtype=">f8"), shown_npz),
    Pair("Fortran order in npz", ".npz", by(npz, "x"), by(npz, "x", order="F"), shown_npz),
    Pair("Fortran order", ".npy", by(npy, SQUARE), by(npy, np.asfortranarray(SQUARE)), shown_npy),
    Pair("transposed", ".npy", by(npy, SQUARE), by(npy, SQUARE.T), shown_npy),
    Pair("type", ".npy", by(npy, SQUARE), by(npy, SQUARE.astype("f4")), shown_npy),
    Pair("byte order of an array", ".npy", by(npy, SQUARE), by(npy, SQUARE.astype(">f8")), shown_npy),
    Pair("white space", ".json", by(text, '{"a":[1,2]}'), by(text, '{\n "a": [1, 2]\n}\n'), shown_json),
    Pair("order of names", ".json", by(text, '{"a":1,"b":2}'), by(text, '{"b":2,"a":1}'), shown_json),
    Pair("digits", ".json", by(text, "[1.0, 1e2]"), by(text, "[1.00, 100.0]"), shown_json),
    Pair("integer and float", ".json", by(text, "[1]"), by(text, "[1.0]"), shown_json),
    Pair("zeros", ".json", by(text, "[0.0]"), by(text, "[-0.0]"), shown_json),
    Pair("escapes", ".json", by(text, '["\u00e9\\u0041/"]'), by(text, '["\\u00E9A\\/"]'), shown_json),
    Pair("blanks in texts", ".json", by(text, '["a b"]'), by(text, '["a  b"]'), shown_json),
    Pair("not a number", ".json", by(text, "[NaN]"), by(text, "[ NaN ]"), shown_json),
    Pair("lines", ".jsonl", by(text, '{"a": 1}\n[2]\n'), by(text, '{"a":1}\r\n[ 2 ]'), shown_lines),
    Pair("order of lines", ".ndjson", by(text, "1\n2\n"), by(text, "2\n1\n"), shown_lines),
    Pair("producer", ".onnx", model, by(model, "pytorch", "2"), shown_model),
    Pair("random graph", ".onnx", by(model, names="0" * 32), by(model, names="a" * 32), shown_model),
    Pair("graph", ".onnx", model, by(model, names="other"), shown_model),
    Pair("weight", ".onnx", model, by(model, weight=2.0), shown_model),
    Pair("description", ".onnx", model, by(model, doc="calibrated"), shown_model),
    Pair("version of ONNX", ".onnx", model, by(model, ir=9), shown_model),
    Pair("level", ".png", picture, by(picture, level=9), shown_picture),
    Pair("program", ".png", by(picture, Software="a"), by(picture, Software="b"), shown_picture),
    Pair("text", ".png", by(picture, Title="a"), by(picture, Title="b"), shown_picture),
    Pair("palette", ".png", picture, by(picture, "P"), shown_picture),
    Pair("alpha", ".png", picture, by(picture, "RGBA"), shown_picture),
    Pair("order of members", ".tar", by(tar, AB), by(tar, BA), shown_tar),
    Pair("dates of members", ".tar", by(tar, AB), by(tar, AB, 10**9), shown_tar),
    Pair("modes", ".tar", by(tar, AB), by(tar, AB, 0, "w", mode=0o755), shown_tar),
    Pair("tar.xz", ".tar.xz", by(tar, AB, 0, "w:xz"), by(tar, AB, 9, "w:xz"), shown_tar),
    Pair("tar.bz2", ".tar.bz2", by(tar, AB, 0, "w:bz2"), by(tar, AB, 9, "w:bz2"), shown_tar),
    Pair("order in tar.xz", ".txz", by(tar, AB, 0, "w:xz"), by(tar, BA, 0, "w:xz"), shown_tar),
    Pair("gzip in a tar", ".tar", by(tar, GZIPPED), by(tar, GZIPPED_LATER), shown_tar),
    Pair("gzip in a tar.gz", ".tgz", by(tar, GZIPPED, 0, "w:gz"), by(tar, GZIPPED_LATER, 9, "w:gz"),
         shown_tar),
    Pair("order in a zip", ".zip", by(zipped, AB), by(zipped, BA), shown_zip),
    Pair("dates in a zip", ".zip", by(zipped, AB), by(zipped, AB, 2020), shown_zip),
    Pair("compression in a zip", ".zip", by(zipped, AB), by(zipped, AB, compression=zipfile.ZIP_LZMA),
         shown_zip),
    Pair("comment of a zip", ".zip", by(zipped, AB), by(zipped, AB, comment=b"x"), shown_zip),
    Pair("modes in a zip", ".zip", by(zipped, AB), by(zipped, AB, mode=0o755), shown_zip),
    Pair("gzip in a zip", ".zip", by(zipped, GZIPPED), by(zipped, GZIPPED_LATER), shown_zip),
    Pair("an office document", ".docx", by(zipped, AB), by(zipped, AB, 2020), shown_zip),
    Pair("gzip", ".csv.gz", by(raw, gzip.compress(b"1", 1, mtime=1)), by(raw, gzip.compress(b"1", mtime=2)),
         lambda path: gzip.decompress(path.read_bytes())),
    Pair("xz", ".csv.xz", by(raw, lzma.compress(b"12")),
         by(raw, lzma.compress(b"1", preset=9) + lzma.compress(b"2", check=lzma.CHECK_CRC32)),
         lambda path: lzma.decompress(path.read_bytes())),
    Pair("bzip2", ".csv.bz2", by(raw, bz2.compress(b"12")), by(raw, bz2.compress(b"1") + bz2.compress(b"2")),
         lambda path: bz2.decompress(path.read_bytes())),
    Pair("lzma", ".lzma", by(raw, lzma.compress(b"1", lzma.FORMAT_ALONE)),
         by(raw, lzma.compress(b"1", lzma.FORMAT_ALONE, preset=9)),
         lambda path: lzma.decompress(path.read_bytes())),
    Pair("Zstandard", ".zst", by(raw, pa.Codec("zstd", 1).compress(b"1" * 99, asbytes=True)),
         by(raw, pa.Codec("zstd", 9).compress(b"1" * 50, asbytes=True) +
                 pa.Codec("zstd", 9).compress(b"1" * 49, asbytes=True)),
         lambda path: pa.CompressedInputStream(str(path), "zstd").read()),
    Pair("another text in gzip", ".gz", by(raw, gzip.compress(b"1")), by(raw, gzip.compress(b"2")),
         lambda path: gzip.decompress(path.read_bytes())),
    Pair("white space in gzip", ".json.gz", by(raw, gzip.compress(b"[1]")), by(raw, gzip.compress(b"[ 1]")),
         lambda path: json.loads(gzip.decompress(path.read_bytes()))),
    Pair("date, program and user", ".eps", postscript, by(postscript, "Tue", "gnuplot", "you"), shown_postscript),
    Pair("title of a figure", ".eps", postscript, by(postscript, title="q"), shown_postscript),
    Pair("program", ".ps", postscript, by(postscript, program="1 0 moveto\n"), shown_postscript),
    Pair("date below the header", ".ps", postscript, by(postscript, program="0 0 moveto\n%%CreationDate: Mon\n"),
         shown_postscript),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.extension} {pair.name}")
def test_digests_are_equal_exactly_when_a_reader_shows_the_same(tmp_path: Path, pair: Pair) -> None:
    one, two = tmp_path / f"one{pair.extension}", tmp_path / f"two{pair.extension}"
    pair.one(one)
    pair.two(two)
    assert one.read_bytes() != two.read_bytes()
    assert not content_digest(one).startswith("bytes:")
    assert not content_digest(two).startswith("bytes:")
    assert (content_digest(one) == content_digest(two)) == (pair.show(one) == pair.show(two))


FIRST = {pair.extension: pair for pair in reversed(PAIRS)}


@pytest.mark.parametrize("extension", FIRST)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_a_damaged_file_of_equal_digest_shows_the_same(
    tmp_path_factory: pytest.TempPathFactory, extension: str, data: st.DataObject
) -> None:
    pair, path = FIRST[extension], tmp_path_factory.mktemp("damaged") / f"file{extension}"
    pair.one(path)
    written, before, shown = path.read_bytes(), content_digest(path), repr(pair.show(path))
    damaged = bytearray(written)
    for place in data.draw(st.lists(st.integers(0, len(written) - 1), min_size=1, max_size=3, unique=True)):
        damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(damaged)
    if content_digest(path) == before:
        assert repr(pair.show(path)) == shown


def test_both_ways_are_among_the_pairs_of_most_formats(tmp_path: Path) -> None:
    answers: dict[str, set[bool]] = {}
    for pair in PAIRS:
        paths = tmp_path / f"one{pair.extension}", tmp_path / f"two{pair.extension}"
        for write, path in zip((pair.one, pair.two), paths, strict=True):
            write(path)
        kind = content_digest(paths[0]).partition(":")[0]
        answers.setdefault(kind, set()).add(content_digest(paths[0]) == content_digest(paths[1]))
    assert {kind for kind, seen in answers.items() if len(seen) == 1} <= {"xz", "bzip2", "lzma", "zstd"}
