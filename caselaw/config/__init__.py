"""Typed configuration: the project that law.cfg describes, and its campaigns."""

from caselaw.config.campaign import Campaign, campaign_names, campaign_problems, find_campaign, load_campaign
from caselaw.config.declared import DeclaredConfig, format_keys
from caselaw.config.problem import Problem
from caselaw.config.project import Project, load_project
from caselaw.config.store import StoreSettings, resolve_store, store_at, store_names

__all__ = [
    "Campaign",
    "DeclaredConfig",
    "Problem",
    "Project",
    "StoreSettings",
    "campaign_names",
    "campaign_problems",
    "find_campaign",
    "format_keys",
    "load_campaign",
    "load_project",
    "resolve_store",
    "store_at",
    "store_names",
]
