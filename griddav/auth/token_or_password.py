"""Who we are for a server, by the options of a file system: a bearer token, or a user with a password."""

from __future__ import annotations

from griddav.auth.passwords import Password
from griddav.auth.tokens import BearerToken

Credentials = Password | BearerToken


def credentials(
    token: str | None = None, token_file: str | None = None, user: str | None = None, password: str | None = None,
    password_file: str | None = None, password_variable: str | None = None,
) -> Credentials:  # fmt: skip
    """What options of a file system say about who we are. Raises `ValueError` for options that contradict."""
    passwords = [each for each in (password, password_file, password_variable) if each is not None]
    if user is None:
        if passwords:
            raise ValueError("a password needs a user")
        if token is not None and token_file is not None:
            raise ValueError("give a token or a token_file")
        return BearerToken(token, token_file)
    if token is not None or token_file is not None:
        raise ValueError("give a user with a password, or a token")
    if len(passwords) > 1:
        raise ValueError("give one of password, password_file and password_variable")
    return Password(user, password if passwords else "", password_file, password_variable)
