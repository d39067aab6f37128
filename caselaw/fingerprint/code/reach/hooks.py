"""Names that the engine asks every task for: a method of such a name runs although no code of ours calls it."""

from __future__ import annotations

_NAMES = frozenset({
    "acceptance", "accepts_messages", "all_published", "allow_empty_sandbox", "answers_itself", "as_branch",
    "as_workflow", "awaiting_numbers", "awaits_run", "batch_param_names", "batch_resources", "batchable", "be_branch",
    "branch", "branch_data", "branch_map", "branch_numbers", "branch_outputs", "branch_repeat", "branch_row",
    "branch_table", "branch_value", "branch_values", "branches", "branches_depend", "branches_known", "bulk_complete",
    "cache_branch_map", "cache_requirements", "cache_workflow_requirements", "campaign_file", "campaign_name",
    "check_unreachable_acceptance", "cli_args", "clone", "code_closure", "complete", "config",
    "control_output_postfix", "create_branch_map", "create_branch_map_before_repr", "create_job_dashboard",
    "create_progress_callback", "current_run", "declared_config", "declared_products", "declared_table",
    "default_log_file", "deps", "deregister", "directory_of", "disabled", "distinction", "each_known_alone",
    "effective_sandbox", "effective_workflow", "env", "environment_parts", "event_handler", "execute",
    "fallback_sandbox", "fetch_output", "fewer_suffice", "file_digests", "find_workflow_cls", "fingerprint",
    "fingerprint_alone", "fingerprints", "first_selection", "flat_products", "forget_branches", "forget_look",
    "forget_yielded", "from_str_params", "full_row", "handle_scheduler_message", "has_branches", "has_no_outputs",
    "hashed_code", "initialized", "input", "input_columns", "input_unlocalized", "installed_distributions",
    "interactive_params", "is_published", "iter_progress", "keep_look", "law_project", "law_run", "law_run_inst",
    "live_task_id", "local_workflow_pre_run", "local_workflow_require_branches", "local_workflow_requires",
    "localize_input", "localize_output", "located_input", "location", "location_of", "log_file", "logger",
    "look_at_records", "max_batch_size", "message_cache_size", "missing_numbers", "modify_param_args",
    "modify_param_values", "modify_task_attributes", "next_look", "no_unpicklable_properties", "of_all_branches",
    "on_failure", "on_success", "output", "output_declared", "output_inherited", "output_layers", "output_location",
    "output_named", "output_store", "output_unlocalized", "overridden_requirements", "own_components", "own_needs",
    "own_number", "own_output", "own_present", "param_args", "passing_branch", "passthrough_requested_workflow",
    "paths_of", "pilot", "plain_row", "prefer_params_cli", "priority", "process_resources", "products", "project",
    "publish", "publish_message", "publish_progress", "publish_step", "readable_parameters", "record_index",
    "remove_event_handler", "remove_output", "render_string", "renew_fingerprints", "repeat_of", "repr", "req",
    "req_branch", "req_different_branching", "req_params", "req_workflow", "require_published",
    "requirements_of_branches", "requires", "requires_declared", "requires_from_branch", "resources", "retry_policy",
    "run", "run_context", "run_yields", "scheduler_needs", "seed", "seen_before", "selected_numbers", "set_params",
    "set_progress_percentage", "set_status_message", "set_tracking_url", "significant_parameters",
    "skip_output_removal", "stakeholders", "status_message", "store", "table_now", "take_from_parent", "take_yielded",
    "taken_numbers", "task_family", "task_id_str", "task_module", "to_str_params", "tolerance", "tracking_url",
    "trigger_event", "trust_unrecorded", "unrestricted", "update_register", "upstream", "upstream_connections",
    "upstream_contents", "upstream_seen", "use_cmdline_section", "valid_sandboxes", "verify_inputs", "walk_deps",
    "with_branches", "workflow", "workflow_cls", "workflow_complete", "workflow_input", "workflow_proxy",
    "workflow_proxy_cls", "workflow_requires", "wrap_once",
})  # fmt: skip
_PREFIXES = ("container_", "docker_", "exclude_params_", "get_", "is_", "print_", "sandbox_", "singularity_", "_")

PLAIN_TASKS = frozenset({
    "caselaw.Task", "caselaw.Workflow", "law.Task", "law.LocalWorkflow", "law.SandboxTask", "luigi.Task",
    "caselaw.task.single.Task", "caselaw.task.workflow.Workflow",
    "law.task.base.Task", "law.workflow.local.LocalWorkflow",
})  # fmt: skip
"""Classes of the engine that ask for these names only; others, as `law.contrib` has them, ask for more."""


def asked_by_engine(name: str) -> bool:
    """Whether a member of that name may be used by the engine."""
    return asked_by_name(name) or name.startswith(_PREFIXES)


def asked_by_name(name: str) -> bool:
    """Whether the engine has a public member of exactly that name."""
    return name in _NAMES
