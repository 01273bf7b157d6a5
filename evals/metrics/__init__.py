"""Every metric by name. A new one is a file in this folder and a row in METRICS."""

from __future__ import annotations

from evals.metrics.answered import ANSWERED_ANSWERABLE, DECLINED_UNANSWERABLE
from evals.metrics.citation_hit import CITATION_HIT
from evals.metrics.citation_precision import CITATION_PRECISION
from evals.metrics.confidence import CONFIDENCE_AUROC
from evals.metrics.document_recall import DOC_RECALL_5, RECALL_1, RECALL_5, RECALL_10
from evals.metrics.duration import ASK_P50_MS, ASK_P95_MS, COLD_START_S, EMBED_P50_MS, REINGEST_S
from evals.metrics.fact_recall import FACT_RECALL
from evals.metrics.final_state import FINAL_STATE
from evals.metrics.findings import (
    ATTACK_WITHSTOOD,
    CALLS_RIGHT,
    COPY_NOT_FLAGGED,
    COPY_NOT_STOPPED,
    FAULT_FOUND,
    KIT_SOUND,
)
from evals.metrics.history import FOUND_5, FOUND_10, FOUND_10_GAIN, NDCG_10_GAIN, RESOLVED
from evals.metrics.isolation import AUDIENCE_ISOLATION
from evals.metrics.metric import Metric
from evals.metrics.ndcg import NDCG_10
from evals.metrics.quote_recall import QUOTE_RECALL_1500
from evals.metrics.spending import ANSWER_COST, ANSWER_TOKENS
from evals.metrics.turns import INTENT_ACCURACY, INVENTED, MISSING_ASKED, SLOT_F1, SLOT_PRECISION, SLOT_RECALL
from evals.metrics.wrong_source import WRONG_SOURCE_AVOIDED

PARTS = ("matching", "metric")  # what metrics are made of
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        QUOTE_RECALL_1500,
        DOC_RECALL_5,
        NDCG_10,
        RECALL_1,
        RECALL_5,
        RECALL_10,
        FOUND_5,
        FOUND_10,
        FOUND_10_GAIN,
        NDCG_10_GAIN,
        RESOLVED,
        CITATION_HIT,
        CITATION_PRECISION,
        FACT_RECALL,
        ANSWERED_ANSWERABLE,
        DECLINED_UNANSWERABLE,
        CONFIDENCE_AUROC,
        AUDIENCE_ISOLATION,
        WRONG_SOURCE_AVOIDED,
        ASK_P50_MS,
        ASK_P95_MS,
        ANSWER_TOKENS,
        ANSWER_COST,
        EMBED_P50_MS,
        COLD_START_S,
        REINGEST_S,
        INTENT_ACCURACY,
        SLOT_PRECISION,
        SLOT_RECALL,
        SLOT_F1,
        MISSING_ASKED,
        INVENTED,
        FINAL_STATE,
        COPY_NOT_STOPPED,
        COPY_NOT_FLAGGED,
        FAULT_FOUND,
        KIT_SOUND,
        ATTACK_WITHSTOOD,
        CALLS_RIGHT,
    )
}
