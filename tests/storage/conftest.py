"""What all tests of storage share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nothing_of_the_user(no_token: None) -> None:
    """Tests find no token and no proxy of the user who runs them."""
