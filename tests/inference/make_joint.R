# Remakes joint.json:  Rscript tests/inference/make_joint.R tests/inference
# Effects of t in four levels, on 160 rows that arithmetic makes, the same here and in Python.
suppressMessages(library(clubSandwich))
folder <- commandArgs(trailingOnly = TRUE)[1]
i <- 0:159
c <- i %/% 8
d <- data.frame(c, t = as.numeric((c * 7) %% 5 < 2), one = as.numeric((i * 7) %% 5 < 2),
  x = ((i * 37) %% 23) / 4, k = (i * 11 + i %/% 9) %% 4, w = 0.5 + ((i * 29) %% 17) / 8)
d$y <- 1 + 0.5 * d$t + 0.3 * d$x + (((i * 53) %% 31) - 15) / 6 * (1 + d$k / 3) + (c %% 6) / 5
lines <- c()
for (treated in c("t", "one")) for (weighted in c(FALSE, TRUE)) for (x in c("", " + x")) {
  d$s <- d[[treated]]
  weights <- if (weighted) d$w else rep(1, nrow(d))
  m <- lm(as.formula(paste0("y ~ 0 + factor(k) + factor(k):s", x)), d, weights = weights)
  cluster <- if (treated == "t") d$c else seq_len(nrow(d))
  v <- vcovCR(m, cluster, "CR2", inverse_var = FALSE)
  at <- grep(":s$", names(coef(m)))
  contrasts <- matrix(0, 3, length(coef(m)))
  contrasts[, at[1]] <- -1
  contrasts[cbind(1:3, at[-1])] <- 1
  r <- Wald_test(m, contrasts, v, test = "HTZ")
  name <- paste0(treated, if (weighted) " weighted", x)
  lines <- c(lines, sprintf('  "%s": [%.15g, %.15g, %.15g]', name, r$Fstat, r$df_denom, r$p_val))
}
writeLines(c("{", paste(lines, collapse = ",\n"), "}"), file.path(folder, "joint.json"))
