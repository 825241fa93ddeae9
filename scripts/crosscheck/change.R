# analyze change: descriptive statistics per visit, and the repeated-measures model.

# Two-sided exact p of the rank-sum test with ties: over all choices of the first sample.
exact_rank_sum <- function(x, y) {
  n <- length(x)
  if (n == 0 || length(y) == 0 || n + length(y) > 80) return(NA_real_)
  doubled <- as.integer(round(2 * rank(c(x, y))))
  total <- sum(doubled)
  ways <- matrix(0, n + 1, total + 1) # ways[k + 1, s + 1]: k chosen with sum s
  ways[1, 1] <- 1
  for (r in doubled) {
    from <- ways[-(n + 1), seq_len(total + 1 - r), drop = FALSE]
    ways[-1, (r + 1):(total + 1)] <- ways[-1, (r + 1):(total + 1)] + from
  }
  own <- ways[n + 1, ] / sum(ways[n + 1, ])
  observed <- sum(doubled[seq_len(n)])
  centre <- total * n / length(doubled)
  min(1, sum(own[abs(seq_along(own) - 1 - centre) >= abs(observed - centre) - 1e-6]))
}
asymptotic_rank_sum <- function(x, y, correct) {
  if (length(x) == 0 || length(y) == 0) return(NA_real_)
  suppressWarnings(wilcox.test(x, y, exact = FALSE, correct = correct)$p.value)
}

# One row per patient and visit: the mean of its values, the day of the first; the baseline's rule is
# read from the program's note.
visit_values <- function(values) {
  key <- paste(values$patient, values$visit, sep = "\r")
  first <- !duplicated(key)
  rows <- values[first, c("patient", "visit", "day")]
  rows$y <- as.numeric(tapply(values$y, factor(key, key[first]), mean))
  rows
}
add_baselines <- function(rows, notes, data) {
  note <- grep("^baseline of ", notes, value = TRUE)[1]
  rule <- sub("^baseline of [^:]*: ", "", note)
  historical <- grepl("at most ([0-9]+) days before it", rule)
  age <- if (historical) as.numeric(sub(".*at most ([0-9]+) days.*", "\\1", rule)) else NA
  screening <- data$visits[data$visits$visit == "SCR" & !is.na(data$visits$day), ]
  screening_day <- as.numeric(screening$day)[match(rows$patient, screening$patient)]
  candidate <- if (historical)
    rows$visit == "SCR" | (!is.na(screening_day) & rows$day <= screening_day &
                             rows$day >= screening_day - age)
  else if (grepl("^visit ", rule)) rows$visit == sub("^visit ([^ ,]+).*", "\\1", rule)
  else rows$day <= 0
  own <- rows[candidate, ]
  own <- own[own$day == ave(own$day, own$patient, FUN = max), ]
  own$y <- ave(own$y, own$patient) # several visits of one day count by their mean
  own <- own[!duplicated(own$patient, fromLast = TRUE), ]
  at <- match(rows$patient, own$patient)
  rows$baseline <- own$y[at]
  rows$change <- ifelse(!is.na(at) & rows$day > own$day[at], rows$y - own$y[at], NA)
  rows$baseline_day <- own$day[at]
  rows
}

# Visits that the protocol puts after the baseline: only there a change counts.
is_after_baseline <- function(visits, notes, data) {
  rule <- sub("^baseline of [^:]*: ", "", grep("^baseline of ", notes, value = TRUE)[1])
  place <- match(visits, data$plan$visit)
  after <- if (grepl("at most ([0-9]+) days before it", rule)) place > match("SCR", data$plan$visit)
  else if (grepl("^visit ", rule)) place > match(sub("^visit ([^ ,]+).*", "\\1", rule), data$plan$visit)
  else if (is_treatment_zero(notes)) data$plan$epoch[place] == "post"
  else rep(TRUE, length(visits))
  after %in% TRUE
}
is_treatment_zero <- function(notes) any(grepl("^time zero: infusion", notes))

# Values of planned visits, in `stands` that of early termination at the visit that it stands in for.
place_values <- function(rows, notes, data, measure) {
  rows$stands <- stand_in(rows, data, measure)$visit
  rows$change[!is_after_baseline(rows$stands, notes, data)] <- NA
  rows
}

