"""Look-up of code by name that fingerprints can follow."""

from __future__ import annotations

import importlib
from typing import Any

from caselaw.errors import ConfigError


def resolve(name: str) -> Any:
    """The object behind `"module:name"`, or the module behind `"module"`.

    With a constant string, fingerprints reach exactly what is named. With a computed one, declare what it may
    name in the task's `code_dependencies`. Raises ConfigError when there is nothing of that name.
    """
    module, _, attributes = name.partition(":")
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # the module is there, and something that it imports is not
        raise ConfigError(f"there is no module '{module}'", f"resolve({name!r})", _ADVICE) from error
    except (ValueError, TypeError) as error:
        raise ConfigError("that is no name of a module", f"resolve({name!r})", _ADVICE) from error
    for attribute in attributes.split(".") if attributes else ():
        try:
            found = getattr(found, attribute)
        except AttributeError as error:
            raise ConfigError(str(error), f"resolve({name!r})", _ADVICE) from error
    return found


_ADVICE = 'name it as it is defined: "package.module:function"'
