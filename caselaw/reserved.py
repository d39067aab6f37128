"""Names that a task class must not use for something of its own."""

from __future__ import annotations

from caselaw.errors import TaskError

RESERVED = frozenset({
    "all_published", "awaits_run", "branch_outputs", "branch_row", "branch_table", "branch_value",
    "branch_values", "branches_known", "campaign_file", "closure", "components", "config", "connections",
    "declared", "directory_of", "environment_parts", "fewer_suffice", "file_digests", "fingerprint",
    "fingerprints", "first_selection", "flat_products", "forget_branches", "forget_yielded", "full_row",
    "has_branches", "holdings", "input_columns", "installed_distributions", "location", "missing_branches",
    "of_all_branches", "overridden_requirements", "plain_row", "project", "publish", "published", "readable_parameters",
    "record_index", "renew_fingerprints", "require_published", "requirements_of_branches", "requires_declared",
    "run_context", "selected_branches", "significant_parameters", "take_yielded", "taken_branches",
    "unrestricted", "upstream_seen", "yielded_before", "yields",
})  # fmt: skip
"""What caselaw itself asks a task for: a parameter of such a name would silently take its place."""


def refuse_reserved_names(cls: type) -> None:
    """Raise `TaskError` where a class outside caselaw defines a reserved name."""
    taken = sorted(RESERVED & vars(cls).keys())
    if taken and not cls.__module__.startswith("caselaw."):
        names = ", ".join(f"'{name}'" for name in taken)
        raise TaskError(
            f"{names} {'is a name' if len(taken) == 1 else 'are names'} of caselaw itself",
            f"{cls.__module__}.{cls.__qualname__}",
            "call the parameter or member otherwise",
        )
