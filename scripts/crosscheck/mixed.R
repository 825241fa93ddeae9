# analyze mixed: lme4 and nlme, polished by Newton's method on the exact likelihood.

mixed_subjects <- function(values, X, slope) {
  lapply(split(seq_len(nrow(values)), factor(values$patient, unique(values$patient))), function(i) {
    t <- values$month[i]
    one <- rep(1, length(i))
    list(y = values$y[i], X = X[i, , drop = FALSE], z = if (slope) cbind(1, t) else cbind(one),
         A = array(c(outer(one, one), if (slope) c(outer(one, t) + outer(t, one), outer(t, t)),
                     diag(length(i))), c(length(i), length(i), if (slope) 4 else 2)))
  })
}

fit_lmer <- function(values, formula, slope, method) {
  random <- if (slope) "(1 + month | patient)" else "(1 | patient)"
  control <- lme4::lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
                               optCtrl = list(rhoend = 1e-10, maxfun = 100000),
                               check.conv.singular = "ignore", check.nobs.vs.nRE = "ignore",
                               check.nobs.vs.nlev = "ignore")
  tryCatch(suppressMessages(suppressWarnings(
    lme4::lmer(update(formula, paste("~ . +", random)), values, REML = method == "REML",
               control = control))), error = function(e) NULL)
}
fit_lme <- function(values, formula, slope, method) {
  control <- nlme::lmeControl(maxIter = 500, msMaxIter = 1000, niterEM = 100, tolerance = 1e-12,
                              msTol = 1e-13, opt = "nlminb")
  tryCatch(suppressWarnings(
    nlme::lme(formula, random = if (slope) ~month | patient else ~1 | patient, data = values,
              method = method, control = control)), error = function(e) NULL)
}

# Parameters of an lmer fit in the order of mixed_subjects.
lmer_theta <- function(fit, slope) {
  g <- as.matrix(lme4::VarCorr(fit)$patient)
  s2 <- sigma(fit)^2
  if (slope) c(g[1, 1], g[1, 2], g[2, 2], s2) else c(g[1, 1], s2)
}

check_mixed <- function(data, measure) {
  for (by in c(list(NULL), as.list(factors_of(data)))) for (slope in c(TRUE, FALSE))
    for (method in c("REML", "ML")) check_one_mixed(data, measure, by, slope, method)
  factors <- factors_of(data)
  by <- if (length(factors)) factors[1]
  for (window in list(c(0, NA), c(-60, 300))) check_one_mixed(data, measure, by, window = window)
  for (reference in if (!is.null(by)) group_levels(data$patients[[by]])[-1])
    check_one_mixed(data, measure, by, reference = reference)
  check_mixed_covariates(data, measure)
}

check_mixed_covariates <- function(data, measure) {
  others <- setdiff(measures_of(data), measure)
  by <- if ("sex" %in% factors_of(data)) "sex"
  for (factor in setdiff(factors_of(data), by)[1])
    if (!is.na(factor)) check_one_mixed(data, measure, by, covariates = c(factor, "age:month"))
  for (covariates in c(list("age", c("age", "duration:month"), "height", "delay", "delta_fs", "baseline",
                            c("delay:month", "delta_fs")), as.list(others[1]), paste0(others[1], ":month")))
    if (!anyNA(covariates) && !any(grepl("^NA", covariates)))
      check_one_mixed(data, measure, if (length(covariates) == 1) by, covariates = covariates)
}

