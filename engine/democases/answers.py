"""What people usually answer in the manufacturer's complaint procedure, by step.

Dates that a form begins with, such as the day of receipt, are left as the form has them.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

WRITTEN: Final = date(2026, 11, 9)
"""The day of the answers: their dates are meant as seen from then."""

USUAL: Final[dict[str, dict[str, Any]]] = {
    "complaint_received": {
        "customer": "哈密天源水务有限公司",
        "customer_code": "K0042",
        "zone": "in_xinjiang",
        "contact_name": "马建国",
        "contact_phone": "13899990001",
        "channel": "phone",
        "product": "QJ200 深井泵",
        "description": "四千台中有一百八十台泵壳接缝渗水，客户要求退换。",
        "loss": True,
        "joint_inspection": False,
    },
    "record_qc_answer": {"qc_available": False},
    "assign_staff": {"assigned_staff": "总经办 周工、销售部 王芳"},
    "visit_jointly": {
        "visited_at": "2025-11-09",
        "joint_inspection_result": "现场确认接缝渗水。",
        "visit_report": "已会同客户查看，初步判断为铸件砂眼。",
    },
    "fill_slip": {
        "handling_unit": "销售部",
        "slip_handling": "现场紧固后恢复正常，客户认可。",
    },
    "establish_data": {
        "order_no": "SO-2026-0815",
        "item_no": "QJ200-80",
        "lot_no": "B2609",
        "delivered_at": "2025-10-20",
        "amount_delivered": "42000.00",
        "qty_delivered": "4000",
        "qty_defective": "180",
        "remedy_requested": ["return", "exchange"],
        "customer_demand": "退换一百八十台。",
    },
    "fill_handling_form": {
        "filling_unit": "销售部",
        "qty_undetermined": False,
        "qty_requested": "180",
        "sample_provided": True,
        "sample_tag": "Y-0001",
    },
    "comment_by_supervisor": {"supervisor_comment": "情况属实，请尽快处理。"},
    "register_case": {},
    "review_content": {"severity": "serious", "review_comment": "资料齐全。"},
    "inspect_sample": {
        "inspected_qty": "8",
        "inspection_verdict": "nonconforming",
        "inspection_result": "八台中五台砂眼渗水。",
    },
    "trace_cause": {
        "cause_code": "process",
        "responsible_dept": "production",
        "cause_analysis": "浇注温度偏低。",
    },
    "analyse_production": {
        "production_unit": "铸造车间",
        "produced_at": "2025-09-28",
        "production_staff": "乙班",
        "production_analysis": "测温仪漂移，炉温偏低二十度。",
        "countermeasure": "校准测温仪，增加首件检验。",
    },
    "report_to_gm": {"report_findings": "浇注温度偏低致砂眼，整批隔离。"},
    "instruct_on_report": {"gm_instruction": "同意，严查同批。"},
    "determine_handling": {
        "upheld": "upheld",
        "own_quality": True,
        "third_party": False,
        "handling_mode": ["exchange"],
        "qty_approved": "180",
        "amount_proposed": "8000.00",
        "handling_reason": "本公司铸造不良。",
    },
    "plan_quality_handling": {"quality_handling": "同批返工并复检。", "track_improvement": True},
    "handle_jointly": {"third_parties": "供应商甲", "joint_handling_result": "按六四分担。"},
    "decide": {"decision": "approve", "decision_text": "同意。"},
    "explain_to_customer": {
        "negotiated_with": "马建国",
        "explanation": "说明原因与换货安排。",
    },
    "tell_customer": {"told_by": "phone", "told_person": "马建国"},
    "record_negotiation": {"negotiation_result": "客户同意换货。", "customer_accepts": True},
    "review_negotiation": {"negotiation_review": "同意。"},
    "write_opinion": {
        "dept_opinions": "各部门无异议。",
        "consolidated_opinion": "换货一百八十台。",
    },
    "archive_case": {
        "copies_sent": ["qc", "production", "sales", "finance", "gm_office"],
    },
    "pass_final_decision": {
        "final_told_by": "phone",
        "final_told_person": "马建国",
        "settlement_request": "请按换货核销。",
    },
    "tell_not_upheld": {
        "final_told_by": "phone",
        "final_told_person": "马建国",
        "receivable_due": "2026-12-31",
        "customer_objects": False,
    },
    "submit_petition": {"petition_matter": "customer_objection"},
    "decide_petition": {"petition_granted": True, "petition_instruction": "同意重新处理。"},
    "convene_complaint_meeting": {
        "complaint_meeting_topic": "整批是否召回",
        "complaint_meeting_at": "2026-11-10T14:00",
        "complaint_meeting_attendees": "总经办、品管部、制造部门、销售部",
        "complaint_meeting_result": "先隔离同批，客户处的分批换回。",
    },
    "assist_customer": {
        "customer_difficulty": "灌溉期将至，泵不能停。",
        "customer_help": "借给十台备用泵。",
    },
    "assist_contact": {
        "contact_matter": "到客户处取样。",
        "contact_unit": "qc",
        "contact_help": "已约定周三上午取样。",
    },
    "report_customer_opinion": {
        "opinion_given_by": "马建国",
        "opinion_content": "希望今后随货附试压记录。",
        "opinion_proposal": "建议品管部随货附记录。",
    },
    "convene_meeting": {
        "meeting_at": "2026-11-15T10:00",
        "meeting_attendees": "各部门主管",
        "meeting_result": "限两日内完成。",
        "still_late": False,
    },
    "issue_liaison_slip": {
        "overdue_reason": "样品在途。",
        "overdue_answered_by": "刘洋",
    },
}
