"""The only place that imports SpiffWorkflow: files in, moves of a case out.

A move takes the stored state as bytes and gives the new bytes with the difference; nothing here
knows a person, a database or a clock. Variables belong to a process instance: branches share them,
an embedded sub-process too, a called process gets a copy and hands back what it wrote. What is done
for each of a list is such an instance as well, and hands back its result.

SpiffWorkflow is pinned to 3.2.1a1788363675 and not patched: our classes derive from its own and
stand in for them. What they answer (tests in tests/engine/spiff; the class names are those of
test_fixes*.py, whose `test_upstream` fails on the day when upstream no longer has the defect):

========================================= ============================== ==========================
defect of upstream (its thread)           what we do                     test
========================================= ============================== ==========================
task data are copied one level deep and   fixes.Token: data belong to    TestBranchesMergeStaleData
merged at joins, stale values win, lists  the process instance
lose items (440; arena 1391, 1408, 1502)                                 TestBranchesLose…
data of instances are merged: stale values repeating: each has a copy,   TestInstancesMerge…
win, lists are mangled, items stay behind only its result comes back
results stand as they were completed      repeating: as the instances do TestResultsCome…
a second round of instances fails over    repeating: begins with none    TestASecondRound…,
the results of the first, or crashes                                     TestACounted…
completion conditions know no counters    repeating: BPMN's three        TestACompletion…
lists in Camunda's syntax rewrite specs   lint.repeats refuses them      test_repeating.py
joins search the whole tree (341, 344)    fixes.ParallelGateway: tokens  TestParallelJoinsWalk…
inclusive joins fire early in loops       fixes.InclusiveGateway, by     TestInclusiveJoinsFire…
                                          the drawing
the end walks the tree, and no deeper     fixes.EndJoin asks its tokens  TestTheEndWalksTheTree
than 1000 places: long loops hang (481)
joins past events recurse up the tree     fixes.Token.is_descendant_of   test_stopping.py
what a terminate end cancels still runs   flows.CaseFlow.advance         TestWhatIsCancelled…
a terminate end leaves an event behind    fixes.EndEvent                 TestATerminateEnd…
timers read the system clock and fire     timers.Deadline, clock         TestTimersRead…
only after their moment
an interrupting cycle cancels only at its timers.Deadline: its first     TestAnInterruptingCycle…
last round                                round ends the activity
rounds that were missed all fire at once  calendar.rounds: one does      TestRoundsThatWere…
an endless cycle keeps a case open (369)  not seen: held by a test       TestAnEndlessCycle…
a date without a zone is the server's     calendar.dates: the calendar's TestADateWithoutAZone…
timers forestall preScript (arena 2939)   scripts run first              TestABoundaryTimer…
waiting events outlive their tasks (475)  no list beside the tree        TestATimerOutlives…
timers behind an event gateway share one  choosing.EventGateway: each    TestTimersBehind…
moment, what follows is looked up by kind event waits for itself
(arena 1721; 419, 481)
an event beside an activity happens once  catching.BoundaryEvent waits   TestAnEventBeside…
                                          again
two events of one moment both interrupt   catching: the first withdraws  TestTwoEvents…
                                          the others at once
signals of end events are not read        signals.Broadcast              TestSignalsOfEnd…
conditions see only their own branch      conditions.Condition, asked    TestConditionsSee…
                                          whenever the case stands still
timer starts wait inside a case (390;     Start.schedule; the case       TestATimerStart…
arena 463, 1398)                          begins at once
one equal key of several correlates (434) Wait.keys: all of them         TestAnyKeyCorrelates
every change of state builds a log record fixes.Token._set_state         TestEveryStateChange…
`typename` in a form, or sorted keys,     codec: nothing is walked       TestAWordInAForm…,
break a stored case                                                      test_codec.py
history grows without end (arena 2718)    pruning                        test_codec.py
error paths fail themselves               reading.Scripts, errors        TestErrorsFail…
scripts are Python with builtins (157)    whitelist, arithmetic          test_sandbox.py
UNIQUE and ANY tables take the first row, policies, lint/gaps            TestAUniqueTable…,
COLLECT cannot sum, defaults are lost                                    TestCollect…, TestADef…
cells are Python with `?` pasted in:      tokens, cells, unary, kinds    TestACellIsPython,
intervals and lists fail or never fit                                    test_cells.py
amounts are floats or texts               whitelist: decimals            TestATableComputes…
one decision a file, none requires others requirements, chains           TestOneDecisionAFile
an error that nobody catches is a success lint.alarms: refused           TestAnUncaughtError…
errors and escalations are caught by all  throwing: by the innermost     TestAnErrorIsCaught…,
who wait anywhere, the outermost wins     activity around that fits      TestTheOutermost…
an escalation beside is caught once       catching.BoundaryEvent         TestAnEscalationIs…
failures of services do not reach error   answering.fail                 TestFailuresDoNot…,
events (334, 335), and fail themselves    calling_out: after the commit  TestAFailingService…
compensation is a no-op, links lose their lint.refused                   TestACompensation…,
token, an event sub-process changes the                                  TestALinkLoses…,
spec that all cases share (arena 717), a                                 TestAnEventSub…,
task of no kind waits for a person                                       TestATaskOfNoKind…
an element called End ends the case       naming: other names inside     TestAnElementCalled…
parser and tree recurse: large diagrams   lint.sizes                     TestTheParser…,
crash (arena 1367, 1530, 1955)                                           test_sizes.py
elements that parse but hang or vanish    lint                           test_lint.py
own attributes are dropped silently       sheet, bpmn_file               test_elements.py
lanes do not reach into called processes  lanes: the call's own, or as   TestCallsDoNotReach…
(arena 1131)                              it fills them
========================================= ============================== ==========================
"""

