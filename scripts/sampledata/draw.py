"""Seeded draws and days."""
import math
import random
from datetime import date

MONTH = 30.4375


class Dice:
    """Seeded draws made of random() alone, which no version of Python changes."""

    def __init__(self, *seed):
        self.next = random.Random("/".join(map(str, seed))).random

    def chance(self, p):
        return self.next() < p

    def uniform(self, low, high):
        return low + (high - low) * self.next()

    def whole(self, low, high):
        return low + int(self.next() * (high - low + 1))

    def pick(self, choices):
        return choices[int(self.next() * len(choices))]

    def normal(self, mean, sd):
        u, v = 1.0 - self.next(), self.next()
        return mean + sd * math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


def clip(value, low, high):
    return max(low, min(high, value))


def iso(day):
    return date.fromordinal(day).isoformat()


def day_of(text):
    return date.fromisoformat(text).toordinal()


def is_workday(day):
    return (day - 1) % 7 < 5
