#!/usr/bin/env Rscript
# Recompute slopes, the mixed model and survival of a study in R, and print the largest relative
# difference of each quantity.
#
# usage: scripts/crosscheck.R ALSTRACK STUDY.db [MEASURE]     MEASURE: alsfrs.total, alsfrsr.total …
# Values and days come from the files of `alstrack export csv`. Exit 1 when a difference is beyond
# the limit of its quantity, 77 (skipped) without the packages nlme and survival.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 2) stop("usage: crosscheck.R ALSTRACK STUDY.db [MEASURE]")
packages <- c("nlme", "survival")
if (!all(sapply(packages, requireNamespace, quietly = TRUE))) {
  cat("skipped: the R packages nlme and survival are needed\n")
  quit(status = 77)
}
alstrack <- arguments[1]
study <- normalizePath(arguments[2])
month <- 30.4375

run <- function(...) system2(alstrack, shQuote(c("-d", study, ...)), stdout = TRUE, stderr = FALSE)
result <- function(...) {
  read.csv(text = run(...), colClasses = c(patient = "character"), na.strings = "")
}

folder <- tempfile("crosscheck")
invisible(run("export", "csv", "--out", folder))
cohort <- read.csv(file.path(folder, "cohort.csv"), colClasses = "character", na.strings = "")
long <- read.csv(file.path(folder, "observations.csv"), colClasses = "character", na.strings = "")

failed <- FALSE
report <- function(quantity, ours, theirs, limit, scale = abs(theirs)) {
  both <- !is.na(ours) & !is.na(theirs)
  difference <- if (any(both)) max(abs(ours - theirs)[both] / pmax(scale[both], 1e-9)) else NA
  differ <- sum(is.na(ours) != is.na(theirs))
  cat(sprintf("%-28s %6d compared  largest relative difference %.1e%s\n", quantity, sum(both),
              difference, if (differ) sprintf("  %d missing on one side", differ) else ""))
  if (differ || (any(both) && difference > limit)) failed <<- TRUE
}

# ---------------------------------------------------------------- slopes
slopes <- if (length(arguments) > 2) result("analyze", "slopes", arguments[3], "--format", "csv") else
  result("analyze", "slopes", "--format", "csv")
measure <- strsplit(slopes$measure[1], ".", fixed = TRUE)[[1]]
values <- long[long$instrument == measure[1] & long$item_or_score == measure[2] &
                 !is.na(long$value), ]
death <- cohort$death_date[match(values$patient, cohort$patient)]
values <- values[is.na(death) | nchar(death) < 10 | values$date <= death, ]
values$y <- as.numeric(values$value)
values$month <- as.numeric(values$day) / month
cat(sprintf("%s: %d values of %d patients\n", slopes$measure[1], nrow(values),
            length(unique(values$patient))))
line <- function(name) {
  own <- values[values$patient == name, ]
  if (length(unique(own$month)) < 2) return(c(NA, NA, NA))
  fit <- lm(y ~ month, own)
  se <- if (nrow(own) > 2) suppressWarnings(sqrt(diag(vcov(fit)))[2]) else NA
  c(coef(fit)[2], se, coef(fit)[1])
}
lines <- t(sapply(slopes$patient, line))
report("slope", slopes$slope, lines[, 1], 1e-9, pmax(abs(lines[, 1]), 1e-3))
report("slope: intercept", slopes$intercept, lines[, 3], 1e-9)
report("slope: standard error", slopes$se, lines[, 2], 1e-7, pmax(abs(lines[, 2]), 1e-3))

# ---------------------------------------------------------------- mixed model
fixed <- read.csv(text = run("analyze", "mixed", slopes$measure[1], "--format", "csv"))
if (nrow(fixed)) {
  control <- nlme::lmeControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-12, msTol = 1e-14,
                              opt = "nlminb", returnObject = TRUE)
  fit <- nlme::lme(y ~ month, random = ~ month | patient, data = values, method = "REML",
                   control = control)
  report("mixed: fixed effects (in SE)", fixed$estimate, unname(nlme::fixef(fit)), 1e-4, fixed$se)
  report("mixed: standard errors", fixed$se, unname(sqrt(diag(vcov(fit)))), 1e-3)
  lines <- result("analyze", "mixed", slopes$measure[1], "--blups", "--format", "csv")
  own <- coef(fit)[lines$patient, ]
  report("mixed: patients' slopes", lines$slope, own$month, 1e-3, rep(sd(own$month), nrow(own)))
}

# ---------------------------------------------------------------- survival
curve <- read.csv(text = run("analyze", "survival", "death", "--unit", "day", "--format", "csv"))
followed <- cohort[!is.na(cohort$survival_days), ]
if (nrow(followed) && nrow(curve)) {
  days <- as.numeric(followed$survival_days)
  died <- as.numeric(followed$survival_event)
  fit <- survival::survfit(survival::Surv(days, died) ~ 1, conf.type = "log-log")
  at <- match(curve$time, fit$time)
  report("survival: at risk", curve$at_risk, fit$n.risk[at], 0)
  report("survival: S(t)", curve$survival, fit$surv[at], 1e-10)
  report("survival: standard error", curve$se, (fit$surv * fit$std.err)[at], 1e-10)
  report("survival: lower limit", curve$ci_low, fit$lower[at], 1e-10)
  report("survival: upper limit", curve$ci_high, fit$upper[at], 1e-10)
}

quit(status = as.integer(failed))