# A value at an early-termination visit counts at the planned visit nearest in target day that assesses
# the instrument and has no value.
stand_in <- function(rows, data, measure) {
  instrument <- sub("\\..*", "", measure)
  assessing <- data$plan$visit[!is.na(data$plan[[instrument]])]
  for (i in which(grepl("^ET[0-9]*$", rows$visit) & !rows$visit %in% data$plan$visit)) {
    own <- data$visits[data$visits$patient == rows$patient[i] & data$visits$visit %in% assessing &
                         !is.na(data$visits$target), ]
    own <- own[!own$visit %in% rows$visit[rows$patient == rows$patient[i]], ]
    own <- own[order(match(own$visit, data$plan$visit)), ]
    if (nrow(own) == 0) next
    zero <- as.Date(data$patients$time_zero[data$patients$patient == rows$patient[i]])
    gap <- abs(as.numeric(as.Date(own$target) - zero) - rows$day[i])
    rows$visit[i] <- own$visit[which.min(gap)]
  }
  rows
}

describe <- function(x) {
  n <- length(x)
  test <- if (n > 1 && sd(x) > 0) t.test(x)
  half <- if (n > 1) qt(0.975, n - 1) * sd(x) / sqrt(n) else NA
  list(n = n, mean = if (n) mean(x) else NA, sd = sd(x), se = sd(x) / sqrt(n),
       low = if (n) mean(x) - half else NA, high = if (n) mean(x) + half else NA,
       p = if (is.null(test)) NA else test$p.value,
       q = if (n) quantile(x, c(0.25, 0.5, 0.75), type = 7, names = FALSE) else rep(NA, 3))
}

# Planned visits of the measure that are missing although their window has closed, after the baseline and
# until death, get a value: the last one, the baseline, or the line through the values since the baseline,
# kept within the scale.
impute <- function(rows, notes, data, measure, method) {
  instrument <- sub("\\..*", "", measure)
  assessing <- data$plan$visit[!is.na(data$plan[[instrument]]) & is_after_baseline(data$plan$visit, notes, data)]
  died <- death_day(data)
  zero <- as.Date(data$patients$time_zero)
  added <- list()
  limited <- 0
  for (patient in unique(rows$patient[!is.na(rows$baseline_day)])) {
    own <- rows[rows$patient == patient, ]
    at <- match(patient, data$patients$patient)
    due <- data$visits[data$visits$patient == patient & data$visits$visit %in% setdiff(assessing, own$stands), ]
    due <- due[!is.na(due$target) & as.Date(due$window_to) <= as.Date(STAMP), ]
    due$at <- as.numeric(as.Date(due$target) - zero[at])
    due <- due[due$at > own$baseline_day[1] & (is.na(died[at]) | as.Date(due$target) <= died[at]), ]
    since <- own[own$day >= own$baseline_day[1], ]
    for (i in seq_len(nrow(due))) {
      before <- own[own$day <= due$at[i], ]
      value <- if (method == "bocf") own$baseline[1]
      else if (method == "locf") mean(before$y[before$day == max(before$day)])
      else if (length(unique(since$day)) > 1) {
        line <- coef(lm(y ~ day, since))
        free <- unname(line[1] + line[2] * due$at[i])
        kept <- max(scale_of(data, measure)[1], min(scale_of(data, measure)[2], free))
        limited <- limited + (kept != free)
        kept
      } else NA
      if (length(value) && !is.na(value))
        added <- c(added, list(data.frame(patient = patient, visit = due$visit[i], day = due$at[i], y = value,
                                          baseline = own$baseline[1], baseline_day = own$baseline_day[1],
                                          change = value - own$baseline[1], stands = due$visit[i])))
    }
  }
  added <- do.call(rbind, added)
  list(rows = added, limited = limited)
}

