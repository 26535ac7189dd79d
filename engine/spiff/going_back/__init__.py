"""Going back in a case, and other ways of moving its tokens than the drawing's.

What has come of a step is what its token led to: the places after it, the joins that took in what
came from there, and, when it ran in a called process or sub-process that is over, all that came
of the activity around. Only the last run of a step can be gone back to.

============== ========================= ========================== ==============================
verb           is closed                 is open then               what else
============== ========================= ========================== ==============================
return_to      all that came of the      that step, with fresh      a join that had also taken in
               earlier step, the task    deadlines; a called        others waits again, and they
               that returns it first     process that was over runs with it; other branches, and
                                         again with a fresh copy    what an event beside the step
                                         of the variables           has begun, go on
return_straight the task that returns it that step, and after it    nothing between is undone or
                                         the same task anew, both   done again, nothing else stops
                                         with fresh deadlines       or is open again
withdraw       as return_to              as return_to; deadlines    only while nobody has finished
                                         of the step, and around    a step that came of it; one
                                         it, have their first due   that has passed is not fired
                                         times                      again
cancel         everything                nothing                    variables stay
reopen         nothing                   a finished step as by      what cancelling, or an end of
                                         return_to, or all that     the whole process, cut off is
                                         was cancelled              open again, deadlines anew
skip           the task                  what comes next            as if done, without answers
place          the task, and each        the place, with called     only where every join fits
               activity around it that   processes on the way
               the place is not in
============== ========================= ========================== ==============================

Variables stay as they are everywhere; messages that were sent and calls that were answered are not
taken back. A step is not gone back to inside an activity that was interrupted, in a finished turn
of a multi-instance activity or loop (such an activity is gone back to as a whole), before an end
of the whole process that came of another step, or when pruning or a transfer has forgotten it.
"""
