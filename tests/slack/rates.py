"""Sixty questions a minute in one workspace, under Slack's tiers and its end of streams, on a virtual clock.

python -m tests.slack.rates [--minutes 6] [--per-minute 60]

Everything between a question and Slack is the product's own; Slack is the mock, with the tiers of its reference, and
the model is a fake that says prepared sentences, every twentieth question over more than five minutes. The clock is
virtual: whenever nothing can go on, it jumps to the next thing that is due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import selectors
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assistant.answering.events import Answered, AnswerEvent, AnswerFinished, SentenceReady
from assistant.domain.answer import Answer, AnswerSentence, AnswerStatus
from assistant.domain.people import TierLadder
from assistant.retrieval.retrieve import Question, Retrieved
from assistant.testing.content import MemoryContent
from integrations.directory import Directory
from integrations.surfaces.slack.actor import Actor
from integrations.surfaces.slack.facts import SlackFacts
from integrations.surfaces.slack.organizations import Organizations
from integrations.surfaces.slack.outgoing import Governor, SlackCalls
from integrations.surfaces.slack.people import WhoIsWho
from integrations.surfaces.slack.replying import Replier, Said
from tests.slack.mock import Message, MockSlack
from tests.slack.spec import web_api

TOKEN = "xoxb-1"
LATENCY = (0.05, 0.25)  # seconds of a call to Slack
FIRST_SENTENCE = 0.8  # seconds of the fake model until it begins
SLOW_EVERY = 20
WORDS = ("partner", "deal", "registration", "margin", "tier", "*rebate*", "& fee", "< 90 days >", "claim", "evidence")


class Virtual(selectors.DefaultSelector):
    """Waits by turning the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; when nothing is, the time has passed."""
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on a virtual clock. Nothing in it may wait for a thread or a socket."""

    def __init__(self) -> None:
        self.clock = Virtual()
        super().__init__(self.clock)

    def time(self) -> float:
        """The virtual time in seconds."""
        return self.clock.now


class DirectClient(AsyncWebClient):
    """Calls the mock without a socket, after as long as a call takes."""

    def __init__(self, slack: MockSlack, dice: random.Random) -> None:
        super().__init__(TOKEN)
        self._slack, self._dice = slack, dice

    async def api_call(
        self, api_method: str, *, json: Any = None, params: Any = None, **_more: Any
    ) -> AsyncSlackResponse:
        """What the mock answers; raises as the SDK does."""
        await asyncio.sleep(self._dice.uniform(*LATENCY))
        answer, wait = self._slack.answer(api_method, TOKEN, params if json is None else json)
        made = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer,
            headers={"Retry-After": str(int(wait + 0.999))} if wait else {},
            status_code=429 if wait else 200,
        )
        if not answer.get("ok"):
            raise SlackApiError(str(answer.get("error")), made)  # type: ignore[no-untyped-call]
        return made


@dataclass
class Scripted:
    """A model that says a prepared answer; `began` is when it said its first sentence, by question."""

    now: Callable[[], float]
    answers: dict[str, str] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)

    async def stream(self, _thread: str, question: Question, *, key: str = "") -> AsyncGenerator[AnswerEvent]:
        """The sentences of the answer, then the whole."""
        number = int(question.text.split()[-1])
        dice = random.Random(number)
        sentences = [" ".join(dice.choices(WORDS, k=dice.randint(6, 30))) + ". " for _ in range(dice.randint(3, 60))]
        pause = 400 / len(sentences) if number % SLOW_EVERY == 0 else dice.uniform(0.02, 0.6)
        await asyncio.sleep(FIRST_SENTENCE)
        self.began[question.text] = self.now()
        for sentence in sentences:
            yield SentenceReady(AnswerSentence(sentence, ()), sentence)
            await asyncio.sleep(pause)
        text = self.answers[question.text] = "".join(sentences).rstrip()
        answer = Answer(status=AnswerStatus.ANSWERED, question=question.text, text=text, language="en", id=f"a{number}")
        nothing = Retrieved(question=question, language="en", generation=1)
        yield AnswerFinished(Answered(answer, nothing))


class NoLinks:
    """Nobody is linked."""

    async def principal(self, _team: str, _user: str) -> str:
        """Nobody."""
        return ""


def visible(message: Message) -> str:
    """What a message says: its Markdown where it has any, else its text."""
    said = [block["text"] for block in message.blocks if block["type"] == "markdown"]
    return "".join(said) if said else message.text


