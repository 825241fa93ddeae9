# Baseline covariates of patients, and what notes say of the values of a mixed model.

# Age in years at time zero, times in months, points lost per month since onset.
patient_covariates <- function(data, measure) {
  date_of <- function(event) {
    own <- data$events[data$events$event == event & !is.na(data$events$date), ]
    own$date[match(data$patients$patient, own$patient)]
  }
  onset <- as.numeric(middle(date_of("onset")))
  diagnosis <- as.numeric(middle(date_of("diagnosis")))
  total <- if (is.null(data$alsfrsr)) "alsfrs.total" else "alsfrsr.total"
  points <- if (is.null(data$alsfrsr)) 40 else 48
  own <- baselines_of(data, total)
  zero <- as.numeric(as.Date(data$patients$time_zero))
  since <- (zero + own$day - onset) / MONTH
  data.frame(age = as.numeric(data$cohort$age_at_zero[match(data$patients$patient, data$cohort$patient)]),
             height = as.numeric(data$patients$height_cm), duration = (zero - onset) / MONTH,
             delay = (diagnosis - onset) / MONTH, baseline = baselines_of(data, measure)$value,
             delta_fs = ifelse(since > 0, (points - own$value) / since, NA),
             onset_partial = nchar(date_of("onset")) < 10, diagnosis_partial = nchar(date_of("diagnosis")) < 10)
}

# Value and day of each patient's baseline.
baselines_of <- function(data, measure) remember(paste("baselines", measure), baselines_now(data, measure))
baselines_now <- function(data, measure) {
  values <- measure_values(data, measure)
  if (nrow(values) == 0) return(data.frame(value = NA, day = rep(NA, nrow(data$patients))))
  rows <- add_baselines(visit_values(values), analyse("change", measure)$notes, data)
  at <- match(data$patients$patient, rows$patient)
  data.frame(value = rows$baseline[at], day = rows$baseline_day[at])
}

# NAME or NAME:month; a factor has a column for each level but the first that is left. Rows as `patients`.
covariate_columns <- function(data, measure, names, patients, drop_levels = FALSE) {
  known <- patient_covariates(data, measure)
  at <- match(patients, data$patients$patient)
  values <- matrix(numeric(0), length(patients), 0)
  by_time <- logical()
  partial <- logical(nrow(data$patients))
  for (name in unique(sub(":month$", "", names))) {
    slope <- paste0(name, ":month") %in% names
    if (name %in% FACTORS) {
      level <- data$patients[[name]][at]
      levels <- if (drop_levels) group_levels(level) else group_levels(data$patients[[name]])
      own <- sapply(levels[-1], function(one) as.numeric(level == one))
      own <- matrix(own, length(patients), dimnames = list(NULL, paste0(name, levels[-1])))
      if (length(levels) < 2 && anyNA(level)) own <- matrix(ifelse(is.na(level), NA, 0), length(patients), 1)
    } else {
      column <- if (grepl(".", name, fixed = TRUE)) baselines_of(data, name)$value else known[[name]]
      own <- matrix(column[at], dimnames = list(NULL, name))
      if (name %in% c("duration", "delta_fs")) partial <- partial | known$onset_partial %in% TRUE
      if (name == "delay") partial <- partial | known$onset_partial %in% TRUE | known$diagnosis_partial %in% TRUE
    }
    values <- cbind(values, own)
    by_time <- c(by_time, rep(slope, ncol(own)))
  }
  list(values = values, by_time = by_time, partial = data$patients$patient[partial])
}

# Of the patients and values of the model alone, once covariates and groups have left some out.
check_mixed_notes <- function(data, measure, notes, values, left, where) {
  patients <- unique(values$patient)
  died <- data$patients$patient[!is.na(death_day(data))]
  left <- c(left, "of several raters, averaged" = sum(values$raters > 1))
  check_counts("mixed", notes, c(left, "died: slopes truncated" = length(intersect(patients, died)),
                                 "floor effect: " = if (measure == "alsfrsr.total") sum(values$y <= FLOOR) else 0),
               where)
  note <- grep("^patients: [0-9]+; ", notes, value = TRUE)
  compare_equal("mixed", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]]),
                c(nrow(data$patients), length(patients), nrow(values), nrow(data$patients) - length(patients)), where)
  check_zero_note("mixed", data, notes, patients, where)
}
