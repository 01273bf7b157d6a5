"""Other people's pipelines on the same corpus, questions and embedder, each in its own process and environment."""
