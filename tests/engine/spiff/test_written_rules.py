"""Every decision table that the written regulations ask for can be written, checked and asked.

They stand here as a process owner would type them, under the names that the requirements give
them (processes.md, DMN tables), with cases from their clauses. Shipped ones are in bpmn/decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from engine import spiff
from engine.spiff import Asked, compile_procedure
from tests.engine.spiff.drawing import ROLES, T0, Process, files_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping


def one_of(*choices: str) -> Asked:
    return Asked("choice", choices)


YES, COUNT, MONEY, DAY = Asked("boolean"), Asked("number"), Asked("decimal"), Asked("date")
VARIANT = one_of("CM", "PC", "MY")


@dataclass(frozen=True)
class Rule:
    """A table as typed; `cases` are answers of the forms and what the table says of them."""

    name: str
    fields: Mapping[str, Asked]
    inputs: list[str]
    outputs: list[str]
    rows: list[tuple[list[str], list[str]]]
    cases: list[tuple[dict[str, Any], dict[str, Any]]]
    policy: str = 'hitPolicy="UNIQUE"'
    default: str = ""
    clauses: str = field(default="", repr=False)


HUMAN = '"operator_error", "documents"'
RULES = [
    Rule(
        "complaint-class",
        {"variant": VARIANT,
         "cause": one_of("operator_error", "documents", "disaster", "lightning", "pests",
                         "attitude", "price", "abnormality")},
        ["variant", "cause"], ["complaint_class"],
        [
            (["-", HUMAN], ['"non_quality"']),
            (["-", '"abnormality"'], ['"quality"']),
            (['"MY"', f'not({HUMAN}, "abnormality")'], ['"non_quality"']),
            (['"CM", "PC"', f'not({HUMAN}, "abnormality")'], ['"quality"']),
        ],
        [
            ({"variant": "CM", "cause": "documents"}, {"complaint_class": "non_quality"}),
            ({"variant": "MY", "cause": "lightning"}, {"complaint_class": "non_quality"}),
            ({"variant": "PC", "cause": "abnormality"}, {"complaint_class": "quality"}),
        ],
        clauses="CM-04-1 MY-04-1 MY-04-2 PC-05-1",
    ),
    Rule(
        "close-deadline",
        {"variant": VARIANT, "region": one_of("xinjiang", "china", "overseas")},
        ["variant", "region"], ["due"],
        [
            (['"CM"', '"xinjiang"'], ['"P5D"']),
            (['not("MY")', '"china", "overseas"'], ['"P7D"']),
            (['"PC"', '"xinjiang"'], ['"P5D"']),
            (['"MY"', 'not("overseas")'], ['"P5D"']),
            (['"MY"', '"overseas"'], ['"P7D"']),
        ],
        [
            ({"variant": "CM", "region": "xinjiang"}, {"due": "P5D"}),
            ({"variant": "MY", "region": "overseas"}, {"due": "P7D"}),
        ],
        clauses="CM-07-1 MY-07-1",
    ),
    Rule(
        "stage-deadline",
        {"stage": one_of("report", "opinion", "other")},
        ["stage"], ["due"], [(['"report"'], ['"P3D"']), (['"opinion"'], ['"P1D"'])],
        [({"stage": "report"}, {"due": "P3D"}), ({"stage": "other"}, {"due": "P2D"})],
        default='"P2D"', clauses="CM-06-3 CM-06-6a CM-07-2",
    ),
    Rule(
        "approval-authority",
        {"variant": VARIANT, "amount": MONEY},
        ["variant", "amount"], ["approver"],
        [
            (["-", "null"], ['"sales-manager"']),
            (["-", "<= 10000"], ['"sales-manager"']),
            (["-", "]10000..50000]"], ['"deputy-gm"']),
            (["-", "> 50000"], ['"gm"']),
        ],
        [
            ({"variant": "CM", "amount": None}, {"approver": "sales-manager"}),
            ({"variant": "CM", "amount": "9000.00"}, {"approver": "sales-manager"}),
            ({"variant": "PC", "amount": "10000.01"}, {"approver": "deputy-gm"}),
            ({"variant": "PC", "amount": "100000.00"}, {"approver": "gm"}),
        ],
        clauses="CM-08 CM-06-6b",
    ),
    Rule(
        "onsite-arrival", {"region": one_of("in_province", "out_of_province", "remote")},
        ["region"], ["due"],
        [(['"in_province"'], ['"P3D"']), (['"out_of_province"'], ['"P7D"']),
         (['"remote"'], ['"P10D"'])],
        [({"region": "remote"}, {"due": "P10D"})], clauses="AS-02-1e",
    ),
    Rule(
        "arrival", {"area": one_of("city", "suburb"), "special": YES}, ["area", "special"], ["due"],
        [(["-", "true"], ['"8 working hours"']), (['"city"', "false"], ['"PT3H"']),
         (['"suburb"', "false"], ['"PT7H"'])],
        [({"area": "suburb", "special": False}, {"due": "PT7H"}),
         ({"area": "city", "special": True}, {"due": "8 working hours"})],
        clauses="MW-04-4a MW-04-4b",
    ),
    Rule(
        "medical-response",
        {"variant": one_of("MA", "MB", "MW"), "urgency": one_of("normal", "urgent")},
        ["variant", "urgency"], ["due", "calendar"],
        [(['"MA"', '"normal"'], ['"4 working hours"', '"service"']),
         (['"MA"', '"urgent"'], ['"2 working hours"', '"service"']),
         (['"MB"', "-"], ['"1 working day"', '"service"']), (['"MW"', "-"], ['"PT0S"', "null"])],
        [({"variant": "MA", "urgency": "urgent"},
          {"due": "2 working hours", "calendar": "service"}),
         ({"variant": "MW", "urgency": "normal"}, {"due": "PT0S", "calendar": None})],
        clauses="MA-04-1a MA-04-1b MB-09-1 MW-04-5",
    ),
    Rule(
        "repair-limit",
        {"variant": one_of("MA", "MW"), "severity": one_of("minor", "complex")},
        ["variant", "severity"], ["due", "backup_within"],
        [(['"MA"', '"minor"'], ['"2 working days"', ""]), (['"MA"', '"complex"'], ['"P7D"', ""]),
         (['"MW"', "-"], ['"PT12H"', '"PT24H"'])],
        [({"variant": "MW", "severity": "minor"}, {"due": "PT12H", "backup_within": "PT24H"}),
         ({"variant": "MA", "severity": "minor"},
          {"due": "2 working days", "backup_within": None})],
        clauses="MA-04-2a MA-04-2b MW-04-4c MW-04-4d",
    ),
    Rule(
        "chargeability",
        {"in_warranty": YES, "cause": one_of("system", "quality", "human", "force_majeure"),
         "kind": one_of("ordinary", "special_software")},
        ["kind", "in_warranty", "cause"], ["charge"],
        [
            (['"special_software"', "-", "-"], ['"separate_price"']),
            (['"ordinary"', "true", '"system", "quality"'], ['"free"']),
            (['"ordinary"', "true", '"human", "force_majeure"'], ['"lowest_cost"']),
            (['"ordinary"', "false", "-"], ['"cost_labour_travel"']),
        ],
        [
            ({"kind": "ordinary", "in_warranty": True, "cause": "quality"}, {"charge": "free"}),
            ({"kind": "ordinary", "in_warranty": False, "cause": "quality"},
             {"charge": "cost_labour_travel"}),
            ({"kind": "special_software", "in_warranty": True, "cause": "quality"},
             {"charge": "separate_price"}),
        ],
        clauses="MA-04-4b MW-04-1a MW-04-2 MW-04-3a",
    ),
    Rule(
        "service-class",
        {"contract": YES, "in_guarantee": YES, "internal": YES},
        ["internal", "in_guarantee", "contract"], ["service_class"],
        [(["true", "-", "-"], ['"D"']), (["-", "true", "-"], ['"C"']),
         (["-", "-", "true"], ['"B"']), (["-", "-", "-"], ['"A"'])],
        [({"internal": False, "in_guarantee": True, "contract": True}, {"service_class": "C"}),
         ({"internal": False, "in_guarantee": False, "contract": False},
          {"service_class": "A"})],
        policy='hitPolicy="FIRST"', clauses="MT-01-A MT-01-B MT-01-C MT-01-D",
    ),
    Rule(
        "mall-return",
        {"sold_on": DAY, "returned_on": DAY, "clean": YES, "resellable": YES,
         "voucher": one_of("receipt_part_3", "invoice", "none"),
         "category": one_of("clothing", "cosmetics", "gold_platinum", "jewellery_jade",
                            "watch_clock", "underwear")},
        ["days_between(sold_on, returned_on)", "clean and resellable", "voucher", "category"],
        ["guide_may_return"],
        [(["<= 15", "true", '"receipt_part_3", "invoice"',
           'not("cosmetics", "gold_platinum", "jewellery_jade", "watch_clock", "underwear")'],
          ["true"])],
        [
            ({"sold_on": "2026-09-20", "returned_on": "2026-10-05", "clean": True,
              "resellable": True, "voucher": "invoice", "category": "clothing"},
             {"guide_may_return": True}),
            ({"sold_on": "2026-09-20", "returned_on": "2026-10-06", "clean": True,
              "resellable": True, "voucher": "invoice", "category": "clothing"},
             {"guide_may_return": False}),
            ({"sold_on": "2026-09-20", "returned_on": "2026-10-05", "clean": True,
              "resellable": True, "voucher": "invoice", "category": "cosmetics"},
             {"guide_may_return": False}),
        ],
        default="false", clauses="MQ-02-2-1 MQ-02-2-2 MQ-02-2-3",
    ),
    Rule(
        "escalation-levels", {"variant": one_of("MQ", "SC"), "level": COUNT},
        ["variant", "level"], ["role"],
        [(["-", "1"], ['"counter"']), (['"MQ"', "2"], ['"section"']),
         (['"MQ"', "3"], ['"inspection"']), (['"SC"', "2"], ['"store"']),
         (['"SC"', "3"], ['"operations"'])],
        [({"variant": "SC", "level": 2}, {"role": "store"}),
         ({"variant": "MQ", "level": 4}, {"role": "manager"})],
        default='"manager"', clauses="MQ-02-0b SC-01-1 SC-01-2 SC-01-3",
    ),
    Rule(
        "problem-size", {"size": one_of("small", "big", "difficult")}, ["size"], ["stays_at"],
        [(['"small"'], ['"counter"']), (['"big"'], ['"operations"']),
         (['"difficult"'], ['"mall"'])],
        [({"size": "difficult"}, {"stays_at": "mall"})], clauses="SC-02-1",
    ),
    Rule(
        "responsible-dept", {"variant": one_of("GC", "CO"),
                             "matter": one_of("transport", "quality", "service")},
        ["variant", "matter"], ["dept"],
        [(['"GC"', '"transport"'], ['"storage-transport"']), (['"GC"', '"quality"'], ['"qc"'])],
        [({"variant": "GC", "matter": "transport"}, {"dept": "storage-transport"}),
         ({"variant": "CO", "matter": "quality"}, {"dept": "gm-office"})],
        default='"gm-office"', clauses="GC-03 CO-03",
    ),
    Rule(
        "revisit-person", {"kind": one_of("complaint", "repair"),
                           "grade": one_of("ordinary", "important", "major")},
        ["kind", "grade"], ["person"],
        [(["-", '"ordinary"'], ['"pm-staff"']), (["-", '"important"'], ['"supervisor"']),
         (["-", '"major"'], ['"manager"'])],
        [({"kind": "repair", "grade": "major"}, {"person": "manager"})],
        clauses="PM-03-1 PM-03-2 PM-03-3 PM-04-1 PM-04-2",
    ),
    Rule(
        "suggestion-class", {"variant": one_of("S1", "S2"),
                             "nature": one_of("product", "service", "work_process", "other")},
        ["variant", "nature"], ["suggestion_class"],
        [(['"S1"', '"product", "service"'], ["nature"]),
         (['"S1"', '"work_process", "other"'], ['"other"']),
         (['"S2"', '"product", "service"'], ["nature + '_quality'"]),
         (['"S2"', '"work_process", "other"'], ["nature"])],
        [({"variant": "S1", "nature": "work_process"}, {"suggestion_class": "other"}),
         ({"variant": "S2", "nature": "product"}, {"suggestion_class": "product_quality"})],
        clauses="S1-04-1 S2-04-1-1 S2-04-1-2",
    ),
    Rule(
        "return-tolerance", {"approved": COUNT, "actual": COUNT, "ratio": MONEY},
        ["actual"], ["action"],
        [(["<= approved * (1 + number(ratio))"], ['"post_actual"']),
         (["> approved * (1 + number(ratio))"], ['"exception"'])],
        [({"approved": 100, "actual": 90, "ratio": "0.03"}, {"action": "post_actual"}),
         ({"approved": 100, "actual": 103, "ratio": "0.03"}, {"action": "post_actual"}),
         ({"approved": 100, "actual": 104, "ratio": "0.03"}, {"action": "exception"})],
        clauses="CM-10-2-1",
    ),
    Rule(
        "loss-apportion", {"persons": COUNT, "severity": COUNT, "severity_of_all": COUNT},
        ["persons"], ["percent"],
        [(["1"], ["100"]), (["> 1"], ["round(severity * 100 / severity_of_all, 2)"])],
        [({"persons": 1, "severity": 3, "severity_of_all": 3}, {"percent": 100}),
         ({"persons": 3, "severity": 1, "severity_of_all": 3}, {"percent": "33.33"}),
         ({"persons": 0, "severity": 0, "severity_of_all": 0}, {"percent": 0})],
        default="0", clauses="CM-14b CM-14c",
    ),
    Rule(
        "loss-basis", {"resold": YES, "a_grade": MONEY, "proceeds": MONEY, "actual_loss": MONEY},
        ["resold"], ["loss"],
        [(["true"], ["number(a_grade) - number(proceeds)"]), (["false"], ["number(actual_loss)"])],
        [({"resold": True, "a_grade": "1000.00", "proceeds": "350.50", "actual_loss": None},
          {"loss": "649.50"}),
         ({"resold": False, "a_grade": None, "proceeds": None, "actual_loss": "80.00"},
          {"loss": "80.00"})],
        clauses="CM-13b CM-13c",
    ),
    Rule(
        "sanction-standard", {"personal_amount": MONEY}, ["personal_amount"], ["sanction"],
        [(["[0..500["], ['"oral"']), (["[500..2000["], ['"warning"']),
         (["[2000..10000["], ['"minor_demerit"']), ([">= 10000"], ['"major_demerit"'])],
        [({"personal_amount": "499.99"}, {"sanction": "oral"}),
         ({"personal_amount": "2000.00"}, {"sanction": "minor_demerit"}),
         ({"personal_amount": "10000.00"}, {"sanction": "major_demerit"})],
        clauses="CM-15",
    ),
    Rule(
        "penalty-conversion",
        {"sanction": one_of("warning", "minor_demerit", "major_demerit"), "base_points": COUNT,
         "month_bonus": MONEY},
        ["sanction"], ["penalty"],
        [(['"warning"'], ["10"]), (['"minor_demerit"'], ["50 * base_points"]),
         (['"major_demerit"'], ["number(month_bonus)"])],
        [({"sanction": "minor_demerit", "base_points": 3, "month_bonus": "900.00"},
          {"penalty": 150}),
         ({"sanction": "major_demerit", "base_points": 3, "month_bonus": "900.00"},
          {"penalty": "900.00"})],
        clauses="CM-17-1 CM-17-2 CM-17-3",
    ),
    Rule(
        "attribution", {"dept": one_of("production", "sales", "qc"), "individual_known": YES},
        ["dept", "individual_known"], ["attribute_to"],
        [(["-", "true"], ['"person"']), (['"production"', "false"], ['"department"']),
         (['"sales", "qc"', "false"], ["dept + '_department'"])],
        [({"dept": "production", "individual_known": False}, {"attribute_to": "department"}),
         ({"dept": "qc", "individual_known": False}, {"attribute_to": "qc_department"})],
        clauses="CM-19 CM-20",
    ),
    Rule(
        "deduction", {"loss": MONEY, "dept_points": COUNT, "person_points": COUNT, "bonus": MONEY},
        ["number(loss) / dept_points * person_points <= number(bonus) / 2"],
        ["this_month", "instalments"],
        [(["true"], ["round(number(loss) / dept_points * person_points, 2)", "1"]),
         (["false"],
          ["round(number(bonus) / 2, 2)",
           "int(-(-number(loss) / dept_points * person_points // (number(bonus) / 2)))"])],
        [({"loss": "9000.00", "dept_points": 6, "person_points": 2, "bonus": "2400.00"},
          {"this_month": "1200.00", "instalments": 3}),
         ({"loss": "100.00", "dept_points": 3, "person_points": 1, "bonus": "2400.00"},
          {"this_month": "33.33", "instalments": 1})],
        clauses="CM-21-2 CM-21-3",
    ),
    Rule(
        "handin-schedule",
        {"document": one_of("phone_dispatch_log", "dispatch_sheet", "revisit_statistics")},
        ["document"], ["due"],
        [(['"phone_dispatch_log"'], ['"每季度首月2日"']), (['"dispatch_sheet"'], ['"每月2日"']),
         (['"revisit_statistics"'], ['"每周二"'])],
        [({"document": "revisit_statistics"}, {"due": "每周二"})],
        clauses="SN-08-1 SN-08-2 SN-08-3",
    ),
    Rule(
        "visit-cycle", {"in_warranty": YES, "kind": one_of("onsite", "phone", "quality")},
        ["kind", "in_warranty"], ["cycle"],
        [(['"onsite"', "true"], ['"P3M"']), (['"onsite"', "false"], ['"P6M"']),
         (['"phone", "quality"', "-"], ['"P1M"'])],
        [({"kind": "onsite", "in_warranty": False}, {"cycle": "P6M"})],
        clauses="MW-04-6c MW-04-6d MW-04-6e",
    ),
    Rule(
        "opinion-severity", {"severity": one_of("major", "ordinary")}, ["severity"],
        ["handler", "answer_by"],
        [(['"major"'], ['"deputy-gm"', '["letter"]']),
         (['"ordinary"'], ['"tech-dept"', '["letter", "phone"]'])],
        [({"severity": "ordinary"}, {"handler": "tech-dept", "answer_by": ["letter", "phone"]})],
        clauses="MO-05a MO-05b",
    ),
    Rule(
        "return-proof",
        {"proofs": Asked("choices", ("original_invoice", "sealed_copy", "certificate", "photo"))},
        ["proofs"], ["proven"],
        [(['"original_invoice" in ?'], ["true"]), (['"sealed_copy" in ?'], ["true"]),
         (['"certificate" in ?'], ["true"]), (["-"], ["false"])],
        [({"proofs": ["photo", "certificate"]}, {"proven": True}),
         ({"proofs": ["photo"]}, {"proven": False}), ({"proofs": []}, {"proven": False})],
        policy='hitPolicy="FIRST"', clauses="Q17: one of three",
    ),
    Rule(
        "closed-late", {"closed_on": DAY, "due_on": DAY}, ["date(closed_on)"], ["late"],
        [(["<= date(due_on)"], ["false"]), (["> date(due_on)"], ["true"])],
        [({"closed_on": "2026-10-08", "due_on": "2026-10-08"}, {"late": False}),
         ({"closed_on": "2026-10-10", "due_on": "2026-10-09"}, {"late": True})],
        clauses="Q57: closed but late",
    ),
    Rule(
        "backup-machine", {"repair_takes": one_of("PT6H", "PT12H", "P1D", "P3D")},
        ["repair_takes"], ["backup"],
        [(['<= duration("PT12H")'], ["false"]), (['> duration("PT12H")'], ["true"])],
        [({"repair_takes": "PT12H"}, {"backup": False}),
         ({"repair_takes": "P1D"}, {"backup": True})],
        clauses="Q52: 12 hours, else a backup within 24",
    ),
    Rule(
        "score", {"speed": COUNT, "manner": COUNT, "skill": COUNT}, ["speed", "manner", "skill"],
        ["lost"],
        [(["< 3", "-", "-"], ["2"]), (["-", "< 3", "-"], ["1.5"]), (["-", "-", "< 3"], ["1"])],
        [({"speed": 1, "manner": 2, "skill": 5}, {"lost": "3.5"}),
         ({"speed": 5, "manner": 5, "skill": 5}, {"lost": 0})],
        policy='hitPolicy="COLLECT" aggregation="SUM"', default="0", clauses="Q56: ratings",
    ),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_written_rule_is_a_table(rule: Rule) -> None:
    data = table(rule.name, rule.inputs, rule.outputs, rule.rows, rule.policy, default=rule.default)
    p = Process("demo")
    p.message_start()
    p.rule("ask", rule.name)
    p.end()
    p.chain("opened", "ask", "done")
    compiled = compile_procedure(
        {**files_of(p), f"bpmn/decisions/{rule.name}.dmn": data}, root="demo", roles=ROLES,
        clauses=(), forms={"demo/opened": rule.fields},
    )  # fmt: skip
    for answers, said in rule.cases:
        (decision,) = spiff.start(compiled, answers, now=T0).decisions
        assert decision.outputs == said, answers


def test_every_table_of_the_requirements_is_here() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.name for rule in RULES} >= {
        "approval-authority", "arrival", "attribution", "chargeability", "close-deadline",
        "complaint-class", "deduction", "escalation-levels", "handin-schedule", "loss-apportion",
        "loss-basis", "mall-return", "medical-response", "onsite-arrival", "opinion-severity",
        "penalty-conversion", "problem-size", "repair-limit", "responsible-dept",
        "return-tolerance", "revisit-person", "sanction-standard", "service-class",
        "stage-deadline", "suggestion-class", "visit-cycle",
    }  # fmt: skip
