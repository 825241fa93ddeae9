# From exported events, visits and assessments to each patient's time to an endpoint.

ENDPOINTS <- list("death" = "death", "death-or-tracheostomy" = c("death", "tracheostomy"),
                  "death-or-tracheostomy-or-pav" = c("death", "tracheostomy", "pav"),
                  "gastrostomy" = "gastrostomy", "niv" = "niv_start", "kings-4a" = "kings-4a",
                  "kings-4b" = "kings-4b", "kings-4" = c("kings-4a", "kings-4b"))
endpoint_events <- function(name)
  if (name %in% names(ENDPOINTS)) ENDPOINTS[[name]] else strsplit(name, ",", fixed = TRUE)[[1]]

as_day <- function(days) as.Date(as.numeric(days), origin = "1970-01-01")
per_patient <- function(data, values, patients, which)
  as.numeric(tapply(as.numeric(values), patients, which)[data$patients$patient])

last_visit <- function(data) {
  took_place <- c("done", "early", "late", "extra") # also by an infusion alone
  done <- data$visits[!is.na(data$visits$date) & data$visits$status %in% took_place, ]
  as_day(per_patient(data, as.Date(done$date), done$patient, max))
}
first_visit <- function(data) {
  took_place <- c("done", "early", "late", "extra") # also by an infusion alone
  done <- data$visits[!is.na(data$visits$date) & data$visits$status %in% took_place, ]
  as_day(per_patient(data, as.Date(done$date), done$patient, min))
}
last_known <- function(data) {
  alive <- data$events[!data$events$event %in% c("death", "lost_to_followup") &
                         !is.na(data$events$date), ]
  pmax(last_visit(data), as_day(per_patient(data, earliest(alive$date), alive$patient, max)), na.rm = TRUE)
}

VENTILATION <- c("ventilation", "niv_start", "tracheostomy", "pav")
# A number of 0 to 24 that is said to be hours a day, or has no unit.
hours_a_day <- function(value, unit) {
  value <- as.numeric(value)
  unit <- gsub("[ .]", "", tolower(unit))
  hours <- is.na(unit) | unit == "" | grepl("^(hours|hour|hrs|hr|h)(/d|/day|/24h|/24hours|aday|perday|daily)?$", unit)
  ifelse(hours & value >= 0 & value <= 24, value, NA)
}

# The middle of partial dates, but no death before the patient was last seen alive.
not_before_seen <- function(own, known) {
  day <- as.numeric(middle(own$date))
  early <- own$event == "death" & !is.na(day) & !is.na(known) & day < known
  day[early] <- pmin(known, as.numeric(latest(own$date)))[early]
  day
}
# Day of death of each patient by that rule.
placed_death <- function(data) {
  own <- data$events[data$events$event == "death", ]
  known <- as.numeric(last_known(data))[match(own$patient, data$patients$patient)]
  per_patient(data, not_before_seen(own, known), own$patient, min)
}

# Permanent ventilation of one patient: spells of hours above the limit, each statement of hours being
# true until the next one. Returns its day and what is odd about it.
pav_of <- function(own, hours, days, death, known) {
  own <- own[own$event %in% VENTILATION & !is.na(own$date), ]
  own$day <- as.numeric(middle(own$date))
  own$hours <- hours_a_day(own$value, own$unit)
  own <- own[!is.na(own$hours) | own$event == "pav", ]
  own <- own[order(own$day), ]
  none <- list(day = NA, odd = "")
  high <- is.na(own$hours) | own$hours > hours # of pav without hours it is taken as recorded
  found <- none
  for (i in which(high & !c(FALSE, high[-length(high)]))) { # spells begin here
    end <- i
    while (end < nrow(own) && high[end + 1]) end <- end + 1
    spell <- own[i:end, ]
    if (anyNA(spell$hours)) return(list(day = spell$day[1], odd = "unchecked"))
    open <- end == nrow(own) && is.na(death)
    last <- if (end < nrow(own)) own$day[end + 1] - 1 else if (open) known else death
    if (isTRUE(last - spell$day[1] + 1 > days) || (open && "pav" %in% spell$event)) {
      found$day <- spell$day[1]
      if (end < nrow(own)) return(found)
    } else found$odd <- "short"
  }
  if (!is.na(found$day)) return(list(day = found$day, odd = ""))
  if (any(own$event == "pav" & !high)) found$odd <- "fewer"
  found
}

# First and last day that assessments tell of the stages of the endpoint.
stage_days <- function(data, stages) {
  own <- stage_rows(data, FALSE)
  died <- death_day(data)[match(own$patient, data$patients$patient)]
  own <- own[is.na(died) | as.Date(own$date) <= died, ]
  there <- ("kings-4a" %in% stages & own$kings_4a == "Y") | ("kings-4b" %in% stages & own$kings_4b %in% "Y")
  told <- there | !"kings-4b" %in% stages | !is.na(own$kings_4b)
  list(first = per_patient(data, as.Date(own$date)[there], own$patient[there], min),
       last = per_patient(data, as.Date(own$date)[told], own$patient[told], max))
}

# The protocol's time zero with the bounds of its date, or the first event of a name.
time_zeros <- function(data, from) {
  if (is.null(from)) {
    zero <- as.Date(data$patients$time_zero)
    return(data.frame(day = zero, first = zero, partial = FALSE))
  }
  own <- data$events[data$events$event == from & !is.na(data$events$date), ]
  own <- own[order(middle(own$date)), ]
  at <- match(data$patients$patient, own$patient)
  data.frame(day = middle(own$date)[at], first = earliest(own$date)[at], partial = nchar(own$date[at]) < 10)
}

