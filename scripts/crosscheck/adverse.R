# analyze ae: counts by term and relation, and by visit.

check_adverse <- function(data) {
  if (is.null(data$adverse) || nrow(data$adverse) == 0) return(invisible())
  factors <- factors_of(data)
  for (population in c("treated", "all"))
    for (by in c(list(NULL), as.list(factors)))
      for (rows in c("term", "relation")) check_terms(data, by, population, rows)
  by <- if (length(factors)) factors[1]
  for (only in list("emergent", "serious", "related", "dlt", c("emergent", "serious"),
                    c("serious", "related", "dlt")))
    for (rows in c("term", "relation")) check_terms(data, by, "treated", rows, only)
  for (patient in head(unique(data$adverse$patient), 4)) {
    check_terms(data, NULL, "all", "relation", patient = patient)
    check_terms(data, by, "treated", "term", "related", patient)
    check_reviews(data, patient)
  }
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

# Events with what is to be known of each: group, emergent, in the period of exposure, related.
adverse_events <- function(data, known, adverse) {
  at <- match(adverse$patient, known$patient)
  first <- earliest(adverse$onset)
  last <- latest(adverse$onset)
  procedural <- grepl("procedure", adverse$relation)
  from <- known$infusion[at]
  from[procedural] <- pmin(from, known$harvest[at], na.rm = TRUE)[procedural]
  adverse$emergent <- !is.na(from) & (is.na(last) | last >= from)
  adverse$in_period <- !is.na(known$from[at]) &
    (is.na(first) | (last >= known$from[at] & first <= known$to[at]))
  adverse$related <- vapply(strsplit(adverse$relation, "; *"), FUN.VALUE = TRUE, function(parts)
    any(!is.na(parts) & parts != "" & !grepl("^disease", parts)))
  adverse$group <- known$group[at]
  adverse
}

# An event once under its term, or once under each relation that it names.
under_headings <- function(adverse, rows) {
  if (rows == "term") return(cbind(adverse, heading = adverse$term))
  relation <- as.character(adverse$relation)
  relation[is.na(relation)] <- "no relation stated"
  relations <- strsplit(relation, "; *")
  cbind(adverse[rep(seq_len(nrow(adverse)), lengths(relations)), ], heading = as.character(unlist(relations)))
}

check_terms <- function(data, by, population, rows, only = NULL, patient = NULL) {
  options <- c("--population", population, "--rows", rows, if (!is.null(by)) c("--by", by),
               unlist(lapply(only, function(word) c("--only", word))),
               if (!is.null(patient)) c("--patient", patient))
  run <- do.call(analyse, as.list(c("ae", options)))
  ours <- run$table
  names(ours)[names(ours) == "relation"] <- "term"
  if (rows == "term" && nrow(ours)) ours$term <- folded(ours$term)
  where <- paste(options, collapse = " ")
  adverse <- data$adverse
  known <- exposure(data)
  known$harvest <- first_harvest(data)
  known$group <- if (is.null(by)) "all" else data$patients[[by]]
  if (!is.null(patient)) known <- known[known$patient == patient, ]
  everyone <- nrow(known)
  later <- sum(adverse$patient %in% known$patient & earliest(adverse$onset) > as.Date(STAMP), na.rm = TRUE)
  adverse <- adverse[is.na(adverse$onset) | earliest(adverse$onset) <= as.Date(STAMP), ]
  adverse <- adverse[adverse$patient %in% known$patient, ]
  if (population == "treated") known <- known[!is.na(known$infusion) & known$infusion <= as.Date(STAMP), ]
  untreated <- sum(!adverse$patient %in% known$patient)
  adverse <- adverse_events(data, known, adverse[adverse$patient %in% known$patient, ])
  chosen <- rep(TRUE, nrow(adverse))
  for (word in only) chosen <- chosen & switch(word, emergent = adverse$emergent, related = adverse$related,
                                               serious = adverse$serious %in% "Y", dlt = adverse$dlt %in% "Y")
  filtered <- sum(!chosen)
  adverse <- adverse[chosen, ]
  check_counts("ae", run$notes, c(
    "population: " = nrow(known), "patients without an infusion: " = everyone - nrow(known),
    "others left out: " = filtered, "without infusion or consent" = sum(is.na(known$from)),
    "without a date of onset" = sum(is.na(adverse$onset)), "events without a relation" = sum(is.na(adverse$relation)),
    "onset after that day" = later), where)
  texts <- grep("patients without an infusion", run$notes, value = TRUE)
  if (length(texts))
    compare_equal("ae", "counts in notes", as.numeric(sub(".*with ([0-9]+) events?.*", "\\1", texts)), untreated, where)
  grades <- grep("^grade_[0-9]+$", names(ours), value = TRUE)
  listed <- under_headings(adverse, rows)
  for (i in seq_len(nrow(ours))) {
    all <- ours$term[i] == "any event"
    own <- if (all) adverse else listed[listed$heading %in% ours$term[i], ]
    own <- own[own$group %in% ours$group[i], ]
    people <- known[known$group %in% ours$group[i], ]
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
  compare_equal("ae", "counts", sum(ours$events[ours$term == "any event"]), nrow(adverse), where)
  everybody <- if (is.null(patient)) data$patients else data$patients[data$patients$patient == patient, ]
  groups <- if (is.null(by)) "all" else unique(everybody[[by]])
  headings <- as.vector(outer(groups, unique(listed$heading), paste)) # every one in every group
  compare_equal("ae", paste("rows: one per group and", rows), sort(paste(ours$group, ours$term)),
                sort(unique(c(headings, paste(groups, "any event")))), where)
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

# One row for each visit that took place and plans a review, and for any other with events or an answer.
check_reviews <- function(data, patient = NULL) {
  where <- paste(patient, collapse = "")
  run <- do.call(analyse, c(list("ae", "--by", "visit"), if (!is.null(patient)) list("--patient", patient)))
  ours <- run$table
  adverse <- data$adverse
  adverse <- adverse[is.na(adverse$onset) | earliest(adverse$onset) <= as.Date(STAMP), ]
  if (!is.null(patient)) adverse <- adverse[adverse$patient == patient, ]
  check_counts("ae by visit", run$notes,
               c("linked to no visit and so not shown" = sum(is.na(adverse$visit)),
                 "reviewed as none that have events" = sum(ours$review %in% "none" & ours$events > 0),
                 "reviewed as listed that have no events" = sum(ours$review %in% "listed" & ours$events == 0)),
               where)
  if (nrow(ours) == 0) return(invisible())
  ours$terms <- folded(ours$terms)
  linked <- adverse[!is.na(adverse$visit), ]
  linked <- linked[order(match(linked$patient, data$patients$patient), linked$onset, na.last = FALSE), ]
  key <- paste(linked$patient, linked$visit)
  own <- paste(ours$patient, ours$visit)
  done <- data$visits[!is.na(data$visits$assigned) & !is.na(data$visits$date) &
                        !data$visits$status %in% "not done" & as.Date(data$visits$date) <= as.Date(STAMP) &
                        data$visits$visit %in% data$plan$visit[data$plan$ae_review %in% "x"], ]
  if (!is.null(patient)) done <- done[done$patient == patient, ]
  review <- data$review[!is.na(data$review$review), ]
  if (!is.null(patient)) review <- review[review$patient == patient, ]
  compare_equal("ae by visit", "rows", sort(own),
                sort(unique(c(key, paste(done$patient, done$visit), paste(review$patient, review$visit)[
                  seq_len(NROW(review))]))), where)
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
