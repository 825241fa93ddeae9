"""The course of a disease: which points a patient loses, when, and what else happens."""
import math

from .draw import MONTH, clip
from .plan import read_items

REGION = {
    "bulbar": "speech salivation swallowing chewing coughing",
    "upper": "handwriting cutting dressing writing buttons feeding grip_self grip_book lift_fork "
             "arm_position",
    "lower": "turning walking stairs rolling sitting_up walk_block walk_room walk_assisted "
             "stand_up leg_position",
    "breath": "dyspnea orthopnea breathing",
    "trunk": "head",
    "spared": "bladder_bowel",
}
REGION_OF = {item: region for region, items in REGION.items() for item in items.split()}
WEIGHTS = {  # how early each region is affected, by site of onset
    "bulbar": {"bulbar": 2.6, "upper": 1.0, "lower": 0.7, "breath": 0.6, "trunk": 1.0},
    "arm": {"bulbar": 0.5, "upper": 2.6, "lower": 0.9, "breath": 0.5, "trunk": 0.8},
    "leg": {"bulbar": 0.4, "upper": 1.0, "lower": 2.6, "breath": 0.45, "trunk": 0.6},
}
EASIER = (("stairs", "walking"), ("stairs", "walk_block"), ("walk_block", "walk_room"),
          ("walk_room", "walk_assisted"))  # the first is lost before the second


def order_of_losses(dice, items, levels, onset):
    """The order in which a patient loses points: a list of items, one entry a point."""
    when = {}
    for item in items:
        weight = {**WEIGHTS[onset], "spared": 0.15}[REGION_OF[item]]
        at = 0.0
        for level in range(levels):
            at += (1 + 0.6 * level) * (0.25 + dice.next() + dice.next()) / weight
            when[item, level] = at
    for hard, easy in EASIER:
        for level in range(levels):
            if (hard, level) in when and (easy, level) in when:
                when[easy, level] = max(when[easy, level], when[hard, level] + 1e-9)
    return [item for (item, _), _ in sorted(when.items(), key=lambda entry: entry[1])]


def answers(order, levels, loss, limits):
    """Item values after `loss` points, taken in order; limits keep an item from falling lower."""
    values = dict.fromkeys(order, levels)
    for item in order:
        if loss <= 0:
            break
        if values[item] > limits.get(item, 0):
            values[item] -= 1
            loss -= 1
    return values


class Patient:
    """An invented patient: who, how the disease runs, and what has happened so far."""

    def __init__(self, study, number, cohort, dice):
        self.study, self.dice, self.cohort = study, dice, cohort
        self.name = f"{study.prefix}-{number:02d}"
        self.sex = "F" if dice.chance(0.4) else "M"
        low, high = study.age
        self.age = dice.uniform(max(low, study.female_least) if self.sex == "F" else low, high)
        mean, sd = (164, 6) if self.sex == "F" else (177, 7)
        self.height = round(dice.normal(mean, sd))
        self.onset = "bulbar" if dice.chance(study.bulbar) else dice.pick(("arm", "leg"))
        self.full = 48 if study.scale == "alsfrsr" else 40
        self.rate = clip(math.exp(dice.normal(-0.2, 0.72)), 0.08, 2.8) * (self.full / 48) ** 0.6
        self.start_loss = self.full - dice.uniform(*study.totals)
        self.fvc_start = dice.uniform(study.fvc_least + 8, 104)
        self.fvc_rate = clip(dice.normal(1.3 + 1.2 * self.rate, 0.7), 0.2, 6.0)
        self.rater = dice.pick(("KH", "MP"))
        self.events, self.visits, self.rows, self.adverse = [], [], [], []
        self.infusions, self.done = [], {}
        self.gastrostomy = self.niv = self.tracheostomy = self.death = self.left = self.lost = None
        items = [i for i in read_items(study.scale)
                 if i not in ("cutting_form", "respiratory_insufficiency")]
        for _ in range(50):  # until the entry criteria on single items hold
            self.order = order_of_losses(dice, items, 4, self.onset)
            entry = answers(self.order, 4, round(self.start_loss) + 2, {})
            if entry["swallowing"] >= 3 and entry["walking"] >= 2:
                break
        self.norris = order_of_losses(dice, read_items("norris"), 3, self.onset)

    def loss(self, day):
        """Points lost on the scale, without noise; the fall slows down near the floor."""
        lost = self.start_loss + self.rate * (day - self.consent) / MONTH
        knee = 0.75 * self.full
        return min(lost, knee + 0.35 * max(0.0, lost - knee), 0.97 * self.full)

    def first_day(self, order_index, after):
        """First day from `after` on which more than order_index points are lost."""
        for day in range(after, after + 1200, 7):
            if self.loss(day) > order_index:
                return day
        return None

    def plan_milestones(self):
        """Gastrostomy, ventilation, death, withdrawal: from the course of the disease."""
        dice, start = self.dice, self.infusions[0]
        swallow = [n for n, item in enumerate(self.order) if item == "swallowing"][2]
        if dice.chance(0.75):
            self.gastrostomy = self.first_day(swallow, start + dice.whole(45, 90))
        breath = [n for n, item in enumerate(self.order) if REGION_OF[item] == "breath"][1]
        if dice.chance(0.7):
            self.niv = self.first_day(breath, start + dice.whole(60, 120))
        if self.niv and dice.chance(0.1):
            self.tracheostomy = self.niv + dice.whole(90, 200)
        for day in range(start + 75, start + 1100, 15):
            ill = self.loss(day) / self.full
            hazard = 0.0012 + 0.11 * max(0.0, ill - 0.38) ** 2 + 0.0015 * self.rate
            if dice.chance(hazard):
                self.death = day + dice.whole(0, 14)
                break
        span = 700 if self.study.scale == "alsfrsr" else 540
        if dice.chance(0.09):
            self.left = start + dice.whole(50, span)
        elif dice.chance(0.05):
            self.lost = start + dice.whole(100, span)
        if self.death is not None:
            self.left = None if (self.left or 0) >= self.death else self.left
            self.lost = None if (self.lost or 0) >= self.death else self.lost

    def end(self):
        """Last day on which the patient can be seen."""
        days = [self.death and self.death - 1, self.left, self.lost, self.study.last]
        return min(day for day in days if day is not None)

    def observed_until(self):
        """Last day whose adverse events are still recorded: 90 days after the last visit."""
        return min(self.end(), max(self.done.values()) + 90)
