# analyze joint-rank: every pair compared, one by one.

check_joint_rank <- function(data, measure) {
  factors <- factors_of(data)
  for (months in c(6, 12, 24)) {
    check_one_joint_rank(data, measure, months)
    for (by in factors)
      for (strict in c(FALSE, TRUE)) for (equal in c(FALSE, TRUE))
        check_one_joint_rank(data, measure, months, by, strict, equal)
  }
  by <- Filter(function(f) length(unique(na.omit(data$patients[[f]]))) == 2, factors)
  by <- if (length(by)) by[1]
  for (death in c("death-or-tracheostomy", "death-or-tracheostomy-or-pav", "death,niv_start")) {
    check_one_joint_rank(data, measure, 12, by, death = death)
    check_one_joint_rank(data, measure, 9.5, by, TRUE, TRUE, death = death)
  }
  for (pav in list(c(16, 7), c(8, 30)))
    check_one_joint_rank(data, measure, 18, by, death = "death-or-tracheostomy-or-pav", pav = pav)
  if (!is.null(by))
    for (reference in group_levels(data$patients[[by]])) check_one_joint_rank(data, measure, 6, by, reference = reference)
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
joint_rank_changes <- function(data, measure, horizon, direction)
  remember(paste("changes", measure, horizon), joint_rank_changes_now(data, measure, horizon, direction))
joint_rank_changes_now <- function(data, measure, horizon, direction) {
  days <- lapply(data$cohorts$code, function(code) {
    plan <- parse_csv(invoke("protocol", "show", "--schedule", "--cohort", code, "--format", "csv")$output)
    plan$day[match(data$plan$visit, plan$visit)]
  })
  within <- Reduce(`|`, lapply(days, function(d) !is.na(d) & d <= horizon))
  visits <- data$plan$visit[within]
  patients <- data$patients$patient
  baseline <- baselines_of(data, measure)
  notes <- analyse("change", measure)$notes
  if (is_treatment_zero(notes)) visits <- visits[data$plan$epoch[match(visits, data$plan$visit)] == "post"]
  values <- measure_values(data, measure)
  rows <- place_values(add_baselines(visit_values(values), notes, data), notes, data, measure)
  own <- !is.na(rows$change) & rows$day > 0 & rows$stands %in% visits
  changes <- matrix(NA_real_, length(patients), length(visits))
  changes[cbind(match(rows$patient[own], patients), match(rows$stands[own], visits))] <- direction * rows$change[own]
  total <- function(x) ifelse(is.na(x), 0, x)
  at_baseline <- (values$day == baseline$day[match(values$patient, patients)]) %in% TRUE
  several <- total(per_patient(data, values$raters[own] > 1, values$patient[own], sum)) +
    (total(per_patient(data, values$raters * at_baseline, values$patient, sum)) > 1)
  dead <- measure_rows(data, measure)
  dead <- dead[!is.na(dead$y) & dead$after_death, ]
  list(changes = changes, baseline = baseline$value, several = several,
       unplanned = per_patient(data, !rows$stands %in% data$plan$visit, rows$patient, sum),
       after_death = per_patient(data, rep(1, nrow(dead)), dead$patient, sum))
}

check_one_joint_rank <- function(data, measure, months, by = NULL, strict = FALSE, equal = FALSE, death = NULL,
                                 pav = NULL, reference = NULL) {
  options <- c("joint-rank", measure, "--horizon", months, if (!is.null(by)) c("--by", by),
               if (strict) c("--death-rule", "strict"), if (equal) c("--tie", "equal"),
               if (!is.null(death)) c("--death", death),
               if (!is.null(pav)) c("--pav-hours", pav[1], "--pav-days", pav[2]),
               if (!is.null(reference)) c("--reference", reference))
  where <- paste(options[-1], collapse = " ")
  run <- do.call(analyse_json, as.list(options))
  ours <- run$result
  if (is.null(ours)) {
    fail(quantity_row("joint-rank", "refused", 0), sprintf("[%s] %s", where, paste(run$notes, collapse = "; ")))
    return(invisible())
  }
  if (is.data.frame(ours)) ours <- list(patients = ours)
  horizon <- floor(MONTH * months + 0.5)
  cases <- event_times(data, endpoint_events(if (is.null(death)) "death" else death), from_zero = TRUE,
                       pav = if (is.null(pav)) c(22, 7) else pav)
  check_counts("joint-rank", run$notes, attr(cases, "counts"), where)
  cases$group <- if (is.null(by)) factor("all") else group_of(data, cases$patient, by)
  keep <- cases$used & !is.na(cases$group)
  direction <- if (is_better_when_higher(measure)) 1 else -1
  known <- joint_rank_changes(data, measure, horizon, direction)
  check_counts("joint-rank", run$notes, c(
    ", ranked: " = sum(keep), "no baseline value" = sum(keep & is.na(known$baseline)),
    "no value after baseline within the horizon" =
      sum(keep & !is.na(known$baseline) & rowSums(!is.na(known$changes)) == 0),
    "of several raters, averaged: " = sum(known$several[keep], na.rm = TRUE),
    "left out: values dated after death" = sum(known$after_death[keep], na.rm = TRUE)), where)
  compare_equal("joint-rank", "values of visits not planned", visit_figure(run$notes, "does not plan"),
                sum(known$unplanned[keep], na.rm = TRUE), where)
  if (!is.null(by))
    check_counts("joint-rank", run$notes, setNames(sum(cases$used & is.na(cases$group)),
                                                   paste0("left out: no ", by, ":")), where)
  cases <- cases[keep, ]
  cases$group <- droplevels(cases$group)
  if (!is.null(reference) && reference %in% levels(cases$group)) cases$group <- relevel(cases$group, reference)
  died <- cases$event & cases$days <= horizon
  time <- pmin(cases$days, horizon)
  pairs <- compare_pairs(time, died, known$changes[keep, , drop = FALSE], strict, equal)
  score <- rowSums(pairs$score)
  compare_equal("joint-rank", "patients and groups", c(ours$patients$patient, ours$patients$group),
                c(cases$patient, as.character(cases$group)), where)
  compare_equal("joint-rank", "scores", ours$patients$score, score, where)
  compare_equal("joint-rank", "ranks", ours$patients$rank, rank(score), where)
  if (is.null(by)) return(invisible())
  check_rank_groups(ours, cases, pairs, score, where)
  if (nlevels(cases$group) != 2 || is.null(ours$test)) return(invisible())
  compare_equal("joint-rank", "which group is which", c(ours$test$reference, ours$test$treated),
                levels(cases$group), where)
  check_rank_test(ours$test, cases, pairs, score, where)
}

# Ranks of each group; of three and more Kruskal and Wallis, and every two of them.
check_rank_groups <- function(ours, cases, pairs, score, where) {
  ranks <- split(rank(score), cases$group)
  compare_equal("joint-rank", "groups", c(ours$groups$group, ours$groups$n), c(names(ranks), lengths(ranks)), where)
  compare("joint-rank", "mean and median ranks of groups",
          numbers(c(ours$groups$mean_rank, ours$groups$median_rank)),
          c(sapply(ranks, mean), sapply(ranks, median)), 1e-13, where = where)
  if (length(ranks) < 3) return(invisible())
  if (length(unique(score)) > 1) {
    test <- kruskal.test(score, cases$group)
    compare("joint-rank", "Kruskal-Wallis", numbers(unlist(ours$kruskal_wallis)),
            c(test$statistic, test$parameter, test$p.value), 1e-10,
            pmax(c(test$statistic, test$parameter, test$p.value), c(1e-3, 1, 1e-12)), where)
  }
  for (k in seq_len(nrow(ours$pairs))) {
    own <- ours$pairs[k, ]
    treated <- cases$group == own$treated
    reference <- cases$group == own$reference
    between <- pairs$score[treated, reference, drop = FALSE]
    compare_equal("joint-rank", "counts of pairs of groups",
                  c(own$n_reference, own$n_treated, own$wins, own$losses, own$ties),
                  c(sum(reference), sum(treated), sum(between > 0), sum(between < 0), sum(between == 0)), where)
    d <- mean(between)
    limits <- win_limits(between)
    compare("joint-rank", "win probability of pairs of groups",
            numbers(c(own$win_probability, own$ci_low, own$ci_high, own$net_benefit)),
            c((1 + d) / 2, limits, d), 1e-10, where = where)
  }
}
win_limits <- function(between) {
  d <- mean(between)
  se <- sqrt(var(rowMeans(between)) / nrow(between) + var(colMeans(between)) / ncol(between))
  half <- qnorm(0.975) * se / (1 - d^2)
  if (!is.na(se) && se > 0 && abs(d) < 1) (1 + tanh(atanh(d) + c(-half, half))) / 2 else c(NA, NA)
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
  compare("joint-rank", "win probability: limits", c(numbers(test$ci_low), numbers(test$ci_high)), win_limits(between),
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

# Ranks regressed on treatment and covariates.
check_adjusted_ranks <- function(data, measure) {
  others <- setdiff(measures_of(data), measure)
  for (by in factors_of(data)) check_one_adjusted(data, measure, by, "age")
  by <- factors_of(data)
  if (length(by) == 0) return(invisible())
  factor <- setdiff(by, by[1])[1]
  for (covariates in list("baseline", c("delta_fs", "age"), "height", c("duration", "delay"), factor, others[1]))
    if (!anyNA(covariates)) check_one_adjusted(data, measure, by[1], covariates)
}

check_one_adjusted <- function(data, measure, by, covariates) {
  options <- c("joint-rank", measure, "--horizon", 6, "--by", by,
               unlist(lapply(covariates, function(name) c("--covariate", name))))
  where <- paste(options[-1], collapse = " ")
  run <- do.call(analyse_json, as.list(options))
  table <- run$result$patients
  extra <- covariate_columns(data, measure, covariates, table$patient)
  complete <- stats::complete.cases(extra$values)
  used <- table$patient[complete]
  check_counts("joint-rank", run$notes, c("a covariate is missing" = sum(!complete),
                                          "rests on a date without a day" = length(intersect(used, extra$partial))),
               where)
  ours <- run$result$adjusted
  if (is.null(ours) || !length(ours)) return(invisible())
  group <- factor(table$group, levels = intersect(group_levels(data$patients[[by]]), unique(table$group)))[complete]
  rank <- table$rank[complete]
  if (length(unique(rank)) == 1) return(invisible()) # R prints noise for a constant
  X <- covariate_columns(data, measure, covariates, used, TRUE)$values
  fit <- lm(rank ~ group + X)
  about <- summary(fit)$coefficients
  own <- as.data.frame(ours)
  compare_equal("joint-rank", "regression on ranks: terms", own$term,
                c("(Intercept)", paste0(by, levels(group)[-1]), colnames(X)), where)
  compare("joint-rank", "regression on ranks: b, SE, t, p",
          numbers(c(own$estimate, own$se, own$t, own$p)), as.vector(about), 1e-9,
          c(rep(about[, 2], 2), pmax(1, abs(about[, 3])), pmax(about[, 4], 1e-12)), where)
  compare("joint-rank", "regression on ranks: limits (in SE)", numbers(c(own$ci_low, own$ci_high)),
          as.vector(confint(fit)), 1e-9, rep(about[, 2], 2), where)
  compare_equal("joint-rank", "regression on ranks: df", unique(own$df), fit$df.residual, where)
}
