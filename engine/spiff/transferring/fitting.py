"""Whether a case stands in another version as that is drawn, so that every join behind fits.

What did not fit the older version either hinders nothing: it may be the version that mends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.going_back.standing import Starved, stands
from engine.spiff.transferring import verdicts
from engine.spiff.transferring.verdicts import CannotTransferError

if TYPE_CHECKING:
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.standing import Stand
    from engine.spiff.transferring.verdicts import Obstacle
    from engine.spiff.transferring.words import Words


def check_fit(kept: CaseFlow, case: CaseFlow, words: Words) -> None:
    """Refuse a case, as it was `kept` and carried over, that stands otherwise than drawn now.

    CannotTransferError.
    """
    before = stands(kept)
    found = [
        _said(stand, words)
        for key, stand in stands(case).items()
        if key in before and before[key].fits and not stand.fits
    ]
    if found:
        raise CannotTransferError(found)


def _said(stand: Stand, words: Words) -> Obstacle:
    process, wrong = stand.net.sheet.process_id, stand.wrong(stand.tokens)
    if isinstance(wrong, Starved):
        return verdicts.starved(process, wrong.join, words.names(process, wrong.join))
    names = (words.names(process, element) for element in wrong)
    return verdicts.apart(process, wrong.element, *names)
