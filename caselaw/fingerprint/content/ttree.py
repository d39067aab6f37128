"""Trees of ROOT files: branches in order, with the bytes of their entries as ROOT streams them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from caselaw.fingerprint.content.source import Budget
from caselaw.fingerprint.content.stream import ByteStream
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    from uproot import TBranch, TTree

_TREE = ("fName", "fTitle", "fEntries", "fWeight")
_ATTACHED = ("fAliases", "fIndexValues", "fIndex", "fTreeIndex", "fFriends", "fUserInfo")
_BRANCH = ("fName", "fTitle", "fClassName", "fParentName", "fClonesName", "fCheckSum", "fClassVersion", "fID",
           "fType", "fStreamerType", "fEntries", "fFirstEntry")  # fmt: skip
_LEAF = ("fName", "fTitle", "fLen", "fLenType", "fIsUnsigned", "fID", "fType")


def tree_content(tree: TTree, budget: Budget) -> str:
    """Digest of a tree: title, what is attached to it, and its branches.

    How entries are grouped in baskets and clusters, and compressed, does not count. Raises
    ValueError for branches in other files and for tables of references.
    """
    if tree.has_member("fBranchRef") and tree.member("fBranchRef") is not None:
        raise ValueError(f"tree {tree.name} has a table of references")
    members = {name: tree.member(name) for name in _ATTACHED if tree.has_member(name)}
    attached = {name: attached_value(value) for name, value in members.items() if not _empty(value)}
    return digest([tree.member(name) for name in _TREE], attached, _branches(tree, budget))


def is_backup(older: TTree, newer: TTree) -> bool:
    """Whether a tree is an earlier state of another one, as ROOT leaves it while a tree is filled."""
    baskets = _baskets(older)
    return bool(baskets) and baskets <= _baskets(newer)


def _baskets(tree: TTree) -> set[int]:
    """Where in the file the baskets of a tree are."""
    branches = tree.itervalues(recursive=True)
    return {int(place) for branch in branches for place in branch.member("fBasketSeek") if place}


def _branches(parent: TTree | TBranch, budget: Budget) -> list[Any]:
    return [_branch(branch, budget) for branch in parent.branches]


def _branch(branch: TBranch, budget: Budget) -> list[Any]:
    if branch.has_member("fFileName") and branch.member("fFileName"):
        raise ValueError(f"branch {branch.name} is in another file")
    members = {name: branch.member(name) for name in _BRANCH if branch.has_member(name)}
    leaves = [_leaf(leaf) for leaf in branch.member("fLeaves")]
    return [branch.classname, members, leaves, _entries(branch, budget), _branches(branch, budget)]


def _leaf(leaf: Any) -> list[Any]:
    count = leaf.member("fLeafCount")
    members = {name: leaf.member(name) for name in _LEAF if leaf.has_member(name)}
    return [leaf.classname, members, None if count is None else count.member("fName")]


def _entries(branch: TBranch, budget: Budget) -> list[Any]:
    """Bytes of all entries one after the other, and their lengths where ROOT stores them."""
    import numpy

    data, lengths, entries, starts = ByteStream(), ByteStream(), 0, [0]
    for number in range(branch.num_baskets):
        basket = branch.basket(number)
        budget.expand(basket.data.nbytes)
        data.feed(numpy.ascontiguousarray(basket.data))
        if basket.byte_offsets is not None:
            lengths.feed(numpy.diff(basket.byte_offsets).astype("<i4"))
        entries += basket.num_entries
        starts.append(entries)
    split = branch.num_baskets == 0 and len(branch.branches) > 0  # all is in the branches below
    if entries != branch.num_entries and not split:
        raise ValueError(f"branch {branch.name} holds {entries} of {branch.num_entries} entries")
    if branch.num_baskets and list(branch.entry_offsets) != starts:  # where readers look for an entry
        raise ValueError(f"branch {branch.name} has its entries elsewhere")
    return [entries, data.digest(), lengths.size, lengths.digest()]


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, Sequence) and not len(value))


def attached_value(value: Any) -> Any:
    """What is attached to a tree, as plain values; ValueError for objects of unknown classes."""
    import uproot

    if isinstance(value, uproot.model.UnknownClass):
        raise ValueError(f"an object of the unknown class {value.classname}")
    if not isinstance(value, uproot.Model):
        return value
    members = {name: attached_value(member) for name, member in value.members.items() if name[0] != "@"}
    bases = [attached_value(base) for base in value.bases]
    text = str(value) if isinstance(value, str) else None
    items = [attached_value(item) for item in value] if text is None and isinstance(value, Sequence) else []
    return [value.classname, members, bases, text, items]
