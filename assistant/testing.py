"""Real in-memory fakes of the ports, shipped for the tests of people who build on Liaison."""
