"""People who want somebody greeted."""

from locust import HttpUser, between, task


class Guest(HttpUser):
    """Sends a name now and then."""

    wait_time = between(0.1, 0.5)

    @task
    def greet(self):
        """One greeting."""
        self.client.post("/greetings", json={"name": "Ada"})
