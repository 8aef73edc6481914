"""A simulated analog chip that learns by Forward-Forward; its parts come with the next release."""
