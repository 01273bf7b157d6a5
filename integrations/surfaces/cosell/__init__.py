"""Co-sell advice as JSON and as a page."""
