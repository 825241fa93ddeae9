# analyze dose: the board of cohorts, and stopping for safety.

check_dose <- function(data) {
  check_board(data)
  for (harm in c("related", "serious", "dlt")) for (rate in c(0.05, 0.15, 0.3)) check_stopping(data, harm, rate)
  check_stopping(data, "related", 0.15, 0.8, c(0.5, 0.5))
  check_stopping(data, "serious", 0.2, 0.95, c(1, 3))
}

check_board <- function(data) {
  run <- analyse("dose")
  ours <- run$table
  if (nrow(ours) == 0) return(invisible())
  infusions <- data$events[data$events$event == "infusion" & !is.na(data$events$date), ]
  days <- middle(infusions$date)
  infusions <- infusions[order(days), ]
  days <- sort(days)
  dates <- split(days[days <= as.Date(STAMP)], infusions$patient[days <= as.Date(STAMP)])
  patients <- data$patients
  cohort <- patients$cohort
  if (nrow(data$cohorts) == 1) cohort[is.na(cohort)] <- data$cohorts$code
  doses <- data$cohorts$doses[match(cohort, data$cohorts$code)]
  own <- lapply(patients$patient, function(p) dates[[p]])
  treated <- lengths(own) > 0
  nth <- function(k) as.Date(sapply(seq_along(own), function(i)
    if (length(own[[i]]) >= k[i] && k[i] > 0) format(own[[i]][k[i]]) else NA))
  first <- nth(rep(1, length(own)))
  last <- nth(lengths(own))
  completed <- nth(ifelse(is.na(doses), 0, doses))
  toxic <- toxic_of(data, first)
  rule <- paste(run$notes, collapse = " ")
  observation <- if (grepl("([0-9]+) days of observation", rule))
    as.numeric(sub(".*[^0-9]([0-9]+) days of observation.*", "\\1", rule)) else 0
  watch <- watch_of(data, completed, observation)
  left <- watch == "left" & !toxic
  order <- order(first, patients$patient)
  since <- rep(NA, length(first))
  since[order] <- c(NA, diff(as.numeric(first[order])))
  for (i in seq_len(nrow(ours))) {
    mine <- treated & cohort %in% ours$cohort[i]
    theirs <- c(sum(mine), sum(mine & !is.na(completed)),
                sum(mine & watch %in% c("watching", "unseen") & !toxic),
                sum(mine & (watch == "watched" | toxic)), sum(mine & toxic), sum(mine & left),
                sum(mine & !is.na(completed) & !left))
    compare_equal("dose", "treated, completed, observing, …", as.numeric(unlist(ours[i, c(
      "treated", "completed", "observing", "evaluable", "dlt", "not_evaluable")])), theirs[1:6], ours$cohort[i])
    text <- function(d) if (length(d) && any(!is.na(d))) d else NA
    gate <- NA
    if (grepl("next cohort may open when ([0-9]+) patients", rule) && !any(mine & toxic)) {
      need <- as.numeric(sub(".*may open when ([0-9]+) patients.*", "\\1", rule))
      days <- sort(completed[mine & !left])
      if (length(days) >= need) gate <- format(days[need] + observation)
    }
    compare_equal("dose", "first and last infusion, gate", c(ours$first_infusion[i], ours$last_infusion[i],
                                                           ours$gate_date[i]),
                  c(text(if (any(mine)) format(min(first[mine]))), text(if (any(mine)) format(max(last[mine]))),
                    gate), ours$cohort[i])
    closest <- suppressWarnings(min(since[mine], na.rm = TRUE))
    compare_equal("dose", "closest days", as.numeric(ours$closest_days[i]),
                  if (is.finite(closest)) closest else NA, ours$cohort[i])
    spacing <- if (grepl("at least ([0-9]+) days apart", rule) && any(mine))
      if (is.finite(closest) && closest < as.numeric(sub(".*at least ([0-9]+) days apart.*", "\\1", rule)))
        "N" else "Y" else NA
    compare_equal("dose", "spacing", ours$spacing_ok[i], spacing, ours$cohort[i])
    check_suggestion(ours[i, ], rule, theirs, gate, i == nrow(ours))
  }
  compare_equal("dose", "labels", ours$label, data$cohorts$label)
  check_board_notes(data, run$notes, treated, cohort, first, watch, toxic)
  account("dose", ours, c("cohort", "label", "planned", "treated", "completed", "observing", "evaluable",
                          "not_evaluable", "dlt", "first_infusion", "last_infusion", "gate_date", "closest_days",
                          "spacing_ok", "suggestion"))
}

