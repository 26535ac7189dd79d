"""Whose a step is: nested lanes, lanes that calls fill, and calls of diagrams without lanes."""

from __future__ import annotations

import pytest
from typing_extensions import override

from engine.spiff import BrokenFilesError, Compiled, Names, Problem, RunError
from tests.engine.spiff.drawing import Process, Scope, compiled
from tests.engine.spiff.stock import stock
from tests.engine.spiff.walking import Walk


def calling(process: str = "demo", called: str = "inspect", lanes: str = "") -> Process:
    """Draw a procedure, or another process, that calls one in the lane of quality control."""
    p = Process(process)
    begun = p.message_start() if process == "demo" else p.start(f"{process}_begun")
    call = p.call(f"call_{called}", called, lanes=lanes)
    ended = p.end("done" if process == "demo" else f"{process}_done")
    p.chain(begun, call, ended)
    p.lane("品管部", call)
    return p


def inspecting(*lanes: str, bare: bool = False) -> Process:
    """Draw a called process of one step for each lane, which are no roles."""
    p = Process("inspect", bare=bare)
    p.start("inspect_begun")
    steps = [p.user(f"step_{n}") for n, _ in enumerate(lanes or ("",), 1)]
    p.end("inspect_done")
    p.chain("inspect_begun", *steps, "inspect_done")
    for name, step in zip(lanes, steps, strict=False):
        p.lane(name, step)
    return p


def roles(walk: Walk) -> list[str]:
    """Give who works on each step, completing them all."""
    found = []
    while walk.tasks:
        task = next(iter(walk.tasks.values()))
        found.append(task.role)
        walk.does(task.element)
    return found


def problems(*processes: Process, fields: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=fields)
    return caught.value.problems


def codes(*processes: Process) -> list[str]:
    return [f"{problem.code}:{problem.element}" for problem in problems(*processes)]


class TestCallsDoNotReachTheLaneOfTheirCaller:
    """`lanes` (arena 1131): upstream gives the steps of a called process no lane."""

    def test_upstream(self) -> None:
        p = calling("plain", "inspect")
        (step,) = stock(p, inspecting(bare=True)).get_tasks(spec_name="step_1")
        assert step.task_spec.lane is None

    def test_a_diagram_without_lanes_belongs_to_who_works_where_it_is_called(self) -> None:
        procedure = compiled(calling(), inspecting(bare=True))
        assert roles(Walk(procedure)) == ["qc"]
        step = procedure.diagrams["inspect"].steps["step_1"]
        assert (step.role, step.role_from, step.roles) == (None, None, ("qc",))

    def test_through_several_calls_and_a_sub_process(self) -> None:
        middle = Process("middle", bare=True)
        inside = Scope("middle")
        inside.start("in_begun")
        inside.call("nested", "inspect")
        inside.end("in_done")
        inside.chain("in_begun", "nested", "in_done")
        middle.start("middle_begun")
        middle.sub("part", inside)
        middle.end("middle_done")
        middle.chain("middle_begun", "part", "middle_done")
        assert roles(Walk(compiled(calling(called="middle"), middle, inspecting(bare=True)))) == [
            "qc"
        ]

    def test_two_calls_of_one_diagram_give_it_to_two_roles(self) -> None:
        p = calling()
        p.call("again", "inspect")
        p.without("call_inspect_to_done")
        p.chain("call_inspect", "again", "done")
        p.lane("gm", "again")
        procedure = compiled(p, inspecting(bare=True))
        assert roles(Walk(procedure)) == ["qc", "gm"]
        assert procedure.diagrams["inspect"].steps["step_1"].roles == ("gm", "qc")
        (filling,) = procedure.diagrams["inspect"].fillings
        assert (filling.names, filling.roles, filling.varies) == (None, ("gm", "qc"), False)

    def test_a_call_in_a_lane_that_a_variable_gives(self) -> None:
        p = calling()
        p.lanes.clear()
        p.lane("核决人", "call_inspect", role_from="approver")
        procedure = compiled(p, inspecting(bare=True), fields=("approver",))
        assert Walk(procedure, approver="gm").task("step_1").role == "gm"
        with pytest.raises(RunError) as caught:
            Walk(procedure, approver="nobody")
        assert caught.value.variable == "approver"
        (filling,) = procedure.diagrams["inspect"].fillings
        assert (filling.roles, filling.varies) == ((), True)

    def test_for_each_item_the_variable_is_that_of_the_instance(self) -> None:
        p = calling()
        p.lanes.clear()
        p.each("call_inspect", "depts", "dept")
        p.lane("各部门", "call_inspect", role_from="dept")
        walk = Walk(compiled(p, inspecting(bare=True), fields=("depts",)), depts=["gm", "qc"])
        assert sorted(task.role for task in walk.tasks.values()) == ["gm", "qc"]

    def test_the_call_itself_must_lie_in_a_lane(self) -> None:
        p = calling()
        p.bare = True
        found = codes(p, inspecting(bare=True))
        assert "no_lane:call_inspect" in found
        assert "no_lane:step_1" not in found


