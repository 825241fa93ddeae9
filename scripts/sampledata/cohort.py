"""One large cohort for measurements: a table of answers is made once, rows are looked up in it."""
import math

from .course import answers, order_of_losses
from .draw import MONTH, Dice, clip, day_of, iso

ALSFRSR = ("speech salivation swallowing handwriting cutting dressing turning walking stairs "
           "dyspnea orthopnea respiratory_insufficiency").split()


def write_cohort_protocol(path, visits):
    lines = ["# Synthetic cohort for measurements: monthly visits with wide windows.",
             "protocol: cohort", "title: Synthetic cohort", 'version: "1.0"', "months: days",
             "fvc_equation: none", "", "cohorts:",
             '  - {code: "1", label: One infusion, doses: 1}', "", "visits:"]
    for number in range(visits):
        lines += [f"  - code: {'MN' + str(number) if number else 'D0'}",
                  f"    label: {'Month ' + str(number) if number else 'Infusion'}",
                  "    anchor: infusion 1",
                  f"    offset: {math.floor(number * MONTH + 0.5)} days",
                  f"    window: -{14 if number else 0}/+14",
                  f"    epoch: {'post' if number else 'pre'}"]
        lines += ["    assess: [alsfrsr]"]
    lines += ["", "baselines:", "  alsfrsr: visit D0", "", "analysis:",
              "  measure: alsfrsr.total", "  time_zero: infusion 1", "  lead_in: false", "",
              "adverse_events:", "  system: ctcae-5",
              "  grades: {1: mild, 2: moderate, 3: severe, 4: life-threatening, 5: death}",
              "  causality: [cell product, procedure, disease]", "", "escalation: {rule: none}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def item_texts(seed, patterns):
    """For each pattern of progression: the twelve answers as CSV text by points lost, and, by points
    lost as well, how few may seem lost later: an item that was lost wholly does not come back."""
    table = []
    for number in range(patterns):
        dice = Dice(seed, "pattern", number)
        onset = ("arm", "leg", "bulbar", "leg")[number % 4]
        order = order_of_losses(dice, ALSFRSR[:-1], 4, onset)
        texts, least, before = [], [], None
        for loss in range(49):
            values = answers(order, 4, loss, {"swallowing": 2})
            values["respiratory_insufficiency"] = 4
            texts.append(",".join(str(values[item]) for item in ALSFRSR))
            reached_zero = before and any(values[i] == 0 < before[i] for i in ALSFRSR)
            least.append(least[-1] if least and not reached_zero else loss)
            before = values
        table.append((texts, least))
    return table


def points_lost(course, noise, least):
    """Step by step, with a little noise: one visit may seem a point better than the one before."""
    lost = []
    for trend, slip in zip(course, noise):
        now = min(max(int(trend + slip), 0), 38)
        lost.append(max(now, least[lost[-1]]) if lost else now)
    return lost


def write_cohort(folder, patients, visits, empty, doubtful, seed):
    folder.mkdir(parents=True, exist_ok=True)
    write_cohort_protocol(folder / "cohort.yaml", visits)
    dice = Dice(seed, "cohort", patients, visits)
    draw, table = dice.next, item_texts(seed, 256)
    no_limit = [0] * 49
    first = day_of("2010-01-04")
    days = [iso(first + n) for n in range(2600 + math.ceil(visits * MONTH) + 40)]
    plan = [("" if empty else f"MN{n}" if n else "D0", math.floor(n * MONTH + 0.5), n)
            for n in range(visits)]
    noise = [dice.normal(0.5, 1.2 if doubtful else 0.6) for _ in range(4096)]
    rates = [clip(math.exp(dice.normal(-0.22, 0.62)), 0.08, 2.4) for _ in range(4096)]
    with open(folder / "patients.csv", "w", encoding="utf-8", newline="\n") as people, \
            open(folder / "events.csv", "w", encoding="utf-8", newline="\n") as events, \
            open(folder / "alsfrsr.csv", "w", encoding="utf-8", newline="\n") as rows:
        people.write("patient,sex,birth_date,height_cm,cohort,onset_site\n")
        events.write("patient,event,date,value,unit\n")
        rows.write("patient,visit,date," + ",".join(ALSFRSR) + "\n")
        for number in range(1, patients + 1):
            name, start, seen = f"P{number:06d}", int(draw() * 2600), int(draw() * 4096)
            pattern, least = table[int(draw() * 256)]
            loss, rate = 2 + draw() * 14, rates[int(draw() * 4096)]
            people.write(f"{name},{'FM'[number & 1]},{1930 + int(draw() * 60)}-"
                         f"{1 + int(draw() * 12):02d}-{1 + int(draw() * 28):02d},"
                         f"{155 + int(draw() * 35)},1,{'bulbar' if draw() < 0.3 else 'spinal'}\n")
            events.write(f"{name},infusion,{days[start]},100000000,cells\n")
            chain = []
            for _ in plan:
                seen = (seen * 5 + 1) & 4095
                chain.append(seen)
            lost = points_lost([loss + rate * month for _, _, month in plan],
                               [noise[at] for at in chain], no_limit if doubtful else least)
            out = []
            for (code, day, month), at, points in zip(plan, chain, lost):
                shift = day + (at & 15) - 7 if month else 0
                out.append(f"{name},{code},{days[start + shift]},{pattern[points]}\n")
            rows.write("".join(out))
