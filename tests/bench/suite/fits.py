"""How figures grow."""
import math


def upper_half(points):
    """The larger half in the order of x, of an odd number the middle one, too;
    at least two of them: for the smallest sizes other costs than theirs count."""
    ordered = sorted(points)
    return ordered[-max((len(ordered) + 1) // 2, 2):]


def exponent(points):
    """b of y = a x^b, by least squares of the logarithms over the upper half of
    the points (x, y); None where that means nothing."""
    usable = [(x, y) for x, y in points if x > 0 and y > 0]
    chosen = [(math.log(x), math.log(y)) for x, y in upper_half(usable)]
    line = least_squares(chosen, [1] * len(chosen))
    return line[1] if line else None


def affine(points):
    """(a, b) of y = a + b x, by least squares of the relative errors, as x is of
    all magnitudes; None where that means nothing."""
    usable = [(x, y) for x, y in points if y > 0]
    return least_squares(usable, [1 / y**2 for _, y in usable])


def worst_error(points, line):
    """By which share of y a line misses a point at most."""
    a, b = line
    return max(abs(a + b * x - y) / y for x, y in points if y > 0)


def least_squares(points, weights):
    """(a, b) of the line; None of fewer than two different x."""
    if len({x for x, _ in points}) < 2:
        return None
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points)) / total
    spread = sum(w * (x - mean_x)**2 for w, (x, _) in zip(weights, points))
    together = sum(w * (x - mean_x) * (y - mean_y)
                   for w, (x, y) in zip(weights, points))
    slope = together / spread
    return mean_y - slope * mean_x, slope