# The first of the events: its day, the last day that it may have been, its precision.
first_events <- function(data, events, pav, asked) {
  own <- data$events[data$events$event %in% setdiff(events, "pav"), ]
  known <- as.numeric(last_known(data))
  rows <- data.frame(patient = own$patient, day = not_before_seen(own, known[match(own$patient, data$patients$patient)]),
                     last = as.numeric(latest(own$date)), partial = nchar(own$date) < 10)
  missing <- own$patient[is.na(own$date)]
  odd <- list(unchecked = 0, short = 0, fewer = 0, no_hours = 0)
  if ("pav" %in% events) {
    death <- placed_death(data)
    for (i in which(asked)) {
      name <- data$patients$patient[i]
      own <- data$events[data$events$patient == name, ]
      found <- pav_of(own, pav[1], pav[2], death[i], known[i])
      stated <- own[own$event %in% VENTILATION & !is.na(own$value), ]
      odd$no_hours <- odd$no_hours + any(is.na(hours_a_day(stated$value, stated$unit)))
      if (found$odd != "") odd[[found$odd]] <- odd[[found$odd]] + 1
      if (is.na(found$day)) {
        if (any(own$event == "pav" & is.na(own$date))) missing <- c(missing, name)
        next
      }
      text <- own$date[own$event %in% VENTILATION &
                         as.numeric(middle(own$date)) %in% found$day]
      rows <- rbind(rows, data.frame(patient = name, day = found$day, last = as.numeric(max(latest(text))),
                                     partial = all(nchar(text) < 10)))
    }
  }
  rows <- rows[order(rows$day), ]
  at <- match(data$patients$patient, rows$patient)
  list(day = rows$day[at], last = rows$last[at], partial = rows$partial[at] %in% TRUE,
       missing = data$patients$patient %in% missing, odd = odd)
}

# Days from time zero to the first of the events, or to where the patient is censored; start: the last
# day before the patient is at risk. `counts` says how many were left out and why.
event_times <- function(data, events, from = NULL, from_zero = FALSE, pav = c(22, 7)) {
  n <- nrow(data$patients)
  zeros <- time_zeros(data, from)
  zero <- as.numeric(zeros$day)
  known <- as.numeric(last_known(data))
  stages <- intersect(events, c("kings-4a", "kings-4b"))
  first <- first_events(data, events, pav, !is.na(zero))
  by_stage <- rep(FALSE, n)
  reached <- NULL
  if (length(stages)) {
    reached <- stage_days(data, stages)
    by_stage <- !is.na(reached$first) & (is.na(first$day) | reached$first < first$day)
    first$day[by_stage] <- first$last[by_stage] <- reached$first[by_stage]
    first$partial[by_stage] <- FALSE
    by_stage <- !is.na(reached$first) & first$day %in% reached$first & first$day == reached$first
  }
  event <- !is.na(first$day)
  day <- first$day
  late <- event & !is.na(zero) & day < zero & first$last >= as.numeric(zeros$first)
  day[late] <- zero[late]
  died <- placed_death(data)
  end <- if (length(stages)) reached$last
         else if ("death" %in% events) known
         else pmax(as.numeric(last_visit(data)), died, na.rm = TRUE)
  no_stage <- length(stages) > 0 & !event & is.na(end)
  end[is.na(end)] <- zero[is.na(end)]
  days <- ifelse(event, day - zero, pmax(0, end - zero))
  no_zero <- is.na(zero)
  undated <- !no_zero & first$missing
  before <- !no_zero & !undated & event & (day < zero | (by_stage & day == zero))
  no_stage <- no_stage & !no_zero & !undated
  used <- !no_zero & !undated & !before & !no_stage
  consent <- data$events[data$events$event %in% c("consent", "infusion") & !is.na(data$events$date), ]
  entry <- pmin(as.numeric(first_visit(data)), per_patient(data, middle(consent$date), consent$patient, min),
                na.rm = TRUE) - zero
  entry[is.na(entry) | entry < 0] <- 0
  if (from_zero) entry[] <- 0
  outside <- used & entry > 0 & days <= entry
  used <- used & !outside
  partial <- used & (zeros$partial %in% TRUE | (event & first$partial))
  competing <- !no_zero & !undated & !no_stage & !event & !"death" %in% events & !is.na(died)
  counts <- c("no time zero" = sum(no_zero), "the endpoint has no date" = sum(undated),
              "the endpoint came before time zero" = sum(before),
              "came before they were under observation" = sum(outside),
              "no assessment from which the stage can be told" = sum(no_stage),
              "a date without a day" = sum(partial), "censored on day 0" = sum(used & !event & days == 0),
              "late entry" = sum(used & entry > 0), "died without the endpoint" = sum(competing),
              "recorded without hours" = first$odd$unchecked, "recorded with fewer hours" = first$odd$fewer,
              "a number other than 0 to 24 hours" = first$odd$no_hours,
              "not known to have been for so many days" = first$odd$short)
  out <- data.frame(patient = data$patients$patient, days = days, event = event, used = used,
                    start = ifelse(entry > 0, entry, -1))
  attr(out, "counts") <- counts
  out
}