class TestLanesThatCallsFill:
    def test_a_call_says_whose_each_lane_is(self) -> None:
        p = calling(lanes="调查人=gm lane_2=clerk")
        procedure = compiled(p, inspecting("调查人", "分析人"))
        assert roles(Walk(procedure)) == ["gm", "clerk"]
        steps = procedure.diagrams["inspect"].steps
        assert [step.roles for step in steps.values()] == [("gm",), ("clerk",)]
        assert [filling.names for filling in procedure.diagrams["inspect"].fillings] == [
            Names("调查人", "lane 1"), Names("分析人", "lane 2"),
        ]  # fmt: skip

    def test_a_lane_is_found_by_its_id_without_its_prefix_too(self) -> None:
        assert roles(Walk(compiled(calling(lanes="1=gm"), inspecting("调查人")))) == ["gm"]

    def test_a_caller_passes_its_own_place_on(self) -> None:
        middle = calling("middle", "inspect", lanes="1=办理人")
        middle.user("before")
        middle.without("middle_begun_to_call_inspect")
        middle.chain("middle_begun", "before", "call_inspect")
        middle.lane("办理人", "before")
        procedure = compiled(
            calling(called="middle", lanes="办理人=gm"), middle, inspecting("调查人")
        )
        assert roles(Walk(procedure)) == ["gm", "gm"]
        assert procedure.diagrams["inspect"].steps["step_1"].roles == ("gm",)

    def test_each_call_fills_it_for_itself(self) -> None:
        p = calling(lanes="1=gm")
        p.call("again", "inspect", lanes="1=clerk")
        p.without("call_inspect_to_done")
        p.chain("call_inspect", "again", "done")
        assert roles(Walk(compiled(p, inspecting("调查人")))) == ["gm", "clerk"]

    def test_it_holds_inside_instances_and_sub_processes(self) -> None:
        inside = Scope("demo")
        inside.start("in_begun")
        inside.call("nested", "inspect", lanes="1=gm")
        inside.each("nested", "lots", "lot")
        inside.end("in_done")
        inside.chain("in_begun", "nested", "in_done")
        p = Process("demo")
        p.message_start()
        p.sub("part", inside)
        p.each("part", "lots", "lot_outside")
        p.end()
        p.chain("opened", "part", "done")
        walk = Walk(compiled(p, inspecting("调查人"), fields=("lots",)), lots=[1, 2])
        assert [task.role for task in walk.tasks.values()] == ["gm"] * 4

    def test_a_call_that_leaves_one_out_is_refused_by_caller_called_and_lane(self) -> None:
        (problem,) = problems(calling(lanes="1=gm"), inspecting("调查人", "分析人"))
        assert (problem.code, problem.element) == ("lane_not_filled", "call_inspect")
        for word in ("demo", "call_inspect", "inspect", "分析人", "lane_2"):
            assert word in problem.zh
        assert "lane_2=role code" in problem.en

    @pytest.mark.parametrize(
        "lanes",
        ["1=gm 3=gm", "1=gm 内勤=gm", "1=gm 1=qc", "1", "1=", "1=boss", "1=lane_0", "=gm 1=gm"],
    )
    def test_what_fills_no_lane_or_is_no_role_is_refused(self, lanes: str) -> None:
        assert "bad_lanes:call_inspect" in codes(calling(lanes=lanes), inspecting("调查人"))

    def test_only_calls_fill_lanes(self) -> None:
        p = calling(lanes="1=gm")
        p.add("userTask", "extra", "", 'banjie:lanes="1=gm"')
        p.without("call_inspect_to_done")
        p.chain("call_inspect", "extra", "done")
        assert codes(p, inspecting("调查人")) == ["bad_lanes:extra"]

    def test_the_lanes_of_the_procedure_itself_are_roles(self) -> None:
        p = calling()
        p.lane("调查人", "opened")
        found = codes(p, inspecting(bare=True))
        assert found == ["unknown_role:lane_2", "start_lane:opened"]

    def test_a_lane_called_nearly_like_a_role_is_refused_with_its_caller(self) -> None:
        (problem,) = problems(calling(), inspecting("品管"))
        assert (problem.code, problem.element) == ("lane_not_filled", "call_inspect")
        assert "请用角色名给泳道命名" in problem.zh


def nested(inner: str = "品管部", outer: str = "质量条线", more: str = "") -> Process:
    """Draw two steps, one in a lane within another."""
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.user("check")
    p.end()
    p.chain("opened", "ask", "check", "done")
    p.lane(outer, *more.split())
    lane = (
        '<bpmn:childLaneSet id="inner_lanes"><bpmn:lane id="lane_inner" '
        f'name="{inner}" banjie:nameEn="inner"><bpmn:flowNodeRef>check</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:childLaneSet>"
    )
    refs = "".join(f"<bpmn:flowNodeRef>{id_}</bpmn:flowNodeRef>" for id_ in more.split())
    return Nested("demo", p.xml, p.ids, p.flows, p.lanes, inner=f"{refs}{lane}")


