"""How high the right documents rank."""

from __future__ import annotations

from math import log2

from evals.case import Case, Observation
from evals.metrics.matching import ranked_documents
from evals.metrics.metric import Metric
from evals.metrics.quote_recall import has_gold

DEPTH = 10


def ndcg(case: Case, seen: Observation) -> float:
    """nDCG@10 over documents with binary gains (Järvelin & Kekäläinen 2002); a document ranks by its first passage."""
    gold = {span.doc for span in case.gold}
    ranking = ranked_documents(p.doc for p in seen.passages)[:DEPTH]
    gain = sum(1 / log2(rank + 2) for rank, doc in enumerate(ranking) if doc in gold)
    ideal = sum(1 / log2(rank + 2) for rank in range(min(len(gold), DEPTH)))
    return gain / ideal


NDCG_10 = Metric(name="ndcg_10", version=1, applies=has_gold, score=ndcg)
