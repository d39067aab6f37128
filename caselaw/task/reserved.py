"""Names that a task class must not use for something of its own."""

from __future__ import annotations

from caselaw.errors import TaskError

RESERVED = frozenset({
    "all_published", "answers_itself", "awaiting_numbers", "awaits_run", "batch_resources", "be_branch",
    "branch_numbers", "branch_outputs", "branch_repeat", "branch_row", "branch_table", "branch_value",
    "branch_values", "branches_depend", "branches_known", "campaign_file", "campaign_name", "code_closure",
    "current_run", "declared_config", "declared_products", "declared_table", "directory_of", "distinction",
    "each_known_alone", "environment_parts", "fewer_suffice", "file_digests", "fingerprint", "fingerprint_alone",
    "fingerprints", "first_selection", "flat_products", "forget_branches", "forget_look", "forget_yielded",
    "full_row", "has_branches", "has_no_outputs", "hashed_code", "input_columns", "installed_distributions",
    "is_published", "is_running", "keep_look", "law_project", "located_input", "location_of", "look_at_records",
    "missing_numbers", "next_look", "of_all_branches", "output_declared", "output_inherited", "output_layers",
    "output_location", "output_named", "output_store", "overridden_requirements", "own_components", "own_needs",
    "own_number", "own_output", "own_present", "passing_branch", "paths_of", "plain_row", "readable_parameters",
    "record_index", "renew_fingerprints", "repeat_of", "require_published", "requirements_of_branches",
    "requires_declared", "run_context", "run_yields", "scheduler_needs", "seen_before", "selected_numbers",
    "significant_parameters", "table_now", "take_from_parent", "take_yielded", "taken_numbers", "unrestricted",
    "upstream_connections", "upstream_contents", "upstream_seen", "with_branches",
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
