"""Other people's pipelines on the same corpus, questions and embedder, each in its own process and environment."""

from __future__ import annotations

# Name on the command line to module. A peer is a file with a Pipeline and a row here.
PEERS: dict[str, str] = {
    "langchain": "evals.peers.langchain_chroma",
    "llamaindex": "evals.peers.llamaindex",
    "haystack": "evals.peers.haystack_hybrid",
    "txtai": "evals.peers.txtai_hybrid",
    "liaison": "evals.peers.liaison",
}
OURS = "liaison"
