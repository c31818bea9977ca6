"""What people and the far end do in one call: the same answers whoever asks."""

from random import Random


class Script:
    """Answers by chance of a seed, one for each question in turn."""

    def __init__(self, seed):
        self.chance = Random(seed)

    def keys(self):
        """One key, or nothing."""
        return self.chance.choice(["1", "1", "2", "2", "3", "4", "9", "", ""])

    def dial(self):
        return self.chance.choice(["completed", "completed", "busy", "no-answer", "failed"])

    def queue(self):
        """(how many times the wait is heard, QueueResult)."""
        result = self.chance.choice(["bridged", "bridged", "leave", "queue-full", "error"])
        waits = self.chance.randint(1, 2)
        return (0 if result in ("queue-full", "error") else waits), result

    def room(self):
        return self.chance.choice(["ended", "not-open"])

    def conference(self):
        """How many times the hold document is heard before others come."""
        return self.chance.randint(0, 2)
