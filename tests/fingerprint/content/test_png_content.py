"""Content digests of PNG images."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest

PIXELS = np.arange(60 * 50 * 3, dtype="u4").reshape(60, 50, 3).astype("u1")


def save(path: Path, image: Image.Image, **options: Any) -> str:
    image.save(path, **options)
    return content_digest(path)


def text(words: str, title: str = "Dimuon mass") -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", words)
    info.add_text("Title", title)
    info.add_itxt("Creation Time", words)
    return info


def with_chunk(path: Path, name: bytes, data: bytes) -> None:
    """Insert a chunk behind the header."""
    written = path.read_bytes()
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    path.write_bytes(written[:33] + chunk + written[33:])


def test_compression_the_program_and_times_do_not_count(tmp_path: Path) -> None:
    image = Image.fromarray(PIXELS)
    one = save(tmp_path / "one.png", image, compress_level=1, pnginfo=text("Matplotlib 3.10"))
    assert save(tmp_path / "two.png", image, compress_level=9, pnginfo=text("Matplotlib 3.11")) == one
    with_chunk(tmp_path / "two.png", b"tIME", bytes(7))
    assert content_digest(tmp_path / "two.png") == one
    assert one.startswith("png:")


def test_a_palette_counts_as_pillow_shows_it(tmp_path: Path) -> None:
    indices = np.arange(200, dtype="u1").reshape(10, 20) % 3
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], "u1")
    one, two = Image.fromarray(indices).convert("P"), Image.fromarray((indices + 1) % 3).convert("P")
    one.putpalette(colours.tobytes())
    two.putpalette(np.roll(colours, 1, axis=0).tobytes())
    digests = [
        save(tmp_path / "plain.png", Image.fromarray(colours[indices])), save(tmp_path / "one.png", one),
        save(tmp_path / "two.png", two), save(tmp_path / "transparent.png", one, transparency=1),
    ]  # fmt: skip
    assert len(set(digests)) == len(digests)
    assert save(tmp_path / "again.png", one, compress_level=1) == digests[1]


def test_texts_count(tmp_path: Path) -> None:
    image = Image.fromarray(PIXELS)
    one, two = (save(tmp_path / f"{title}.png", image, pnginfo=text("", title)) for title in ("Dimuon", "Dijet"))
    assert one != two != save(tmp_path / "without.png", image)


@pytest.mark.parametrize("change", ["pixel", "size", "mode", "transparency", "dpi", "gamma", "transparent colour"])
def test_what_changes_the_picture_counts(tmp_path: Path, change: str) -> None:
    image, options = Image.fromarray(PIXELS), dict[str, Any]()
    match change:
        case "pixel":
            image.putpixel((49, 59), (1, 2, 3))
        case "size":
            image = image.crop((0, 0, 50, 59))
        case "mode":
            image = image.convert("L")
        case "transparency":
            image.putalpha(200)
        case "dpi":
            options["dpi"] = (300, 300)
        case "transparent colour":
            options["transparency"] = (0, 1, 2)
    one, two = save(tmp_path / "one.png", Image.fromarray(PIXELS)), save(tmp_path / "two.png", image, **options)
    if change == "gamma":
        with_chunk(tmp_path / "two.png", b"gAMA", struct.pack(">I", 45455))
        two = content_digest(tmp_path / "two.png")
    assert two.startswith("png:")
    assert one != two


def test_every_mode_is_read(tmp_path: Path) -> None:
    image = Image.fromarray(PIXELS)
    modes = ["1", "L", "LA", "RGB", "RGBA", "I;16"]
    images = [image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode) for mode in modes]
    digests = [save(tmp_path / f"{number}.png", image) for number, image in enumerate(images)]
    assert all(digest.startswith("png:") for digest in digests)
    assert len(set(digests)) == len(modes)


def png(depth: int, colour: int, row: bytes) -> bytes:
    """A PNG of one row and two columns."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 2, 1, depth, colour, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0" + row)),
              (b"IEND", b"")]  # fmt: skip
    parts = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_colours_of_16_bits_count_with_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.png"
    path.write_bytes(png(8, 2, bytes(6)))
    assert content_digest(path).startswith("png:")
    path.write_bytes(png(16, 2, bytes(12)))
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_an_animation_counts_with_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.png"
    frames = [Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert content_digest(path) == f"bytes:{file_digest(path)}"


@pytest.mark.parametrize("damage", ["truncated", "flipped", "more"])
def test_a_damaged_file_counts_with_its_bytes(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "file.png"
    save(path, Image.fromarray(PIXELS))
    written = bytearray(path.read_bytes())
    match damage:
        case "truncated":
            del written[-5:]
        case "flipped":
            written[len(written) // 2] ^= 1
        case "more":
            written += b"more"
    path.write_bytes(written)
    assert content_digest(path) == f"bytes:{file_digest(path)}"
