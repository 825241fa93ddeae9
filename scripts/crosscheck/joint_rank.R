# analyze joint-rank: every pair compared, one by one.

check_joint_rank <- function(data, measure) {
  for (months in c(6, 12, 24)) {
    check_one_joint_rank(data, measure, months, NULL, FALSE, FALSE)
    for (by in factors_of(data))
      for (strict in c(FALSE, TRUE)) for (equal in c(FALSE, TRUE))
        check_one_joint_rank(data, measure, months, by, strict, equal)
  }
}

# 1: i is better, -1: j is; and which rule decided.
compare_pairs <- function(time, died, changes, strict, equal) {
  n <- length(time)
  score <- matrix(0, n, n)
  rule <- matrix("none", n, n)
  for (i in seq_len(n)) for (j in seq_len(n)) {
    if (i == j) next
    if (died[i] && died[j] && time[i] != time[j]) {
      score[i, j] <- sign(time[i] - time[j])
      rule[i, j] <- "death"
    } else if (died[i] && died[j] && equal) {
      rule[i, j] <- "same day"
    } else if (died[i] && !died[j] && (strict || time[j] >= time[i])) {
      score[i, j] <- -1
      rule[i, j] <- "death"
    } else if (died[j] && !died[i] && (strict || time[i] >= time[j])) {
      score[i, j] <- 1
      rule[i, j] <- "death"
    } else {
      both <- which(!is.na(changes[i, ]) & !is.na(changes[j, ]))
      if (length(both)) {
        at <- max(both)
        score[i, j] <- sign(changes[i, at] - changes[j, at])
        rule[i, j] <- "function"
      }
    }
  }
  list(score = score, rule = rule)
}

# Change at each planned visit that is due within the horizon for some cohort.
joint_rank_changes <- function(data, measure, horizon, patients, direction) {
  changes <- remember(paste("changes", measure, horizon),
                      joint_rank_changes_now(data, measure, horizon, data$patients$patient, direction))
  changes[match(patients, data$patients$patient), , drop = FALSE]
}
joint_rank_changes_now <- function(data, measure, horizon, patients, direction) {
  days <- lapply(data$cohorts$code, function(code) {
    plan <- parse_csv(invoke("protocol", "show", "--schedule", "--cohort", code, "--format", "csv")$output)
    plan$day[match(data$plan$visit, plan$visit)]
  })
  within <- Reduce(`|`, lapply(days, function(d) !is.na(d) & d <= horizon))
  visits <- data$plan$visit[within]
  notes <- analyse("change", measure)$notes
  values <- measure_values(data, measure)
  rows <- add_baselines(visit_values(values), notes, data)
  # Values of one visit may be on several days: those after the baseline and after day 0 count.
  at <- match(values$patient, rows$patient)
  baseline <- rows$baseline[at]
  use <- !is.na(baseline) & values$day > 0 & values$day > rows$baseline_day[at] & values$visit %in% visits
  own <- values[use, ]
  change <- direction * (own$y - baseline[use])
  out <- matrix(NA_real_, length(patients), length(visits))
  cells <- tapply(change, list(factor(own$patient, patients), factor(own$visit, visits)), mean)
  out[] <- cells
  out
}

check_one_joint_rank <- function(data, measure, months, by, strict, equal) {
  where <- paste(measure, months, "months", by, if (strict) "strict", if (equal) "equal")
  ours <- do.call(analyse_json, c(list("joint-rank", measure, "--horizon", months),
                                  if (!is.null(by)) list("--by", by),
                                  if (strict) list("--death-rule", "strict"),
                                  if (equal) list("--tie", "equal")))$result
  if (is.data.frame(ours)) ours <- list(patients = ours)
  horizon <- floor(MONTH * months + 0.5)
  cases <- event_times(data, "death")
  cases$group <- if (is.null(by)) factor("all") else group_of(data, cases$patient, by)
  cases <- cases[cases$used & !is.na(cases$group), ]
  cases$group <- droplevels(cases$group)
  died <- cases$event & cases$days <= horizon
  time <- pmin(cases$days, horizon)
  direction <- if (is_better_when_higher(measure)) 1 else -1
  changes <- joint_rank_changes(data, measure, horizon, cases$patient, direction)
  pairs <- compare_pairs(time, died, changes, strict, equal)
  score <- rowSums(pairs$score)
  compare_equal("joint-rank", "patients and groups", c(ours$patients$patient, ours$patients$group),
                c(cases$patient, as.character(cases$group)), where)
  compare_equal("joint-rank", "scores", ours$patients$score, score, where)
  compare_equal("joint-rank", "ranks", ours$patients$rank, rank(score), where)
  if (nlevels(cases$group) != 2 || is.null(ours$test)) return(invisible())
  check_rank_test(ours$test, cases, pairs, score, where)
}