from __future__ import annotations

from engine.spiff.ahead import ahead
from engine.spiff.answering import answer, asked_again, fail, number
from engine.spiff.compiling import compile_procedure, compile_published
from engine.spiff.drawings.drawing import check_drawings
from engine.spiff.drawings.picture import picture
from engine.spiff.drawn import Drawn, Piece, Way, drawn
from engine.spiff.errors import (
    BrokenFilesError,
    CaseOpenError,
    CaseOverError,
    InterruptedPlaceError,
    JoinLeftError,
    NoPlaceError,
    NotAwaitedError,
    NoWayBackError,
    RunError,
    ScopeGoneError,
    TaskNotReadyError,
    ValueRefusedError,
)
from engine.spiff.explaining import explain_timers
from engine.spiff.files.eventful import DUTY_DATE
from engine.spiff.files.form_files import at_their_steps
from engine.spiff.files.sources import closure, process_ids, promises, roots
from engine.spiff.going_back.bypassing import bypassed
from engine.spiff.going_back.ending import cancel, cancelled_at, reopen, reopenings
from engine.spiff.going_back.lacking import Asking, Lack, Reader, filling, lacking
from engine.spiff.going_back.leaps import Leap
from engine.spiff.going_back.places import Place, places
from engine.spiff.going_back.placing import place, placing, skip
from engine.spiff.going_back.returning import (
    return_straight,
    return_to,
    returns,
    withdraw,
    withdrawal,
)
from engine.spiff.going_back.standing import joins_fit
from engine.spiff.language.expressions import Expression, ExpressionError, compile_expression
from engine.spiff.lint.words import wrong_in_form
from engine.spiff.mending import repair, variables
from engine.spiff.model import (
    NEVER_BY,
    NOT_SAME_PERSON,
    Asked,
    Compiled,
    Diagram,
    Element,
    Filling,
    Flow,
    Guarantee,
    Names,
    Problem,
    Row,
    Start,
    Step,
    Table,
)
from engine.spiff.moves import (
    ALLOT_NUMBER,
    Call,
    Cancelled,
    Decision,
    Message,
    Move,
    OpenTask,
    Position,
    Return,
    Scope,
    Shift,
    Signal,
    Timer,
    Wait,
)
from engine.spiff.pausing import derivation, pause, reckon_anew, resume, suspend, unsuspend
from engine.spiff.runner import complete, deliver, known, position, start, wake
from engine.spiff.transferring.transfer import transfer
from engine.spiff.transferring.verdicts import Deadline, Dues, Limit, Obstacle, Transfer, Verdict
from engine.spiff.urging import urging

__all__ = [
    "ALLOT_NUMBER",
    "DUTY_DATE",
    "NEVER_BY",
    "NOT_SAME_PERSON",
    "Asked", "Asking",
    "BrokenFilesError",
    "Call", "Cancelled",
    "CaseOpenError", "CaseOverError",
    "Compiled",
    "Deadline",
    "Decision",
    "Diagram", "Drawn", "Dues",
    "Element",
    "Expression",
    "ExpressionError",
    "Filling",
    "Flow",
    "Guarantee",
    "InterruptedPlaceError",
    "JoinLeftError",
    "Lack", "Leap", "Limit",
    "Message", "Move",
    "Names",
    "NoPlaceError",
    "NoWayBackError",
    "NotAwaitedError",
    "Obstacle",
    "OpenTask",
    "Piece", "Place", "Position", "Problem",
    "Reader", "Return", "Row",
    "RunError",
    "Scope",
    "ScopeGoneError",
    "Shift",
    "Signal",
    "Start",
    "Step",
    "Table",
    "TaskNotReadyError",
    "Timer",
    "Transfer",
    "ValueRefusedError",
    "Verdict",
    "Wait", "Way",
    "ahead", "answer", "asked_again", "at_their_steps",
    "bypassed",
    "cancel", "cancelled_at",
    "check_drawings",
    "closure",
    "compile_expression",
    "compile_procedure",
    "compile_published",
    "complete",
    "deliver",
    "derivation", "drawn",
    "explain_timers",
    "fail", "filling",
    "joins_fit",
    "known", "lacking", "number",
    "pause", "picture",
    "place", "places", "placing",
    "position",
    "process_ids",
    "promises",
    "reckon_anew",
    "reopen",
    "reopenings",
    "repair",
    "resume",
    "return_straight", "return_to", "returns",
    "roots",
    "skip",
    "start",
    "suspend",
    "transfer",
    "unsuspend", "urging",
    "variables", "wake",
    "withdraw",
    "withdrawal",
    "wrong_in_form",
]  # fmt: skip
