"""SHA-256 of what a store holds, by reading it: nothing that a server states is believed, and nothing is kept here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable
from caselaw.fingerprint.hashing import digest
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.place import Node, Place
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.tree import tree
from caselaw.storage.stores import store_of

if TYPE_CHECKING:
    import aiohttp

    from griddav.http.request import Client

PIECE = 1 << 20  # bytes


def sha256_of(place: Place) -> str:
    """Of a file; of a folder the digest of its names and their SHA-256, as `caselaw.fingerprint.file_digest` has it.

    Raises `FileNotFoundError`, `FingerprintError` for what cannot be digested, `OnTape` for what is not on disk, and
    `StoreUnavailable`.
    """
    if not isinstance(place, RemotePlace) or not place.speaks_webdav:
        return store_of(place.url).digest(place.url)
    found = tree(place)
    with clear_answers(place.url):
        if "" in found:
            return read(place, found[""])
        parts = {
            f"{path}/" if node.is_folder else path: "" if node.is_folder else read(place.child(path), node)
            for path, node in found.items()
        }
    return digest("folder", parts)


def read(place: RemotePlace, node: Node) -> str:
    """What is in a file. A server that knows more of single files than of a listing is asked where it is first.

    Raises `StoreUnavailable` for a file that is still being written.
    """
    from griddav.tape.locality import refuse_tape

    if node.size is None or (not node.locality and place.tells_more_of_single_files()):
        node = place.node()
    refuse_tape({"locality": node.locality}, place.url)
    if node.size is None:
        raise StoreUnavailable("the file is still being written", place.url, "run again when its writer is done")
    found: str = sync(place.fs.loop, streamed, place.fs.client, place.path, node.size)
    return found


async def streamed(client: Client, path: str, expected: int) -> str:
    """SHA-256 of all bytes that the server sends for a file, as many as it says the file has."""
    from griddav.checksums import Checksum
    from griddav.http.arriving import refuse_other_size
    from griddav.reading.download import verify

    async def hashed(response: aiohttp.ClientResponse) -> str:
        refuse_other_size(response, expected)
        checksum, size = Checksum("sha-256"), 0
        async for piece in response.content.iter_chunked(PIECE):
            await asyncio.to_thread(checksum.update, piece)
            size += len(piece)
        verify(size, expected, None, {})
        return checksum.hex()

    return (await client.request("GET", path, read=hashed)).value
