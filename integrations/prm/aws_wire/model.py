"""Amazon's own description of Partner Central Selling, as botocore ships it."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

SERVICE = "partnercentral-selling"
LISTED = re.compile(r"Valid values: <code>([^<]*\|[^<]*)</code>")


@cache
def selling() -> ServiceModel:
    """The newest service model that is installed."""
    return ServiceModel(Loader().load_service_model(SERVICE, "service-2"), service_name=SERVICE)


@cache
def operations() -> frozenset[str]:
    """The names of all operations."""
    return frozenset(selling().operation_names)


@cache
def operation(name: str) -> OperationModel:
    """One operation."""
    return selling().operation_model(name)


@cache
def shape(name: str) -> Shape:
    """One shape by its name, such as "Customer"."""
    return selling().shape_for(name)


def allowed(shape_name: str) -> tuple[str, ...]:
    """The values an enumeration takes."""
    return tuple(shape(shape_name).enum)


@cache
def documented(shape_name: str, member: str) -> frozenset[str]:
    """The values of a member that only its description lists, such as Project.CustomerUseCase; empty for any."""
    found = LISTED.search(shape(shape_name).members[member].documentation)
    return frozenset(unescape(each).strip() for each in found[1].split("|")) if found else frozenset()
