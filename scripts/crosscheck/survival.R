# analyze survival: survfit, survdiff, coxph of the package survival.

strata <- survival::strata # known by this name alone in formulas

check_survival <- function(data) {
  factors <- factors_of(data)
  for (endpoint in names(ENDPOINTS)) {
    check_one_survival(data, endpoint)
    for (by in factors) {
      check_one_survival(data, endpoint, by)
      for (within in setdiff(factors, by)) check_one_survival(data, endpoint, by, within)
    }
  }
  check_survival_options(data, factors)
}

# What changes who is at risk and when.
check_survival_options <- function(data, factors) {
  by <- if (length(factors)) factors[1]
  within <- if (length(factors) > 1) factors[2]
  for (from in c("onset", "diagnosis", "consent")) {
    for (endpoint in c("death", "death-or-tracheostomy-or-pav", "niv", "kings-4", "gastrostomy,niv_start")) {
      for (entry in c("observed", "zero")) {
        check_one_survival(data, endpoint, by, from = from, entry = entry)
        if (!is.null(within)) check_one_survival(data, endpoint, by, within, from = from, entry = entry)
      }
    }
    check_one_survival(data, "death", from = from, tau = 12)
  }
  for (pav in list(c(22, 7), c(16, 7), c(20, 1), c(22.5, 14), c(8, 30), c(23, 60)))
    for (endpoint in c("death-or-tracheostomy-or-pav", "pav", "death,pav"))
      check_one_survival(data, endpoint, pav = pav)
  for (tau in c(1, 6, 12, 24, 1000)) {
    check_one_survival(data, "death", tau = tau)
    check_one_survival(data, "death-or-tracheostomy", by, tau = tau)
  }
  check_one_survival(data, "death", by, unit = "day")
  check_one_survival(data, "niv", by, unit = "day", tau = 100)
  for (reference in if (!is.null(by)) group_levels(data$patients[[by]]))
    check_one_survival(data, "death", by, reference = reference)
}

# Times are days / 30.4375; equal days must stay equal, so survival gets days.
check_one_survival <- function(data, endpoint, by = NULL, within = NULL, from = NULL, entry = "observed",
                               pav = NULL, tau = NULL, unit = "month", reference = NULL) {
  options <- c(if (!is.null(by)) c("--by", by), if (!is.null(within)) c("--strata", within),
               if (!is.null(from)) c("--from", from, "--entry", entry),
               if (!is.null(pav)) c("--pav-hours", pav[1], "--pav-days", pav[2]),
               if (!is.null(tau)) c("--tau", tau), if (unit == "day") c("--unit", "day"),
               if (!is.null(reference)) c("--reference", reference))
  where <- paste(c(endpoint, options), collapse = " ")
  run <- do.call(analyse_json, as.list(c("survival", endpoint, options)))
  events <- endpoint_events(endpoint)
  if (any(grepl("^kings", events)) && is.null(data$alsfrsr)) {
    compare_equal("survival", "refused: stages need ALSFRS-R", run$status, 2, where)
    return(invisible())
  }
  ours <- run$result
  cases <- remember(paste("cases", paste(events, collapse = ","), from, entry, paste(pav, collapse = " ")),
                    event_times(data, events, from, entry == "zero", if (is.null(pav)) c(22, 7) else pav))
  counts <- attr(cases, "counts")
  cases$group <- if (is.null(by)) factor("all") else group_of(data, cases$patient, by)
  cases$stratum <- if (is.null(within)) "all" else data$patients[[within]]
  check_counts("survival", run$notes, counts, where)
  if (!is.null(by))
    check_counts("survival", run$notes, setNames(sum(cases$used & is.na(cases$group)),
                                                 paste0("left out: no ", by, ":")), where)
  cases <- cases[cases$used & !is.na(cases$group), ]
  check_counts("survival", run$notes, c(", followed: " = nrow(cases)), where)
  cases$group <- droplevels(cases$group)
  if (!is.null(reference) && reference %in% levels(cases$group))
    cases$group <- relevel(cases$group, reference)
  scale <- if (unit == "day") 1 else MONTH
  if (is.null(within)) check_curves(ours, cases, where, scale, tau)
  if (is.null(by)) return(invisible())
  if (!is.null(within))
    check_counts("survival", run$notes, setNames(sum(is.na(cases$stratum)),
                                                 paste0("not of the curves: no ", within, ":")), where)
  check_comparison(ours, cases[!is.na(cases$stratum), ], by, where)
}

