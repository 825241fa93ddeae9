# Times R's packages on the same data, already in memory. usage: peers.R VALUES SURVIVAL
# Prints lines of NAME and CPU seconds; no start of R, no reading of files is counted.
arguments <- commandArgs(trailingOnly = TRUE)
values <- data.table::fread(arguments[1], col.names = c("patient", "month", "y"))
cases <- data.table::fread(arguments[2], col.names = c("days", "event", "group", "change"))
n <- length(unique(values$patient))
repeats <- if (n > 5000) 1 else 3
measure <- function(name, action) {
  times <- sapply(seq_len(repeats), function(i) sum(system.time(action())[c("user.self", "sys.self")]))
  cat(sprintf("%s %.9g\n", name, median(times)))
}
suppressMessages(library(survival))
data.table::setDTthreads(1)
measure("lmer", function() {
  fit <- suppressWarnings(lme4::lmer(y ~ month + (month | patient), values, REML = TRUE))
  message(sprintf("lmer: REML log-likelihood %.8f", as.numeric(logLik(fit))))
})
measure("lme", function() {
  fit <- tryCatch(nlme::lme(y ~ month, random = ~month | patient, data = values), error = function(e) {
    message("lme: ", conditionMessage(e))
    NULL
  })
  if (!is.null(fit)) message(sprintf("lme: REML log-likelihood %.8f", as.numeric(logLik(fit))))
})
measure("survfit", function() {
  survfit(Surv(days, event) ~ 1, cases, conf.type = "log-log")
  message(sprintf("survdiff: %.8f", survdiff(Surv(days, event) ~ group, cases)$chisq))
})
measure("data.table", function() {
  slopes <- values[, {
    centred <- month - mean(month)
    list(slope = sum(centred * y) / sum(centred^2))
  }, by = patient]
  message(sprintf("data.table: mean slope %.8f", mean(slopes$slope)))
})
