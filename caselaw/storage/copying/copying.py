"""Copies of files and of whole outputs: each appears under its name whole and verified, or not at all."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import TransferError
from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.dot_names import warn_of_hidden
from caselaw.storage.files.local import LocalPlace
from caselaw.storage.files.place import Node, Place, Report, TransferWay, ignore
from caselaw.storage.files.remote import RemotePlace, refuse_tape
from caselaw.storage.files.unfinished import in_unfinished, unfinished_name
from caselaw.storage.location import OUTPUT
from caselaw.storage.marker import is_marker


@dataclass(frozen=True)
class Copy:
    """A file, or a folder that has to appear at once, and where it shall be. `files`: those in it, with sizes, and
    folders that hold nothing, whose names end in `/`.
    """

    path: str
    source: Place
    target: Place
    size: int
    files: Mapping[str, int] | None = None


def copies(source: Place, found: Mapping[str, Node], target: Place) -> list[Copy]:
    """What has to be copied so that `target` holds what was found under `source`; unfinished files are left out, and
    markers of stores.

    Raises `TransferError` where something on the way is no folder.
    """
    nodes = {path: node for path, node in found.items() if not (in_unfinished(path) or is_marker(path))}
    unfinished = next((path for path, node in nodes.items() if node.size is None), None)
    if unfinished is not None:
        where = joined(source, unfinished).url
        what = "the file is not whole: it is being written, or it is a link that leads nowhere"
        raise TransferError(what, where, "run again when its writer is done, or remove the link")
    warn_of_hidden(source)
    is_whole = is_output(source, nodes)
    outputs = outputs_in(nodes, is_whole)
    whole = [
        Copy(path, joined(source, path), joined(target, path), sum(inside.values()), inside)
        for path, inside in outputs.items()
    ]
    single = [
        Copy(path, joined(source, path), joined(target, path), node.size or 0)
        for path, node in nodes.items()
        if not (node.is_folder or is_whole or output_of(path))
    ]
    return sorted(whole + single, key=lambda copy: copy.path)


def refuse_other_kinds(wanted: Iterable[Copy], nodes: Mapping[str, Node], target: Place) -> None:
    """Raise `TransferError`, before anything is copied, where a file would take the place of a folder of all that is
    `nodes` under the target, or a folder that of a file: neither gives way to the other.
    """
    for copy in wanted:
        above = [copy.path[:place] for place, letter in enumerate(copy.path) if letter == "/"]
        names = [("", True), *((each, True) for each in above if each), (copy.path, copy.files is not None)]
        for path, is_folder in names if copy.path else names[-1:]:
            node = nodes.get(path)
            if node is not None and node.is_folder != is_folder:
                what = f"a {'file' if is_folder else 'folder'} has the name of a {'folder' if is_folder else 'file'}"
                raise TransferError(what, joined(target, path).url, "remove it, or rename it, then run again")


def is_output(place: Place, found: Mapping[str, Node]) -> bool:
    """Whether a place, under which all this was found, is a folder that is an output."""
    return "" not in found and OUTPUT.search(place.name) is not None


def outputs_in(found: Mapping[str, Node], is_whole: bool = False) -> dict[str, dict[str, int]]:
    """Folders that are outputs, or the one that is a whole output, and what each holds (see `Copy`)."""
    outputs: dict[str, dict[str, int]] = {}
    filled = {path.rpartition("/")[0] for path in found}
    for path, node in found.items():
        output = "" if is_whole else output_of(path)
        if output is not None and not (node.is_folder and path in filled):
            name = (path.removeprefix(f"{output}/") if output else path) + ("/" if node.is_folder else "")
            outputs.setdefault(output, {})[name] = node.size or 0
    return outputs


def output_of(path: str) -> str | None:
    """The folder on the way to a file that is an output; None for a file that is in none."""
    parts = path.split("/")
    for number, part in enumerate(parts[:-1], 1):
        if OUTPUT.search(part):
            return "/".join(parts[:number])
    return None


def joined(place: Place, path: str) -> Place:
    return place.child(path) if path else place


def copy_all(
    wanted: Iterable[Copy], *, overwrite: bool, progress: Mapping[str, Report] | None = None
) -> Iterator[tuple[Copy, str]]:  # fmt: skip
    """Make copies, many at once; yields each when it is there, and its way. `progress` is by URL of the target.

    The first error stops what was not begun: `TransferError` for a source that vanished and a target that exists,
    `StoreUnavailable`; what was copied stays.
    """
    reports = progress or {}
    yield from in_parallel(lambda copy: make(copy, overwrite, reports.get(copy.target.url, ignore)), wanted)


def make(copy: Copy, overwrite: bool, progress: Report = ignore) -> str:
    """Make one copy; returns the way. Raises `TransferError` and `StoreUnavailable`."""
    try:
        if copy.files is None:
            return copy_file(copy.source, copy.target, overwrite=overwrite, progress=progress)
        return copy_folder(copy, overwrite, progress)
    except FileNotFoundError as error:
        raise TransferError("it was removed meanwhile", copy.source.url, "run again") from error
    except FileExistsError as error:
        raise TransferError("the target exists", copy.target.url, "overwrite it with --force") from error
    except (IsADirectoryError, NotADirectoryError) as error:
        what = "a file would take the place of a folder, or a folder that of a file"
        raise TransferError(what, copy.target.url, "remove it, or rename it, then run again") from error


def copy_folder(copy: Copy, overwrite: bool, progress: Report) -> str:
    """Copy the files of a folder under a temporary name, then give it its own.

    Raises `TransferError` for a name that nobody would see there, and what `copy_file` raises.
    """
    assert copy.files is not None
    hidden = next((name for name in copy.files if "/." in f"/{name}"), None)
    if hidden is not None and copy.target.hides_dot_names():
        what = f"the server lists no names that begin with a dot: in this folder nobody would see {hidden}"
        raise TransferError(what, copy.target.url, "copy it to another store")
    building = copy.target.parent.child(unfinished_name())
    done, ways = dict.fromkeys(copy.files, 0), set()

    def reported(name: str) -> Report:
        def report(size: int) -> None:
            done[name] = size
            progress(sum(done.values()))

        return report

    try:
        for name in copy.files:
            if name.endswith("/"):
                building.child(name.rstrip("/")).make_folder()
                continue
            ways.add(copy_file(copy.source.child(name), building.child(name), overwrite=False, progress=reported(name)))
        take_name(building, copy.target, overwrite)
    except BaseException:
        with contextlib.suppress(Exception):  # the first error counts; what stays behind, `clean` finds
            building.remove()
        raise
    return ", ".join(sorted(ways))


def take_name(building: Place, target: Place, overwrite: bool) -> None:
    """Give a folder its name; another one that has it is removed first, where that is allowed."""
    try:
        building.rename(target)
    except FileExistsError:
        if not overwrite:
            raise
        target.remove()
        building.rename(target)


def copy_file(source: Place, target: Place, *, overwrite: bool, progress: Report = ignore) -> TransferWay:
    """Copy one file; folders above it are made. Returns the way.

    Raises `FileNotFoundError`, `FileExistsError` unless `overwrite`, `OnTape` for a file that is not on disk, and
    `StoreUnavailable`.
    """
    if source.local_path is not None:
        target.receive(source.local_path, progress, overwrite=overwrite)
        return TransferWay.UP
    assert isinstance(source, RemotePlace)
    if source.tells_more_of_single_files():
        refuse_tape(source.node(), source.url)
    if isinstance(target, LocalPlace):
        if not overwrite and target.local_path.exists():
            raise FileExistsError(target.url)
        source.fetch(target.local_path, progress)
        return TransferWay.DOWN
    if isinstance(target, RemotePlace) and (way := source.copy_to(target, progress, overwrite=overwrite)) is not None:
        return way
    with tempfile.TemporaryDirectory(prefix="caselaw-") as folder:
        local = Path(folder, "file")
        source.fetch(local, progress)
        target.receive(local, ignore, overwrite=overwrite)
    return TransferWay.STREAM
