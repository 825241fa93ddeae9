# analyze prepost: two lines or a broken stick per patient, paired tests of the cohort.

# Two-sided exact p of the signed-rank test with ties: over all sign assignments of the midranks.
exact_signed_rank <- function(differences) {
  d <- differences[differences != 0]
  if (length(d) == 0 || length(d) > 200) return(NA_real_)
  doubled <- as.integer(round(2 * rank(abs(d))))
  ways <- 1
  for (r in doubled) ways <- (c(ways, numeric(r)) + c(numeric(r), ways)) / 2
  observed <- sum(doubled[d > 0])
  centre <- sum(doubled) / 2
  sums <- seq_along(ways) - 1
  min(1, sum(ways[abs(sums - centre) >= abs(observed - centre) - 1e-9]))
}
asymptotic_signed_rank <- function(d, correct) {
  d <- d[d != 0]
  if (length(d) == 0) return(NA_real_)
  suppressWarnings(wilcox.test(d, exact = FALSE, correct = correct)$p.value)
}

# Why cells of a row are empty.
prepost_reason <- function(has_value, has_zero, before, after, percent, own) {
  if (!has_value) return("no value")
  if (!has_zero) return("no time zero")
  line <- function(days) if (length(days) == 0) "no values" else if (length(days) == 1) "one visit"
    else if (length(unique(days)) == 1) "all at one time" else NA
  stick <- if (nrow(own) == 0) "no values" else if (nrow(own) < 3) "fewer values than coefficients"
    else if (qr(cbind(1, pmin(own$day, 0), pmax(own$day, 0)))$rank < 3) "values on one side only" else NA
  texts <- c(before = line(before), after = line(after), percent = NA, stick = stick)
  if (is.na(texts["before"]) && is.na(texts["after"]) && is.na(percent)) texts["percent"] <- "no decline before"
  texts <- texts[!is.na(texts)]
  if (length(texts)) paste(paste0(names(texts), ": ", texts), collapse = "; ") else NA
}

prepost_patients <- function(data, measure, direction, exclude_zero = FALSE) {
  values <- measure_values(data, measure)
  rows <- measure_rows(data, measure)
  with_value <- unique(rows$patient[!is.na(rows$y)])
  line <- function(own) {
    out <- list(n = nrow(own), span = NA, slope = NA, se = NA)
    if (nrow(own)) out$span <- max(own$day) - min(own$day)
    if (length(unique(own$day)) < 2) return(out)
    fit <- lm(y ~ month, own)
    flat <- length(unique(own$y)) == 1
    out$slope <- if (flat) 0 else unname(coef(fit)[2])
    if (nrow(own) > 2)
      out$se <- if (flat) 0 else suppressWarnings(summary(fit))$coefficients[2, 2]
    # An exact line: what R has left over is rounding.
    if (!is.na(out$se) && out$se < 1e-12 * max(abs(own$y))) out$se <- 0
    out
  }
  lines <- lapply(seq_len(nrow(data$patients)), function(i) {
    own <- values[values$patient == data$patients$patient[i], ]
    has_zero <- data$patients$time_zero_source[i] %in% "protocol"
    if (!has_zero) own <- own[0, ]
    pre <- line(own[own$day <= 0, ])
    post <- line(own[own$day >= exclude_zero, ])
    change <- post$slope - pre$slope
    if (!is.na(change) && abs(change) < 1e-13 * max(abs(pre$slope), abs(post$slope))) change <- 0
    percent <- if (!is.na(change) && direction * pre$slope <= -0.01)
      100 * direction * change / abs(pre$slope) else NA
    stick <- c(level = NA, pre = NA, post = NA, change = NA, se = NA, df = NA, low = NA, high = NA,
               p = NA)
    x <- cbind(1, pmin(own$month, 0), pmax(own$month, 0))
    if (nrow(own) >= 3 && qr(x)$rank == 3) {
      fit <- lm(own$y ~ x - 1)
      b <- unname(coef(fit))
      stick[1:4] <- c(b, b[3] - b[2])
      df <- nrow(own) - 3
      if (df > 0) {
        v <- suppressWarnings(vcov(fit))
        se <- sqrt(v[2, 2] + v[3, 3] - 2 * v[2, 3])
        if (suppressWarnings(summary(fit))$sigma < 1e-13 * max(abs(own$y))) se <- 0
        stick[5:9] <- c(se, df, stick[4] + c(-1, 1) * qt(0.975, df) * se,
                        if (se > 0) 2 * pt(-abs(stick[4] / se), df) else NA)
      }
    }
    data.frame(patient = data$patients$patient[i], n_pre = pre$n, n_post = post$n,
               span_pre = pre$span, span_post = post$span, pre_slope = pre$slope, pre_se = pre$se,
               post_slope = post$slope, post_se = post$se, change = change,
               improvement_percent = percent, stick_n = nrow(own), stick_level = stick[1],
               stick_pre = stick[2], stick_post = stick[3], stick_change = stick[4],
               stick_se = stick[5], stick_df = stick[6], stick_ci_low = stick[7],
               stick_ci_high = stick[8], stick_p = stick[9],
               reason = prepost_reason(data$patients$patient[i] %in% with_value, has_zero, own$day[own$day <= 0],
                                       own$day[own$day >= exclude_zero], percent, own),
               has_zero = has_zero, visits_pre = length(unique(own$visit[own$day <= 0])),
               visits_post = length(unique(own$visit[own$day >= exclude_zero])),
               on_zero = sum(own$day == 0))
  })
  do.call(rbind, lines)
}

