"""Where records lie: a journal per process while a workflow runs, one document per complete workflow after it.

A journal (`.records/<process>.jsonl`) has a line per branch, written with one call, so that lines never
mix; an unfinished last line, left by a kill, is no record. A document (`.records/<fingerprint>.<digest>.json`)
holds the records of a workflow with what they share written once; it appears atomically. Its name carries a
digest of what it holds: two processes that put records together at the same time overwrite nothing. On a server,
where nothing can be added to a file, some branches share a document (`branches.…`) in place of a journal.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from caselaw.errors import RecordError, StoreUnavailable
from caselaw.records.journal import JOURNAL, append_record, claim, finished
from caselaw.records.record import SCHEMA, Record, as_json, broken, from_json, parsed
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.folder import local_names
from caselaw.storage.location import RECORDS
from caselaw.storage.marker import require_present
from caselaw.storage.owner import owner
from caselaw.storage.state import existing_names
from caselaw.storage.store import Documents
from caselaw.storage.stores import store_of

DOCUMENT = ".json"
BASIS = "basis."
BATCH = "branches."
MARK_LENGTH = 12
MARKED = re.compile(rf"\.([0-9a-f]{{{MARK_LENGTH}}}){re.escape(DOCUMENT)}$")
ATTEMPTS = 20

T = TypeVar("T")

logger = logging.getLogger(__name__)
warn_once = functools.cache(logger.warning)


def documents_of(directory: str | os.PathLike[str]) -> Documents:
    """The documents beside the outputs in a folder. Raises `StoreMissing`: a store that is not there has none."""
    require_present(directory)
    return store_of(directory).documents(f"{os.fspath(directory)}/{RECORDS}", fixed=True)


def record_files(directory: str | os.PathLike[str]) -> list[Path]:
    """Files that hold records of the outputs in a folder."""
    documents = documents_of(directory)
    documents.refresh()
    names = sorted(name for name in local_names(documents.path) if name.endswith((JOURNAL, DOCUMENT)))
    return [documents.path / name for name in names if not name.startswith((BASIS, "."))]


def look_again(directory: str) -> bool:
    """Have a network file system ask how large the journals in a folder are; whether there are any.

    NFS remembers sizes for seconds, in which an output is seen whose record another computer has written before.
    """
    journals = [path for path in record_files(directory) if path.suffix == JOURNAL]
    for path in journals:
        with contextlib.suppress(OSError), path.open("rb"):  # opening a file asks
            pass
    return bool(journals)


def read_records(directory: str | os.PathLike[str], *, strict: bool = False) -> list[Record]:
    """All records of a folder of outputs; what is damaged is set aside, and told of.

    `strict`, for who removes what no record explains: raises `RecordError` in its place.
    """

    def attempt() -> list[Record]:
        return [record for path in record_files(directory) for record in read_file(directory, path, strict)]

    return settled(attempt, directory)


def sound(directory: str | os.PathLike[str], path: Path, read: Callable[[], list[T]]) -> list[T] | None:
    """What `read` gives of a file of records; None where it is damaged, which is told once.

    A damaged copy of what lies on a server is fetched again. What a damaged file explained counts as unexplained: it
    is never taken for complete, and nothing else waits for it. Raises `FileNotFoundError` where it vanished.
    """
    try:
        return read()
    except RecordError as error:
        damage = error
    documents = documents_of(directory)
    if documents.renew(path.name):
        try:
            return read()
        except RecordError as error:
            damage = error
    in_store = str(damage.where).replace(str(documents.path), f"{os.fspath(directory)}/{RECORDS}")
    warn_once("%s", str(broken(damage.what, in_store)))
    return None


def settled(attempt: Callable[[], T], directory: str | os.PathLike[str]) -> T:
    """Repeat what met a file that another process has just put into a document: its records are not gone.

    Raises `StoreUnavailable` where that goes on and on.
    """
    for _ in range(ATTEMPTS):
        with contextlib.suppress(FileNotFoundError):
            return attempt()
    raise StoreUnavailable("files of records appear and vanish all the time", Path(directory, RECORDS), "run again")


def read_file(directory: str | os.PathLike[str], path: Path, strict: bool = False) -> list[Record]:
    """Records of one file that this version can use. Raises `FileNotFoundError` where it vanished."""
    found = every_record(path) if strict else sound(directory, path, lambda: every_record(path))
    return readable(path) if found is None else [record for record in found if record is not None]


def readable(path: Path) -> list[Record]:
    """What can be read of a damaged file: whole lines of a journal, nothing of a document."""
    found: list[Record] = []
    for line in path.read_bytes().split(b"\n")[:-1] if path.suffix == JOURNAL else ():
        with contextlib.suppress(RecordError):
            record = parsed(line.decode(errors="replace"), path) if line else None
            found += [] if record is None else [record]
    return found


def every_record(path: Path) -> list[Record | None]:
    """Records of one file; None stands for one of another schema."""
    text = text_of(path)
    return list(journal(text, path) if path.suffix == JOURNAL else document(text, path))


def text_of(path: Path, start: int = 0) -> str:
    """What a file of records holds from byte `start` on. Raises `StoreUnavailable` where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read().decode()
    except UnicodeDecodeError as error:
        raise broken(f"records cannot be read: {error}", path) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(
            f"records cannot be read: {error.strerror}", path, "check that the store is mounted and readable"
        ) from error


def journal(text: str, path: Path) -> Iterator[Record | None]:
    *lines, _unfinished = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line:
            yield parsed(line, f"{path}:{number}")


