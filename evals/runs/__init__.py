"""What runs leave behind, and what is done with it later: score again, compare, gate, hand to other tools."""