def workspace(shared: Path, now: Callable[[], float], people: int) -> MockSlack:
    """A workspace with so many people: half ask in direct messages, half in threads of ten channels."""
    slack = MockSlack(web_api(shared), now=now)
    for number in range(people):
        id_ = f"U{number}"
        slack.people[id_] = {"id": id_, "team_id": "T1", "is_restricted": False, "locale": "en-US", "profile": {}}
        if number % 2:
            slack.channels[f"D{number}"] = {"id": f"D{number}", "is_im": True}
    for number in range(10):
        slack.channels[f"C{number}"] = {"id": f"C{number}", "is_im": False}
        slack.members[f"C{number}"] = [f"U{each}" for each in range(0, people, 2)][:20]
    return slack


async def measured(shared: Path, *, minutes: int, per_minute: int) -> dict[str, Any]:
    """Ask, wait for the last reply, and count."""
    loop = asyncio.get_running_loop()
    slack, dice = workspace(shared, loop.time, people=per_minute), random.Random(1)
    calls = SlackCalls(DirectClient(slack, dice), Governor(loop.time))
    ladder, model = TierLadder(), Scripted(loop.time)
    facts = SlackFacts(calls, now=loop.time)
    who = WhoIsWho(facts, NoLinks(), Organizations(teams={"T1": "vendor"}), Directory(None), ladder)
    replier = Replier(turn=model, who=who, calls=calls, content=MemoryContent())
    asked: dict[str, float] = {}
    failures: list[str] = []

    async def ask(number: int) -> None:
        await asyncio.sleep(60 / per_minute * number + dice.uniform(0, 60 / per_minute))
        person = number % per_minute
        text, channel = f"Question {number}", f"D{person}" if person % 2 else f"C{dice.randrange(10)}"
        asked[text] = loop.time()
        try:
            await replier.reply(Said(Actor("T1", f"U{person}", team="T1", channel=channel), text, thread=f"1.{number}"))
        except Exception as error:  # noqa: BLE001 - each is counted and named
            failures.append(f"{type(error).__name__}: {error}")

    await asyncio.gather(*(ask(number) for number in range(1, minutes * per_minute + 1)))
    return told(slack, asked, model, failures)


def told(slack: MockSlack, asked: dict[str, float], model: Scripted, failures: list[str]) -> dict[str, Any]:
    """The counts. Delay is from a question to its first text, without the seconds of the model."""
    lost, wrong, delays, waits = 0, 0, [], []
    started = {c.arguments["thread_ts"]: c.at for c in slack.calls if c.method == "chat.startStream" and not c.error}
    done = {c.arguments["thread_ts"]: c.at for c in slack.calls if c.method == "chat.postMessage" and not c.error}
    for question, at in asked.items():
        thread = f"1.{question.split()[-1]}"
        shown = "".join(visible(each) for each in slack.messages.values() if each.thread == thread)
        expected = model.answers.get(question, "")
        lost += max(0, len(expected) - len(shown))
        wrong += shown != expected
        if thread in started:
            delays.append(started[thread] - at - FIRST_SENTENCE)
        elif thread in done:
            waits.append(done[thread] - at)
    delays.sort()
    calls = slack.calls
    return {
        "questions": len(asked),
        "streamed": len(delays),
        "as one message": len(waits),
        "lost characters": lost,
        "replies that differ from the answer": wrong,
        "stuck messages": sum(message.streaming_since is not None for message in slack.messages.values()),
        "429 answers": sum(call.error == "ratelimited" for call in calls),
        "failed replies": failures[:5],
        "faults": slack.faults[:5],
        "streams that Slack had ended": sum(call.error == "message_not_in_streaming_state" for call in calls),
        "first text p50 s": round(delays[len(delays) // 2], 2) if delays else None,
        "first text p95 s": round(delays[int(len(delays) * 0.95)], 2) if delays else None,
        "one message, longest s": round(max(waits), 1) if waits else None,
        "calls": len(calls),
    }


def held(result: dict[str, Any]) -> bool:
    """Whether nothing was lost, stuck or unhandled, and text was seen in time."""
    clean = ("lost characters", "replies that differ from the answer", "stuck messages", "failed replies", "faults")
    return not any(result[name] for name in clean) and bool(result["streamed"]) and result["first text p95 s"] <= 1.0


def run(shared: Path, *, minutes: int, per_minute: int) -> dict[str, Any]:
    """The counts of a run on a clock of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(measured(shared, minutes=minutes, per_minute=per_minute))


def main() -> int:
    """Run, print, and fail when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=6)
    parser.add_argument("--per-minute", type=int, default=60)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("LIAISON_SHARED", "../shared")))
    asked = parser.parse_args()
    result = run(asked.shared, minutes=asked.minutes, per_minute=asked.per_minute)
    print(json.dumps(result, indent=1))  # noqa: T201 - the result of the command
    return 0 if held(result) else 1


if __name__ == "__main__":
    sys.exit(main())
