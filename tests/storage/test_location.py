"""Names of outputs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from caselaw.storage.location import Location, component, readable_directory


def test_name_carries_product_fingerprint_and_extension():
    location = Location.of("/store/Fit", {"events": "parquet", "plots": "/", "raw": ""})
    assert location.names("abc") == ["events.abc.parquet", "plots.abc", "raw.abc"]


def test_folder_is_family_campaign_and_parameters():
    folder = readable_directory("/s", "SelectEvents", "quickstart", [("dataset", "ttbar"), ("shift", "jes_up")])
    assert folder == "/s/SelectEvents/quickstart/dataset_ttbar__shift_jes_up"


def test_family_without_parameters_needs_no_further_folder():
    assert readable_directory("/s", "Fit", None, []) == "/s/Fit"


@given(st.text(max_size=300))
def test_component_is_one_safe_path_component(text):
    name = component(text)
    assert name
    assert "/" not in name
    assert name not in (".", "..")
    assert len(name.encode()) <= 255


@given(st.text(max_size=200), st.text(max_size=200))
def test_different_texts_have_different_components(one, other):
    assert (component(one) == component(other)) == (one == other)
