"""The desk of co-sell recommendations of an installation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assistant.cosell.desk import CoSellDesk
from assistant.ports.prm import Prm
from integrations import cosell_file

if TYPE_CHECKING:
    from integrations.bootstrap import Liaison


def desk_of(liaison: Liaison, *, prm: Prm | None = None) -> CoSellDesk:
    """Recommendations on the PRM of an installation, or on another `prm`; the model is read when one is asked for."""
    load = partial(cosell_file.load, liaison.settings.data)
    return CoSellDesk(prm or liaison.prm.prm, model=load, log=liaison.exposures, clock=liaison.clock)
