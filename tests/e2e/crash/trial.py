"""One crash: ingest is killed, what is there is checked, ingest runs again, and all is compared with a clean run."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.crash.corpus import steps
from tests.e2e.crash.ingest import ingest
from tests.e2e.crash.observe import Observation, Watcher, answers, disk_bytes, observe

# Processes are forked from one that has the libraries loaded already.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.e2e.crash.ingest", "chromadb"])

POINTS = (
    ("put: before transaction", 3),
    ("put: inside transaction", 6),
    ("put: committed", 3),
    ("quarantine: inside transaction", 1),
    ("quarantine: committed", 1),
    ("remove: inside transaction", 1),
    ("remove: committed", 1),
    ("publish: before projection", 1),
    ("build: before BM25 commit", 1),
    ("build: BM25 committed", 1),
    ("build: before Chroma", 1),
    ("build: Chroma persisted", 1),
    ("build: files written", 1),
    ("build: verified", 1),
    ("build: in place", 1),
    ("publish: projected", 1),
    ("publish: inside transaction", 1),
    ("publish: committed", 1),
    ("publish: settled", 1),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Ingest step `step` and kill it at the n-th pass of a point, or `delay` seconds after it."""

    step: int
    point: str
    nth: int = 1
    delay: float | None = None

    def __str__(self) -> str:
        when = f"pass {self.nth} of" if self.delay is None else f"{self.delay * 1000:.0f} ms after"
        return f"step {self.step}, {when} “{self.point}”"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial showed."""

    killed: bool
    problems: tuple[str, ...]
    questions: int
    disk_ratio: float


@dataclass(frozen=True, slots=True)
class Reference:
    """The corpus ingested without a crash: a directory per step to start from, and what each holds."""

    folders: tuple[Path, ...]
    observations: tuple[Observation, ...]
    bytes: tuple[int, ...]


def prepare(root: Path) -> Reference:
    """Ingest every step cleanly and keep each state."""
    work = root / "clean"
    folders, observations, sizes = [], [], []
    for step in range(len(steps())):
        _run(work, step)
        kept = root / f"state{step}"
        shutil.copytree(work, kept)
        folders.append(kept)
        observations.append(observe(work))
        sizes.append(disk_bytes(work))
    return Reference(folders=tuple(folders), observations=tuple(observations), bytes=tuple(sizes))


def _run(data: Path, step: int) -> None:
    process = processes.Process(target=ingest, args=(data, step))
    process.start()
    process.join()
    if process.exitcode:
        raise AssertionError(f"ingest ended with {process.exitcode}")


def named_plans() -> list[Plan]:
    """Every point once, in the steps where it is passed."""
    first = [
        Plan(step=0, point=point, nth=nth) for point, nth in POINTS if not point.startswith(("quar", "remove: in"))
    ]
    delta = [Plan(step=1, point=point) for point, _ in POINTS if not point.startswith("build")]
    build = [Plan(step=2, point=point) for point, _ in POINTS if point.startswith(("build", "publish"))]
    return [*first, *delta, *build]


def random_plan(seed: int) -> Plan:
    """A kill at a random moment; every other one while the search index is written."""
    draw = random.Random(seed)
    step = draw.choice((0, 0, 1, 2, 2))
    if step != 1 and draw.random() < 0.6:
        point = draw.choice(("build: before BM25 commit", "build: before Chroma", "build: before Chroma"))
        return Plan(step=step, point=point, delay=draw.uniform(0, 0.5))
    return Plan(step=step, point="put: before transaction", delay=draw.uniform(0, 0.4))


def run_trial(plan: Plan, reference: Reference, folder: Path) -> Outcome:
    """Kill, check, run again, compare."""
    data = folder / "data"
    if plan.step:
        shutil.copytree(reference.folders[plan.step - 1], data)
    watcher = Watcher(data).start() if plan.step else None
    killed = _run_and_kill(data, plan)
    problems = []
    before, clean = reference.observations[max(plan.step - 1, 0)], reference.observations[plan.step]
    if plan.step and not answers(data).mixed_of(before.answers, clean.answers):
        problems.append("after the crash a new process answers neither as before nor as after the ingest")
    _run(data, plan.step)
    if watcher:
        watcher.stop()
        problems += [f"a query failed: {failure!r}" for failure in watcher.failures]
        if not all(seen.mixed_of(before.answers, clean.answers) for seen in set(watcher.seen)):
            problems.append("a query was answered neither as before nor as after the ingest")
    after = observe(data)
    problems += [f"{name} differ from a clean run" for name in clean.rows if after.rows[name] != clean.rows[name]]
    if after.answers != clean.answers:
        problems.append("answers differ from a clean run")
    most = max(disk_bytes(data), watcher.most_bytes if watcher else 0)
    ratio = most / max(reference.bytes[plan.step], reference.bytes[max(plan.step - 1, 0)])
    if ratio > 3:
        problems.append(f"the disk holds {ratio:.1f} times what a clean run needs")
    shutil.rmtree(folder)
    return Outcome(killed, tuple(problems), len(watcher.seen) - 1 if watcher else 0, ratio)


def _run_and_kill(data: Path, plan: Plan) -> bool:
    receiving, sending = processes.Pipe(duplex=False)
    die_at = (plan.point, plan.nth) if plan.delay is None else None
    process = processes.Process(target=ingest, args=(data, plan.step, sending, die_at))
    process.start()
    sending.close()
    try:
        while receiving.recv() != plan.point or plan.delay is None:
            pass
        time.sleep(plan.delay)
        process.kill()
    except EOFError:
        pass  # the process ended, by its own hand or because it was done
    process.join()
    if process.exitcode not in {0, -9}:
        raise AssertionError(f"{plan}: ingest ended with {process.exitcode}")
    return process.exitcode == -9
