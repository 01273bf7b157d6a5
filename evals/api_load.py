"""How the HTTP interface bears load: many clients in a closed loop against one, and memory over many requests.

python -m evals.api_load --data DIR [--questions FILE] [--clients 200] [--seconds 30] [--requests 20000]

DIR is a data directory that holds content; questions are asked in turn. Exits with 1 when a bar is missed: no error,
1.6 times the throughput of a single client, p95 within 1.5 x (clients / throughput), and memory that stops growing.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from evals.api_server import Connection, Served, served
from evals.questions import load_questions

MEGABYTE = 2**20
LEAST_GAIN = 1.6
MOST_P95 = 1.5  # times clients / throughput, which is what each waits when all share evenly
MOST_GROWTH = 0.05  # of resident memory between the second and the last quarter of the requests
FALLBACK = [f"What are the rules for topic {n} of the partner programme?" for n in range(200)]


@dataclass(slots=True)
class Load:
    """What a run of some clients saw. Latencies are in seconds; `memory` samples resident bytes of the server.

    `work` are the seconds of processor time that the server took, `others` those of everything else on the machine but
    the clients themselves.
    """

    clients: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    work: float = 0.0
    others: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The latency that this share of requests stayed within."""
        return float(np.quantile(self.latencies, share)) if self.latencies else float("nan")

    @property
    def course(self) -> list[int]:
        """Resident megabytes at every tenth of the run."""
        if not self.memory:
            return []
        return [self.memory[(len(self.memory) - 1) * tenth // 10] // MEGABYTE for tenth in range(11)]

    @property
    def growth(self) -> float:
        """How much more memory the last quarter of the run held than the second, as a share of it."""
        quarter = len(self.memory) // 4
        if not quarter:
            return 0.0
        return float(np.median(self.memory[-quarter:]) / np.median(self.memory[quarter : 2 * quarter]) - 1)


async def closed_loop(
    place: Served, questions: Iterator[str], *, clients: int, seconds: float = 0.0, requests: int = 0
) -> Load:
    """Clients that each ask their next question when the last one is answered, for a time or a number of requests."""
    load = Load(clients=clients)
    server = psutil.Process(place.pid)
    started, before = time.perf_counter(), _processor_seconds(server)
    left = itertools.count()

    def more() -> bool:
        return next(left) < requests if requests else time.perf_counter() - started < seconds

    async def client() -> None:
        connection = await Connection.open(place.port)
        while more():
            begun = time.perf_counter()
            try:
                status, body = await connection.post("/v1/ask", {"question": next(questions)})
            except OSError as error:
                load.errors.append(f"{type(error).__name__}: {error}")
                connection = await Connection.open(place.port)
                continue
            load.latencies.append(time.perf_counter() - begun)
            if status != 200 or b'"status"' not in body:
                load.errors.append(f"{status} {body[:200].decode(errors='replace')}")
        connection.close()

    async def watch() -> None:
        while True:
            load.memory.append(server.memory_info().rss)
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(client() for _ in range(clients)))
    watching.cancel()
    load.seconds = time.perf_counter() - started
    everything, load.work, clients_too = np.subtract(_processor_seconds(server), before).tolist()
    load.others = everything - load.work - clients_too
    return load


def _processor_seconds(server: psutil.Process) -> tuple[float, float, float]:
    """Of the whole machine, of the server, and of this process."""
    busy = psutil.cpu_times()
    times = server.cpu_times(), psutil.Process().cpu_times()
    return busy.user + busy.nice + busy.system, *(each.user + each.system for each in times)


def told(name: str, load: Load) -> str:
    """A line of the report."""
    memory = f"{load.memory[0] / MEGABYTE:.0f} to {load.memory[-1] / MEGABYTE:.0f} MB" if load.memory else ""
    return (
        f"{name:<28}{load.clients:>5} clients {len(load.latencies):>7} answers {load.throughput:>8.1f}/s  "
        f"p50 {load.quantile(0.5) * 1000:>7.0f} ms  p95 {load.quantile(0.95) * 1000:>7.0f} ms  "
        f"errors {len(load.errors)}  memory {memory}\n"
        f"{'':<28}{load.work / max(len(load.latencies), 1) * 1000:>8.1f} ms of processor time an answer, "
        f"{load.work / load.seconds:.2f} cores; everything else on the machine {load.others / load.seconds:.2f} cores"
    )


def missed(single: Load, many: Load, steady: Load | None) -> list[str]:
    """The bars that were missed."""
    found = []
    if errors := [*single.errors, *many.errors, *(steady.errors if steady else [])]:
        found.append(f"{len(errors)} errors, the first: {errors[0]}")
    gain = many.throughput / single.throughput if single.throughput else 0.0
    if gain < LEAST_GAIN:
        found.append(f"throughput {gain:.2f} times a single client, wanted {LEAST_GAIN}")
    most = MOST_P95 * many.clients / many.throughput if many.throughput else 0.0
    if not many.quantile(0.95) <= most:
        found.append(f"p95 {many.quantile(0.95):.2f} s, wanted at most {most:.2f} s")
    if steady and steady.growth > MOST_GROWTH:
        found.append(f"memory grew by {steady.growth:.1%} over {len(steady.latencies)} requests")
    return found


async def measure(place: Served, questions: list[str], *, clients: int, seconds: float, requests: int) -> list[str]:
    """Run and report; the bars that were missed."""
    asked = itertools.cycle(questions)
    await closed_loop(place, asked, clients=4, requests=40)  # caches and threads are warm from here on
    single = await closed_loop(place, asked, clients=1, seconds=seconds)
    print(told("one client", single), flush=True)  # noqa: T201 - the report
    many = await closed_loop(place, asked, clients=clients, seconds=seconds)
    print(told("all clients", many), flush=True)  # noqa: T201 - as above
    steady = None
    if requests:
        steady = await closed_loop(place, asked, clients=clients, requests=requests)
        print(told("memory", steady), f" growth {steady.growth:+.1%}", flush=True)  # noqa: T201 - as above
        print(f"memory at every tenth: {', '.join(map(str, steady.course))} MB", flush=True)  # noqa: T201 - as above
    gain = many.throughput / single.throughput if single.throughput else 0.0
    bound = MOST_P95 * clients / many.throughput if many.throughput else float("nan")
    print(f"gain {gain:.2f}  p95 {many.quantile(0.95):.2f} s of at most {bound:.2f} s")  # noqa: T201 - as above
    return missed(single, many, steady)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--requests", type=int, default=20_000, help="0 leaves the memory run out")
    chosen = parser.parse_args()
    questions = [case.question for case in load_questions(chosen.questions)] if chosen.questions else FALLBACK
    settings = {"data": str(chosen.data.resolve()), "api_anonymous": "true", "api_rate": "0", "api_timeout": "120"}
    with served(settings) as place:
        work = measure(place, questions, clients=chosen.clients, seconds=chosen.seconds, requests=chosen.requests)
        misses = asyncio.run(work)
    for miss in misses:
        print(f"missed: {miss}")  # noqa: T201 - the report
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