check_suggestion <- function(row, rule, counts, gate, last) {
  if (grepl("rule: (3\\+3|BOIN)", rule)) {
    check_rule_by_counts(row, rule, counts)
    return(invisible())
  }
  need <- suppressWarnings(as.numeric(sub(".*may open when ([0-9]+) patients?.*", "\\1", rule)))
  theirs <- if (!grepl("rule: the next cohort", rule) || counts[1] == 0) NA
  else if (counts[5] > 0) sprintf("do not open the next cohort: %d with dose-limiting toxicity", counts[5])
  else if (is.na(gate))
    sprintf("wait: %d of %d have completed treatment%s", counts[7], need, if (counts[7] < counts[2]) " and stayed" else "")
  else if (as.Date(gate) > as.Date(STAMP)) paste("wait until", gate)
  else if (counts[4] < need)
    sprintf("wait: %d of %d were seen at the end of the observation", counts[4], need)
  else if (last) "gate passed, no further cohort is planned" else "the next cohort may open"
  if (!is.na(theirs) && counts[6] > 0)
    theirs <- sprintf("%s, %d cannot be counted as observed", theirs, counts[6])
  compare_equal("dose", "suggestion", sub("; committee decides$", "", row$suggestion), theirs, row$cohort)
}

# 3+3: 0 of 3 or at most 1 of 6 escalate, 1 of 3 expand, 2 or more stop. BOIN: rates against its two
# boundaries, and elimination by the posterior of a uniform prior.
check_rule_by_counts <- function(row, rule, counts) {
  evaluable <- counts[4]
  toxic <- counts[5]
  advice <- if (counts[1] == 0) NA
  else if (grepl("3\\+3", rule)) {
    if (toxic >= 2 && evaluable <= 6) "stop" # more than six are not covered
    else if (evaluable == 3 && toxic == 0 || evaluable == 6 && toxic <= 1) "escalate"
    else if (evaluable == 3) "expand" else NULL
  } else {
    target <- as.numeric(sub(".*BOIN with target ([0-9.]+),.*", "\\1", rule))
    boundary <- function(p) log((1 - min(p, target)) / (1 - max(p, target))) /
      log(max(p, target) * (1 - min(p, target)) / (min(p, target) * (1 - max(p, target))))
    lambda <- c(boundary(0.6 * target), boundary(1.4 * target))
    printed <- as.numeric(c(sub(".*at a rate up to ([0-9.]+),.*", "\\1", rule),
                            sub(".*de-escalate from ([0-9.]+),.*", "\\1", rule)))
    compare("dose", "BOIN boundaries (6 decimals, absolute)", printed, lambda, 5.1e-7, 1, row$cohort)
    if (evaluable == 0) NULL
    else if (evaluable >= 3 && pbeta(target, 1 + toxic, 1 + evaluable - toxic, lower.tail = FALSE) > 0.95)
      "eliminate"
    else if (toxic / evaluable <= lambda[1]) "escalate"
    else if (toxic / evaluable >= lambda[2]) "de-escalate" else "stay"
  }
  if (is.null(advice)) return(invisible())
  ours <- if (is.na(row$suggestion)) NA else regmatches(row$suggestion, regexpr("^[a-z-]+", row$suggestion))
  compare_equal("dose", "suggestion by 3+3 or BOIN", ours, advice, row$cohort)
}

