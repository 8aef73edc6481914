"""What an operation costs: the ledger, the prices, and the cost of an image or a cell."""
