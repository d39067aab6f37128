"""The stores of a project, of which the index of records knows what was seen there."""

from __future__ import annotations

from functools import partial

from caselaw.config import Project, StoreSettings, resolve_store, store_names
from caselaw.config.store import resolvable_stores
from caselaw.records.index import index_of
from caselaw.storage.layer import Layer, open_layer
from caselaw.storage.marker import Presence, require_present, watch
from caselaw.storage.store import Store


def project_store(project: Project) -> Store:
    """Where the outputs of a project lie. Nothing is asked of it yet; what is missing there, its presence explains."""
    return watched(project, resolve_store(project)).store


def project_layers(project: Project) -> tuple[Layer, ...]:
    """The layers behind that store, in order."""
    return tuple(
        open_layer(Layer(name, watched(project, resolve_store(project, name)).store, name in project.optional_layers))
        for name in project.layers
    )


def watched(project: Project, settings: StoreSettings) -> Presence:
    """A store with what this project knows of it."""
    of_others = settings.name in project.layers
    return watch(settings, partial(index_of(project.root).folders_below, settings.root), of_others=of_others)


def require_stores(project: Project | None, *urls: str) -> None:
    """Raise `StoreMissing` where one of these lies in a store of the project, if there is one, that is not there."""
    if project is None:
        return
    for settings in resolvable_stores(project, (None, *store_names(project)))[0]:
        watched(project, settings)
    for url in urls:
        require_present(url)