# Least and greatest value that a measure can have, from what `instrument show` says of its items: bounds,
# the codes of answers, sums and means of those. A percentage of a prediction is at least 0.
scale_of <- function(data, measure) remember(paste("scale", measure), scale_now(measure))
scale_now <- function(measure) {
  part <- strsplit(measure, ".", fixed = TRUE)[[1]]
  shown <- parse_csv(invoke("instrument", "show", part[1], "--format", "csv")$output, c("code", "values"))
  of_item <- function(code) {
    own <- shown[shown$code %in% code & shown$kind != "score", ]
    if (own$kind == "yes-no") return(c(0, 1))
    if (own$kind == "choice") return(range(as.numeric(sub(" .*", "", strsplit(own$values, "; ")[[1]]))))
    if (is.na(own$values)) return(c(-Inf, Inf))
    as.numeric(strsplit(own$values, " to ")[[1]])
  }
  own <- shown[shown$code %in% part[2] & shown$kind == "score", ]
  if (nrow(own) == 0) return(of_item(part[2]))
  if (grepl("^(sum|mean) of ", own$values)) {
    bounds <- sapply(strsplit(sub("[;+].*", "", sub("^(sum|mean) of ", "", own$values)), ", *")[[1]],
                     function(code) of_item(trimws(code)))
    return(if (grepl("^sum", own$values)) rowSums(bounds) else rowMeans(bounds))
  }
  if (own$values %in% shown$code) of_item(own$values) else c(0, Inf)
}

check_change <- function(data, measure, by = NULL, method = NULL) {
  run <- do.call(analyse, c(list("change", measure), if (!is.null(by)) list("--by", by),
                            if (!is.null(method)) list("--impute", method)))
  ours <- run$table
  where <- paste(c(measure, by, method), collapse = " ")
  rows <- add_baselines(visit_values(measure_values(data, measure)), run$notes, data)
  rows <- place_values(rows, run$notes, data, measure)
  check_change_notes(data, measure, run$notes, rows, where)
  check_visit_counts(rows, run$notes, data, where)
  if (!is.null(method)) {
    imputed <- impute(rows, run$notes, data, measure, method)
    rows <- rbind(rows, imputed$rows)
    check_counts("change", run$notes, c("imputed values that left the scale" = imputed$limited), where)
    compare_equal("change", "imputed", sum(ours$n_imputed), NROW(imputed$rows), where)
  }
  rows$visit <- rows$stands
  planned <- rows[rows$visit %in% data$plan$visit, ]
  compare_equal("change", "visits with values", sort(unique(ours$visit[ours$n > 0])),
                sort(unique(planned$visit)), where)
  groups <- if (is.null(by)) rep("all", nrow(rows)) else
    data$patients[[by]][match(rows$patient, data$patients$patient)]
  of_group <- function(i) rows[rows$visit == ours$visit[i] & groups %in% ours$group[i], ]
  for (i in seq_len(nrow(ours))) {
    own <- of_group(i)
    here <- paste(where, ours$visit[i], ours$group[i])
    value <- describe(own$y)
    change <- describe(own$change[!is.na(own$change)])
    percent <- 100 * (own$change / own$baseline)[!is.na(own$change) & !own$baseline %in% 0]
    percent <- describe(percent)
    compare_equal("change", "n", c(ours$n[i], ours$change_n[i]), c(value$n, change$n), here)
    column <- function(quantity, names, theirs, limit = 1e-9, scale = pmax(abs(theirs), 1e-2))
      compare("change", quantity, as.numeric(unlist(ours[i, names])), theirs, limit, scale, here)
    column("means", c("mean", "change_mean", "percent_mean"), c(value$mean, change$mean, percent$mean))
    column("SD", c("sd", "change_sd", "percent_sd"), c(value$sd, change$sd, percent$sd))
    column("SE and limits", c("se", "ci_low", "ci_high", "change_se", "change_ci_low", "change_ci_high"),
           c(value$se, value$low, value$high, change$se, change$low, change$high))
    column("quartiles", c("change_q1", "change_median", "change_q3"), change$q)
    column("paired t p", "change_p", change$p, 1e-8, pmax(change$p, 1e-12))
    if (!is.null(by)) check_difference(ours, i, own, of_group(which(ours$visit == ours$visit[i])[1]),
                                       here)
  }
  account("change", ours, c("visit", "group", "n", "mean", "sd", "se", "ci_low", "ci_high",
                            "change_mean", "change_sd", "change_n", "change_se", "change_ci_low",
                            "change_ci_high", "change_p", "change_q1", "change_median", "change_q3",
                            "percent_mean", "percent_sd", "difference", "difference_ci_low",
                            "difference_ci_high", "difference_p", "wilcoxon_p_exact", "wilcoxon_p",
                            if (!is.null(method)) "n_imputed"))
  if (is.null(method)) check_adjusted(data, measure, by, rows, groups, where)
}

