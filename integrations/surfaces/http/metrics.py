"""What Prometheus reads at /metrics. Labels name routes and outcomes, never people."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assistant.domain.answer import Answer

METHODS = {"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"}
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._served: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self.requests = Counter(
            "liaison_http_requests_total",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "liaison_http_request_seconds",
            "Time to the end of the response.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self.running = Gauge("liaison_http_requests_running", "Requests under way.", registry=self._registry)
        self.answers = Counter(
            "liaison_answers_total",
            "Answers by status, reason, who wrote them and why a model did not.",
            ["status", "reason", "answered_by", "fallback"],
            registry=self._registry,
        )
        self.answer_seconds = Histogram(
            "liaison_answer_seconds", "Time from question to answer.", buckets=SECONDS, registry=self._registry
        )
        self.tokens = Counter(
            "liaison_model_tokens_total", "Tokens of language models.", ["model", "kind"], registry=self._registry
        )
        self.documents = Counter(
            "liaison_documents_total", "Documents written over HTTP.", ["change"], registry=self._registry
        )
        self.generation = Gauge("liaison_content_generation", "The content state searched.", registry=self._registry)
        self.waiting_writes = Gauge("liaison_writes_waiting", "Writes under way or waiting.", registry=self._registry)

    def served(self, route: str, method: str, status: int, *, seconds: float) -> None:
        """Count a request; a method that HTTP does not know is counted as "other"."""
        told = (route, method if method in METHODS else "other", str(status))
        if (counters := self._served.get(told)) is None:  # to look them up by their labels costs more than to count
            counters = self._served[told] = (self.requests.labels(*told), self.seconds.labels(route))
        counters[0].inc()
        counters[1].observe(seconds)

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self.answers.labels(answer.status, answer.reason or "", answer.answered_by, answer.fallback or "").inc()
        self.answer_seconds.observe(answer.latency_ms / 1000)
        self.generation.set(answer.generation)
        if answer.use:
            self.tokens.labels(answer.use.model, "input").inc(answer.use.input_tokens)
            self.tokens.labels(answer.use.model, "output").inc(answer.use.output_tokens)

    def follow(self, gauge: Gauge, value: Callable[[], float]) -> None:
        """Let a gauge show what `value` returns whenever it is read."""
        gauge.set_function(value)

    def page(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
