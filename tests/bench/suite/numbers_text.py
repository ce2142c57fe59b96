"""Numbers as people read them."""

NAMES = {"grapevine": "Grapevine", "go": "Go", "rust": "Rust",
         "js": "JavaScript", "limit": "limit", "loop": "bare loop",
         "nats": "NATS", "mosquitto": "Mosquitto"}


def count_text(number):
    return f"{number:,}"


def short(value):
    """Three digits, whatever the size."""
    if value is None:
        return "—"
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude >= 100:
        digits = len(str(int(magnitude))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.{1 if magnitude >= 10 else 2 if magnitude >= 0.1 else 3}f}"


def milliseconds(microseconds):
    return "—" if microseconds is None else short(microseconds / 1000)


def kibibytes(number):
    return "—" if number is None else short(number / 1024)


def mebibytes(number):
    return "—" if number is None else short(number / 2**20)


def percent(share):
    return "—" if share is None else short(share * 100) + " %"


def times(factor):
    return "—" if factor is None else short(factor) + "×"


def ratio(a, b):
    """a / b, where there is one."""
    return a / b if a is not None and b else None
