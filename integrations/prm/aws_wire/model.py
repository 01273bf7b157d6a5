"""Amazon's own description of Partner Central Selling, as botocore ships it."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

SERVICE = "partnercentral-selling"


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
