# The exported files, and the conventions by which values and days enter an analysis.

load_study <- function() {
  folder <- tempfile("crosscheck")
  run <- invoke("export", "csv", "--out", folder, "--as-of", STAMP)
  if (run$status != 0) stop(paste(run$notes, collapse = "\n"))
  read <- function(name) {
    file <- file.path(folder, name)
    if (!file.exists(file)) return(NULL)
    read.csv(file, colClasses = "character", na.strings = "", check.names = FALSE)
  }
  data <- list(patients = read("patients.csv"), events = read("events.csv"),
               visits = read("visits.csv"), long = read("observations.csv"),
               cohort = read("cohort.csv"), adverse = read("adverse_events.csv"),
               alsfrsr = read("alsfrsr.csv"), alsfrs = read("alsfrs.csv"),
               procedures = read("procedures.csv"), review = read("ae-review.csv"))
  plan <- invoke("protocol", "show", "--schedule", "--format", "csv")$output
  data$plan <- parse_csv(plan)
  facts <- parse_csv(invoke("protocol", "show", "--format", "csv")$output)
  data$facts <- facts
  texts <- facts$value[facts$field == "cohort"]
  data$cohorts <- data.frame(code = sub(" .*", "", texts),
                             doses = as.numeric(sub(".*, ([0-9]+) doses?$", "\\1", texts)))
  unlink(folder, recursive = TRUE)
  data
}

# Partial dates are written as far as they are known: 2016, 2016-05. Their first, last and middle day.
partial <- function(text, month, year) {
  text <- ifelse(nchar(text) == 4, paste0(text, year), ifelse(nchar(text) == 7, paste0(text, month), text))
  as.Date(ifelse(grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text), text, NA))
}
earliest <- function(text) partial(text, "-01", "-01-01")
middle <- function(text) partial(text, "-15", "-07-01")
latest <- function(text) {
  day <- partial(text, "-01", "-12-31")
  for (i in which(nchar(text) == 7)) day[i] <- seq(day[i], by = "month", length.out = 2)[2] - 1
  day
}

death_day <- function(data) {
  own <- data$events[data$events$event == "death", ]
  latest(own$date)[match(data$patients$patient, own$patient)]
}

# Values of a measure until death, with day and month from the patient's time zero. A visit has one:
# the mean of its raters' values, on the day of the first.
measure_values <- function(data, measure)
  remember(paste("values", measure), measure_values_now(data, measure))
measure_values_now <- function(data, measure) {
  part <- strsplit(measure, ".", fixed = TRUE)[[1]]
  values <- data$long[data$long$instrument == part[1] & data$long$item_or_score == part[2] &
                        !is.na(data$long$value), ]
  values <- values[grepl("^-?[0-9.]+(e[-+]?[0-9]+)?$", values$value), ]
  values$y <- as.numeric(values$value)
  values$date <- as.Date(values$date)
  died <- death_day(data)[match(values$patient, data$patients$patient)]
  values <- values[is.na(died) | values$date <= died, ]
  values$day <- as.numeric(values$day)
  values <- average_raters(values[order(match(values$patient, data$patients$patient), values$day), ])
  values$month <- values$day / MONTH
  values
}
average_raters <- function(values) {
  visit <- paste(values$patient, values$visit, sep = "\r")
  values$y <- ave(values$y, visit)
  values[!duplicated(visit), ]
}

# The protocol's measure, and those with a slope in cohort.csv: the instruments' main scores.
measures_of <- function(data) {
  pairs <- unique(data$long[c("instrument", "item_or_score")])
  column <- gsub("[^a-z0-9]+", "_", paste(pairs$instrument, pairs$item_or_score, "slope", sep = "_"))
  main <- paste(pairs$instrument, pairs$item_or_score, sep = ".")[column %in% names(data$cohort)]
  union(data$facts$value[data$facts$field == "measure"], main)
}

is_better_when_higher <- function(measure) {
  file <- invoke("instrument", "show", sub("\\..*", "", measure), "--format", "csv")
  !any(grepl("lower is better", c(file$output, file$notes)))
}

FACTORS <- c("arm", "cohort", "site", "sex", "onset_site")
# Factors by which a study has at least two groups.
factors_of <- function(data)
  Filter(function(f) length(unique(na.omit(data$patients[[f]]))) > 1, FACTORS)
group_levels <- function(values) sort(unique(values[!is.na(values)]), method = "radix")
group_of <- function(data, patients, by) {
  values <- data$patients[[by]][match(patients, data$patients$patient)]
  factor(values, levels = group_levels(data$patients[[by]]))
}

# ---------------------------------------------------------------- time to an event

last_visit <- function(data) {
  took_place <- c("done", "early", "late", "extra")
  done <- data$visits[!is.na(data$visits$date) & data$visits$status %in% took_place, ]
  days <- tapply(as.numeric(as.Date(done$date)), done$patient, max)
  as.Date(as.numeric(days[data$patients$patient]), origin = "1970-01-01")
}
last_known <- function(data) {
  alive <- data$events[!data$events$event %in% c("death", "lost_to_followup") &
                         !is.na(data$events$date), ]
  days <- tapply(as.numeric(earliest(alive$date)), alive$patient, max)
  seen <- as.Date(as.numeric(days[data$patients$patient]), origin = "1970-01-01")
  pmax(last_visit(data), seen, na.rm = TRUE)
}

# The middle of partial dates, but no death before the patient was last seen alive.
not_before_seen <- function(own, known) {
  day <- middle(own$date)
  early <- own$event == "death" & !is.na(day) & !is.na(known) & day < known
  day[early] <- pmin(known, latest(own$date))[early]
  day
}

# Days from time zero to the first of the events, or to where the patient is censored.
event_times <- function(data, events) {
  patients <- data$patients
  zero <- as.Date(patients$time_zero)
  with_death <- "death" %in% events
  own <- data$events[data$events$event %in% events, ]
  known <- last_known(data)
  own$day <- as.numeric(not_before_seen(own, known[match(own$patient, patients$patient)]))
  first <- tapply(own$day, own$patient, min)[patients$patient]
  first <- as.Date(as.numeric(first), origin = "1970-01-01")
  end <- if (with_death) known else pmax(last_visit(data), death_day(data), na.rm = TRUE)
  event <- !is.na(first)
  days <- as.numeric(ifelse(event, first - zero, pmax(0, as.numeric(end - zero))))
  days[!event & is.na(end) & !is.na(zero)] <- 0
  used <- !is.na(zero) & !(event & days < 0)
  data.frame(patient = patients$patient, days = days, event = event, used = used)
}
