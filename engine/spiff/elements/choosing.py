"""Event-based gateways: of the events behind one, the first that happens takes its way.

Upstream gives the gateway the events of all that follows it: two timers then share one moment, and
what happened is looked up by what kind of event it was (spiff-arena 1721, SpiffWorkflow 419, 481).
Here the gateway only splits: each event behind it waits for itself, and the first withdraws the
others (engine.spiff.elements.catching).
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin


class EventGateway(BpmnSpecMixin):
    """Lets the events behind it wait; the one that happens first goes on alone."""
