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
                             label = sub("^[^ ]+ (.*), [0-9]+ doses?$", "\\1", texts),
                             doses = as.numeric(sub(".*, ([0-9]+) doses?$", "\\1", texts)))
  unlink(folder, recursive = TRUE)
  if (!is.null(data$adverse)) data$adverse$term <- folded(data$adverse$term)
  data
}

# Terms of adverse events that differ in capital letters or blanks alone are one.
folded <- function(text) trimws(gsub("[[:space:]]+", " ", tolower(text)))

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

# Every value of a measure, with day and month from the patient's time zero. A visit has one until death: the
# mean of its raters' values, on the day of the first (`raters` of them). What is after death, or has no
# value, stays as it is.
measure_rows <- function(data, measure)
  remember(paste("rows", measure), measure_rows_now(data, measure))
measure_rows_now <- function(data, measure) {
  part <- strsplit(measure, ".", fixed = TRUE)[[1]]
  rows <- data$long[data$long$instrument == part[1] & data$long$item_or_score == part[2], ]
  number <- grepl("^-?[0-9.]+(e[-+]?[0-9]+)?$", rows$value)
  rows$y <- as.numeric(ifelse(number, rows$value, NA))
  rows$date <- as.Date(rows$date)
  died <- death_day(data)[match(rows$patient, data$patients$patient)]
  rows$after_death <- !is.na(died) & rows$date > died
  rows$day <- as.numeric(rows$day)
  rows <- rows[order(match(rows$patient, data$patients$patient), rows$day), ]
  joined <- !is.na(rows$y) & !rows$after_death
  visit <- ifelse(joined, paste(rows$patient, rows$visit, sep = "\r"), seq_len(nrow(rows)))
  rows$raters <- ave(rep(1, nrow(rows)), visit, FUN = length)
  rows$y <- ave(rows$y, visit)
  rows <- rows[!duplicated(visit), ]
  rows$month <- rows$day / MONTH
  rows
}
# Values until death.
measure_values <- function(data, measure) {
  rows <- measure_rows(data, measure)
  rows[!is.na(rows$y) & !rows$after_death, ]
}

# What several analyses say of the values that they start from.
FLOOR <- 25
value_counts <- function(data, measure, rows = measure_rows(data, measure)) {
  values <- rows[!is.na(rows$y), ]
  died <- data$patients$patient[!is.na(death_day(data))]
  alive <- values[!values$after_death, ]
  list(missing = sum(is.na(rows$y)), averaged = sum(alive$raters > 1), after_death = sum(values$after_death),
       died = length(intersect(unique(values$patient), died)),
       low = if (measure == "alsfrsr.total") sum(values$y[!values$after_death] <= FLOOR) else 0)
}
check_zero_note <- function(analysis, data, notes, patients, where) {
  note <- grep("^time zero: .* without it the baseline visit", notes, value = TRUE)
  note <- sub("^time zero: [^ ]+ [^ ]+ ", "", note)
  theirs <- as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]])
  source <- data$patients$time_zero_source[data$patients$patient %in% patients]
  compare_equal(analysis, "counts in notes", theirs,
                c(sum(source %in% "protocol"), sum(source %in% "baseline visit"), sum(source %in% "first visit")), where)
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
