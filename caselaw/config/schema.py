"""The schema of campaigns: a pydantic model of the project."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from caselaw.config.problem import KeyPath, display, listed
from caselaw.config.project import Project
from caselaw.errors import ConfigError


def schema_of(project: Project) -> type[BaseModel]:
    """The model that `[caselaw] schema` names; the project's folder is importable for this.

    Raises `ConfigError` where there is no such model.
    """
    module_name, _, name = (project.schema or "").partition(":")
    where = display(project.config_file)
    try:
        module = imported(module_name, project)
    except Exception as error:
        raise ConfigError(
            f"schema: '{module_name}' cannot be imported ({type(error).__name__}: {error})",
            where,
            "name a module of this project in [caselaw] schema, as module:Model",
        ) from error
    model = getattr(module, name, None)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        models = [
            key for key, value in vars(module).items() if isinstance(value, type) and issubclass(value, BaseModel)
        ]
        raise ConfigError(
            f"schema: '{project.schema}' is not a pydantic model",
            where,
            f"models of {module_name}: {listed(models)}",
        )
    return model


def imported(module_name: str, project: Project) -> types.ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        root = str(project.root)
        if error.name is None or not module_name.startswith(error.name) or root in sys.path:
            raise
        sys.path.append(root)
        importlib.invalidate_caches()
        return importlib.import_module(module_name)


def names_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def models_at(schema: type[BaseModel], path: KeyPath) -> list[type[BaseModel]]:
    """The models that may stand at a path: several where the schema has a union."""
    annotations: list[Any] = [schema]
    for part in path:
        annotations = [below for annotation in annotations for below in one_step(annotation, part)]
    members = [member for annotation in annotations for member in members_of(annotation)]
    return [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]


def members_of(annotation: Any) -> Iterator[Any]:
    """The types behind Annotated, unions and aliases."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from members_of(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from members_of(member)
    elif hasattr(annotation, "__value__"):
        yield from members_of(annotation.__value__)
    else:
        yield annotation


def one_step(annotation: Any, part: str | int) -> Iterator[Any]:
    for member in members_of(annotation):
        origin = get_origin(member)
        arguments = get_args(member)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            yield arguments[1]
        elif origin is tuple and isinstance(part, int) and Ellipsis not in arguments:
            yield from arguments[part : part + 1]
        elif origin is not None:
            yield from (argument for argument in arguments if argument is not Ellipsis)
        elif isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                if part in (name, field.alias):
                    yield field.annotation
