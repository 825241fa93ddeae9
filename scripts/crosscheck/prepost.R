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

prepost_patients <- function(data, measure, direction, exclude_zero = FALSE) {
  values <- measure_values(data, measure)
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
  rows <- lapply(seq_len(nrow(data$patients)), function(i) {
    own <- values[values$patient == data$patients$patient[i], ]
    if (!data$patients$time_zero_source[i] %in% "protocol") own <- own[0, ]
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
               stick_ci_high = stick[8], stick_p = stick[9])
  })
  do.call(rbind, rows)
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
  direction <- if (is_better_when_higher(measure)) 1 else -1
  for (exclude in c(FALSE, TRUE)) {
    ours <- do.call(analyse, c(list("prepost", measure), if (exclude) list("--exclude-zero")))$table
    if (nrow(ours) == 0) return(invisible())
    theirs <- prepost_patients(data, measure, direction, exclude)
    theirs <- theirs[match(ours$patient, theirs$patient), ]
    where <- paste(measure, if (exclude) "without day 0")
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
    account("prepost", ours, c("patient", "measure", names(theirs), codes, "reason"))
    for (by in c(list(NULL), as.list(factors_of(data))))
      check_prepost_cohort(data, measure, theirs, by, exclude, codes, direction, where)
  }
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
  run <- analyse_json("prepost", measure, "--mixed")
  ours <- run$result
  if (is.null(ours) || !length(ours$fixed) || !isTRUE(ours$converged)) {
    remark("prepost: no mixed model", sprintf("%s: %s", measure, paste(grep("not fitted|no model", run$notes,
                                                                          value = TRUE), collapse = "; ")))
    return(invisible())
  }
  values <- measure_values(data, measure)
  source <- data$patients$time_zero_source[match(values$patient, data$patients$patient)]
  values <- values[source %in% "protocol", ]
  subjects <- lapply(split(seq_len(nrow(values)), factor(values$patient, unique(values$patient))), function(i) {
    z <- cbind(1, pmin(values$month[i], 0), pmax(values$month[i], 0))
    A <- lapply(structure_bases("unstructured", 3), function(b) z %*% b %*% t(z))
    list(y = values$y[i], X = z, A = array(c(unlist(A), diag(length(i))), c(length(i), length(i), 7)))
  })
  sd <- ours$random
  cor <- matrix(c(1, sd$correlation_intercept_pre, sd$correlation_intercept_post, sd$correlation_intercept_pre,
                  1, sd$correlation_pre_post, sd$correlation_intercept_post, sd$correlation_pre_post, 1), 3)
  if (length(cor) != 9 || anyNA(cor)) {
    remark("prepost: mixed model with a variance of 0, not compared", measure)
    return(invisible())
  }
  s <- c(sd$intercept_sd, sd$pre_sd, sd$post_sd)
  theta <- c((cor * outer(s, s))[lower_pairs(3)], sd$residual_sd^2)
  here <- covariance_at(subjects, theta, "REML")
  compare("prepost", "mixed: log-likelihood (absolute)", ours$log_likelihood, here$loglik, 1e-5, 1, measure)
  fit <- maximise_covariance(subjects, theta, "REML", 3)
  if (is.null(fit)) {
    remark("prepost: R finds no maximum near the mixed model's", measure)
    return(invisible())
  }
  limit <- if (isTRUE(ours$singular)) 1e-4 else 1e-6
  compare("prepost", "mixed: log-likelihood, maximum", ours$log_likelihood, fit$loglik, 1e-6, 1, measure)
  tests <- sapply(list(c(1, 0, 0), c(0, 1, 0), c(0, 0, 1), c(0, -1, 1)), function(L) satterthwaite(fit, L))
  compare("prepost", "mixed: fixed effects (in SE)", ours$fixed$estimate, tests["estimate", ], limit,
          tests["se", ], measure)
  compare("prepost", "mixed: SE", ours$fixed$se, tests["se", ], limit, where = measure)
  if (!isTRUE(ours$singular))
    compare("prepost", "mixed: Satterthwaite df", ours$fixed$df, tests["df", ], 1e-4, where = measure)
}

# analyze prepost --responders: shares with Wilson's limits, and Fisher's test of two groups.
check_responders <- function(data, measure) {
  for (by in c(list(NULL), as.list(factors_of(data)))) {
    ours <- do.call(analyse, c(list("prepost", measure, "--responders"),
                               if (!is.null(by)) list("--by", by)))$table
    if (nrow(ours) == 0) next
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
