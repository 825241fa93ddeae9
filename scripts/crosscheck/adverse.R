# analyze ae and analyze dose: counts.

check_adverse <- function(data) {
  if (is.null(data$adverse) || nrow(data$adverse) == 0) return(invisible())
  for (population in c("treated", "all"))
    for (by in c(list(NULL), as.list(factors_of(data)))) check_terms(data, by, population)
  check_reviews(data)
}

exposure <- function(data) {
  own <- data$events
  first <- function(name, which = min) {
    rows <- own[own$event == name & !is.na(own$date), ]
    days <- tapply(as.numeric(middle(rows$date)), rows$patient, which)
    as.Date(as.numeric(days[data$patients$patient]), origin = "1970-01-01")
  }
  from <- first("infusion")
  start <- from
  start[is.na(start)] <- first("consent")[is.na(start)]
  end <- pmin(first("death"), first("withdrawal"), na.rm = TRUE)
  end[is.na(end)] <- last_known(data)[is.na(end)]
  end <- pmin(end, as.Date(STAMP))
  data.frame(patient = data$patients$patient, infusion = from, from = start, to = end,
             days = ifelse(is.na(start), 0, pmax(0, as.numeric(end - start))))
}

# First day on which cells were taken: a procedure with one of these words in its name.
first_harvest <- function(data) {
  own <- data$procedures
  own <- own[grepl("harvest|biopsy|aspiration", own$procedure) & own$status %in% "done" &
               !is.na(own$date), ]
  days <- tapply(as.numeric(as.Date(own$date)), own$patient, min)
  as.Date(as.numeric(days[data$patients$patient]), origin = "1970-01-01")
}

check_terms <- function(data, by, population) {
  ours <- do.call(analyse, c(list("ae", "--population", population),
                             if (!is.null(by)) list("--by", by)))$table
  where <- paste(population, by)
  adverse <- data$adverse
  known <- exposure(data)
  known$harvest <- first_harvest(data)
  if (population == "treated") {
    known <- known[!is.na(known$infusion) & known$infusion <= as.Date(STAMP), ]
    adverse <- adverse[adverse$patient %in% known$patient, ]
  }
  at <- match(adverse$patient, known$patient)
  first <- earliest(adverse$onset)
  last <- latest(adverse$onset)
  keep <- is.na(first) | first <= as.Date(STAMP)
  procedural <- grepl("procedure", adverse$relation)
  from <- known$infusion[at]
  from[procedural] <- pmin(from, known$harvest[at], na.rm = TRUE)[procedural]
  adverse$emergent <- !is.na(from) & (is.na(last) | last >= from)
  adverse$in_period <- !is.na(known$from[at]) &
    (is.na(first) | (last >= known$from[at] & first <= known$to[at]))
  adverse$related <- sapply(strsplit(adverse$relation, "; *"), function(parts)
    any(!is.na(parts) & parts != "" & !grepl("^disease", parts)))
  group <- function(patients) if (is.null(by)) rep("all", length(patients)) else
    data$patients[[by]][match(patients, data$patients$patient)]
  adverse$group <- group(adverse$patient)
  known$group <- group(known$patient)
  adverse <- adverse[keep, ]
  grades <- grep("^grade_[0-9]+$", names(ours), value = TRUE)
  counted <- 0
  for (i in seq_len(nrow(ours))) {
    own <- adverse[adverse$group %in% ours$group[i], ]
    people <- known[known$group %in% ours$group[i], ]
    if (ours$term[i] != "any event") own <- own[own$term == ours$term[i], ]
    else counted <- counted + nrow(own)
    worst <- tapply(ifelse(is.na(own$grade), -1, as.numeric(own$grade)), own$patient, max)
    months <- sum(people$days) / MONTH
    theirs <- c(nrow(people), length(worst), nrow(own),
                sapply(sub("grade_", "", grades), function(g) sum(worst == as.numeric(g))),
                sum(worst == -1), sum(own$serious %in% "Y"), sum(own$related), sum(own$dlt %in% "Y"),
                sum(own$emergent), sum(own$in_period), length(unique(own$patient[own$serious %in% "Y"])),
                length(unique(own$patient[own$related])), length(unique(own$patient[own$emergent])))
    names <- c("of_patients", "patients", "events", grades, "grade_missing", "serious", "related", "dlt",
               "emergent", "in_period", "patients_serious", "patients_related", "patients_emergent")
    here <- paste(where, ours$group[i], ours$term[i])
    compare_equal("ae", "counts", as.numeric(unlist(ours[i, names])), unname(theirs), here)
    compare("ae", "percent, patient-months, rate",
            as.numeric(unlist(ours[i, c("percent", "patient_months", "per_patient_month")])),
            c(100 * length(worst) / nrow(people), months,
              if (months > 0) sum(own$in_period) / months else NA), 1e-13, where = here)
  }
  compare_equal("ae", "counts", counted, nrow(adverse), where)
  groups <- unique(known$group)
  terms <- as.vector(outer(groups, unique(adverse$term), paste)) # every term in every group
  compare_equal("ae", "rows: one per group and term", sort(paste(ours$group, ours$term)),
                sort(unique(c(terms, paste(groups, "any event")))), where)
  account("ae", ours, c("group", "term", "of_patients", "patients", "percent", "events", grades,
                        "grade_missing", "serious", "related", "dlt", "emergent", "in_period",
                        "patient_months", "per_patient_month", "patients_serious", "patients_related",
                        "patients_emergent"))
  check_fisher(ours, where)
}