def document(text: str, path: Path) -> Iterator[Record | None]:
    try:
        content = json.loads(text)
        require_mark(text, path)
        if content["schema"] != SCHEMA and isinstance(content["schema"], int):
            yield None
            return
        records = [{**content["shared"], **record} for record in content["records"]]
    except (ValueError, KeyError, TypeError) as error:
        raise broken(f"a document of records cannot be read: {error!r}", path) from error
    for record in records:
        yield from_json(record, path)


def require_mark(text: str, path: Path) -> None:
    """Raise `RecordError` for a document whose content is not the one that its name was made of."""
    marked = MARKED.search(path.name)
    if marked is not None and mark_of(text) != marked[1]:
        raise broken("a document of records is damaged: its content is not the one that its name tells", path)


def mark_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def of_other_schemas(text: str, path: Path) -> Iterator[str]:
    """Fingerprints of records that this version cannot use: an output with one has a record all the same."""
    if path.suffix == JOURNAL:
        contents = [json.loads(line) for line in text.split("\n")[:-1] if line]
    else:
        content = json.loads(text)
        shared, rows = content.get("shared"), content.get("records")
        shared = {**(shared if isinstance(shared, dict) else {}), "schema": content["schema"]}
        contents = [{**row, **shared} for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    for content in contents:
        if content.get("schema") != SCHEMA and isinstance(content.get("fingerprint"), str):
            yield content["fingerprint"]


def write_document(directory: str, name: str, records: Iterable[Record]) -> Path:
    """Publish records as one document, whose name begins with `name`."""
    rows = [as_json(record) for record in records]
    first = rows[0]
    shared = {name: value for name, value in first.items() if all(row[name] == value for row in rows)}
    own = [{name: value for name, value in row.items() if name not in shared} for row in rows]
    content = {"schema": SCHEMA, "shared": shared, "records": own}
    text = text_as_json(content)
    mark = mark_of(text)
    documents = documents_of(directory)
    documents.write(f"{name}.{mark}{DOCUMENT}", text)
    return documents.path / f"{name}.{mark}{DOCUMENT}"


def write_records(directory: str, records: Sequence[Record]) -> None:
    """Publish records of branches. Raises `StoreUnavailable`; no part of a record stays behind then.

    On this machine they are lines in a journal; on a server, where nothing can be added to a file, a document.
    """
    if not store_of(directory).is_local:
        write_batch(directory, records)
        return
    for record in records:
        append_record(directory, record)


def write_batch(directory: str, records: Sequence[Record]) -> None:
    """Publish records of many branches as one document. Raises `StoreUnavailable`."""
    write_document(directory, BATCH.rstrip("."), records)


def text_as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), sort_keys=True)


def compact(directory: str, fingerprint: str, *, idle: frozenset[str] = frozenset()) -> None:
    """Put finished journals of a folder, and documents of some branches, into that of the workflow, complete now.

    Finished are those of this host's processes that live no more, and of `idle`, whose processes wait.
    """
    present = record_files(directory)
    journals = [path for path in present if path.suffix == JOURNAL and finished(path, idle)]
    claimed = [path for path in (claim(path, idle) for path in journals) if path is not None]
    claimed += [path for path in present if path.name.startswith(BATCH)]
    if claimed:
        earlier = [path for path in record_files(directory) if is_document_of(path, fingerprint)]
        merge_files(directory, fingerprint, [*earlier, *claimed])


def is_document_of(path: Path, fingerprint: str) -> bool:
    return path.suffix == DOCUMENT and path.name.startswith(f"{fingerprint}.")


def merge_files(directory: str, name: str, paths: Iterable[Path]) -> None:
    """Replace files of records by one document; those with records of another schema stay.

    Whatever another process does meanwhile, a file is removed only after a document holds its records.
    """
    used: list[Path] = []
    records: dict[tuple[str, ...], Record] = {}
    for path in paths:
        try:
            found = sound(directory, path, partial(every_record, path))
        except FileNotFoundError:
            continue
        if found is not None and None not in found:  # a damaged one stays for who can restore it
            used.append(path)
            records.update({key_of(record): record for record in found if record is not None})
    written = write_document(directory, name, records.values()) if records else None
    side_by_side(documents_of(directory).remove, [path.name for path in used if path != written])


def key_of(record: Record) -> tuple[str, ...]:
    """Records of the same outputs with the same bytes say the same: one of them is kept."""
    return (record.fingerprint, *(str(output["sha256"]) for output in record.outputs.values()))


def forget_absent(directory: str) -> None:
    """Remove records of which no output exists; journals that are still written to are left alone."""
    for path in record_files(directory):
        ours = frozenset({owner()})
        if path.suffix == JOURNAL and not finished(path, ours):
            continue
        taken = claim(path, ours) if path.suffix == JOURNAL else path
        with contextlib.suppress(FileNotFoundError):  # somebody else put it into a document
            if taken is not None:
                rewrite(directory, taken)


def lies_elsewhere(record: Record) -> bool:
    """Whether it is that of outputs which a task names itself: these are not in the folder of their records."""
    return any("/" in name for name in record.names)


def rewrite(directory: str, path: Path) -> None:
    found = sound(directory, path, lambda: every_record(path))
    if found is None:
        return
    # After the records: what was published meanwhile must not look as if it were gone.
    names = existing_names(directory)
    kept = [record for record in found if record is not None and (names & {*record.names} or lies_elsewhere(record))]
    if None in found or len(kept) == len(found):
        return
    written = write_document(directory, path.name.partition(".")[0], kept) if kept else None
    if written != path:
        documents_of(directory).remove(path.name)
