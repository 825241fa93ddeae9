# analyze stages: King's, MiToS and FT9 from the answers.

stage_rows <- function(data, use_or) {
  own <- if (is.null(data$alsfrsr)) data$alsfrs else data$alsfrsr
  own <- own[is.na(own$status) | own$status == "done", ]
  item <- function(name) if (name %in% names(own)) as.numeric(own[[name]]) else rep(NA_real_, nrow(own))
  events <- data$events
  tube <- events[events$event == "gastrostomy" & !is.na(events$date), ]
  tube_day <- tapply(as.numeric(middle(tube$date)), tube$patient, min)[own$patient]
  gastrostomy <- (!is.na(tube_day) & tube_day <= as.numeric(as.Date(own$date))) |
    own$cutting_form %in% "b"
  bulbar <- pmin(item("speech"), item("salivation"), item("swallowing")) < 4
  upper <- pmin(item("handwriting"), item("cutting")) < 4
  lower <- item("walking") < 4
  support <- item("respiratory_insufficiency")
  kings <- ifelse(item("dyspnea") == 0 | support < 4, "4B",
                  ifelse(gastrostomy, "4A", as.character(bulbar + upper + lower)))
  lost <- function(name, most = 1) item(name) <= most
  speech <- if (use_or) lost("speech") | lost("handwriting") else lost("speech") & lost("handwriting")
  speech[is.na(item("speech")) | is.na(item("handwriting"))] <- NA
  movement <- lost("walking") | lost("dressing")
  movement[is.na(item("walking")) | is.na(item("dressing"))] <- NA
  breathing <- lost("dyspnea") | lost("respiratory_insufficiency", 2)
  breathing[is.na(item("dyspnea")) | is.na(support)] <- NA
  if (is.null(data$alsfrsr)) breathing <- lost("breathing") # by analogy
  ventilation <- item("dyspnea") == 0 | support < 4
  mitos <- movement + lost("swallowing") + speech + breathing
  ft9 <- Reduce(`+`, lapply(c("bulbar", "fine_motor", "gross_motor", "respiratory"),
                            function(name) item(name) <= 9))
  if (is.null(data$alsfrsr)) ft9[] <- NA # its breathing item is no domain
  rule <- trimws(paste0("regions:", ifelse(bulbar %in% TRUE, " bulbar", ""),
                        ifelse(upper %in% TRUE, " upper", ""), ifelse(lower %in% TRUE, " lower", "")))
  rule[rule == "regions:"] <- "no region"
  rule[kings %in% "4A"] <- "gastrostomy"
  rule[kings %in% "4B"] <- ifelse(gastrostomy, "ventilation, and gastrostomy", "ventilation")[kings %in% "4B"]
  rule[is.na(kings)] <- NA
  data.frame(patient = own$patient, visit = own$visit, rater = own$rater, date = own$date, kings = kings,
             kings_rule = rule, mitos = mitos,
             mitos_rule = ifelse(is.na(mitos), NA, if (use_or) "or" else "and"), ft9 = ft9,
             gastrostomy = ifelse(gastrostomy, "Y", "N"), kings_4a = ifelse(gastrostomy, "Y", "N"),
             kings_4b = ifelse(ventilation, "Y", "N"))
}

check_stages <- function(data) {
  by <- factors_of(data)
  for (use_or in c(FALSE, TRUE)) {
    check_one_stages(data, use_or)
    for (factor in by) check_one_stages(data, use_or, FALSE, factor)
  }
  check_one_stages(data, FALSE, TRUE)
  for (factor in c(list(NULL), as.list(by))) check_stage_counts(data, factor)
  for (patient in head(data$patients$patient, 3)) check_one_stages(data, TRUE, TRUE, patient = patient)
}

# Assessments up to death, and death itself, in order.
all_stages <- function(data, use_or, from_1) {
  rows <- if (!is.null(data$alsfrsr) || !is.null(data$alsfrs)) stage_rows(data, use_or)
  died <- death_day(data)
  if (!is.null(rows)) {
    if (from_1) rows$kings[rows$kings %in% "0"] <- "1"
    end <- died[match(rows$patient, data$patients$patient)]
    rows <- rows[is.na(end) | as.Date(rows$date) <= end, ]
  }
  deaths <- data$events[data$events$event == "death", ]
  if (nrow(deaths))
    rows <- rbind(rows, data.frame(patient = deaths$patient, visit = NA, rater = NA, date = deaths$date,
                                   kings = "5", kings_rule = "death", mitos = 5, mitos_rule = "death",
                                   ft9 = 5, gastrostomy = NA, kings_4a = NA, kings_4b = NA))
  if (is.null(rows)) return(NULL)
  rows[order(match(rows$patient, data$patients$patient), is.na(rows$visit), rows$date, method = "radix"), ]
}

