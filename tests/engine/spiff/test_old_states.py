"""States that the first release stored (commit 78bd81e) are loaded, and their cases go on."""

from __future__ import annotations

from base64 import b85decode
from datetime import timedelta
from typing import TYPE_CHECKING

from engine import spiff
from tests.engine.spiff.drawing import T0, Process, compiled
from tests.engine.spiff.test_codec import looping

if TYPE_CHECKING:
    from engine.spiff import Compiled, Move

AMID_A_LOOP = b85decode(
    "0VuUE{a_yiy%7NRURWYPYn%gXX1_(<MR6d0+iC60RzVTUUfLvy6jP1J<SL2+Oi}<%08IdQ>TJPSD1aQuFwhX6KmgQ0Mx"
    "NgZ@oDmV1rrgT8R)=;C!fB^6SbaDd{9AN5my8`Y%pH)<j5aj6rm$wd=&C}WP@>{C#J*mQGiT7A;@<j0lRi-T44&)^2mh"
    "7gVNzko4zsAFJAiQ)-%7v%PYM$ASZg3JnIujsDNG~zj{_cF;czmvRKF`y>oA>NG#%l&|@4l<jLwqNa`#ef)37c^OUaTS"
    "}{gZY{?@N&O#x+d;+9&q;#}okQkwgSerJFgb|YtSIcqlmnz=(KAE^sK>6LX?pKx5CxtwD$llkKS<IYU6quB57S#etl9u"
    "b%tXFrlTI#MXgNkKslz_^C5;a<F6d?v9auUW@z1@6n#n)zj>g7AdxGBaN$h-Y6<Vj<kfq=Hx<vh#*+cUU{q4HY8C~GNR"
    "s1cz>QU=k2B(>53kRqX?vI7y&pkx-6kQO9qY0pTYlGLF1iOJ3L41=0#@-(pw>3b_AJfACL`s^Z(NZ%A#!<`RE^Vym288"
    "`x>ae_83M(8flr&1`*i&Ow_loVI9gC>iBIN(bQL-di7TuD;DlbiY>>H)D0En03S!zCw?5k%jFbX?4BJ%QAu2sfk2(F)F"
    "*Im_}TDyf3f6BG34LP_-d-La8@G}6Y9=jlELjO9ljUM8#2t(Y)qtB4U{2A{?Y&8gH!x___xV>c3VR|5"
)
"""Second round: `check` in its sub-process is done, `left` is open and its deadline has passed."""
IN_A_CALL = b85decode(
    "0VuUE{a~g7O%4E7n@%5KY3hTk!2jKvE&jh`?P1Z=s44zemeiSXeFq2tKwU`yM*u<qM-@zz_nOH<8E{QYS-WPdSsW|`js"
    "zwo78p$+;3W@*(NbCc!2~W!>S`}#25CAN%|VdL2j#UCHV#@;wzPpkQ$c_)b=T6=E8Ni04p6fq^_6)kYsj_;A}7UX<IcZ"
    "#u8hZ+UU3@-kwl~-Ss*09E@Bt)Ti|_QKA_%CM8d~Q2K{AG9F6mmL@Ltdmm~rL4)Ix1%~HnL8+O*zuUS#U2ivYk=jju&&"
    "Hc@3uPvg`KA%LSL8Cd6L6L&-NM%;<)}D}t`aJTp&K)!jaq%JM{CA8oru3L4HL15l4c+65@%?yH261M28)0<}e66;iVdK"
    "#j#ofxSuuXkLe-PZ09-#)0F{%}EXV@fHcmswK6E9@}Iv`*oAw;?Z6!QcpgqxWRe!V~fL|)5Ue1$9o7(^K^a03KCAzJLP"
    "jGdMq*h?T1B||p|R>eW1!YotN00%9`XMvp@1S}5pW*;JW^r~OMY$ZOBLb;3s9E>uzJ6qwT0r<wnX0vR?2w^@~0@GH@Zp"
    "h@$sf{5TG9C9-Q2G)SK7{;+exGF4*Kz|C"
)
"""A called process with a step and a pause; around it one deadline has passed and one runs."""


def does(procedure: Compiled, state: bytes, element: str, **answers: object) -> Move:
    tasks = spiff.position(procedure, state).tasks
    task = next(task for task in tasks if task.element == element)
    return spiff.complete(procedure, state, task.id, answers, now=T0 + timedelta(days=1))


def test_a_case_amid_a_loop_goes_on() -> None:
    procedure = compiled(looping(), fields=("more",))
    move = does(procedure, AMID_A_LOOP, "left")
    assert [task.element for task in move.opened] == ["fourth"]
    move = does(procedure, move.state, "fourth", more=True)
    assert [task.element for task in move.opened] == ["left", "check"]
    move = does(procedure, does(procedure, move.state, "left").state, "check")
    assert does(procedure, move.state, "fourth", more=False).ended == "demo:done"


def test_a_case_in_a_called_process_goes_on() -> None:
    called = Process("part")
    called.start("b")
    called.parallel("fork")
    called.user("x")
    called.timer("pause", "P1DT1H")
    called.end("xe")
    called.end("pe")
    called.chain("b", "fork", "x", "xe")
    called.chain("fork", "pause", "pe")
    p = Process("demo")
    p.message_start()
    p.call("around", "part")
    p.interrupt("stopped", "around", "P2D")
    p.deadline("late", "around", "P1D")
    p.user("urge")
    p.end("urged")
    p.end()
    p.end("gone")
    p.chain("late", "urge", "urged")
    p.chain("opened", "around", "done")
    p.chain("stopped", "gone")
    procedure = compiled(p, called, fields=("v",))
    position = spiff.position(procedure, IN_A_CALL)
    assert {timer.element for timer in position.timers} == {"pause", "stopped"}
    state = does(procedure, does(procedure, IN_A_CALL, "urge").state, "x").state
    woken = spiff.wake(procedure, state, now=T0 + timedelta(days=1, hours=1))
    assert ([timer.element for timer in woken.fired], woken.ended) == (["pause"], "demo:done")
    stopped = spiff.wake(procedure, IN_A_CALL, now=T0 + timedelta(days=9))
    assert [timer.element for timer in stopped.fired] == ["pause", "stopped"]