# Responder codes of the shipped protocols: R25 is 25 percent, P125 is 1.25 points a month.
responds <- function(code, own, direction) {
  threshold <- as.numeric(sub("^[RP]", "", code))
  reached <- if (grepl("^R", code)) own$improvement_percent else direction * own$change
  if (grepl("^P", code)) threshold <- threshold / 100
  reached >= threshold - 1e-9 * threshold
}

prepost_tests <- function(own, stick) {
  change <- if (stick) own$stick_change else own$change
  use <- !is.na(change)
  change <- change[use]
  pre <- (if (stick) own$stick_pre else own$pre_slope)[use]
  post <- (if (stick) own$stick_post else own$post_slope)[use]
  n <- length(change)
  test <- if (n > 1 && sd(change) > 0) t.test(change)
  moved <- change[change != 0]
  empty <- function(x) if (length(x)) x else NA
  c(patients = nrow(own), n = n, pre_mean = empty(mean(pre)), post_mean = empty(mean(post)),
    change_mean = empty(mean(change)), change_sd = sd(change),
    change_se = sd(change) / sqrt(n), ci_low = empty(test$conf.int[1]),
    ci_high = empty(test$conf.int[2]), t = empty(unname(test$statistic)),
    df = if (n > 1) n - 1 else NA, p = empty(test$p.value),
    change_median = if (n) median(change) else NA, wilcoxon_n = length(moved),
    wilcoxon_w = if (length(moved)) sum(rank(abs(moved))[moved > 0]) else NA,
    wilcoxon_p_exact = exact_signed_rank(change), wilcoxon_p = asymptotic_signed_rank(change, FALSE),
    wilcoxon_p_corrected = asymptotic_signed_rank(change, TRUE))
}

check_prepost <- function(data, measure) {
  for (exclude in c(FALSE, TRUE)) check_prepost_rows(data, measure, exclude)
  for (patient in head(data$patients$patient, 2)) check_prepost_rows(data, measure, FALSE, patient)
}

