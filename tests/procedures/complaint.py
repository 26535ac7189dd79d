"""The steps of the manufacturer's complaint procedure, in turn, and what is answered there."""

from __future__ import annotations

from engine.democases.answers import USUAL

__all__ = ["INVESTIGATE", "NEGOTIATE", "REGISTER", "USUAL"]

REGISTER = ("establish_data", "fill_handling_form", "comment_by_supervisor", "register_case")
INVESTIGATE = (
    *("inspect_sample", "trace_cause", "analyse_production"),
    *("report_to_gm", "instruct_on_report"),
)
NEGOTIATE = ("explain_to_customer", "tell_customer", "record_negotiation", "review_negotiation")
