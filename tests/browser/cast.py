"""The cases on the pictures: customers that do not exist, and pumps that leak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.tasks import completing
from forms.definition import COMPANY_ZONE
from tests.browser.company import walk
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from tests.procedures.walk import Walk

Way = tuple["str | float", ...]

MOMENTS = 60
"""How often the worker looks in while time passes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A case: what is complained of, and its steps with the hours between them."""

    customer: str
    zone: str
    product: str
    description: str
    way: Way


REGISTERED: Way = (*REGISTER, 2.3)
REPORTED: Way = (*REGISTERED, "review_content", *INVESTIGATE[:3], 9.4, *INVESTIGATE[3:])
DECIDED: Way = (*REPORTED, 3.6, "determine_handling", "plan_quality_handling", 5.1, "decide")
NEGOTIATED: Way = (*DECIDED, 14.2, *NEGOTIATE)
CAST = {
    "opinion": Part(
        *("阿拉木图七河农机", "overseas", "ISW100-160 管道泵"),
        "两台泵运行不足百小时，机械密封漏水。",
        (*NEGOTIATED, 16.7),
    ),
    "archive": Part(
        *("喀什绿洲灌溉工程公司", "in_xinjiang", "QJ250 深井泵"),
        "三台电机绝缘偏低，启动跳闸。",
        (*NEGOTIATED, "write_opinion", 1.2, "decide", 2.9),
    ),
    "handled": Part(
        *("克拉玛依恒通油服", "in_xinjiang", "KCB83 齿轮油泵"),
        "整批十二台噪声超标，现场停用。",
        (*REPORTED, 20.5),
    ),
    "determined": Part(
        *("银川金凤供热公司", "china", "IS80-65-160 离心泵"),
        "六台轴承温升过高，供热期内三次停机。",
        (*REPORTED, 4.8),
    ),
    "late": Part(
        *("西安渭水机电", "china", "ISG65-200 管道泵"),
        "五台叶轮有气孔，扬程达不到铭牌。",
        (*REGISTER, 14.4),
    ),
    "investigated": Part(
        *("哈密天源水务有限公司", "in_xinjiang", "QJ200 深井泵"),
        "四千台中有一百八十台泵壳接缝渗水，客户要求退换。",
        (*REGISTERED, "review_content", 4.1, "inspect_sample", 3.3),
    ),
    "reviewed": Part(
        *("伊宁河谷酒业", "in_xinjiang", "CQB50-32-160 磁力泵"),
        "隔离套开裂，物料外泄。",
        (*REGISTER, 3.9),
    ),
    "registered": Part(
        *("乌鲁木齐北园物业", "in_xinjiang", "XBD6/20 消防泵"),
        "验收试泵时压力不足。",
        (*REGISTER[:-1], 1.6),
    ),
}


def play(conn: Connection) -> dict[str, UUID]:
    """Take the whole cast to where they are just now; return their cases by name."""
    now = datetime.now(UTC)
    played = {name: _one(walk(conn), part, now) for name, part in CAST.items()}
    handled = played["handled"]
    office, task = handled.person("gm-office"), handled.task("determine_handling").id
    completing.claim(conn, task, by=office, now=now)
    typed = {"upheld": ["upheld"], "handling_reason": ["齿轮精度不合格，"]}
    completing.save_draft(conn, task, typed, by=office, now=now)
    return {name: one.case_id for name, one in played.items()}


def _one(case: Walk, part: Part, now: datetime) -> Walk:
    hours = sum(step for step in part.way if not isinstance(step, str))
    case.now = now - timedelta(hours=hours)
    day = case.now.astimezone(COMPANY_ZONE).date()
    about = {"customer": part.customer, "zone": part.zone, "product": part.product}
    case.opens(**about, description=part.description, received_at=str(day))
    for step in part.way:
        if isinstance(step, str):
            case.does(step, **_fitting(step, part, case.now))
        else:
            for _ in range(MOMENTS):
                case.after(hours=step / MOMENTS)
    return case


def _fitting(step: str, part: Part, now: datetime) -> dict[str, Any]:
    """Return what a step's usual answers have to be replaced by."""
    day = now.astimezone(COMPANY_ZONE).date()
    if step == "establish_data":
        delivered = str(day - timedelta(days=20))
        return {
            "received_at": str(day),
            "delivered_at": delivered,
            "complaint_reason": part.description,
        }
    if step == "register_case":
        return {"received_at": str(day), "zone": part.zone}
    return {}
