# analyze slopes: lm per patient.

check_slope_options <- function(data, measure) {
  by <- factors_of(data)
  by <- if (length(by)) by[1]
  for (window in list(c(0, NA), c(NA, 0), c(-30, 120), c(1, 400), c(5000, 6000)))
    check_slopes(data, measure, by, window)
  for (patient in head(data$patients$patient, 3)) check_slopes(data, measure, patient = patient)
}

check_slopes <- function(data, measure, by = NULL, window = c(NA, NA), patient = NULL) {
  options <- c(if (!is.null(by)) c("--by", by), if (!is.na(window[1])) c("--from", window[1]),
               if (!is.na(window[2])) c("--to", window[2]), if (!is.null(patient)) c("--patient", patient))
  where <- paste(c(measure, options), collapse = " ")
  run <- do.call(analyse, as.list(c("slopes", measure, options)))
  ours <- run$table
  everyone <- if (is.null(patient)) data$patients$patient else patient
  compare_equal("slopes", "patients", ours$patient, everyone, where)
  rows <- measure_rows(data, measure)
  rows <- rows[rows$patient %in% everyone, ]
  inside <- (is.na(window[1]) | rows$day >= window[1]) & (is.na(window[2]) | rows$day <= window[2])
  values <- rows[inside & !is.na(rows$y) & !rows$after_death, ]
  lines <- lapply(ours$patient, function(name) {
    own <- values[values$patient == name, ]
    n <- nrow(own)
    row <- data.frame(n = n, first = if (n) format(min(own$date)) else NA,
                      last = if (n) format(max(own$date)) else NA,
                      span = if (n) as.numeric(max(own$date) - min(own$date)) else NA,
                      slope = NA, se = NA, low = NA, high = NA, intercept = NA, r2 = NA, sd = NA,
                      visits = length(unique(own$visit)), reliable = NA)
    if (n)
      row$reliable <- if (row$visits >= 3 && row$span >= 60) "Y" else "N"
    if (length(unique(own$month)) < 2) return(row)
    centre <- mean(own$day) # values and times far from 0 cost lm digits
    level <- mean(own$y)
    fit <- lm(I(y - level) ~ I((day - centre) / MONTH), own)
    row$slope <- coef(fit)[2]
    row$intercept <- level + coef(fit)[1] - coef(fit)[2] * centre / MONTH
    about <- suppressWarnings(summary(fit))
    flat <- length(unique(own$y)) == 1 # R prints noise for a constant
    row$r2 <- if (flat) NA else about$r.squared
    if (flat) row$slope <- 0
    if (n > 2) {
      limits <- suppressWarnings(confint(fit))[2, ]
      row$se <- if (flat) 0 else about$coefficients[2, 2]
      row$low <- if (flat) 0 else limits[1]
      row$high <- if (flat) 0 else limits[2]
      row$sd <- if (flat) 0 else about$sigma
    }
    row
  })
  theirs <- do.call(rbind, lines)
  # Exact lines: R's residuals are rounding, the convention is a standard error of 0.
  exact <- !is.na(theirs$sd) & theirs$sd < 1e-12 * pmax(1, abs(theirs$intercept))
  theirs[exact, c("se", "sd")] <- 0
  theirs[exact, c("low", "high")] <- theirs$slope[exact]
  theirs$r2[exact & !is.na(theirs$r2)] <- 1
  check_slope_notes(data, measure, run$notes, theirs, rows, inside, where)
  for (name in c("n", "span_days"))
    compare_equal("slopes", name, ours[[name]], theirs[[sub("_.*", "", name)]], where)
  compare_equal("slopes", "first and last date", c(ours$first_date, ours$last_date),
                c(theirs$first, theirs$last), where)
  compare_equal("slopes", "reliable", ours$reliable, theirs$reliable, where)
  # Relative to the largest change that a month's slope can be told from: an all but flat line.
  scale <- function(x) pmax(abs(x), 1e-3)
  compare("slopes", "slope", ours$slope, theirs$slope, 1e-9, scale(theirs$slope), where)
  compare("slopes", "standard error", ours$se, theirs$se, 1e-9, scale(theirs$se), where)
  compare("slopes", "confidence limits", c(ours$ci_low, ours$ci_high), c(theirs$low, theirs$high),
          1e-9, scale(c(theirs$low, theirs$high)), where)
  compare("slopes", "intercept", ours$intercept, theirs$intercept, 1e-9, where = where)
  compare("slopes", "R squared", ours$r2, theirs$r2, 1e-9, pmax(abs(theirs$r2), 1e-3), where)
  compare("slopes", "residual SD", ours$residual_sd, theirs$sd, 1e-9, scale(theirs$sd), where)
  if (!is.null(by))
    compare_equal("slopes", "group", ours$group,
                  data$patients[[by]][match(ours$patient, data$patients$patient)], where)
  check_slope_means(data, theirs, ours$patient, run$notes, by, where)
  account("slopes", ours, c("patient", "group", "measure", "n", "first_date", "last_date",
                            "span_days", "slope", "se", "ci_low", "ci_high", "intercept", "r2",
                            "residual_sd", "reliable"))
}

