"""Every suite by name. A new one is a function that collects observations and a row in SUITES."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from evals.abstention import collect_abstention
from evals.asking import collect_answers, collect_retrieval, collect_samples
from evals.audience import collect_audience
from evals.campaign_suites import collect_campaign_copy, collect_campaign_kits
from evals.collect import Collected
from evals.conversations import collect_conversations
from evals.cosell_suite import collect_cosell
from evals.faq import collect_faq, collect_faq_across_languages
from evals.follow_ups import collect_follow_ups
from evals.ideal.suite import collect_ideal_turns
from evals.multi_turn import collect_multi_turn
from evals.operations import collect_operations
from evals.security import collect_security
from evals.tools import collect_tools
from evals.turns import collect_turns
from evals.workbench import Workbench


class Place(Enum):
    """Where a suite runs when there is more than one processor."""

    HERE = "in turn, over the indexes that are open"
    BESIDE = "in a process beside: it needs no index"
    ALONE = "when nothing else runs: it takes times"


@dataclass(frozen=True, slots=True)
class Suite:
    """What a suite asks, and the metrics it reports. `about` is the line shown in reports."""

    name: str
    about: str
    metrics: tuple[str, ...]
    collect: Callable[[Workbench], Awaitable[Collected]]
    place: Place = Place.HERE


SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            name="retrieval",
            about="Does the answerer get to read what answers the question?",
            metrics=("quote_recall_1500", "doc_recall_5", "ndcg_10"),
            collect=collect_retrieval,
        ),
        Suite(
            name="answers",
            about="Are answers right, cited, and given only when the content has them?",
            metrics=(
                "citation_hit",
                "fact_recall",
                "answered_answerable",
                "declined_unanswerable",
                "citation_precision",
            ),
            collect=collect_answers,
        ),
        Suite(
            name="faq_without_question",
            about="Answers indexed without their questions: does each arm, and their fusion, find the one asked for?",
            metrics=("recall_1", "recall_5", "recall_10", "ndcg_10"),
            collect=collect_faq,
        ),
        Suite(
            name="faq_across_languages",
            about="The same English answers, asked in German, Spanish, French, Portuguese and Japanese.",
            metrics=("recall_1", "recall_5", "recall_10", "ndcg_10"),
            collect=collect_faq_across_languages,
        ),
        Suite(
            name="samples",
            about="The sample programme: nine file formats, six languages, audiences, expired and regional documents.",
            metrics=(
                "citation_hit",
                "fact_recall",
                "answered_answerable",
                "declined_unanswerable",
                "wrong_source_avoided",
                "citation_precision",
            ),
            collect=collect_samples,
        ),
        Suite(
            name="multi_turn",
            about="MTRAG-UN: what is found for the last question with our reading of the history, and with others.",
            metrics=("found_5", "found_10", "ndcg_10", "found_10_gain", "ndcg_10_gain"),
            collect=collect_multi_turn,
        ),
        Suite(
            name="follow_ups",
            about="Follow-up questions in six languages over the sample programme: is what answers them found?",
            metrics=("follow_up_resolved",),
            collect=collect_follow_ups,
        ),
        Suite(
            name="abstention",
            about="CLAP NQ: is it known when the passages on the topic do not have the answer?",
            metrics=("confidence_auroc", "answered_answerable", "declined_unanswerable"),
            collect=collect_abstention,
        ),
        Suite(
            name="audience",
            about="Does anybody get to see content outside their audience?",
            metrics=("audience_isolation",),
            collect=collect_audience,
        ),
        Suite(
            name="turns",
            about="Is a conversation understood without a language model: intent, values, and what must be asked?",
            metrics=("intent_accuracy", "slot_precision", "slot_recall", "slot_f1", "missing_asked", "invented"),
            collect=collect_turns,
            place=Place.BESIDE,
        ),
        Suite(
            name="turns_ideal",
            about="The same through the whole graph with an ideal model: does what it wants come out at the other end?",
            metrics=("intent_accuracy", "slot_precision", "slot_recall", "slot_f1", "missing_asked", "invented"),
            collect=collect_ideal_turns,
            place=Place.BESIDE,
        ),
        Suite(
            name="conversations",
            about="Does the PRM hold in the end what a conversation was meant to come to? Six languages, no model.",
            metrics=("final_state",),
            collect=collect_conversations,
            place=Place.BESIDE,
        ),
        Suite(
            name="campaign_copy",
            about="Do the copy checks leave people's translations alone and find every fault that is put into them?",
            metrics=("copy_not_stopped", "copy_not_flagged", "fault_found"),
            collect=collect_campaign_copy,
            place=Place.BESIDE,
        ),
        Suite(
            name="campaign_kits",
            about="Is what a campaign kit calls ready within limits, without gaps, strange numbers or lost notices?",
            metrics=("kit_sound",),
            collect=collect_campaign_kits,
            place=Place.BESIDE,
        ),
        Suite(
            name="security",
            about="Does an attacker get anything through the agent, its tools called at will, or its approvals?",
            metrics=("attack_withstood",),
            collect=collect_security,
            place=Place.BESIDE,
        ),
        Suite(
            name="tools",
            about="Does a request make the agent call the right tool with the right arguments? Without a model.",
            metrics=("calls_right",),
            collect=collect_tools,
            place=Place.BESIDE,
        ),
        Suite(
            name="cosell",
            about="Do the partners that joined later deals rank first? Beside a rule, popularity, kNN, ALS, LightGBM.",
            metrics=("ndcg_10", "found_10", "ndcg_10_gain"),
            collect=collect_cosell,
            place=Place.BESIDE,
        ),
        Suite(
            name="operations",
            about="How long do answers, a cold start and an unchanged ingest take, and what do answers cost?",
            metrics=(
                "ask_p50_ms",
                "ask_p95_ms",
                "embed_p50_ms",
                "cold_start_s",
                "reingest_s",
                "answer_tokens",
                "answer_cost",
            ),
            collect=collect_operations,
            place=Place.ALONE,
        ),
    )
}
