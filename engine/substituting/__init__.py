"""Substitution: somebody does for a while what another could; and handing over when one leaves.

A substitution holds from the first minute of its first day to the last minute of its last, in the
company's zone, for all procedures, one of them, or certain steps. While it holds, the substitute
sees and does what the person represented could: tasks that they hold, free ones of their roles, and
signatures that they are asked for. It is not passed on: who represents Anna does not represent
those whom Anna represents. At no moment may substitutions form a ring, whatever they are limited
to, since work would then lie with nobody. What is done is signed by the substitute and names whom
it was done for; four-eyes guarantees hold for both. Starting cases, assigning and the pages of
administration are not part of it.
"""

from __future__ import annotations