# One analysis: options of the program, and the same values, groups and columns here.
check_one_mixed <- function(data, measure, by = NULL, slope = TRUE, method = "REML", covariates = NULL,
                            window = c(NA, NA), reference = NULL) {
  options <- c("mixed", measure, "--method", tolower(method), "--random", if (slope) "slope" else "intercept",
               if (!is.null(by)) c("--by", by), unlist(lapply(covariates, function(name) c("--covariate", name))),
               if (!is.na(window[1])) c("--from", window[1]), if (!is.na(window[2])) c("--to", window[2]),
               if (!is.null(reference)) c("--reference", reference))
  where <- paste(options[-1], collapse = " ")
  options <- as.list(options)
  run <- do.call(analyse_json, options)
  ours <- run$result
  if (is.null(ours)) {
    remark("mixed: refused by the program", sprintf("%s: %s", where, paste(grep("error", run$notes, value = TRUE),
                                                                          collapse = "; ")))
    return(invisible())
  }
  rows <- measure_rows(data, measure)
  values <- rows[!is.na(rows$y), ]
  group <- if (is.null(by)) factor(rep("all", nrow(values))) else group_of(data, values$patient, by)
  inside <- (is.na(window[1]) | values$day >= window[1]) & (is.na(window[2]) | values$day <= window[2])
  keep <- !is.na(group) & inside & !values$after_death
  left <- c("assessments without a value" = sum(is.na(rows$y)),
            "patients with values but no " = length(unique(values$patient[is.na(group)])),
            "values dated after death" = sum(!is.na(group) & inside & values$after_death),
            "values outside the asked days" = sum(!is.na(group) & !inside))
  values <- values[keep, ]
  extra <- covariate_columns(data, measure, covariates, values$patient)
  complete <- stats::complete.cases(extra$values)
  left <- c(left, "a covariate is missing" = length(unique(values$patient[!complete])))
  values <- values[complete, ]
  left <- c(left, "rests on a date without a day" = length(intersect(unique(values$patient), extra$partial)))
  values$group <- droplevels(group[keep][complete])
  if (!is.null(reference) && reference %in% levels(values$group)) values$group <- relevel(values$group, reference)
  check_mixed_notes(data, measure, run$notes, values, left, where)
  formula <- if (nlevels(values$group) > 1) y ~ month * group else y ~ month
  if (is.null(ours) || !length(ours$fixed) || !isTRUE(ours$converged)) {
    reason <- grep("no model|not |cannot|too few|combination", run$notes, value = TRUE)
    remark("mixed: refused by the program", sprintf("%s: %s", where, paste(reason, collapse = "; ")))
    return(invisible())
  }
  X <- model.matrix(formula, values)
  if (!is.null(covariates)) { # the program has them behind group and group x month
    own <- covariate_columns(data, measure, covariates, values$patient, TRUE)
    X <- cbind(X, own$values)
    for (name in colnames(own$values)[own$by_time]) {
      X <- cbind(X, own$values[, name] * values$month)
      colnames(X)[ncol(X)] <- paste0("month:", name)
    }
    values$X <- X
    formula <- y ~ 0 + X
  }
  subjects <- mixed_subjects(values, X, slope)
  compare_equal("mixed", "counts", c(ours$n_patients, ours$n_observations),
                c(length(subjects), nrow(values)), where)
  names <- colnames(X)
  if (!is.null(by)) names <- sub("^(month:)?group", paste0("\\1", by), names)
  compare_equal("mixed", "terms", ours$fixed$term, names, where)

  # Our estimates in R's exact likelihood.
  sd <- ours$random
  theta <- if (slope) c(sd$intercept_sd^2,
                        ifelse(is.null(sd$correlation) || is.na(sd$correlation), 0,
                               sd$correlation * sd$intercept_sd * sd$slope_sd),
                        sd$slope_sd^2, sd$residual_sd^2)
           else c(sd$intercept_sd^2, sd$residual_sd^2)
  here <- covariance_at(subjects, theta, method)
  compare("mixed", "log-likelihood at our estimates", ours$log_likelihood, here$loglik, 1e-5, 1, where)
  compare("mixed", "AIC", ours$aic, -2 * here$loglik + 2 * (ncol(X) + length(theta)), 2e-5, 1, where)

  # R's own optimisers: ours must be at least as good, theirs as good as the limit says.
  lmer <- fit_lmer(values, formula, slope, method)
  lme <- fit_lme(values, formula, slope, method)
  if (is.null(lmer)) remark("mixed: lme4 refused", where)
  best <- here$loglik
  if (!is.null(lmer)) {
    theirs <- as.numeric(logLik(lmer))
    best <- max(best, theirs)
    worse <- theirs < here$loglik - 1e-5
    if (worse)
      remark("mixed: lme4 stopped early", sprintf("%s: at %.7f, our optimum is %.7f by R's own likelihood",
                                                  where, theirs, here$loglik))
    compare("mixed", "log-likelihood, lme4 (absolute)", ours$log_likelihood,
            if (worse) ours$log_likelihood else theirs, 1e-5, 1, where)
  }
  if (is.null(lme)) {
    remark("mixed: nlme did not converge", where)
  } else {
    theirs <- as.numeric(logLik(lme))
    worse <- theirs < here$loglik - 1e-5
    if (worse)
      remark("mixed: nlme stopped early", sprintf("%s: at %.7f, our optimum is %.7f by R's own likelihood",
                                                  where, theirs, here$loglik))
    compare("mixed", "log-likelihood, nlme (absolute)", ours$log_likelihood,
            if (worse) ours$log_likelihood else theirs, 1e-5, 1, where)
  }
  estimate <- numbers(ours$fixed$estimate)
  se <- numbers(ours$fixed$se)
  # GLS at our variances: fixed effects and their errors follow from those alone.
  compare("mixed", "fixed effects at our variances (SE)", estimate, here$beta, 1e-9, se, where)
  compare("mixed", "SE at our variances", se, sqrt(diag(here$C)), 1e-9, where = where)
  start <- if (!is.null(lmer)) lmer_theta(lmer, slope) else theta
  q <- 1 + slope
  fit <- maximise_covariance(subjects, start, method, factor_parameters(q))
  if (is.null(fit) || fit$loglik < here$loglik - 1e-7)
    fit <- maximise_covariance(subjects, theta, method, factor_parameters(q))
  if (is.null(fit)) {
    fail(quantity_row("mixed", "maximum", 0), sprintf("[%s] R finds none near ours", where))
    check_mixed_lines(values, subjects, here, by, slope, options, where)
    return(invisible())
  }
  # On the boundary the likelihood decides: variances there are known to its square root only.
  edge <- isTRUE(ours$singular)
  if (edge) remark("mixed: on the boundary (variance 0 or correlation +-1)", where)
  loose <- function(limit) if (edge) max(limit, 1e-4) else limit
  compare("mixed", "log-likelihood, maximum (absolute)", ours$log_likelihood, fit$loglik, 1e-8, 1, where)
  tests <- sapply(seq_len(ncol(X)), function(i) satterthwaite(fit, diag(ncol(X))[i, ]))
  compare("mixed", "fixed effects (in SE)", estimate, tests["estimate", ], loose(1e-6), tests["se", ], where)
  compare("mixed", "SE", se, tests["se", ], loose(1e-6), where = where)
  compare("mixed", "Satterthwaite df", numbers(ours$fixed$df), tests["df", ], 1e-4, where = where)
  t <- tests["estimate", ] / tests["se", ]
  compare("mixed", "t", numbers(ours$fixed$t), t, loose(1e-6), pmax(1, abs(t)), where)
  p <- 2 * pt(-abs(t), tests["df", ])
  compare("mixed", "p", numbers(ours$fixed$p), p, if (edge) 1e-3 else 1e-4, pmax(p, 1e-12), where)
  half <- qt(0.975, tests["df", ]) * tests["se", ]
  compare("mixed", "confidence limits (in SE)", numbers(c(ours$fixed$ci_low, ours$fixed$ci_high)),
          c(tests["estimate", ] - half, tests["estimate", ] + half), 1e-4,
          rep(tests["se", ], 2), where)
  v <- fit$theta
  scale <- if (edge) rep(sqrt(v[length(v)]), if (slope) 3 else 2) else sqrt(if (slope) v[c(1, 3, 4)] else v)
  compare("mixed", "random and residual SD",
          numbers(if (slope) c(sd$intercept_sd, sd$slope_sd, sd$residual_sd)
                  else c(sd$intercept_sd, sd$residual_sd)),
          sqrt(pmax(if (slope) v[c(1, 3, 4)] else v, 0)), loose(1e-6), scale, where)
  if (slope && !edge)
    compare("mixed", "correlation (absolute)", numbers(sd$correlation), v[2] / sqrt(v[1] * v[3]),
            1e-6, 1, where)
  check_mixed_lines(values, subjects, if (edge) here else fit, by, slope, options, where)
}

