"""When a patient comes, and what is recorded then."""
from .ask import ASK, BY_HAND
from .course import REGION_OF
from .draw import clip, is_workday
from .plan import Visit


def anchor_day(patient, visit):
    kind = visit.anchor.split()
    if kind[0] == "event":
        return patient.consent
    if kind[0] == "visit":
        return patient.done.get(kind[1])
    number = patient.cohort["doses"] if kind[0] == "last" else int(kind[1])
    return patient.infusions[number - 1] if len(patient.infusions) >= number else None


def choose_day(patient, visit, target, follower):
    """An actual day: mostly inside the window and on a weekday, sometimes not.
    `follower` is the offset of a visit that must come exactly that long after, or None."""
    dice = patient.dice
    if visit.fixed:
        late = patient.study.expansion and dice.chance(0.08)  # the cells needed longer
        return target + (7 * dice.whole(1, 2) if late else 0)
    spread = (visit.before + visit.after) / 6
    middle = (visit.after - visit.before) / 2
    day = target + round(clip(dice.normal(middle, spread), -visit.before, visit.after))
    if visit.epoch == "post" and not visit.infusion and dice.chance(0.06):
        day = target + visit.after + dice.whole(1, 5)
    if follower is not None:
        fits = [d for d in range(target - visit.before, target + visit.after + 1)
                if is_workday(d) and is_workday(d + follower)]
        return min(fits, key=lambda d: (abs(d - day), d))
    if is_workday(day) or visit.after < 2:
        return day
    friday = day - (day - 1) % 7 + 4
    return friday if friday >= target - visit.before else friday + 3


def why_not(patient, opens, target):
    """The reason recorded for a visit that the end of participation prevented; "" for none."""
    if target > patient.study.last:
        return ""
    if patient.lost is not None:
        return "lost"
    if patient.left is not None:
        return "withdrawn" if opens <= patient.left else ""
    return "dead" if patient.death is not None and opens <= patient.death else ""


def place(patient, visits, epoch, last):
    """Days of all visits of an epoch, in order; None for a missed one."""
    previous = max(patient.done.values(), default=patient.consent - 1)
    for visit in visits:
        if visit.epoch != epoch:
            continue
        anchor = anchor_day(patient, visit)
        if anchor is None:
            break
        target = anchor + visit.offset
        follower = next((v.offset for v in visits if v.fixed and v.anchor == f"visit {visit.code}"),
                        None)
        day = choose_day(patient, visit, target, follower)
        day = max(day, previous + 1)
        if day > last:
            reason = why_not(patient, target - visit.before, target)
            if reason:
                patient.visits.append((visit.code, None, "", reason))
            continue
        planned_dose = visit.infusion and visit.infusion <= patient.cohort["doses"]
        if visit.optional and patient.dice.chance(0.45):
            continue
        if epoch == "post" and not planned_dose and patient.dice.chance(0.03):
            reason = patient.dice.pick(
                ("too_weak", "refused", "not_done", "site_error", "out_of_window"))
            patient.visits.append((visit.code, None, "", reason))
            continue
        patient.done[visit.code] = previous = day
        if planned_dose:
            patient.infusions.append(day)
        see(patient, visit, day)


def see(patient, visit, day):
    """Record what happened at a visit."""
    dice = patient.dice
    ill = patient.loss(day) / patient.full
    mode = "clinic"
    if visit.epoch == "post" and not visit.infusion and not visit.procedures and visit.assess \
            and dice.chance(0.04 if ill < 0.55 else 0.25):
        mode = dice.pick(("phone", "phone", "video", "home"))
    patient.visits.append((visit.code, day, mode, ""))
    for instrument in visit.assess:
        row = {"visit": visit.code, "instrument": instrument, "day": day,
               "mode": "" if mode == "clinic" else mode}
        patient.rows.append(row)
        if instrument in BY_HAND and mode in ("phone", "video"):
            row["reason"] = "phone_visit"
        elif visit.epoch == "post" and instrument in BY_HAND and dice.chance(0.035):
            row["reason"] = dice.pick(("equipment", "too_weak", "refused", "not_done"))
        else:
            fill(patient, visit, row)


HISTORICAL = ("alsfrs", "fvc", "mvic", "emg")  # TCA accepts older ones as baseline


def fill(patient, visit, row):
    """Ask one instrument; now and then an item stays empty, with its reason."""
    dice = patient.dice
    history = getattr(patient, "history", 0)
    if history > 0 and visit.code == "SCR" and row["instrument"] in HISTORICAL:
        row["day"] -= history
    row["values"] = ASK[row["instrument"]](patient, row["day"], visit)
    if row["instrument"] in ("alsfrs", "alsfrsr", "norris"):
        row["rater"] = patient.rater
        row["respondent"] = "caregiver" if dice.chance(0.1) else "patient"
        if visit.epoch == "post" and dice.chance(0.03):
            item = dice.pick([i for i in row["values"] if REGION_OF.get(i) == "lower"])
            row["values"][item] = ""
            row["values"][f"{item}.reason"] = dice.pick(("not_done", "refused"))


def extra_visits(patient, visits):
    """An early-termination visit on withdrawal, and for a few an unscheduled one."""
    core = Visit("ET")
    core.assess, core.epoch = [patient.study.scale, "fvc"], "post"
    if patient.left is not None and patient.left <= patient.study.last \
            and patient.left > max(patient.done.values()) and patient.dice.chance(0.8):
        patient.done["ET"] = patient.left
        see(patient, core, patient.left)
    if len(patient.infusions) and patient.dice.chance(0.12):
        day = patient.infusions[0] + patient.dice.whole(40, 48)
        while not is_workday(day):
            day += 1
        if day < patient.end() and day not in patient.done.values() and "MN1" in patient.done \
                and day > patient.done["MN1"]:
            core.code, core.assess = "UNS1", [patient.study.scale]
            patient.done["UNS1"] = day
            see(patient, core, day)
