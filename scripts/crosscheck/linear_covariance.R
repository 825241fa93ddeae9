# Models with a covariance that is linear in its entries, y ~ N(X b, V), V = sum theta_k A_k, which
# may hang on fewer parameters: mixed models and repeated measures. Exact likelihood, score and observed Hessian, and Newton's
# method, so that R's own optimisers can be polished to the last digits.

# subjects: a list of list(y, X, A), A an array of n x n x parameters.
covariance_at <- function(subjects, theta, method, derivatives = TRUE) {
  p <- ncol(subjects[[1]]$X)
  m <- length(theta)
  xvx <- matrix(0, p, p)
  xvy <- numeric(p)
  log_det <- 0
  inverse <- vector("list", length(subjects))
  for (i in seq_along(subjects)) {
    s <- subjects[[i]]
    n <- length(s$y)
    root <- tryCatch(chol(matrix(matrix(s$A, n * n, m) %*% theta, n)), error = function(e) NULL)
    if (is.null(root)) return(NULL)
    inverse[[i]] <- chol2inv(root)
    log_det <- log_det + 2 * sum(log(diag(root)))
    vx <- inverse[[i]] %*% s$X
    xvx <- xvx + crossprod(s$X, vx)
    xvy <- xvy + drop(crossprod(vx, s$y))
  }
  root <- tryCatch(chol(xvx), error = function(e) NULL)
  if (is.null(root)) return(NULL)
  C <- chol2inv(root)
  half <- backsolve(root, diag(p)) # C = half half'
  beta <- drop(C %*% xvy)
  n_all <- sum(sapply(subjects, function(s) length(s$y)))
  reml <- method == "REML"
  quad <- 0
  residual <- vector("list", length(subjects))
  for (i in seq_along(subjects)) {
    r <- subjects[[i]]$y - drop(subjects[[i]]$X %*% beta)
    residual[[i]] <- drop(inverse[[i]] %*% r) # P y
    quad <- quad + sum(r * residual[[i]])
  }
  deviance <- log_det + quad + (n_all - reml * p) * log(2 * pi) + reml * 2 * sum(log(diag(root)))
  fit <- list(theta = theta, deviance = deviance, loglik = -deviance / 2, beta = beta, C = C,
              inverse = inverse, n = n_all, p = p, m = m, method = method)
  if (!derivatives) return(fit)

  gradient <- numeric(m)
  trace_vv <- both_y <- trace_xx <- matrix(0, m, m) # tr(Vi A Vi A); (A e)'Vi(A e); tr(C X'Vi A Vi A Vi X)
  cross <- matrix(0, p * p, m)                      # X'Vi A Vi X
  ax <- matrix(0, p, m)                             # X'Vi A e
  for (i in seq_along(subjects)) {
    s <- subjects[[i]]
    n <- length(s$y)
    vi <- inverse[[i]]
    vx <- vi %*% s$X
    va <- array(vi %*% matrix(s$A, n), c(n, n, m))
    flat <- matrix(va, n * n, m)
    turned <- matrix(aperm(va, c(2, 1, 3)), n * n, m)
    trace_vv <- trace_vv + crossprod(flat, turned)
    rows <- matrix(aperm(s$A, c(1, 3, 2)), n * m, n) # A_k below one another, row by row
    ae <- matrix(rows %*% residual[[i]], n, m)
    both_y <- both_y + crossprod(ae, vi %*% ae)
    ax <- ax + crossprod(vx, ae)
    gradient <- gradient + colSums(flat[1 + (n + 1) * (seq_len(n) - 1), , drop = FALSE]) -
      drop(crossprod(ae, residual[[i]]))
    avx <- aperm(array(rows %*% vx, c(n, m, p)), c(1, 3, 2)) # n x p x m
    cross <- cross + matrix(crossprod(vx, matrix(avx, n)), p * p, m)
    if (reml) {
      w <- aperm(array(matrix(aperm(avx, c(1, 3, 2)), n * m, p) %*% half, c(n, m, p)), c(1, 3, 2))
      vw <- matrix(vi %*% matrix(w, n), n * p, m)
      trace_xx <- trace_xx + crossprod(matrix(w, n * p, m), vw)
    }
  }
  trace_pp <- trace_vv
  if (reml) {
    inner <- apply(cross, 2, function(column) t(half) %*% matrix(column, p) %*% half)
    inner <- matrix(inner, p * p, m)
    gradient <- gradient - colSums(inner[1 + (p + 1) * (seq_len(p) - 1), , drop = FALSE])
    trace_pp <- trace_vv - 2 * trace_xx + crossprod(inner)
  }
  hessian <- 2 * (both_y - crossprod(ax, C %*% ax)) - trace_pp
  c(fit, list(gradient = gradient, hessian = (hessian + t(hessian)) / 2,
              information = (trace_pp + t(trace_pp)) / 2, cross = array(cross, c(p, p, m))))
}

