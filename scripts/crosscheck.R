#!/usr/bin/env Rscript
# Recompute in R what `alstrack analyze` prints for a study, from the files of `alstrack export csv`,
# and print one table with the largest relative difference of each quantity.
#
# usage: scripts/crosscheck.R ALSTRACK STUDY.db … [--measure MEASURE,…] [--only ANALYSIS,…]
#        MEASURE: alsfrs.total, fvc.percent_predicted …; default: the protocol's and every measure
#        that has a slope in cohort.csv. With several studies a table over all of them ends the run.
#
# R side: lm, t.test, wilcox.test, lme4, nlme, survival, and own code where R has nothing (joint
# ranks, stages, Satterthwaite degrees of freedom). Where R's optimisers are known to stop early,
# they are polished, or R's likelihood is evaluated at the program's estimate; a remark says so.
# Exit 1 when a difference is beyond the limit of its quantity, 77 (skipped) without the packages.
arguments <- commandArgs(trailingOnly = TRUE)
packages <- c("nlme", "lme4", "survival", "jsonlite")
if (!all(sapply(packages, requireNamespace, quietly = TRUE))) {
  cat("skipped: the R packages nlme, lme4, survival and jsonlite are needed\n")
  quit(status = 77)
}
option <- function(name) {
  at <- match(name, arguments)
  if (is.na(at)) return(NULL)
  value <- strsplit(arguments[at + 1], ",")[[1]]
  arguments <<- arguments[-c(at, at + 1)]
  value
}
only <- option("--only")
chosen <- option("--measure")
if (length(arguments) < 2) stop("usage: crosscheck.R ALSTRACK STUDY.db … [--measure M,…] [--only A,…]")
alstrack <- normalizePath(arguments[1])
options(digits = 17, warn = 1)

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
folder <- file.path(dirname(normalizePath(script)), "crosscheck")
for (file in sort(list.files(folder, pattern = "\\.R$", full.names = TRUE))) source(file)

wanted <- function(name) is.null(only) || name %in% only
check_study <- function() {
  data <- load_study()
  measures <- if (is.null(chosen)) measures_of(data) else chosen
  groupings <- c(list(NULL), as.list(factors_of(data)))
  for (measure in measures) {
    if (wanted("slopes")) {
      for (by in groupings) check_slopes(data, measure, by)
      check_slope_options(data, measure)
    }
    if (wanted("prepost")) {
      check_prepost(data, measure)
      check_prepost_mixed(data, measure)
      check_responders(data, measure)
    }
    if (wanted("mixed")) check_mixed(data, measure)
    if (wanted("change")) {
      for (by in groupings) check_change(data, measure, by)
      for (method in c("locf", "bocf", "slope")) for (by in groupings[1:min(2, length(groupings))])
        check_change(data, measure, by, method)
    }
    if (wanted("joint-rank")) {
      check_joint_rank(data, measure)
      check_adjusted_ranks(data, measure)
    }
  }
  if (wanted("survival")) check_survival(data)
  if (wanted("stages")) check_stages(data)
  if (wanted("ae")) check_adverse(data)
  if (wanted("dose")) check_dose(data)
  sprintf("%s: %d patients, measures %s", basename(study), nrow(data$patients),
          paste(measures, collapse = ", "))
}

studies <- normalizePath(arguments[-1])
failed <- FALSE
for (study in studies) {
  begin_results()
  print_results(check_study())
  failed <- failed || length(results$failures) > 0
  keep_results()
}
if (length(studies) > 1) print_rows(results$all, sprintf("all %d studies", length(studies)))
quit(status = as.integer(failed))
