"""All scenarios: importing this makes them known."""
from . import calm, restarts, partitions, links, absences, shortages, chart
