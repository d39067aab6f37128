"""Which parameters of a task count, and their values in the one form that the command line gives them."""

from caselaw.parameters.alike import same
from caselaw.parameters.canonical import arguments_by_name, canonical_values, counted_value, forget_parameters, text_of
from caselaw.parameters.classes import family_of_class, is_of_engine, is_task_class, with_classes
from caselaw.parameters.engine import CampaignParameter, counted_names, hidden_names, parameters_of, refuse_other_roles
from caselaw.parameters.private import counted_form, keeps_objects, objects_in

__all__ = [
    "CampaignParameter",
    "arguments_by_name",
    "canonical_values",
    "counted_form",
    "counted_names",
    "counted_value",
    "family_of_class",
    "forget_parameters",
    "hidden_names",
    "is_of_engine",
    "is_task_class",
    "keeps_objects",
    "objects_in",
    "parameters_of",
    "refuse_other_roles",
    "same",
    "text_of",
    "with_classes",
]
