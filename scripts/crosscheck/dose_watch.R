# Who of the treated was observed to the end, for the dose board.

# Per patient: "watched", "watching", "unseen" or "left"; completed is the day of the last planned
# infusion, NA before it.
watch_of <- function(data, completed, observation) {
  today <- as.Date(STAMP)
  events <- data$events
  events$from <- earliest(events$date)
  events <- events[is.na(events$from) | events$from <= today, ]
  until <- completed + observation
  done <- data$visits[data$visits$status %in% c("done", "early", "late", "extra"), ]
  done$date <- as.Date(done$date)
  done <- done[!is.na(done$date) & done$date <= today, ]
  sapply(seq_along(completed), function(i) {
    own <- events[events$patient == data$patients$patient[i], ]
    visits <- done$date[done$patient == data$patients$patient[i]]
    gone <- own$from[own$event %in% c("death", "withdrawal", "lost_to_followup")]
    if (is.na(until[i]))
      return(if (length(gone) || any(own$event == "treatment_stopped")) "left" else "watching")
    seen <- c(visits, own$from[own$event != "lost_to_followup"])
    if (any(visits >= until[i])) "watched"
    else if (!any(is.na(gone) | gone < until[i]) && any(seen >= until[i], na.rm = TRUE)) "watched"
    else if (length(gone)) "left"
    else if (until[i] <= today) "unseen" else "watching"
  })
}

# Patients with a dose-limiting toxicity that did not begin before the first infusion.
toxic_of <- function(data, first) {
  own <- data$adverse[data$adverse$dlt %in% "Y", ]
  infusion <- first[match(own$patient, data$patients$patient)]
  counts <- (is.na(own$onset) | earliest(own$onset) <= as.Date(STAMP)) &
    !(!is.na(own$onset) & !is.na(infusion) & latest(own$onset) < infusion)
  data$patients$patient %in% own$patient[counts]
}