check_prepost_rows <- function(data, measure, exclude, patient = NULL) {
  direction <- if (is_better_when_higher(measure)) 1 else -1
  options <- c("prepost", measure, if (exclude) "--exclude-zero", if (!is.null(patient)) c("--patient", patient))
  run <- do.call(analyse, as.list(options))
  ours <- run$table
  if (nrow(ours) == 0) return(invisible())
  theirs <- prepost_patients(data, measure, direction, exclude)
  compare_equal("prepost", "patients", ours$patient, if (is.null(patient)) data$patients$patient else patient)
  theirs <- theirs[match(ours$patient, theirs$patient), ]
  where <- paste(options[-1], collapse = " ")
  check_prepost_notes(data, measure, run$notes, theirs, where)
  compare_equal("prepost", "reasons of empty cells", ours$reason, theirs$reason, where)
  for (name in c("n_pre", "n_post", "span_pre", "span_post", "stick_n"))
    compare_equal("prepost", "counts and spans", ours[[name]], theirs[[name]], where)
  scale <- function(x) pmax(abs(x), 1e-2)
  column <- function(quantity, names, limit) {
    for (name in names)
      compare("prepost", quantity, ours[[name]], theirs[[name]], limit, scale(theirs[[name]]),
              paste(where, name))
  }
  column("slopes before and after", c("pre_slope", "post_slope"), 1e-9)
  column("their standard errors", c("pre_se", "post_se"), 1e-9)
  column("change, improvement in percent", c("change", "improvement_percent"), 1e-9)
  column("broken stick: level and slopes", c("stick_level", "stick_pre", "stick_post",
                                             "stick_change"), 1e-9)
  column("broken stick: SE, limits", c("stick_se", "stick_ci_low", "stick_ci_high"), 1e-9)
  compare_equal("prepost", "counts and spans", ours$stick_df, theirs$stick_df, where)
  compare("prepost", "broken stick: p", ours$stick_p, theirs$stick_p, 1e-8,
          pmax(theirs$stick_p, 1e-12), where)
  codes <- grep("^[RP][0-9]+$", names(ours), value = TRUE)
  own_measure <- data$facts$value[data$facts$field == "measure"] %in% measure
  for (code in if (own_measure) codes else grep("^R", codes, value = TRUE))
    compare_equal("prepost", "responders", ours[[code]],
                  ifelse(responds(code, theirs, direction), "Y", "N"), paste(where, code))
  account("prepost", ours, c("patient", "measure", names(theirs), codes))
  if (!is.null(patient)) return(invisible())
  for (by in c(list(NULL), as.list(factors_of(data))))
    check_prepost_cohort(data, measure, theirs, by, exclude, codes, direction, where)
}

check_prepost_notes <- function(data, measure, notes, theirs, where) {
  rows <- measure_rows(data, measure)
  rows <- rows[rows$patient %in% theirs$patient, ]
  has_value <- theirs$patient %in% rows$patient[!is.na(rows$y)]
  before <- !is.na(theirs$pre_slope)
  after <- !is.na(theirs$post_slope)
  note <- grep("with both slopes", notes, value = TRUE)
  compare_equal("prepost", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]]),
                c(nrow(theirs), sum(before & after), sum(before != after), sum(has_value & !theirs$has_zero),
                  sum(!has_value)), where)
  used <- theirs$has_zero & has_value
  own <- value_counts(data, measure, rows[rows$patient %in% theirs$patient[used], ])
  check_counts("prepost", notes, c(
    "of several raters, averaged" = own$averaged,
    "without a value left out" = sum(is.na(rows$y)), "dated after death" = own$after_death,
    "before or after time zero" = sum(used & (theirs$visits_pre < 3 | theirs$visits_post < 3)),
    "so the lines share none" = sum(used & theirs$on_zero == 0), "died: slopes truncated" = own$died,
    "floor effect: " = own$low), where)
  check_zero_note("prepost", data, notes, theirs$patient[has_value], where)
}

