"""Puts together what people click, command and send in one workspace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from assistant.agents.products import ProductNames
from assistant.tools.answer_invitation import AnswerInvitationTool
from assistant.tools.deal_form import Products
from assistant.tools.extend_deal import ExtendDealTool
from assistant.tools.invitations import Invitations
from assistant.tools.invite_partner import InvitePartnerTool
from assistant.tools.recommend_partners import RecommendPartners
from assistant.tools.register_deal import RegisterDealTool
from assistant.tools.reject_review import RejectReviewTool
from assistant.tools.request_funds import RequestFundsTool
from assistant.tools.tool import AnyTool
from assistant.tools.toolbox import Toolbox
from assistant.tools.update_deal import UpdateDealTool
from assistant.tools.withdraw_deal import WithdrawDealTool
from integrations.bootstrap import Liaison
from integrations.coselling import desk_of
from integrations.surfaces.slack.announcing import Announcer
from integrations.surfaces.slack.approving import Approvals
from integrations.surfaces.slack.changing import Changes
from integrations.surfaces.slack.cosell import CoSell
from integrations.surfaces.slack.dialogue import Dialogue
from integrations.surfaces.slack.forms import DealForms
from integrations.surfaces.slack.home import Forget, Home
from integrations.surfaces.slack.interactions import Interactions
from integrations.surfaces.slack.outgoing import SlackCalls
from integrations.surfaces.slack.patience import PATIENCE, Patience
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.prompting import Prompts
from integrations.surfaces.slack.reading import DealReader
from integrations.surfaces.slack.responding import Responses
from integrations.surfaces.slack.reviewers import Reviewers
from integrations.surfaces.slack.reviewing import ReviewQueue

if TYPE_CHECKING:
    from assistant.agents.agent import Agent


@dataclass(frozen=True, slots=True)
class Office:
    """What the parts of a workspace share: its installation, calls, people, and how somebody is forgotten."""

    liaison: Liaison
    team: str
    client: AsyncWebClient
    calls: SlackCalls
    who: WhoIsWho
    forget: Forget
    agent: Callable[[], Awaitable[Agent]]
    patience: Patience = PATIENCE

    def parts(self) -> tuple[Interactions, Dialogue]:
        """The parts that answer interactions, and the one that talks."""
        approvals, queue = self._approvals(), self._queue()
        forms = self._forms(approvals)
        prompts = Prompts(self.who, self.calls)
        chat, prm = self.liaison.slack.desk, self.liaison.prm.prm
        interactions = Interactions(
            who=self.who,
            calls=self.calls,
            responses=self._responses,
            forms=forms,
            approvals=approvals,
            changes=self._changes(approvals),
            queue=queue,
            cosell=self._cosell(),
            home=Home(chat, prm, self.who, self.calls, queue, self.forget),
            prompts=prompts,
            announcer=Announcer(prm, self.who, self.calls, chat),
        )
        return interactions, Dialogue(self.agent, chat, approvals, forms.reader, self.calls)

    @property
    def _responses(self) -> Responses:
        return Responses(self.client.session)

    def _approvals(self) -> Approvals:
        liaison = self.liaison
        return Approvals(
            team=self.team,
            desk=liaison.approval_desk,
            book=liaison.approvals,
            chat=liaison.slack.desk,
            who=self.who,
            calls=self.calls,
            responses=self._responses,
        )

    def _forms(self, approvals: Approvals) -> DealForms:
        liaison = self.liaison
        settings = liaison.settings
        names = ProductNames(liaison.content, settings.products, settings.vendor)
        return DealForms(
            chat=liaison.slack.desk,
            desk=liaison.approval_desk,
            tool=RegisterDealTool(liaison.prm.prm, Products(settings.products)),
            reader=DealReader(names, liaison.clock),
            who=self.who,
            calls=self.calls,
            responses=self._responses,
            approvals=approvals,
            inbox=liaison.slack.inbox,
            clock=liaison.clock,
            patience=self.patience,
        )

    def _changes(self, approvals: Approvals) -> Changes:
        prm, products = self.liaison.prm.prm, Products(self.liaison.settings.products)
        tools: tuple[AnyTool, ...] = (
            UpdateDealTool(prm, products),
            WithdrawDealTool(prm),
            ExtendDealTool(prm),
            RequestFundsTool(prm),
            InvitePartnerTool(prm),
            AnswerInvitationTool(prm),
            RejectReviewTool(prm, self.liaison.prm.desk),
        )
        by_name = {tool.name: tool for tool in tools}
        return Changes(by_name, approvals, self.liaison.slack.inbox, self.liaison.clock, products.codes, self.patience)

    def _queue(self) -> ReviewQueue:
        prm, slack = self.liaison.prm, self.liaison.slack
        reviewers = Reviewers(self.team, self.calls, self.who, slack.links)
        return ReviewQueue(
            desk=prm.desk,
            prm=prm.prm,
            who=self.who,
            calls=self.calls,
            responses=self._responses,
            chat=slack.desk,
            reviewers=reviewers,
        )

    def _cosell(self) -> CoSell:
        liaison = self.liaison
        prm, settings = liaison.prm.prm, liaison.settings
        recommend = RecommendPartners(desk_of(liaison), Products(settings.products), liaison.conversations.escalations)
        toolbox = Toolbox((recommend, Invitations(prm)))
        return CoSell(toolbox, prm=prm, who=self.who, responses=self._responses, clock=liaison.clock)