check_one_stages <- function(data, use_or, from_1 = FALSE, by = NULL, patient = NULL) {
  levels <- c("0", "1", "2", "3", "4A", "4B", "5")
  options <- c(if (use_or) "--mitos-or", if (from_1) "--kings-from-1", if (!is.null(by)) c("--by", by),
               if (!is.null(patient)) c("--patient", patient))
  where <- paste(c("stages", options), collapse = " ")
  run <- do.call(analyse, as.list(c("stages", options)))
  ours <- run$table
  if (nrow(ours) == 0) return(invisible())
  theirs <- all_stages(data, use_or, from_1)
  if (!is.null(patient)) theirs <- theirs[theirs$patient == patient, ]
  running <- function(values) unlist(tapply(values, factor(theirs$patient, unique(theirs$patient)),
                                            function(x) cummax(ifelse(is.na(x), -1, x))))
  highest <- running(match(theirs$kings, levels))
  theirs$kings_highest <- ifelse(highest < 0, NA, levels[pmax(highest, 1)])
  highest <- running(theirs$mitos)
  theirs$mitos_highest <- ifelse(highest < 0, NA, highest)
  highest <- running(theirs$ft9)
  theirs$ft9_highest <- ifelse(highest < 0, NA, highest)
  if (!is.null(by)) theirs$group <- data$patients[[by]][match(theirs$patient, data$patients$patient)]
  compare_equal("stages", "assessments", paste(ours$patient, ours$visit, ours$rater, ours$date),
                paste(theirs$patient, theirs$visit, theirs$rater, theirs$date), where)
  for (name in c("kings", "kings_rule", "mitos", "mitos_rule", "ft9", "gastrostomy", "kings_highest",
                 "mitos_highest", "kings_4a", "kings_4b", "ft9_highest", if (!is.null(by)) "group"))
    compare_equal("stages", sub("_", " ", name), ours[[name]], theirs[[name]], where)
  check_stage_notes(data, run$notes, theirs, patient, where)
  account("stages", ours, names(theirs))
}

check_stage_notes <- function(data, notes, rows, patient, where) {
  own <- if (is.null(data$alsfrsr)) data$alsfrs else data$alsfrsr
  if (!is.null(patient)) own <- own[own$patient == patient, ]
  patients <- if (is.null(patient)) data$patients$patient else patient
  done <- is.na(own$status) | own$status == "done"
  died <- death_day(data)[match(own$patient, data$patients$patient)]
  after <- !is.na(died) & as.Date(own$date) > died
  marks <- data$events[data$events$event %in% c("death", "gastrostomy") & data$events$patient %in% patients &
                         !is.na(data$events$date), ]
  open <- if (is.null(data$alsfrsr)) 0 else
    sum(!is.na(rows$visit) & (is.na(rows$kings) | is.na(rows$mitos) | is.na(rows$ft9)))
  check_counts("stages", notes, c("that missing items leave open" = open,
                                  "dated after death left out" = sum(done & after),
                                  "is a date without a day" =
                                    length(unique(marks$patient[nchar(marks$date) < 10]))), where)
  note <- grep("not done left out", notes, value = TRUE)
  compare_equal("stages", "counts in notes", as.numeric(regmatches(note, gregexpr("[0-9]+", note))[[1]]),
                c(length(patients), nrow(rows), sum(!done)), where)
}

# Patients at each stage by visit and group, at a visit of several raters with the highest; and moves from one
# visit with a stage to the next.
check_stage_counts <- function(data, by) {
  levels <- list(kings = c("0", "1", "2", "3", "4A", "4B", "5"), mitos = 0:5, ft9 = 0:5)
  if (is.null(data$alsfrsr)) levels <- levels["mitos"]
  options <- c("stages", if (!is.null(by)) c("--by", by))
  where <- paste(options, collapse = " ")
  ours <- do.call(analyse, as.list(c(options, "--table", "counts")))$table
  moves <- do.call(analyse, as.list(c(options, "--table", "transitions")))$table
  rows <- all_stages(data, FALSE, FALSE)
  if (is.null(rows) || nrow(rows) == 0) {
    compare_equal("stages", "counts by visit", nrow(ours), 0, where)
    return(invisible())
  }
  for (scale in names(levels)) rows[[scale]] <- match(as.character(rows[[scale]]), as.character(levels[[scale]]))
  rows$visit[is.na(rows$visit)] <- ""
  key <- paste(rows$patient, rows$visit, sep = "\r")
  once <- rows[!duplicated(key), ]
  for (scale in names(levels)) {
    highest <- tapply(ifelse(is.na(rows[[scale]]), 0, rows[[scale]]), factor(key, unique(key)), max)
    once[[scale]] <- ifelse(highest == 0, NA, highest)
  }
  group <- function(patients) if (is.null(by)) rep("all", length(patients)) else
    ifelse(is.na(g <- data$patients[[by]][match(patients, data$patients$patient)]), "", g)
  once$group <- group(once$patient)
  cells <- paste(ifelse(is.na(ours$visit), "", ours$visit), ifelse(is.na(ours$group), "", ours$group), sep = "\r")
  own <- factor(paste(once$visit, once$group, sep = "\r"), cells)
  compare_equal("stages", "visits and groups counted", sort(cells),
                sort(as.vector(outer(unique(once$visit), unique(group(data$patients$patient)), paste, sep = "\r"))), where)
  compare_equal("stages", "counts by visit", ours$patients, as.vector(table(own)), where)
  for (scale in names(levels)) {
    names <- paste(scale, tolower(c(levels[[scale]], "unknown")), sep = "_")
    known <- factor(ifelse(is.na(once[[scale]]), length(names), once[[scale]]), seq_along(names))
    compare_equal("stages", "counts by visit", as.numeric(as.matrix(ours[names])), as.vector(table(own, known)), where)
    told <- once[!is.na(once[[scale]]), ]
    to <- duplicated(told$patient)
    from <- which(to) - 1
    theirs <- table(paste(told$group[to], levels[[scale]][told[[scale]][from]], levels[[scale]][told[[scale]][to]]))
    printed <- moves[moves$scale == scale, ]
    compare_equal("stages", "transitions", sort(paste(ifelse(is.na(printed$group), "", printed$group), printed$from,
                                                      printed$to, printed$transitions)),
                  sort(paste(names(theirs), theirs)), where)
  }
  account("stages", ours, names(ours))
  account("stages", moves, names(moves))
}
