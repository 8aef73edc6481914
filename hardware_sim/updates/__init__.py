"""Update engines: how an outer product is written into an array, without ever being formed."""