# Every patient's line: fixed part of its group plus G Z' V^-1 r.
check_mixed_lines <- function(values, subjects, fit, by, slope, options, where) {
  ours <- do.call(analyse, c(options, list("--blups")))$table
  v <- fit$theta
  G <- if (slope) matrix(v[c(1, 2, 2, 3)], 2) else matrix(v[1])
  lines <- t(mapply(function(s, inverse) {
    r <- s$y - drop(s$X %*% fit$beta)
    shrink <- G %*% t(s$z) %*% inverse # G Z' V^-1
    u <- drop(shrink %*% r)
    inner <- G - shrink %*% s$z %*% G
    base <- sub(":?month:?", "", colnames(s$X))
    with_month <- grepl("month", colnames(s$X))
    # Columns of X are constant in time, or such a column times month.
    level <- s$X[1, ] * !with_month
    rate <- ifelse(with_month, ifelse(base == "", 1, s$X[1, match(base, colnames(s$X))]), 0)
    part <- function(a, w) {
      c <- a - drop(t(s$X) %*% t(shrink) %*% w)
      inside <- drop(t(w) %*% inner %*% w)
      c(sum(a * fit$beta) + sum(w * u), sqrt(inside + drop(t(c) %*% fit$C %*% c)), sqrt(pmax(inside, 0)))
    }
    first <- part(level, if (slope) c(1, 0) else 1)
    second <- part(rate, if (slope) c(0, 1) else 0)
    c(first[1], second[1], first[2], second[2], first[3], if (slope) second[3] else NA, length(s$y))
  }, subjects, fit$inverse))
  theirs <- lines[match(ours$patient, names(subjects)), , drop = FALSE]
  use <- ours$patient %in% names(subjects)
  spread <- function(x) if (sum(!is.na(x)) > 1 && sd(x, na.rm = TRUE) > 1e-9 * max(1, abs(x), na.rm = TRUE))
    sd(x, na.rm = TRUE) else 1
  compare("mixed", "patients' intercepts (in their SD)", ours$intercept[use], theirs[use, 1], 1e-6,
          spread(theirs[, 1]), where)
  compare("mixed", "patients' slopes (in their SD)", ours$slope[use], theirs[use, 2], 1e-6,
          spread(theirs[, 2]), where)
  if ("intercept_se" %in% names(ours)) {
    compare_equal("mixed", "patients' values", ours$n[use], theirs[use, 7], where)
    compare("mixed", "patients: SE of lines", c(ours$intercept_se[use], ours$slope_se[use]),
            c(theirs[use, 3], theirs[use, 4]), 1e-5, where = where)
    sd <- c(ours$intercept_sd[use], if (slope) ours$slope_sd[use])
    scale <- c(rep(sqrt(G[1, 1]), sum(use)), if (slope) rep(sqrt(G[2, 2]), sum(use)))
    compare("mixed", "patients: conditional SD (in SD)", sd,
            c(theirs[use, 5], if (slope) theirs[use, 6]), 1e-5, scale, where)
  }
  account("mixed", ours, c("patient", "intercept", "slope", "group", "intercept_se", "slope_se",
                           "intercept_sd", "slope_sd", "n"))
}
