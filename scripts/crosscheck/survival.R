# analyze survival: survfit, survdiff, coxph of the package survival.

ENDPOINTS <- list("death" = "death", "death-or-tracheostomy" = c("death", "tracheostomy"),
                  "death-or-tracheostomy-or-pav" = c("death", "tracheostomy", "pav"),
                  "gastrostomy" = "gastrostomy", "niv" = "niv_start")

strata <- survival::strata # known by this name alone in formulas

check_survival <- function(data) {
  factors <- factors_of(data)
  for (endpoint in names(ENDPOINTS)) {
    cases <- event_times(data, ENDPOINTS[[endpoint]])
    check_one_survival(data, endpoint, cases, NULL, NULL)
    for (by in factors) {
      check_one_survival(data, endpoint, cases, by, NULL)
      for (strata in setdiff(factors, by)) check_one_survival(data, endpoint, cases, by, strata)
    }
  }
}

# Months are days / 30.4375; equal days must stay equal, so survival gets days.
check_one_survival <- function(data, endpoint, cases, by, strata) {
  where <- paste(endpoint, by, if (!is.null(strata)) paste("within", strata))
  ours <- do.call(analyse_json, c(list("survival", endpoint), if (!is.null(by)) list("--by", by),
                                  if (!is.null(strata)) list("--strata", strata)))$result
  cases$group <- if (is.null(by)) factor("all") else group_of(data, cases$patient, by)
  cases$stratum <- if (is.null(strata)) "all" else
    data$patients[[strata]]
  cases <- cases[cases$used & !is.na(cases$group), ]
  cases$group <- droplevels(cases$group)
  if (is.null(strata)) check_curves(ours, cases, where)
  if (!is.null(by)) check_comparison(ours, cases[!is.na(cases$stratum), ], by, where)
}

check_curves <- function(ours, cases, where) {
  curve <- ours$curve
  for (name in levels(cases$group)) {
    own <- cases[cases$group == name, ]
    fit <- survival::survfit(survival::Surv(days, event) ~ 1, own, conf.type = "log-log")
    printed <- curve[curve$group == name, ]
    here <- paste(where, name)
    compare_equal("survival", "at risk, events, censored",
                  c(printed$at_risk, printed$events, printed$censored),
                  c(fit$n.risk, fit$n.event, fit$n.censor), here)
    compare("survival", "times", numbers(printed$time), fit$time / MONTH, 1e-14, where = here)
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
    median <- quantile(fit, 0.5)
    compare("survival", "median and limits",
            numbers(c(numbers(group$median), numbers(group$median_ci_low), numbers(group$median_ci_high))),
            c(median$quantile, median$lower, median$upper) / MONTH, 1e-12, where = here)
    tau <- min(tapply(cases$days, cases$group, max))
    if (tau > 0) {
      compare("survival", "tau", numbers(group$tau), tau / MONTH, 1e-14, where = here)
      # R refuses an end before the first time, where the curve is still 1.
      mean <- if (tau < min(own$days)) c(tau, 0) else
        summary(fit, rmean = tau)$table[c("rmean", "se(rmean)")]
      compare("survival", "restricted mean", numbers(group$restricted_mean), mean[1] / MONTH, 1e-10,
              where = here)
      compare("survival", "restricted mean: SE", numbers(group$restricted_mean_se), mean[2] / MONTH,
              1e-8, pmax(mean[2] / MONTH, 1e-3), where = here)
    }
  }
}

# Does somebody at risk stay without the event at a time of events?
tells_apart <- function(cases) any(sapply(which(cases$event), function(i) {
  at_risk <- cases$stratum == cases$stratum[i] & cases$days >= cases$days[i]
  any(at_risk & !(cases$event & cases$days == cases$days[i]))
}))

check_comparison <- function(ours, cases, by, where) {
  if (any(cases$event) && nlevels(cases$group) > 1 && !tells_apart(cases)) {
    compare("survival", "no test of nothing", c(numbers(ours$log_rank$chisq), length(ours$cox)), c(NA, 0), 0, 1, where)
    return(invisible())
  }
  groups <- nlevels(cases$group)
  possible <- groups > 1 && sum(cases$event) > 0
  if (possible) {
    test <- tryCatch(suppressWarnings(
      survival::survdiff(survival::Surv(days, event) ~ group + strata(stratum), cases)),
      error = function(e) NULL)
    if (!is.null(test)) {
      observed <- if (is.matrix(test$exp)) rowSums(test$exp) else test$exp
      df <- sum(observed > 0) - 1
      if (df > 0 && !is.na(test$chisq)) {
        compare("survival", "log-rank: chi-squared", numbers(ours$log_rank$chisq), test$chisq, 1e-8,
                pmax(test$chisq, 1e-6), where)
        compare_equal("survival", "log-rank: df", numbers(ours$log_rank$df), df, where)
        p <- pchisq(test$chisq, df, lower.tail = FALSE)
        compare("survival", "log-rank: p", numbers(ours$log_rank$p), p, 1e-8, pmax(p, 1e-12), where)
      }
    }
    check_cox(ours, cases, by, where)
  } else {
    compare("survival", "log-rank: none without events", numbers(ours$log_rank$chisq), NA, 0, 1, where)
  }
}

# R warns of coefficients that run to infinity and prints where it stopped; the program says not
# estimable. So R's are taken for finite only where another twenty steps leave them in place.
check_cox <- function(ours, cases, by, where) {
  cox <- function(steps) suppressWarnings(survival::coxph(
    survival::Surv(days, event) ~ group + strata(stratum), cases, ties = "efron",
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