# ---------------------------------------------------------------- parameters

# How theta hangs on what is searched over: list(theta = function(phi), phi = function(theta),
# derivatives = function(phi, gradient) list(J, weighted)), J = d theta / d phi, `weighted` the
# curvature of theta weighted by the gradient over theta.
free_parameters <- list(
  theta = identity, phi = identity,
  derivatives = function(phi, gradient)
    list(J = diag(length(phi)), weighted = matrix(0, length(phi), length(phi))))
factor_parameters <- function(q) list(
  theta = function(phi) to_theta(phi, q), phi = function(theta) to_phi(theta, q),
  derivatives = function(phi, gradient) phi_derivatives(phi, q, gradient))

# A covariance matrix of q rows, in the order of vech by columns of its lower triangle, is L L'; what
# follows in theta (a residual variance) stays as it is. In L the boundary is an ordinary point.
lower_pairs <- function(q) which(lower.tri(matrix(0, q, q), TRUE), arr.ind = TRUE)

to_theta <- function(phi, q) {
  pairs <- lower_pairs(q)
  L <- matrix(0, q, q)
  L[pairs] <- phi[seq_len(nrow(pairs))]
  c(tcrossprod(L)[pairs], phi[-seq_len(nrow(pairs))])
}
to_phi <- function(theta, q) {
  pairs <- lower_pairs(q)
  S <- matrix(0, q, q)
  S[pairs] <- theta[seq_len(nrow(pairs))]
  S[upper.tri(S)] <- t(S)[upper.tri(S)]
  values <- eigen(S, TRUE)
  S <- values$vectors %*% (pmax(values$values, 1e-9 * max(values$values, 1e-300)) * t(values$vectors))
  c(t(chol(S))[pairs], theta[-seq_len(nrow(pairs))])
}
phi_derivatives <- function(phi, q, gradient) {
  pairs <- lower_pairs(q)
  k <- nrow(pairs)
  rest <- length(phi) - k
  L <- matrix(0, q, q)
  L[pairs] <- phi[seq_len(k)]
  J <- matrix(0, k + rest, k + rest)
  weighted <- matrix(0, k + rest, k + rest)
  at <- matrix(0, q, q)
  at[pairs] <- seq_len(k)
  at <- at + t(at) - diag(diag(at), q)
  for (f in seq_len(k)) {
    r <- pairs[f, 1]
    column <- pairs[f, 2]
    for (b in seq_len(q)) # d (L L')_rb = L_b,column, twice on the diagonal
      J[at[r, b], f] <- J[at[r, b], f] + (1 + (b == r)) * L[b, column]
    same <- which(pairs[, 2] == column)
    weighted[f, same] <- gradient[at[r, pairs[same, 1]]] * (1 + (pairs[same, 1] == r))
  }
  if (rest) J[k + seq_len(rest), k + seq_len(rest)] <- diag(rest)
  list(J = J, weighted = weighted)
}

# S_ab = s_a s_b r(|a - b|) over q visits, theta all of its entries as above. phi: log standard
# deviations, one or one for each visit, then correlations: "gap" one for each gap, "power" rho^gap,
# "one" the same for all.
scaled_parameters <- function(q, heterogeneous, kind) {
  pairs <- lower_pairs(q)
  gap <- abs(pairs[, 1] - pairs[, 2])
  n_sd <- if (heterogeneous) q else 1
  first <- if (heterogeneous) pairs[, 1] else rep(1, nrow(pairs))
  second <- if (heterogeneous) pairs[, 2] else rep(1, nrow(pairs))
  rho_at <- n_sd + (if (kind == "gap") gap else rep(1, length(gap)))
  power <- if (kind == "power") gap else rep(1, length(gap))
  n_phi <- n_sd + (if (q == 1) 0 else if (kind == "gap") q - 1 else 1)
  raised <- function(phi, less, factor)
    ifelse(gap == 0 | power < less, 0, factor * phi[pmax(rho_at, 1)]^pmax(power - less, 0))
  parts <- function(phi) list(
    scale = exp(phi[first] + phi[second]),
    r = ifelse(gap == 0, 1, raised(phi, 0, 1)),
    slope = raised(phi, 1, power), bend = raised(phi, 2, power * (power - 1)))
  list(
    theta = function(phi) with(parts(phi), scale * r),
    phi = function(theta) {
      sd <- log(theta[gap == 0]) / 2
      if (!heterogeneous) sd <- log(mean(exp(2 * sd))) / 2
      r <- theta / exp(sd[first] + sd[second])
      at <- function(g) mean(r[gap == g])
      c(sd, if (q > 1) switch(kind, gap = sapply(seq_len(q - 1), at), power = at(1),
                              one = mean(r[gap > 0])))
    },
    derivatives = function(phi, gradient) {
      p <- parts(phi)
      J <- matrix(0, length(gap), n_phi)
      weighted <- matrix(0, n_phi, n_phi)
      for (e in seq_along(gap)) {
        one <- first[e]
        two <- second[e]
        for (i in c(one, two)) {
          J[e, i] <- J[e, i] + p$scale[e] * p$r[e]
          for (j in c(one, two)) weighted[i, j] <- weighted[i, j] + gradient[e] * p$scale[e] * p$r[e]
        }
        if (gap[e] == 0) next
        at <- rho_at[e]
        J[e, at] <- J[e, at] + p$scale[e] * p$slope[e]
        for (i in c(one, two)) {
          weighted[i, at] <- weighted[i, at] + gradient[e] * p$scale[e] * p$slope[e]
          weighted[at, i] <- weighted[at, i] + gradient[e] * p$scale[e] * p$slope[e]
        }
        weighted[at, at] <- weighted[at, at] + gradient[e] * p$scale[e] * p$bend[e]
      }
      list(J = J, weighted = weighted)
    })
}

