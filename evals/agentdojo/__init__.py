"""AgentDojo (Debenedetti et al. 2024, https://github.com/ethz-spylab/agentdojo) played through our own policy layer."""