check_prepost_cohort <- function(data, measure, patients, by, exclude, codes, direction, where) {
  ours <- do.call(analyse, c(list("prepost", measure, "--cohort-tests"),
                             if (!is.null(by)) list("--by", by),
                             if (exclude) list("--exclude-zero")))$table
  for (i in seq_len(nrow(ours))) {
    name <- ours$group[i]
    own <- patients
    if (!name %in% "all")
      own <- own[data$patients[[by]][match(own$patient, data$patients$patient)] %in% name, ]
    here <- paste(where, by, name, ours$method[i])
    theirs <- prepost_tests(own, ours$method[i] == "broken stick")
    get <- function(names) as.numeric(unlist(ours[i, names]))
    counts <- c("patients", "n", "df", "wilcoxon_n", "wilcoxon_w")
    compare_equal("prepost", "tests: counts, df, W", get(counts), unname(theirs[counts]), here)
    means <- c("pre_mean", "post_mean", "change_mean", "change_sd", "change_se", "ci_low",
               "ci_high", "change_median", "t")
    compare("prepost", "tests: means, SD, SE, limits, t", get(means), theirs[means], 1e-9,
            pmax(abs(theirs[means]), 1e-2), here)
    for (p in c("p", "wilcoxon_p_exact", "wilcoxon_p", "wilcoxon_p_corrected"))
      compare("prepost", paste("tests:", if (p == "p") "paired t p" else gsub("_", " ", p)),
              get(p), theirs[p], 1e-8, pmax(theirs[p], 1e-12), here)
    if (ours$method[i] != "separate lines") next
    for (code in codes) {
      if (!code %in% names(ours)) next
      verdict <- responds(code, own, direction)
      compare_equal("prepost", "responders", get(c(code, paste0(code, "_of"))),
                    c(sum(verdict, na.rm = TRUE), sum(!is.na(verdict))), here)
    }
  }
  if (nrow(ours))
    account("prepost", ours, c("group", "method", names(prepost_tests(patients, FALSE)), codes,
                               paste0(codes, "_of")))
}

# analyze prepost --mixed: slopes before and after, fixed and random, in one model.
check_prepost_mixed <- function(data, measure) {
  factors <- factors_of(data)
  for (random in c("prepost", "slope", "intercept")) {
    check_one_prepost_mixed(data, measure, random)
    for (by in factors) check_one_prepost_mixed(data, measure, random, by)
  }
  for (by in head(factors, 1))
    for (reference in group_levels(data$patients[[by]])[-1])
      check_one_prepost_mixed(data, measure, "slope", by, reference)
}

# Covariance parameters of the printed SDs and correlations; NULL when one is 0, where signs are lost.
prepost_theta <- function(sd, random) {
  if (random == "intercept") return(c(sd$intercept_sd, sd$residual_sd)^2)
  s <- if (random == "slope") c(sd$intercept_sd, sd$slope_sd) else c(sd$intercept_sd, sd$pre_sd, sd$post_sd)
  r <- if (random == "slope") sd$correlation_intercept_slope else
    c(sd$correlation_intercept_pre, sd$correlation_intercept_post, sd$correlation_pre_post)
  if (length(r) != length(s) * (length(s) - 1) / 2) return(NULL)
  cor <- diag(length(s))
  cor[lower.tri(cor)] <- r
  cor[upper.tri(cor)] <- t(cor)[upper.tri(cor)]
  c((cor * outer(s, s))[lower_pairs(length(s))], sd$residual_sd^2)
}

