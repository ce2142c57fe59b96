"""Latencies of several runs together: latency_histogram.hpp writes them as
"INDEX:COUNT INDEX:COUNT ..."; up to 128 ns each index is a nanosecond, then each
power of two is divided into 128."""
import collections
import itertools

DIVISION_BITS = 7
DIVISION = 2**DIVISION_BITS

# Fewer samples beyond a percentile are chance.
ENOUGH_BEYOND = 10


def least_of(bucket):
    """The least number of nanoseconds in a bucket."""
    if bucket < 2 * DIVISION:
        return bucket
    above = bucket // DIVISION - 1
    return (bucket - above * DIVISION) << above


def middle_of(bucket):
    """In microseconds."""
    return (least_of(bucket) + least_of(bucket + 1) - 1) / 2 / 1000


class Histogram:
    """How often which latency was seen."""

    def __init__(self, *texts):
        self._counts = collections.Counter()
        for pair in itertools.chain(*(text.split() for text in texts)):
            bucket, count = map(int, pair.split(":"))
            self._counts[bucket] += count
        self.samples = self._counts.total()

    def percentile(self, part):
        """The latency in microseconds that `part` (0 to 1) of them did not
        exceed, as the driver says it of one run; None without any."""
        if not self.samples:
            return None
        rank = int(part * (self.samples - 1))
        seen = 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            if seen > rank:
                break
        return middle_of(bucket)

    def shows(self, part, of_each=1):
        """Whether there are enough samples to tell that percentile; `of_each`
        belong together, being those of one message, and count once."""
        return round(self.samples / of_each * (1 - part), 6) >= ENOUGH_BEYOND
