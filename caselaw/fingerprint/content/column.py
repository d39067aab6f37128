"""The content of one column of a table, from Arrow arrays of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caselaw.fingerprint.content.stream import ByteStream, Counts
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    import pyarrow


class ColumnContent:
    """Validity, lengths and values, each in a stream of its own, and the same for nested columns.

    What lies behind a null, and how values are encoded (32- or 64-bit offsets), does not count. Of an array
    with a dictionary, the categories count as well, in the order in which they first appear.
    """

    def __init__(self) -> None:
        self._valid = Counts()
        self._lengths = Counts()
        self._values = ByteStream()
        self._nested: list[ColumnContent] = []
        self._categories: list[pyarrow.Array] = []

    def feed(self, array: pyarrow.Array) -> None:
        """Add an array; ValueError for types without a defined content (unions, run-end encoding)."""
        import pyarrow
        from pyarrow import compute

        array = self._plain(array)
        if not len(array):
            return
        if array.null_count:
            self._valid.feed(array.is_valid().to_numpy(zero_copy_only=False))
            array = array.drop_null()
        else:
            self._valid.repeat(1, len(array))
        types, kind = pyarrow.types, array.type
        if types.is_struct(kind):
            self._feed_nested(array.flatten())
        elif types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
            self._lengths.feed(compute.list_value_length(array).to_numpy())
            self._feed_nested([array.flatten()])
        elif types.is_large_binary(kind) or types.is_large_string(kind):
            self._lengths.feed(compute.binary_length(array).to_numpy())
            self._values.feed(_binary_values(array))
        elif not types.is_null(kind):
            self._values.feed(_fixed_width(array))

    def digest(self) -> str:
        nested = [column.digest() for column in self._nested]
        own = digest(self._valid.digest(), self._lengths.digest(), self._values.digest(), nested)
        return digest(own, self._categories_digest()) if self._categories else own

    def _feed_nested(self, arrays: list[pyarrow.Array]) -> None:
        if not self._nested:
            self._nested = [ColumnContent() for _ in arrays]
        for column, array in zip(self._nested, arrays, strict=True):
            column.feed(array)

    def _plain(self, array: pyarrow.Array) -> pyarrow.Array:
        """The array in the one of several equivalent representations that `feed` reads."""
        import pyarrow

        types, kind = pyarrow.types, array.type
        if isinstance(kind, pyarrow.BaseExtensionType):
            return self._plain(array.storage)
        if types.is_dictionary(kind):
            self._add_categories(array.dictionary)
            return self._plain(array.dictionary_decode())
        if types.is_string(kind) or types.is_string_view(kind):
            return array.cast(pyarrow.large_string())
        if types.is_binary(kind) or types.is_binary_view(kind):
            return array.cast(pyarrow.large_binary())
        if types.is_map(kind):
            entries = pyarrow.struct([kind.key_field, kind.item_field])
            return array.cast(pyarrow.list_(pyarrow.field("entries", entries, nullable=False)))
        return array

    def _add_categories(self, dictionary: pyarrow.Array) -> None:
        """Each piece of a column comes with its dictionary, mostly the same one."""
        import pyarrow

        if not self._categories or not dictionary.equals(self._categories[-1]):
            known = self._categories[:1]
            self._categories = [pyarrow.chunked_array([*known, dictionary]).unique(), dictionary]

    def _categories_digest(self) -> str:
        column = ColumnContent()
        column.feed(self._categories[0])
        return column.digest()


def _binary_values(array: pyarrow.Array) -> memoryview:
    """The texts of an array without nulls, one after the other."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return memoryview(b"")
    starts = memoryview(offsets).cast("q")
    return memoryview(data)[starts[array.offset] : starts[array.offset + len(array)]]


def _fixed_width(array: pyarrow.Array) -> memoryview:
    import pyarrow

    if pyarrow.types.is_boolean(array.type):
        array = array.cast(pyarrow.uint8())
    if array.type.num_fields:
        raise ValueError(f"no defined content of {array.type}")
    width = array.type.bit_width // 8  # raises where the width varies
    data = array.buffers()[1]
    if data is None or not len(array):
        return memoryview(b"")
    return memoryview(data)[array.offset * width : (array.offset + len(array)) * width]
