"""Lets a boto3 client talk to the wire in the same process, past HTTP: for tests and measurements of many calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from integrations.prm.aws_wire.model import SERVICE
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.signature import AccessKey, Call

ADDRESS = "http://127.0.0.1:9/aws/"


class _Body:
    """What botocore reads a raw answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_options: object) -> Iterator[bytes]:
        yield self._content


Watch = Callable[[str, int], None]


def client_of(
    wire: AwsWire, key: AccessKey, *, retries: int = 1, checked: bool = True, watch: Watch | None = None
) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    """An ordinary boto3 client of Partner Central Selling whose requests go to `wire` without a socket.

    `checked=False` turns off what botocore itself refuses, so that the wire is asked. `watch` is told the operation and
    the status of each call.
    """
    client = boto3.client(
        SERVICE,
        endpoint_url=ADDRESS,
        region_name="us-east-1",
        aws_access_key_id=key.access_key,
        aws_secret_access_key=key.secret,
        config=Config(retries={"total_max_attempts": retries}, parameter_validation=checked),
    )

    def send(request: AWSPreparedRequest, **_context: object) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.setdefault("host", ADDRESS.split("/")[2])
        body = request.body or b""
        call = Call("POST", request.url, headers, body.encode() if isinstance(body, str) else body)
        reply = wire.answer(call)
        if watch is not None:
            watch(headers["x-amz-target"].rpartition(".")[2], reply.status)
        sent = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": reply.request_id}
        return AWSResponse(request.url, reply.status, sent, _Body(reply.body))

    client.meta.events.register("before-send", send)
    return client


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