# Of the patients with the protocol's time zero and a group.
check_prepost_mixed_notes <- function(data, measure, notes, values, by, where) {
  rows <- measure_rows(data, measure)
  source <- data$patients$time_zero_source[match(rows$patient, data$patients$patient)]
  zero <- source %in% "protocol"
  grouped <- if (is.null(by)) TRUE else !is.na(data$patients[[by]][match(rows$patient, data$patients$patient)])
  died <- data$patients$patient[!is.na(death_day(data))]
  own <- rows[zero & grouped & !is.na(rows$y), ]
  people <- function(which) length(unique(rows$patient[which & !is.na(rows$y)]))
  check_counts("prepost", notes, c(
    "of several raters, averaged" = sum(values$raters > 1), "left out: no time zero" = people(!zero), "assessments without a value" = sum(is.na(rows$y)),
    "values dated after death" = sum(own$after_death), "died: slopes truncated" = length(intersect(own$patient, died)),
    "floor effect: " = if (measure == "alsfrsr.total") sum(values$y <= FLOOR) else 0), where)
  if (!is.null(by)) check_counts("prepost", notes, c("the factor is missing" = people(zero & !grouped)), where)
  note <- grep("^patients: [0-9]+; values: ", notes, value = TRUE)
  compare_equal("prepost", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]]),
                c(nrow(data$patients), sum(values$day < 0), sum(values$day == 0), sum(values$day > 0)), where)
}

check_one_prepost_mixed <- function(data, measure, random, by = NULL, reference = NULL) {
  options <- c("prepost", measure, "--mixed", "--random", random, if (!is.null(by)) c("--by", by),
               if (!is.null(reference)) c("--reference", reference))
  where <- paste(options[-(1)], collapse = " ")
  run <- do.call(analyse_json, as.list(options))
  ours <- run$result
  if (is.null(ours)) {
    remark("prepost: no mixed model", sprintf("%s: %s", where, paste(grep("error", run$notes, value = TRUE),
                                                                    collapse = "; ")))
    return(invisible())
  }
  values <- measure_values(data, measure)
  source <- data$patients$time_zero_source[match(values$patient, data$patients$patient)]
  values <- values[source %in% "protocol", ]
  values$group <- if (is.null(by)) factor(rep("all", nrow(values))) else group_of(data, values$patient, by)
  values <- values[!is.na(values$group), ]
  values$group <- droplevels(values$group)
  if (!is.null(reference) && reference %in% levels(values$group)) values$group <- relevel(values$group, reference)
  check_prepost_mixed_notes(data, measure, run$notes, values, by, where)
  if (!length(ours$fixed) || !isTRUE(ours$converged)) {
    remark("prepost: no mixed model", sprintf("%s: %s", where, paste(grep("not fitted|no model", run$notes,
                                                                        value = TRUE), collapse = "; ")))
    return(invisible())
  }
  parts <- cbind(1, pmin(values$month, 0), pmax(values$month, 0))
  others <- levels(values$group)[-1]
  X <- do.call(cbind, c(list(parts), lapply(others, function(level) parts * (values$group == level))))
  names <- c("(Intercept)", "pre", "post")
  terms <- c(names, unlist(lapply(others, function(level) paste0(c("", "pre:", "post:"), by, level))), "post-pre", if (length(others)) paste0("post-pre:", by, others))
  compare_equal("prepost", "mixed: terms", ours$fixed$term, terms, where)
  compare_equal("prepost", "mixed: counts", c(ours$n_patients, ours$n_observations),
                c(length(unique(values$patient)), nrow(values)), where)
  z <- switch(random, prepost = parts, slope = cbind(1, values$month), intercept = parts[, 1, drop = FALSE])
  q <- ncol(z)
  bases <- entry_directions(q)
  subjects <- lapply(split(seq_len(nrow(values)), factor(values$patient, unique(values$patient))), function(i) {
    own <- z[i, , drop = FALSE]
    A <- lapply(bases, function(b) own %*% b %*% t(own))
    list(y = values$y[i], X = X[i, , drop = FALSE],
         A = array(c(unlist(A), diag(length(i))), c(length(i), length(i), length(bases) + 1)))
  })
  theta <- prepost_theta(ours$random, random)
  if (length(theta) == 0 || anyNA(theta)) {
    remark("prepost: mixed model with a variance of 0, not compared", where)
    return(invisible())
  }
  here <- covariance_at(subjects, theta, "REML")
  compare("prepost", "mixed: log-likelihood (absolute)", ours$log_likelihood, here$loglik, 1e-5, 1, where)
  compare("prepost", "mixed: AIC (absolute)", ours$aic, -2 * here$loglik + 2 * (ncol(X) + length(theta)), 2e-5, 1,
          where)
  fit <- maximise_covariance(subjects, theta, "REML", factor_parameters(q))
  if (is.null(fit)) {
    remark("prepost: R finds no maximum near the mixed model's", where)
    return(invisible())
  }
  limit <- if (isTRUE(ours$singular)) 1e-4 else 1e-6
  compare("prepost", "mixed: log-likelihood, maximum", ours$log_likelihood, fit$loglik, 1e-6, 1, where)
  unit <- function(...) as.numeric(seq_len(ncol(X)) %in% c(...))
  contrasts <- c(lapply(seq_len(ncol(X)), unit), list(unit(3) - unit(2)),
                 lapply(seq_along(others), function(i) unit(3 * i + 3) - unit(3 * i + 2)))
  tests <- sapply(contrasts, function(L) satterthwaite(fit, L))
  compare("prepost", "mixed: fixed effects (in SE)", ours$fixed$estimate, tests["estimate", ], limit,
          tests["se", ], where)
  compare("prepost", "mixed: SE", ours$fixed$se, tests["se", ], limit, where = where)
  if (isTRUE(ours$singular)) return(invisible())
  compare("prepost", "mixed: Satterthwaite df", ours$fixed$df, tests["df", ], 1e-4, where = where)
  half <- qt(0.975, tests["df", ]) * tests["se", ]
  compare("prepost", "mixed: limits (in SE)", c(ours$fixed$ci_low, ours$fixed$ci_high),
          c(tests["estimate", ] - half, tests["estimate", ] + half), 1e-4, rep(tests["se", ], 2), where)
  t <- tests["estimate", ] / tests["se", ]
  compare("prepost", "mixed: t", ours$fixed$t, t, 1e-5, pmax(1, abs(t)), where)
  p <- 2 * pt(-abs(t), tests["df", ])
  compare("prepost", "mixed: p", ours$fixed$p, p, 1e-4, pmax(p, 1e-12), where)
}

