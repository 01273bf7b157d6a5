"""Tags on resources, and the partner's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integrations.prm.aws_wire.refusal import Refusal, not_found
from integrations.prm.aws_wire.session import Document, Drawer, Session

MOST = 200
RESOURCES = ("opportunity", "resource-snapshot-job", "engagement")


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one resource; its id is the resource's ARN."""

    id: str
    owner: str
    modified: datetime
    values: dict[str, str]

    @property
    def about(self) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a partner set for its account; its id is the partner's."""

    id: str
    owner: str
    modified: datetime
    job_role: str = ""

    @property
    def about(self) -> str:
        """Nothing."""
        return ""


TAGS = Drawer(Tags, "tags")
SETTINGS = Drawer(Settings, "settings")


def keep_tags(session: Session, arn: str, tags: list[Document]) -> None:
    """Add tags to a resource. Raises ServiceQuotaExceeded above 200."""
    if not tags:
        return
    found = TAGS.find(session, arn)
    values = {**(found.values if found else {}), **{each["Key"]: each["Value"] for each in tags}}
    if len(values) > MOST:
        raise Refusal("ServiceQuotaExceededException", f"A resource has at most {MOST} tags.")
    record = Tags(id=arn, owner=session.caller.partner_id, modified=session.now, values=values)
    (TAGS.put if found else TAGS.add)(session, record)


def tag_resource(session: Session, request: Document) -> Document:
    """Add or change tags."""
    keep_tags(session, _own(session, request["ResourceArn"]), request["Tags"])
    return {}


def untag_resource(session: Session, request: Document) -> Document:
    """Remove tags by key."""
    found = TAGS.find(session, _own(session, request["ResourceArn"]))
    if found is not None:
        left = {key: value for key, value in found.values.items() if key not in request["TagKeys"]}
        TAGS.put(session, Tags(id=found.id, owner=found.owner, modified=session.now, values=left))
    return {}


def list_tags(session: Session, request: Document) -> Document:
    """The tags of a resource. The model has no empty list of tags: a resource without any is not found."""
    arn = _own(session, request["ResourceArn"])
    found = TAGS.find(session, arn)
    if found is None or not found.values:
        raise not_found("tag on", arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(found.values.items())]}


def put_settings(session: Session, request: Document) -> Document:
    """Set the role that resource snapshot jobs run under."""
    role = request.get("ResourceSnapshotJobRoleIdentifier", "")
    arn = role if role.startswith("arn:") or not role else f"arn:aws:iam::{session.caller.account_id}:role/{role}"
    record = Settings(session.caller.partner_id, session.caller.partner_id, session.now, arn)
    (SETTINGS.put if SETTINGS.find(session, record.id) else SETTINGS.add)(session, record)
    return get_settings(session, request)


def get_settings(session: Session, _request: Document) -> Document:
    """What the partner set."""
    found = SETTINGS.find(session, session.caller.partner_id)
    shown: Document = {"Catalog": session.catalog}
    return shown | ({"ResourceSnapshotJobRoleArn": found.job_role} if found and found.job_role else {})


def _own(session: Session, arn: str) -> str:
    """The ARN, if it names a resource of the caller's account that can have tags."""
    kind, _, _ = arn.removeprefix(session.arn("")).partition("/")
    if not arn.startswith(session.arn("")) or kind not in RESOURCES:
        raise not_found("resource", arn)
    return arn
