"""What is measured, and about how long it takes."""
import dataclasses

POLICIES = ("unsigned", "signed")
SIZES = (100, 1024, 16384, 262144)
SUBSCRIBERS = (1, 8, 64)
TOPICS = (1, 50)

# Messages per second at which latencies are compared: the first is one that all
# of them can do in all cases, the last one is shown of every case.
RATES = (100, 500, 1000)
# In the middle, of each one's own highest rate.
PERCENTS = (10, 50, 90)

# What is compared with, and takes turns with the relays: a program that only
# forwards, under the same load, and a loop that does without connections.
LIMIT = "limit"
LOOP = "loop"

# With TLS; what users would pick instead.
BROKERS = ("nats", "mosquitto")

# In the order in which they are measured and shown.
IMPLEMENTATIONS = ("grapevine", "go", "rust", "js")


@dataclasses.dataclass(frozen=True)
class RelayCase:
    """One publisher, so many subscribers; see bench_case.hpp."""

    policy: str
    size: int = 1024
    subscribers: int = 8
    topics: int = 1

    @property
    def name(self):
        """Its name in results and on the command line."""
        return f"{self.policy}-{self.size}-{self.subscribers}-{self.topics}"

    @property
    def text(self):
        return (f"{self.policy}, {size_text(self.size)}, "
                f"{self.subscribers} subscriber{'s' * (self.subscribers > 1)}, "
                f"{self.topics} topic{'s' * (self.topics > 1)}")

    def arguments(self):
        return ["--policy", self.policy, "--size", str(self.size),
                "--subscribers", str(self.subscribers),
                "--topics", str(self.topics)]

    @classmethod
    def of_name(cls, name):
        policy, *numbers = name.split("-")
        return cls(policy, *map(int, numbers))


def size_text(size):
    for unit, word in ((2**20, "MiB"), (2**10, "KiB")):
        if size >= unit:
            return f"{size // unit} {word}"
    return f"{size} B"


def star(policy):
    """The case in the middle, and each dimension varied alone."""
    middle = RelayCase(policy)
    result = [middle]
    for field, values in (("size", SIZES), ("subscribers", SUBSCRIBERS),
                          ("topics", TOPICS)):
        varied = [dataclasses.replace(middle, **{field: value})
                  for value in values]
        result += [case for case in varied if case != middle]
    return result


def default_cases():
    return [case for policy in POLICIES for case in star(policy)]


def middle_cases():
    return [RelayCase(policy) for policy in POLICIES]


def all_cases():
    return [RelayCase(*values) for values in
            ((p, s, k, t) for p in POLICIES for s in SIZES for k in SUBSCRIBERS
             for t in TOPICS)]