check_change_notes <- function(data, measure, notes, rows, where) {
  all <- measure_rows(data, measure)
  has_value <- unique(all$patient[!is.na(all$y)])
  own <- value_counts(data, measure)
  baseline <- rows[!duplicated(rows$patient), ]
  check_counts("change", notes, c(
    "without a value left out" = own$missing, "dated after death left out" = own$after_death,
    "warning: died: " = own$died,
    "of several raters, averaged" = own$averaged,
    "for a baseline of 0" = sum(baseline$baseline %in% 0), "floor effect: " = own$low), where)
  note <- grep("of whom [0-9]+ without a baseline", notes, value = TRUE)
  compare_equal("change", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]]),
                c(nrow(data$patients), length(has_value),
                  sum(!has_value %in% baseline$patient[!is.na(baseline$baseline)])), where)
  check_zero_note("change", data, notes, has_value, where)
}

# The counts in words: values by where they are, and the changes among them; none is not said.
visit_figure <- function(notes, words) {
  note <- grep("^([0-9]+ values|of the [0-9]+): ", notes, value = TRUE)
  at <- unlist(regmatches(note, gregexpr(paste0(words, " [0-9]+"), note)))
  if (length(at)) as.integer(sub(".* ", "", at)) else 0L
}
check_visit_counts <- function(rows, notes, data, where) {
  planned <- rows[rows$stands %in% data$plan$visit, ]
  until <- !is.na(planned$baseline) & planned$day <= planned$baseline_day
  none <- is.na(planned$baseline)
  changes <- !is.na(planned$change)
  figures <- c("at planned visits" = sum(planned$stands == planned$visit),
               "without a value" = sum(planned$stands != planned$visit),
               "does not plan" = nrow(rows) - nrow(planned), "of the" = nrow(planned),
               "changes" = sum(changes), "day of the baseline" = sum(until),
               "puts before it" = sum(!until & !none & !changes), "without a baseline" = sum(none))
  compare_equal("change", "counts of values", unname(sapply(names(figures), function(words) visit_figure(notes, words))),
                unname(figures), where)
}

check_difference <- function(ours, i, own, reference, here) {
  first <- which(ours$visit == ours$visit[i])[1]
  x <- own$change[!is.na(own$change)]
  y <- reference$change[!is.na(reference$change)]
  theirs <- rep(NA_real_, 6)
  if (i != first && length(x) && length(y)) {
    theirs[1] <- mean(x) - mean(y)
    if (length(x) > 1 && length(y) > 1)
      theirs[2:4] <- if (var(x) + var(y) > 0) with(t.test(x, y), c(conf.int, p.value)) else
        c(theirs[1], theirs[1], NA) # R refuses samples that do not vary
    theirs[5] <- exact_rank_sum(x, y)
    theirs[6] <- asymptotic_rank_sum(x, y, FALSE)
  }
  scale <- pmax(abs(theirs), c(1e-2, 1e-2, 1e-2, 1e-12, 1e-12, 1e-12))
  compare("change", "Welch difference and limits", as.numeric(unlist(ours[i, c(
    "difference", "difference_ci_low", "difference_ci_high")])), theirs[1:3], 1e-9, scale[1:3], here)
  compare("change", "Welch and Wilcoxon p", as.numeric(unlist(ours[i, c(
    "difference_p", "wilcoxon_p_exact", "wilcoxon_p")])), theirs[4:6], 1e-8, scale[4:6], here)
}

# ---------------------------------------------------------------- repeated measures

# What each structure is searched over, all entries of S of n visits.
structure_parameters <- function(name, n) switch(
  name, UN = factor_parameters(n), TOEPH = scaled_parameters(n, TRUE, "gap"),
  ARH1 = scaled_parameters(n, TRUE, "power"), CSH = scaled_parameters(n, TRUE, "one"),
  TOEP = scaled_parameters(n, FALSE, "gap"), AR1 = scaled_parameters(n, FALSE, "power"),
  CS = scaled_parameters(n, FALSE, "one"))
