"""Every operation of Partner Central Selling and the function that answers it."""

from __future__ import annotations

from collections.abc import Callable

from integrations.prm.aws_wire import associations, engagements, listing, opportunities, snapshots, tags, tasks
from integrations.prm.aws_wire.session import Document, Session

OPERATIONS: dict[str, Callable[[Session, Document], Document]] = {
    "AcceptEngagementInvitation": engagements.accept_invitation,
    "AssignOpportunity": opportunities.assign_opportunity,
    "AssociateOpportunity": associations.associate,
    "CreateEngagement": engagements.create_engagement,
    "CreateEngagementContext": engagements.create_context,
    "CreateEngagementInvitation": engagements.create_invitation,
    "CreateOpportunity": opportunities.create_opportunity,
    "CreateResourceSnapshot": snapshots.create_snapshot,
    "CreateResourceSnapshotJob": snapshots.create_job,
    "DeleteResourceSnapshotJob": snapshots.delete_job,
    "DisassociateOpportunity": associations.disassociate,
    "GetAwsOpportunitySummary": associations.aws_summary,
    "GetEngagement": engagements.get_engagement,
    "GetEngagementInvitation": engagements.get_invitation,
    "GetOpportunity": opportunities.get_opportunity,
    "GetProspectingFromEngagementTask": tasks.no_prospecting,
    "GetResourceSnapshot": snapshots.get_snapshot,
    "GetResourceSnapshotJob": snapshots.get_job,
    "GetSellingSystemSettings": tags.get_settings,
    "ListEngagementByAcceptingInvitationTasks": tasks.list_tasks(tasks.ACCEPTING),
    "ListEngagementFromOpportunityTasks": tasks.list_tasks(tasks.FROM_OPPORTUNITY),
    "ListEngagementInvitations": engagements.list_invitations,
    "ListEngagementMembers": engagements.list_members,
    "ListEngagementResourceAssociations": engagements.list_associations,
    "ListEngagements": engagements.list_engagements,
    "ListOpportunities": listing.list_opportunities,
    "ListOpportunityFromEngagementTasks": tasks.list_tasks(tasks.FROM_ENGAGEMENT),
    "ListProspectingFromEngagementTasks": tasks.no_prospecting,
    "ListResourceSnapshotJobs": snapshots.list_jobs,
    "ListResourceSnapshots": snapshots.list_snapshots,
    "ListSolutions": listing.list_solutions,
    "ListTagsForResource": tags.list_tags,
    "PutSellingSystemSettings": tags.put_settings,
    "RejectEngagementInvitation": engagements.reject_invitation,
    "StartEngagementByAcceptingInvitationTask": tasks.start_by_accepting,
    "StartEngagementFromOpportunityTask": tasks.start_from_opportunity,
    "StartOpportunityFromEngagementTask": tasks.start_from_engagement,
    "StartProspectingFromEngagementTask": tasks.no_prospecting,
    "StartResourceSnapshotJob": snapshots.start_job,
    "StopResourceSnapshotJob": snapshots.stop_job,
    "SubmitOpportunity": opportunities.submit_opportunity,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateEngagementContext": engagements.update_context,
    "UpdateOpportunity": opportunities.update_opportunity,
}
READS = frozenset(name for name in OPERATIONS if name.startswith(("Get", "List")))