check_curves <- function(ours, cases, where, unit, tau) {
  curve <- ours$curve
  compare_equal("survival", "groups", unique(curve$group), levels(cases$group), where)
  if (nrow(cases) == 0) return(invisible())
  shortest <- min(tapply(cases$days, cases$group, max))
  tau <- if (is.null(tau)) shortest else tau * unit
  for (name in levels(cases$group)) {
    own <- cases[cases$group == name, ]
    fit <- survival::survfit(survival::Surv(start, days, event) ~ 1, own, conf.type = "log-log")
    printed <- curve[curve$group == name, ]
    here <- paste(where, name)
    compare_equal("survival", "at risk, events, censored",
                  c(printed$at_risk, printed$events, printed$censored),
                  c(fit$n.risk, fit$n.event, fit$n.censor), here)
    compare("survival", "times", numbers(printed$time), fit$time / unit, 1e-14, where = here)
    compare("survival", "S(t)", numbers(printed$survival), fit$surv, 1e-10, pmax(fit$surv, 1e-3), here)
    dead <- fit$surv == 0
    se <- ifelse(dead, NA, fit$surv * fit$std.err) # Greenwood's sum is infinite where all have died
    compare("survival", "Greenwood SE", numbers(printed$se), se, 1e-10, pmax(se, 1e-3), here)
    limits <- function(x) ifelse(fit$surv == 1 | dead, NA, x)
    compare("survival", "log-log limits", c(numbers(printed$ci_low), numbers(printed$ci_high)),
            c(limits(fit$lower), limits(fit$upper)), 1e-10, 1, here)
    group <- ours$groups[ours$groups$group == name, ]
    compare_equal("survival", "n, events, censored of groups", c(group$n, group$events, group$censored),
                  c(nrow(own), sum(own$event), sum(!own$event)), here)
    compare("survival", "median and limits",
            numbers(c(numbers(group$median), numbers(group$median_ci_low), numbers(group$median_ci_high))),
            medians(fit) / unit, 1e-12, where = here)
    if (tau > 0) check_restricted_mean(group, fit, own, tau, unit, here)
  }
}

# With late entry the limits of a curve may rise again, which R's quantile does not expect: then they
# are first at or below one half by definition.
medians <- function(fit) {
  own <- quantile(fit, 0.5)
  crossing <- function(limit, theirs) {
    limit <- ifelse(fit$surv == 1, 1, ifelse(is.na(limit), 0, limit)) # 0: nobody is left
    if (all(diff(limit) <= 1e-9)) return(theirs)
    at <- which(limit <= 0.5)
    if (length(at)) fit$time[at[1]] else NA
  }
  c(own$quantile, crossing(fit$lower, own$lower), crossing(fit$upper, own$upper))
}

check_restricted_mean <- function(group, fit, own, tau, unit, where) {
  compare("survival", "tau", numbers(group$tau), tau / unit, 1e-14, where = where)
  # R goes on beyond the end of a curve, and refuses an end before its first time, where it is still 1.
  ends_early <- max(own$days) < tau && tail(fit$surv, 1) > 0
  mean <- if (ends_early) c(NA, NA)
          else if (tau <= min(own$days)) c(tau, 0)
          else summary(fit, rmean = tau)$table[c("rmean", "se(rmean)")]
  mean[is.nan(mean)] <- NA
  compare("survival", "restricted mean", numbers(group$restricted_mean), mean[1] / unit, 1e-10, where = where)
  compare("survival", "restricted mean: SE", numbers(group$restricted_mean_se), mean[2] / unit, 1e-8,
          pmax(mean[2] / unit, 1e-3), where)
}

# Log-rank test with late entry, which survdiff does not take: hypergeometric moments in each stratum.
log_rank <- function(cases) {
  k <- nlevels(cases$group)
  difference <- numeric(k)
  expected <- numeric(k)
  variance <- matrix(0, k, k)
  for (own in split(cases, cases$stratum)) {
    for (time in unique(own$days[own$event])) {
      risk <- own[own$start < time & own$days >= time, ]
      n <- as.numeric(table(risk$group))
      d <- as.numeric(table(risk$group[risk$event & risk$days == time]))
      all <- sum(n)
      deaths <- sum(d)
      expected <- expected + deaths * n / all
      difference <- difference + d - deaths * n / all
      if (all > 1)
        variance <- variance + deaths * (all - deaths) / (all - 1) * (diag(n / all, k) - outer(n / all, n / all))
    }
  }
  keep <- which(expected > 0)
  if (length(keep) < 2) return(NULL)
  keep <- keep[-length(keep)]
  inverse <- tryCatch(solve(variance[keep, keep, drop = FALSE]), error = function(e) NULL)
  if (is.null(inverse)) return(NULL)
  list(chisq = drop(difference[keep] %*% inverse %*% difference[keep]), df = length(keep))
}