check_rank_test <- function(test, cases, pairs, score, where) {
  treated <- cases$group == levels(cases$group)[2]
  n <- length(score)
  n1 <- sum(treated)
  n0 <- n - n1
  ranks <- rank(score)
  between <- pairs$score[treated, !treated, drop = FALSE]
  rules <- pairs$rule[treated, !treated, drop = FALSE]
  compare_equal("joint-rank", "counts of pairs",
                c(test$n_reference, test$n_treated, test$treated_score, test$wins, test$losses,
                  test$ties, test$by_death, test$by_same_day, test$by_function, test$undecidable),
                c(n0, n1, sum(score[treated]), sum(between > 0), sum(between < 0), sum(between == 0),
                  sum(rules == "death"), sum(rules == "same day"), sum(rules == "function"),
                  sum(rules == "none")), where)
  compare("joint-rank", "mean and median ranks",
          numbers(c(test$mean_rank_reference, test$mean_rank_treated, test$median_rank_reference,
                    test$median_rank_treated)),
          c(mean(ranks[!treated]), mean(ranks[treated]), median(ranks[!treated]), median(ranks[treated])),
          1e-13, where = where)
  d <- mean(between)
  compare("joint-rank", "net benefit, win probability, odds, ratio",
          numbers(c(numbers(test$net_benefit), numbers(test$win_probability), numbers(test$win_odds),
                    numbers(test$win_ratio))),
          ifelse(is.finite(c(d, (1 + d) / 2, (1 + d) / (1 - d), sum(between > 0) / sum(between < 0))),
                 c(d, (1 + d) / 2, (1 + d) / (1 - d), sum(between > 0) / sum(between < 0)), NA),
          1e-12, where = where)
  se <- sqrt(var(rowMeans(between)) / n1 + var(colMeans(between)) / n0)
  half <- qnorm(0.975) * se / (1 - d^2)
  limits <- if (!is.na(se) && se > 0 && abs(d) < 1) (1 + tanh(atanh(d) + c(-half, half))) / 2 else c(NA, NA)
  compare("joint-rank", "win probability: limits", c(numbers(test$ci_low), numbers(test$ci_high)), limits,
          1e-10, where = where)
  if (all(score == 0)) return(invisible())
  variance <- n1 * n0 / (n * (n - 1)) * sum(score^2)
  z <- sum(score[treated]) / sqrt(variance)
  compare("joint-rank", "variance and z of T", numbers(c(test$variance, test$z)), c(variance, z), 1e-12,
          pmax(abs(c(variance, z)), 1e-3), where)
  compare("joint-rank", "p of T", numbers(test$p), 2 * pnorm(-abs(z)), 1e-8,
          pmax(2 * pnorm(-abs(z)), 1e-12), where)
  x <- score[treated]
  y <- score[!treated]
  w <- suppressWarnings(wilcox.test(x, y, exact = FALSE))$statistic
  compare_equal("joint-rank", "Wilcoxon W", test$wilcoxon_w, unname(w), where)
  ties <- table(score)
  sigma <- sqrt(n1 * n0 / 12 * (n + 1 - sum(ties^3 - ties) / (n * (n - 1))))
  compare("joint-rank", "Wilcoxon z", numbers(test$wilcoxon_z), (w - n1 * n0 / 2) / sigma, 1e-12,
          pmax(abs((w - n1 * n0 / 2) / sigma), 1e-3), where)
  for (correct in c(FALSE, TRUE)) {
    p <- asymptotic_rank_sum(x, y, correct)
    compare("joint-rank", "Wilcoxon p, also corrected",
            numbers(if (correct) test$wilcoxon_p_corrected else test$wilcoxon_p), p, 1e-8,
            pmax(p, 1e-12), where)
  }
  exact <- exact_rank_sum(x, y)
  compare("joint-rank", "Wilcoxon exact p", numbers(test$wilcoxon_p_exact), exact, 1e-8,
          pmax(exact, 1e-12), where)
}

# Ranks regressed on treatment and age.
check_adjusted_ranks <- function(data, measure) {
  known <- patient_covariates(data)
  for (by in factors_of(data)) {
    run <- analyse_json("joint-rank", measure, "--horizon", 6, "--by", by, "--covariate", "age")
    ours <- run$result
    if (is.null(ours$adjusted) || !length(ours$adjusted)) next
    table <- ours$patients
    group <- factor(table$group, levels = group_levels(data$patients[[by]]))
    age <- known$age[match(table$patient, data$patients$patient)]
    if (length(unique(table$rank)) == 1) next # R prints noise for a constant
    fit <- lm(table$rank ~ droplevels(group) + age)
    about <- summary(fit)$coefficients
    own <- as.data.frame(ours$adjusted)
    where <- paste(measure, by)
    compare("joint-rank", "regression on ranks: b, SE, t, p",
            numbers(c(own$estimate, own$se, own$t, own$p)), as.vector(about), 1e-9, where = where)
  }
}
