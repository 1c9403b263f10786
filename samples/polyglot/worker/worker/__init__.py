"""Takes greetings from a queue, and says how many it took."""