# Does somebody at risk stay without the event at a time of events?
tells_apart <- function(cases) any(sapply(which(cases$event), function(i) {
  at_risk <- cases$stratum == cases$stratum[i] & cases$days >= cases$days[i] & cases$start < cases$days[i]
  any(at_risk & !(cases$event & cases$days == cases$days[i]))
}))

check_comparison <- function(ours, cases, by, where) {
  if (any(cases$event) && nlevels(cases$group) > 1 && !tells_apart(cases)) {
    compare("survival", "no test of nothing", c(numbers(ours$log_rank$chisq), length(ours$cox)), c(NA, 0), 0, 1, where)
    return(invisible())
  }
  possible <- nlevels(cases$group) > 1 && sum(cases$event) > 0
  if (!possible) {
    compare("survival", "log-rank: none without events", numbers(ours$log_rank$chisq), NA, 0, 1, where)
    return(invisible())
  }
  test <- log_rank(cases)
  if (!is.null(test)) {
    check_log_rank(ours, test, where)
    if (all(cases$start < 0)) {
      other <- tryCatch(suppressWarnings(
        survival::survdiff(survival::Surv(days, event) ~ group + strata(stratum), cases)),
        error = function(e) NULL)
      observed <- if (is.matrix(other$exp)) rowSums(other$exp) else other$exp
      if (!is.null(other) && !is.na(other$chisq) && sum(observed > 0) > 1)
        check_log_rank(ours, list(chisq = other$chisq, df = sum(observed > 0) - 1), where)
    }
  } else {
    compare("survival", "log-rank: none with one group at risk", numbers(ours$log_rank$chisq), NA, 0, 1, where)
  }
  check_cox(ours, cases, by, where)
}

check_log_rank <- function(ours, test, where) {
  compare("survival", "log-rank: chi-squared", numbers(ours$log_rank$chisq), test$chisq, 1e-8,
          pmax(test$chisq, 1e-6), where)
  compare_equal("survival", "log-rank: df", numbers(ours$log_rank$df), test$df, where)
  p <- pchisq(test$chisq, test$df, lower.tail = FALSE)
  compare("survival", "log-rank: p", numbers(ours$log_rank$p), p, 1e-8, pmax(p, 1e-12), where)
}

# R warns of coefficients that run to infinity and prints where it stopped; the program says not
# estimable. So R's are taken for finite only where another twenty steps leave them in place.
check_cox <- function(ours, cases, by, where) {
  cox <- function(steps) suppressWarnings(survival::coxph(
    survival::Surv(start, days, event) ~ group + strata(stratum), cases, ties = "efron",
    control = survival::coxph.control(iter.max = steps, eps = 1e-14, toler.chol = 1e-12)))
  fit <- tryCatch(cox(40), error = function(e) NULL)
  if (is.null(fit)) return(invisible())
  se <- sqrt(diag(vcov(fit)))
  b <- coef(fit)
  finite <- !is.na(b) & se < 50 & se > 0
  finite <- finite & abs(b) < 15
  names <- sub("^group", by, names(b))
  terms <- ours$cox
  if (!length(terms)) {
    compare_equal("survival", "Cox: none estimable", FALSE, any(finite), where)
    return(invisible())
  }
  compare_equal("survival", "Cox: terms", terms$term, names, where)
  keep <- function(x) unname(ifelse(finite, x, NA))
  compare("survival", "Cox: coefficient (in SE)", numbers(terms$coefficient), keep(b), 1e-6, se, where)
  compare("survival", "Cox: SE", numbers(terms$se), keep(se), 1e-6, where = where)
  compare("survival", "Cox: hazard ratio and limits",
          c(numbers(terms$hazard_ratio), numbers(terms$ci_low), numbers(terms$ci_high)),
          exp(c(keep(b), keep(b) + qnorm(0.025) * se, keep(b) + qnorm(0.975) * se)), 1e-5, where = where)
  z <- keep(b / se)
  compare("survival", "Cox: z", numbers(terms$z), z, 1e-6, pmax(abs(z), 1), where)
  compare("survival", "Cox: p", numbers(terms$p), 2 * pnorm(-abs(z)), 1e-5,
          pmax(2 * pnorm(-abs(z)), 1e-12), where)
}