# ---------------------------------------------------------------- maximum

# From theta to the maximum nearby. NULL: none was reached.
maximise_covariance <- function(subjects, theta, method, parameters, steps = 100) {
  phi <- parameters$phi(theta)
  if (any(!is.finite(phi))) return(NULL)
  at <- function(phi) covariance_at(subjects, parameters$theta(phi), method)
  fit <- at(phi)
  if (is.null(fit)) return(NULL)
  quiet <- 0
  for (step in seq_len(steps)) {
    d <- parameters$derivatives(phi, fit$gradient)
    gradient <- drop(crossprod(d$J, fit$gradient))
    hessian <- crossprod(d$J, fit$hessian %*% d$J) + d$weighted
    scale <- sqrt(pmax(diag(crossprod(d$J, fit$information %*% d$J)), 1e-12 * max(diag(fit$information))))
    e <- eigen(hessian / outer(scale, scale), TRUE)
    size <- pmax(abs(e$values), 1e-9 * max(abs(e$values)))
    slope <- drop(crossprod(e$vectors, gradient / scale))
    move <- -slope / size
    saddle <- e$values < -1e-7 * max(abs(e$values)) & abs(move) < 1e-3
    move[saddle] <- 0.1
    gain <- sum(abs(slope * move)) + sum(saddle) * 1e-4
    move <- drop(e$vectors %*% move) / scale
    reach <- max(abs(move)) / max(1e-8, abs(phi))
    if (reach > 1) move <- move / reach
    factor <- 1
    repeat {
      trial <- at(phi + factor * move)
      if (!is.null(trial) && (trial$deviance < fit$deviance || gain < 1e-7)) break
      factor <- factor / 2
      if (factor < 1e-12) return(if (gain < 1e-6) finish(fit, d, hessian) else NULL)
    }
    phi <- phi + factor * move
    fit <- trial
    quiet <- if (gain < 1e-9) quiet + 1 else 0
    if (quiet == 3) return(finish(fit, d, hessian))
  }
  NULL
}

# Twice the inverse curvature over theta, by way of phi; directions without curvature are left out.
finish <- function(fit, d, hessian) {
  scale <- sqrt(pmax(diag(hessian), 0))
  scale <- ifelse(scale > 0, 1 / scale, 0)
  e <- eigen(hessian * outer(scale, scale), TRUE)
  keep <- e$values > 1e-11
  inverse <- e$vectors[, keep, drop = FALSE] %*% (t(e$vectors[, keep, drop = FALSE]) / e$values[keep])
  fit$variance <- 2 * d$J %*% (inverse * outer(scale, scale)) %*% t(d$J)
  fit$is_maximum <- min(e$values) > -1e-6
  fit$flat <- sum(!keep)
  fit$m <- ncol(d$J)
  if (fit$is_maximum) fit else NULL
}

# Estimate, standard error and Satterthwaite degrees of freedom of a combination of b.
satterthwaite <- function(fit, L) {
  variance <- drop(t(L) %*% fit$C %*% L)
  cl <- drop(fit$C %*% L)
  slope <- apply(fit$cross, 3, function(c) drop(t(cl) %*% c %*% cl))
  c(estimate = sum(L * fit$beta), se = sqrt(variance),
    df = 2 * variance^2 / drop(t(slope) %*% fit$variance %*% slope))
}