entry_directions <- function(n) {
  pairs <- lower_pairs(n)
  lapply(seq_len(nrow(pairs)), function(k) {
    e <- matrix(0, n, n)
    e[pairs[k, 1], pairs[k, 2]] <- e[pairs[k, 2], pairs[k, 1]] <- 1
    e
  })
}

# Covariances of least-squares residuals over the pairs at hand, made positive definite.
start_covariance <- function(own, residuals, visits) {
  wide <- matrix(NA, length(unique(own$patient)), length(visits))
  wide[cbind(match(own$patient, unique(own$patient)), match(own$visit, visits))] <- residuals
  s <- cov(wide, use = "pairwise.complete.obs")
  s[is.na(s)] <- 0
  e <- eigen(s, TRUE)
  e$vectors %*% (pmax(e$values, 0.05 * mean(diag(s))) * t(e$vectors))
}

repeated_subjects <- function(own, X, visits) {
  bases <- entry_directions(length(visits))
  lapply(split(seq_len(nrow(own)), factor(own$patient, unique(own$patient))), function(i) {
    at <- match(own$visit[i], visits)
    list(y = own$change[i], X = X[i, , drop = FALSE],
         A = array(sapply(bases, function(b) b[at, at]), c(length(i), length(i), length(bases))))
  })
}
repeated_starts <- function(own, X, visits) {
  n <- length(visits)
  s <- start_covariance(own, lm.fit(X, own$change)$residuals, visits)
  near <- sqrt(diag(s)) %o% sqrt(diag(s)) * 0.8^abs(outer(seq_len(n), seq_len(n), "-"))
  list(s, near, diag(diag(s), n) + 0.5 * mean(diag(s)))
}

fit_repeated <- function(own, X, visits, name, starts = list(), method = "REML") {
  n <- length(visits)
  subjects <- repeated_subjects(own, X, visits)
  simpler <- switch(name, TOEPH = "ARH1", TOEP = "AR1")
  if (!is.null(simpler)) {
    near_fit <- fit_repeated(own, X, visits, simpler, starts, method)
    if (!is.null(near_fit)) starts <- c(starts, list(full_covariance(near_fit$theta, n)))
  }
  best <- NULL
  for (start in c(starts, repeated_starts(own, X, visits))) {
    fit <- maximise_covariance(subjects, start[lower_pairs(n)], method, structure_parameters(name, n), 80)
    if (!is.null(fit) && (is.null(best) || fit$loglik > best$loglik)) best <- fit
  }
  best
}

# Where a climb without regard to curvature ends, highest of all starts: with few patients the likelihood
# may rise without end towards a singular covariance, and a maximum inside is then a local one.
climb_repeated <- function(own, X, visits, name) {
  n <- length(visits)
  subjects <- repeated_subjects(own, X, visits)
  parameters <- structure_parameters(name, n)
  deviance <- function(phi) {
    fit <- covariance_at(subjects, parameters$theta(phi), "REML", FALSE)
    if (is.null(fit)) 1e10 else fit$deviance
  }
  best <- list(loglik = -Inf)
  for (start in repeated_starts(own, X, visits)) {
    phi <- parameters$phi(start[lower_pairs(n)])
    for (again in 1:3) phi <- optim(phi, deviance, method = "BFGS", control = list(maxit = 2000, reltol = 1e-14))$par
    loglik <- -deviance(phi) / 2
    if (loglik > best$loglik)
      best <- list(loglik = loglik, smallest = smallest_correlation(parameters$theta(phi), n))
  }
  best
}

full_covariance <- function(theta, n) {
  S <- matrix(0, n, n)
  S[lower_pairs(n)] <- theta
  S[upper.tri(S)] <- t(S)[upper.tri(S)]
  S
}
smallest_correlation <- function(theta, n) min(eigen(cov2cor(full_covariance(theta, n)), TRUE)$values)

