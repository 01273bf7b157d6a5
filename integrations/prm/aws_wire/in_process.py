"""Lets a boto3 client talk to a server in the same process, past HTTP: for tests and measurements of many calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer

from integrations.prm.aws_wire.model import SERVICE, operation, operations
from integrations.prm.aws_wire.server import AwsWire
from integrations.prm.aws_wire.session import Document
from integrations.prm.aws_wire.signature import AccessKey, Call

ADDRESS = "http://127.0.0.1:9/aws/"
ERROR = 300


class _Body:
    """What botocore reads a raw answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_options: object) -> Iterator[bytes]:
        yield self._content


Watch = Callable[[str, int], None]
Answer = Callable[[str, bytes], tuple[int, bytes]]


class Spoken:
    """A client that asks a function in the place of a service, past HTTP and signatures.

    What it sends is what boto3 would: botocore's own validator and serializer make the body and its parser reads the
    answer. The function gets the operation and the body, and gives the HTTP status and the JSON body.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._serializer, readers = create_serializer("json"), ResponseParserFactory()
        readers.set_parser_defaults(timestamp_parser=datetime.fromisoformat)  # the quicker one
        self._parser = readers.create_parser("json")
        names = {xform_name(name): name for name in operations()}
        self.meta = SimpleNamespace(method_to_api_mapping=names)

    def __getattr__(self, method: str) -> Callable[..., Document]:
        name = self.meta.method_to_api_mapping[method]
        model = operation(name)

        def call(**request: Any) -> Document:  # noqa: ANN401 - the model says which
            sent = self._serializer.serialize_to_request(request, model)
            status, body = self._answer(name, sent["body"])
            received = {"status_code": status, "headers": {}, "body": body}
            told: Document = self._parser.parse(received, model.output_shape)
            if status >= ERROR:
                raise ClientError(told, name)
            return told

        setattr(self, method, call)
        return call


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