# analyze prepost --responders: shares with Wilson's limits, and Fisher's test of two groups.
check_responders <- function(data, measure) {
  for (by in c(list(NULL), as.list(factors_of(data)))) {
    ours <- do.call(analyse, c(list("prepost", measure, "--responders"),
                               if (!is.null(by)) list("--by", by)))$table
    if (nrow(ours) == 0) next
    if (!is.null(by) && length(group_levels(data$patients[[by]])) == 2)
      compare_equal("prepost", "responders: compared", sum(!is.na(ours$fisher_p)),
                    sum(tapply(ours$of > 0 & ours$group %in% group_levels(data$patients[[by]]),
                               paste(ours$definition, ours$measure), sum) == 2), by)
    where <- paste(measure, by)
    compare("prepost", "responders: percent", ours$percent,
            ifelse(ours$of > 0, 100 * ours$responders / ours$of, NA), 1e-13, where = where)
    limits <- sapply(seq_len(nrow(ours)), function(i) if (ours$of[i] > 0)
      100 * suppressWarnings(prop.test(ours$responders[i], ours$of[i], correct = FALSE))$conf.int else c(NA, NA))
    compare("prepost", "responders: Wilson limits", c(ours$ci_low, ours$ci_high), c(limits[1, ], limits[2, ]),
            1e-10, 1, where)
    if (is.null(by)) next
    levels <- group_levels(data$patients[[by]])
    for (i in which(!is.na(ours$fisher_p))) {
      pair <- ours[ours$definition == ours$definition[i] & ours$measure == ours$measure[i] &
                     ours$group %in% levels, ]
      p <- fisher.test(rbind(pair$responders, pair$of - pair$responders))$p.value
      compare("prepost", "responders: Fisher p", ours$fisher_p[i], p, 1e-9, where = where)
    }
  }
}