# An autoregression of as many terms as there are gaps can have any correlations of gaps, so it is
# Toeplitz.
MOST_GAPS_IN_GLS <- 4
fit_gls <- function(own, X, visits, name) {
  own$at <- match(own$visit, visits)
  own$X <- X
  gaps <- length(visits) - 1
  if (gaps == 0 || (name %in% c("TOEPH", "TOEP") && gaps > MOST_GAPS_IN_GLS)) return(NULL)
  control <- nlme::glsControl(maxIter = 200, msMaxIter = 2000, tolerance = 1e-10, msTol = 1e-12,
                              opt = "nlminb")
  correlation <- switch(
    name, UN = nlme::corSymm(form = ~at | patient),
    TOEPH = , TOEP = nlme::corARMA(form = ~at | patient, p = gaps, q = 0),
    ARH1 = , AR1 = nlme::corAR1(0.5, form = ~at | patient),
    CSH = , CS = nlme::corCompSymm(form = ~1 | patient))
  weights <- if (name %in% c("UN", "TOEPH", "ARH1", "CSH")) nlme::varIdent(form = ~1 | at)
  tryCatch(suppressWarnings(nlme::gls(change ~ X - 1, own, correlation, weights, control = control)),
           error = function(e) NULL)
}
gls_covariance <- function(fit, visits) {
  if (is.null(fit)) return(list())
  sizes <- nlme::getGroups(fit)
  whole <- names(which.max(table(sizes)))
  if (sum(sizes == whole) < length(visits)) return(list())
  list(unclass(nlme::getVarCov(fit, individual = whole))[, , drop = FALSE])
}

# Is there no maximum of a structure that the program gave up?
check_given_up <- function(own, X, visits, wanted, where) {
  told <- function(...) remark("change: structure given up", sprintf("%s: %s; %s", where, wanted, sprintf(...)))
  bigger <- fit_repeated(own, X, visits, wanted)
  if (is.null(bigger)) return(told("R finds no maximum either"))
  if (bigger$flat > 0) return(told("R's maximum is a ridge: a covariance is not determined"))
  smallest <- smallest_correlation(bigger$theta, length(visits))
  if (smallest < 1e-4)
    return(told("R's maximum is all but singular, smallest eigenvalue of the correlations %.1e", smallest))
  edge <- climb_repeated(own, X, visits, wanted)
  if (edge$loglik > bigger$loglik + 0.01 && edge$smallest < 1e-4)
    return(told("R's maximum of %.4f is a local one: %.4f where the smallest eigenvalue of the correlations is %.1e",
                bigger$loglik, edge$loglik, edge$smallest))
  fail(quantity_row("change", "structure given up", 0), sprintf(
    "[%s] %s: R finds log-likelihood %.6f", where, wanted, bigger$loglik))
}

MOST_VISITS_RETRIED <- 8 # a hopeless search over more takes R minutes