# Where two groups are compared.
check_fisher <- function(ours, where) {
  if (!"fisher_p" %in% names(ours)) return(invisible())
  for (i in which(!is.na(ours$fisher_p))) {
    pair <- ours[ours$term == ours$term[i], ]
    reference <- pair[1, ]
    table <- rbind(c(ours$patients[i], ours$of_patients[i] - ours$patients[i]),
                   c(reference$patients, reference$of_patients - reference$patients))
    compare("ae", "Fisher p", ours$fisher_p[i], fisher.test(table)$p.value, 1e-9,
            where = paste(where, ours$term[i]))
  }
  account("ae", ours, "fisher_p")
}

check_reviews <- function(data) {
  ours <- analyse("ae", "--by", "visit")$table
  if (nrow(ours) == 0) return(invisible())
  linked <- data$adverse[!is.na(data$adverse$visit), ]
  linked <- linked[order(match(linked$patient, data$patients$patient), linked$onset, na.last = FALSE), ]
  key <- paste(linked$patient, linked$visit)
  own <- paste(ours$patient, ours$visit)
  compare_equal("ae by visit", "every linked event is shown", sum(ours$events), nrow(linked))
  counts <- table(factor(key, unique(own)))
  compare_equal("ae by visit", "events", ours$events, as.numeric(counts[own]))
  worst <- tapply(as.numeric(linked$grade), factor(key, unique(own)), function(x)
    if (all(is.na(x))) NA else max(x, na.rm = TRUE))
  compare_equal("ae by visit", "maximum grade", ours$max_grade, as.numeric(worst[own]))
  terms <- tapply(linked$term, factor(key, unique(own)), function(x) paste(sort(unique(x)), collapse = "; "))
  sorted <- function(x) sapply(strsplit(x, "; "), function(p) paste(sort(p), collapse = "; "))
  compare_equal("ae by visit", "terms", ifelse(is.na(ours$terms), NA, sorted(ours$terms)),
                as.character(terms[own]))
  if (!is.null(data$review)) {
    answer <- data$review$review[match(own, paste(data$review$patient, data$review$visit))]
    compare_equal("ae by visit", "review", ours$review, gsub("_", " ", answer))
  }
  visit <- data$visits$date[match(own, paste(data$visits$patient, data$visits$visit))]
  compare_equal("ae by visit", "date", ours$date, visit)
  account("ae by visit", ours, c("patient", "visit", "date", "review", "events", "max_grade", "terms"))
}

check_dose <- function(data) {
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
                sum(mine & (watch == "watched" | toxic)), sum(mine & toxic), sum(mine & left))
    compare_equal("dose", "treated, completed, observing, …", as.numeric(unlist(ours[i, c(
      "treated", "completed", "observing", "evaluable", "dlt", "not_evaluable")])), theirs, ours$cohort[i])
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
  account("dose", ours, c("cohort", "label", "planned", "treated", "completed", "observing", "evaluable",
                          "not_evaluable", "dlt", "first_infusion", "last_infusion", "gate_date", "closest_days",
                          "spacing_ok", "suggestion"))
}

check_suggestion <- function(row, rule, counts, gate, last) {
  need <- suppressWarnings(as.numeric(sub(".*may open when ([0-9]+) patients.*", "\\1", rule)))
  theirs <- if (!grepl("^rule|rule: the next cohort", rule) || counts[1] == 0) NA
  else if (counts[5] > 0) sprintf("do not open the next cohort: %d with dose-limiting toxicity", counts[5])
  else if (is.na(gate)) NULL
  else if (as.Date(gate) > as.Date(STAMP)) paste("wait until", gate)
  else if (counts[4] < need)
    sprintf("wait: %d of %d were seen at the end of the observation", counts[4], need)
  else if (last) "gate passed, no further cohort is planned" else "the next cohort may open"
  if (is.null(theirs)) return(invisible())
  if (!is.na(theirs) && counts[6] > 0)
    theirs <- sprintf("%s, %d cannot be counted as observed", theirs, counts[6])
  compare_equal("dose", "suggestion", sub("; committee decides$", "", row$suggestion), theirs, row$cohort)
}