check_slope_notes <- function(data, measure, notes, theirs, rows, inside, where) {
  own <- value_counts(data, measure, rows)
  numbers_in <- function(text) {
    note <- grep(text, notes, value = TRUE)
    if (length(note)) as.numeric(regmatches(note[1], gregexpr("[0-9]+", note[1]))[[1]]) else 0
  }
  compare_equal("slopes", "counts in notes", numbers_in("with a slope"),
                c(nrow(theirs), sum(!is.na(theirs$slope)), sum(theirs$n > 0 & is.na(theirs$slope)),
                  sum(theirs$n == 0)), where)
  values <- !is.na(rows$y)
  check_counts("slopes", notes, c(
    "of several raters, averaged" = sum(rows$raters[inside & values & !rows$after_death] > 1),
    "without a value left out" = own$missing, "died: slopes truncated" = own$died,
    "fewer than three visits" = sum(theirs$n > 0 & theirs$visits < 3)), where)
  low <- if (measure == "alsfrsr.total") sum((rows$y <= FLOOR)[inside & values & !rows$after_death]) else 0
  compare_equal("slopes", "counts in notes", numbers_in("floor effect")[1], low, where)
  if (any(grepl("outside left out", notes)))
    compare_equal("slopes", "counts in notes", tail(numbers_in("outside left out"), 1), sum(values & !inside),
                  where)
  compare_equal("slopes", "counts in notes", numbers_in("dated after death")[1],
                sum(values & inside & rows$after_death), where)
  check_zero_note("slopes", data, notes, unique(rows$patient[values]), where)
}

# "… unweighted mean of N slopes M, SD S, SE E, 95 % t interval L to H, …": six decimals.
check_slope_means <- function(data, theirs, patients, notes, by, where) {
  pattern <- paste0("^(.*): unweighted mean of ([0-9]+) slopes (-?[0-9.]+), SD ([0-9.]+), ",
                    "SE ([0-9.]+), 95 % t interval (-?[0-9.]+) to (-?[0-9.]+),.*")
  for (note in grep(pattern, notes, value = TRUE)) {
    name <- sub(pattern, "\\1", note)
    group <- if (grepl("^all ", name)) NULL else sub("^[^ ]+ ", "", name)
    use <- !is.na(theirs$slope)
    if (!is.null(group)) {
      factor <- sub(" .*", "", name)
      use <- use & data$patients[[factor]][match(patients, data$patients$patient)] %in% group
    }
    own <- theirs$slope[use]
    test <- if (length(own) > 1 && sd(own) > 0) t.test(own)
    numbers <- as.numeric(sapply(2:7, function(i) sub(pattern, paste0("\\", i), note)))
    if (is.null(test)) next
    expected <- c(length(own), mean(own), sd(own), sd(own) / sqrt(length(own)), test$conf.int)
    compare("slopes", "group means (6 decimals, absolute)", numbers, expected, 5.1e-7, 1, where)
  }
}