check_adjusted <- function(data, measure, by, rows, groups, where) {
  run <- do.call(analyse, c(list("change", measure, "--adjusted"), if (!is.null(by)) list("--by", by)))
  ours <- run$table
  if (nrow(ours) == 0) {
    remark("change: no model", sprintf("%s: %s", where, paste(grep("no model|cannot", run$notes,
                                                                 value = TRUE), collapse = "; ")))
    return(invisible())
  }
  visits <- unique(ours$visit)
  keep <- !is.na(rows$change) & rows$visit %in% visits & !is.na(groups)
  own <- rows[keep, ]
  own$group <- groups[keep]
  own <- own[order(match(own$patient, data$patients$patient), match(own$visit, visits)), ]
  note <- grep("^covariance .* by REML: log-likelihood", run$notes, value = TRUE)
  name <- sub("^covariance [^(]*\\(([A-Z0-9]*)\\) by REML:.*", "\\1", note)
  for (text in grep("cannot be estimated", run$notes, value = TRUE)) {
    wanted <- sub("^warning: [^(]*\\(([A-Z0-9]*)\\) covariance cannot be estimated.*", "\\1", text)
    if (wanted == "UN" && length(visits) > MOST_VISITS_RETRIED) {
      remark("change: structure given up", sprintf(
        "%s: UN, %d covariances from %d patients; not tried in R", where,
        length(visits) * (length(visits) + 1) / 2, length(unique(own$patient))))
      next
    }
    check_given_up(own, adjusted_design(own, visits, ours)$X, visits, wanted, where)
  }
  design <- adjusted_design(own, visits, ours)
  gls <- fit_gls(own, design$X, visits, name)
  fit <- fit_repeated(own, design$X, visits, name, gls_covariance(gls, visits))
  if (is.null(fit)) {
    fail(quantity_row("change", "adjusted: log-likelihood (absolute)", 0), sprintf("[%s] R finds no maximum", where))
    return(invisible())
  }
  figures <- sub(".*by REML:", "", note)
  numbers <- as.numeric(regmatches(figures, gregexpr("-?[0-9]+\\.?[0-9]*", figures))[[1]])
  compare("change", "adjusted: log-likelihood (6 decimals)", numbers[1], fit$loglik, 1e-5, 1, where)
  compare("change", "adjusted: AIC (6 decimals)", numbers[2], -2 * fit$loglik + 2 * (fit$p + fit$m),
          2e-5, 1, where)
  compare_equal("change", "adjusted: counts", numbers[3:4], c(nrow(own), length(unique(own$patient))),
                where)
  if (is.null(gls)) {
    remark("change: nlme::gls not fitted", paste(where, name))
  } else if (as.numeric(logLik(gls)) < fit$loglik - 1e-5) {
    remark("change: nlme::gls stopped early", sprintf("%s: at %.7f, the maximum is %.7f", where,
                                                      as.numeric(logLik(gls)), fit$loglik))
  } else {
    compare("change", "adjusted: log-likelihood, gls", numbers[1], as.numeric(logLik(gls)), 1e-5, 1, where)
  }
  for (i in seq_len(nrow(ours))) {
    first <- which(ours$visit == ours$visit[i])[1]
    here <- paste(where, ours$visit[i], ours$group[i])
    mean_L <- design$row(ours$visit[i], ours$group[i])
    check_contrast(fit, mean_L, ours[i, c("change", "se", "df", "ci_low", "ci_high", "p")], here)
    if (is.null(by)) next
    difference_L <- if (i != first && !is.null(mean_L) &&
                        !is.null(design$row(ours$visit[first], ours$group[first])))
      mean_L - design$row(ours$visit[first], ours$group[first])
    check_contrast(fit, difference_L, ours[i, c("difference", "difference_se", "difference_df",
                                                "difference_ci_low", "difference_ci_high",
                                                "difference_p")], here)
  }
  account("change", ours, names(ours))
}

# visit x group means and baseline x visit, the baseline centred over the rows.
adjusted_design <- function(own, visits, ours) {
  cell <- paste(own$visit, own$group)
  cells <- unique(cell[order(match(own$visit, visits), own$group, method = "radix")])
  centred <- own$baseline - mean(own$baseline)
  X <- 1 * outer(cell, cells, "==")
  for (visit in visits) {
    at <- own$visit == visit
    if (length(unique(own$baseline[at])) > 1) X <- cbind(X, centred * at)
  }
  list(X = X, row = function(visit, group) {
    at <- match(paste(visit, group), cells)
    if (is.na(at)) NULL else 1 * (seq_len(ncol(X)) == at)
  })
}

check_contrast <- function(fit, L, printed, where) {
  printed <- as.numeric(unlist(printed))
  theirs <- rep(NA_real_, 6)
  if (!is.null(L)) {
    test <- satterthwaite(fit, L)
    half <- qt(0.975, test["df"]) * test["se"]
    theirs <- c(test, test["estimate"] - half, test["estimate"] + half,
                2 * pt(-abs(test["estimate"] / test["se"]), test["df"]))
  }
  compare("change", "adjusted means, differences (in SE)", printed[1], theirs[1], 1e-5, theirs[2], where)
  compare("change", "adjusted: SE", printed[2], theirs[2], 1e-5, where = where)
  compare("change", "adjusted: Satterthwaite df", printed[3], theirs[3], 1e-3, where = where)
  compare("change", "adjusted: limits (in SE)", printed[4:5], theirs[4:5], 1e-3, theirs[2], where)
  compare("change", "adjusted: p", printed[6], theirs[6], 1e-3, pmax(theirs[6], 1e-12), where)
}
