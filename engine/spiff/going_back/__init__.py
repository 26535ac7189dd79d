"""Going back in a case: what has come of a finished step is undone, and the step is open anew.

What has come of a step is what its token led to: the places after it, the joins that took in what
came from there, and, when it ran in a called process or sub-process that is over, all that came
of the activity around. A join that took in something from elsewhere as well lets it wait again.
Variables stay as they are; what was sent or asked outside is not taken back.
"""