check_board_notes <- function(data, notes, treated, cohort, first, watch, toxic) {
  adverse <- data$adverse
  limiting <- adverse[adverse$dlt %in% "Y", ]
  undated <- length(unique(limiting$patient[is.na(limiting$onset)]))
  infusion <- first[match(limiting$patient, data$patients$patient)]
  spacing <- grep("at least ([0-9]+) days? apart", notes, value = TRUE)
  close <- if (length(spacing))
    sum(diff(sort(as.numeric(first[treated]))) < as.numeric(sub(".*at least ([0-9]+) days? apart.*", "\\1", spacing)))
    else 0
  check_counts("dose", notes, c("treated too soon" = close, "treated without a cohort" = sum(treated & is.na(cohort)),
                                "toxicity without a date" = undated,
                                "before the first infusion, not counted" =
                                  length(unique(limiting$patient[which(latest(limiting$onset) < infusion)])),
                                "cannot be counted as observed" = sum(treated & watch == "left" & !toxic),
                                "not yet evaluable" = sum(treated & watch == "unseen" & !toxic),
                                "but no infusion, not counted" = sum(toxic & !treated)), "board")
  note <- grep("^as of ", notes, value = TRUE)
  compare_equal("dose", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]])[4:5],
                c(length(treated), sum(treated)), "board")
}

# Patients with harm on or after the first infusion, against a Beta prior of the rate.
check_stopping <- function(data, harm, rate, probability = NULL, prior = NULL) {
  options <- c("--stop-rate", rate, "--stop-event", harm,
               if (!is.null(probability)) c("--stop-probability", probability),
               if (!is.null(prior)) c("--stop-prior", paste(prior, collapse = ",")))
  run <- do.call(analyse, as.list(c("dose", options)))
  ours <- run$table
  where <- paste(options, collapse = " ")
  if (is.null(prior)) prior <- c(0.3, 1.7)
  if (is.null(probability)) probability <- 0.9
  known <- exposure(data)
  known <- known[!is.na(known$infusion) & known$infusion <= as.Date(STAMP), ]
  cohort <- data$patients$cohort[match(known$patient, data$patients$patient)]
  if (nrow(data$cohorts) == 1) cohort[is.na(cohort)] <- data$cohorts$code
  events <- if (is.null(data$adverse)) data.frame() else data$adverse[data$adverse$patient %in% known$patient, ]
  harmed <- character()
  if (nrow(events)) {
    events <- adverse_events(data, cbind(known, harvest = NA, group = "all"), events)
    counts <- switch(harm, dlt = events$dlt %in% "Y", serious = events$serious %in% "Y",
                     related = events$serious %in% "Y" & events$related)
    from <- known$infusion[match(events$patient, known$patient)]
    counts <- counts & (is.na(events$onset) | (latest(events$onset) >= from &
                                                 earliest(events$onset) <= as.Date(STAMP)))
    check_counts("dose", run$notes, c("events without a date" = sum(counts & is.na(events$onset))), where)
    harmed <- unique(events$patient[counts])
  }
  check_counts("dose", run$notes, c("without a cohort" = sum(is.na(cohort))), where)
  for (i in seq_len(nrow(ours))) {
    mine <- if (ours$cohort[i] == "all") rep(TRUE, nrow(known)) else cohort %in% ours$cohort[i]
    n <- sum(mine)
    y <- sum(known$patient[mine] %in% harmed)
    a <- prior[1] + y
    b <- prior[2] + n - y
    here <- paste(where, ours$cohort[i])
    compare_equal("dose", "stopping: counts", c(ours$treated[i], ours$with_event[i]), c(n, y), here)
    compare("dose", "stopping: posterior", as.numeric(unlist(ours[i, c("rate", "ci_low", "ci_high", "probability")])),
            c(a / (a + b), qbeta(c(0.025, 0.975), a, b), pbeta(rate, a, b, lower.tail = FALSE)), 1e-8,
            c(1, 1, 1, 1), here)
    exceeds <- pbeta(rate, prior[1] + 0:n, prior[2] + n - 0:n, lower.tail = FALSE) > probability
    stop_at <- if (n > 0 && any(exceeds)) which(exceeds)[1] - 1 else NA
    compare_equal("dose", "stopping: stop at", ours$stop_at[i], stop_at, here)
    verdict <- if (n == 0) NA else if (!is.na(stop_at) && y >= stop_at) "stop for review" else "go on"
    compare_equal("dose", "stopping: suggestion", sub("; committee decides$", "", ours$suggestion[i]), verdict, here)
  }
  account("dose", ours, c("cohort", "label", "treated", "with_event", "rate", "ci_low", "ci_high", "probability",
                          "stop_at", "suggestion"))
}