class Nested(Process):
    """A process whose last lane holds another one."""

    def __init__(self, *drawn: object, inner: str) -> None:
        super().__init__(*drawn)  # type: ignore[arg-type]
        self.inner = inner

    @override
    def bytes(self) -> bytes:
        """Give the file with the inner lane in place."""
        data = super().bytes().decode()
        head, last, rest = data.rpartition('id="lane_1"')
        lane, end, after = rest.partition("</bpmn:lane>")
        refs = lane.partition(">")[0] + ">"
        data = f"{head}{last}{refs}{self.inner}{end}{after}"
        return data.replace("<bpmn:flowNodeRef>check</bpmn:flowNodeRef>", "", 1).encode()


def test_the_innermost_lane_says_whose_a_step_is() -> None:
    walk = Walk(compiled(nested()))
    assert walk.task("ask").role == "clerk"
    walk.does("ask")
    assert walk.task("check").role == "qc"


def test_an_outer_lane_with_steps_of_its_own_is_a_role() -> None:
    assert [*codes(nested(more="ask"))] == ["unknown_role:lane_1"]
    walk = Walk(compiled(nested(outer="总经理", more="ask")))
    assert walk.task("ask").role == "gm"


def test_an_inner_lane_is_a_role_whatever_is_around_it() -> None:
    assert codes(nested(inner="某某", outer="品管部")) == ["unknown_role:lane_inner"]


def test_no_element_lies_in_two_lanes() -> None:
    p = calling()
    p.lane("gm", "call_inspect")
    assert codes(p, inspecting(bare=True)) == ["two_lanes:call_inspect"]


def beside(more: str, *, processes: str = "") -> Compiled:
    p = calling()
    p.pools = more
    return compiled(Beside("demo", p.xml, p.ids, p.flows, p.lanes, more=more, after=processes),
                    inspecting(bare=True))  # fmt: skip


class Beside(Process):
    """A process with other pools, and what else stands in the file."""

    def __init__(self, *drawn: object, more: str, after: str) -> None:
        super().__init__(*drawn)  # type: ignore[arg-type]
        self.pools = more
        self.after = after

    @override
    def bytes(self) -> bytes:
        """Give the file with more processes."""
        return super().bytes().replace(b"</bpmn:process>", f"</bpmn:process>{self.after}".encode())


CUSTOMER = '<bpmn:participant id="customer" name="客户" banjie:nameEn="Customer"{}/>'
TOLD = '<bpmn:messageFlow id="told_flow" sourceRef="{}" targetRef="{}"{}/>'


def test_the_customer_is_a_black_box_with_message_flows() -> None:
    flows = TOLD.format("customer", "opened", "") + TOLD.format("call_inspect", "customer", "")
    flows = flows.replace("told_flow", "asks", 1)
    assert roles(Walk(beside(CUSTOMER.format("") + flows))) == ["qc"]


def test_a_pool_of_an_empty_process_is_a_black_box_too() -> None:
    pool = CUSTOMER.format(' processRef="customers"')
    empty = '<bpmn:process id="customers" isExecutable="false"/>'
    assert roles(Walk(beside(pool, processes=empty))) == ["qc"]


@pytest.mark.parametrize(
    ("more", "processes", "code"),
    [
        ("", '<bpmn:process id="x" isExecutable="true"/>', "one_process:x"),
        ("", '<bpmn:process id="x"><bpmn:startEvent id="y"/></bpmn:process>', "one_process:x"),
        ('<bpmn:participant id="customer"/>', "", "name_missing:customer"),
        ('<bpmn:participant id="customer" name="客户"/>', "", "name_missing:customer"),
        (CUSTOMER.format(' processRef="gone"'), "", "no_process:customer"),
        (TOLD.format("opened", "done", ""), "", "loose_message_flow:told_flow"),
        (CUSTOMER.format("") + TOLD.format("customer", "gone", ""), "",
         "loose_message_flow:told_flow"),
        (CUSTOMER.format("") + TOLD.format("customer", "opened", ' name="问"'), "",
         "name_missing:told_flow"),
    ],
)  # fmt: skip
def test_what_runs_in_two_pools_or_leads_nowhere_is_refused(
    more: str, processes: str, code: str
) -> None:
    with pytest.raises(BrokenFilesError) as caught:
        beside(more, processes=processes)
    found = [f"{problem.code}:{problem.element}" for problem in caught.value.problems]
    assert code in found, found


def test_two_executable_processes_are_told_with_a_cure() -> None:
    with pytest.raises(BrokenFilesError) as caught:
        beside("", processes='<bpmn:process id="x" isExecutable="true"/>')
    assert "黑盒泳池" in caught.value.problems[0].zh
    assert "black box" in caught.value.problems[0].en
