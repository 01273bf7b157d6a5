"""Every tool of Liaison, bound to the parts of an installation. A new one is a file and a row here."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.campaigns.desk import ReviewDesk
from assistant.campaigns.library import Library
from assistant.conversation.converse import Conversation
from assistant.cosell.desk import CoSellDesk
from assistant.gaps.feedback import FeedbackDesk
from assistant.ports.deal_desk import Reviews
from assistant.ports.escalations import Escalations
from assistant.ports.prm import Prm
from assistant.tools.answer_invitation import AnswerInvitationTool
from assistant.tools.approve_review import ApproveReviewTool
from assistant.tools.certifications import Certifications
from assistant.tools.check_deal import CheckDeal
from assistant.tools.deal_form import Products
from assistant.tools.deal_status import DealStatus
from assistant.tools.draft_campaign import DraftCampaign
from assistant.tools.escalate import Escalate
from assistant.tools.extend_deal import ExtendDealTool
from assistant.tools.fund_balance import FundBalanceTool
from assistant.tools.invitations import Invitations
from assistant.tools.invite_partner import InvitePartnerTool
from assistant.tools.learning_path import LearningPath
from assistant.tools.list_deals import ListDeals
from assistant.tools.list_reviews import ListReviews
from assistant.tools.read_section import ReadSection
from assistant.tools.recommend_partners import RecommendPartners
from assistant.tools.record_feedback import RecordFeedback
from assistant.tools.register_deal import RegisterDealTool
from assistant.tools.reject_review import RejectReviewTool
from assistant.tools.request_funds import RequestFundsTool
from assistant.tools.search_content import SearchContent
from assistant.tools.tier_progress import TierProgressTool
from assistant.tools.toolbox import Toolbox
from assistant.tools.update_deal import UpdateDealTool
from assistant.tools.withdraw_deal import WithdrawDealTool

ANY = Products()


@dataclass(frozen=True, slots=True)
class Parts:
    """What the tools work on; `programme` names the campaign texts."""

    prm: Prm
    desk: Reviews
    conversation: Conversation
    feedback: FeedbackDesk
    escalations: Escalations
    cosell: CoSellDesk
    library: Library
    programme: str
    products: Products = ANY
    reviews: ReviewDesk | None = None  # where drafted campaigns are kept; without one they are only shown


def roster(parts: Parts) -> Toolbox:
    """The toolbox with every tool."""
    prm, products, answerer = parts.prm, parts.products, parts.conversation.answerer
    return Toolbox(
        (
            SearchContent(parts.conversation),
            ReadSection(answerer.retriever),
            ListDeals(prm),
            DealStatus(prm),
            CheckDeal(prm, products),
            RegisterDealTool(prm, products),
            UpdateDealTool(prm, products),
            WithdrawDealTool(prm),
            ExtendDealTool(prm),
            ListReviews(parts.prm, parts.desk),
            ApproveReviewTool(prm, parts.desk),
            RejectReviewTool(prm, parts.desk),
            Certifications(prm),
            TierProgressTool(prm, answerer),
            FundBalanceTool(prm),
            RequestFundsTool(prm),
            RecommendPartners(parts.cosell, products, parts.escalations),
            Invitations(prm),
            InvitePartnerTool(prm),
            AnswerInvitationTool(prm),
            DraftCampaign(prm, parts.library, parts.programme, parts.reviews),
            LearningPath(prm, answerer),
            RecordFeedback(parts.feedback, parts.conversation.threads),
            Escalate(parts.escalations),
        )
    )
