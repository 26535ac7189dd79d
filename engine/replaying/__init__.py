"""Replay 重演: what would have become of a case in another version, by what its history says.

A case is done once more in a virtual clock, from its first entry on: each recorded answer is given
at its step, at the moment at which it was given or, where the step opens later, as soon as it is
open. Nothing is stored.

================================== =============================================================
entry                              in the replay
================================== =============================================================
case opened, duty started          begins it, with the same answers
step completed                     the same answers, at the step of that element and round
event begun, message delivered     as soon as somebody waits for it
signal delivered                   if it is waited for at that moment
call answered, call failed         as soon as that service is asked
timer fired                        timers fire when they are due; as late as recorded where the
                                   recorded one was due at that moment too
clock paused or resumed            if the step is open at that moment; an entry of before that does
                                   not name it, while several are open there, is told
task returned                      the same way, as soon as that step is open
step skipped by an operator        likewise, as soon as that step is open
step withdrawn, case cancelled or  likewise, at that moment
opened again, token moved
data repaired                      if the process runs at that moment
case moved                         its own versions: moved likewise; another version: passed over
anything else that moved the case  cannot be followed, and is told
claims, urging, numbers, notices   move nothing, and are passed over
================================== =============================================================

Who may do what (roles, four eyes) is not asked again. Deadlines count on the calendars of today.
"""
