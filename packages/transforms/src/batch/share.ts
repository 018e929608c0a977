/** How much of itself a picture keeps when it is mixed with another. */
import type { Rng } from "@convkit/random";

/** @returns a number of Beta(alpha, alpha), 0…1. */
export function drawShare(rng: Rng, alpha: number): number {
  const [own, other] = [rng.gamma(alpha), rng.gamma(alpha)];
  // Both vanish where alpha is next to nothing; the distribution then has nothing but its two ends.
  if (own + other === 0) return rng.bernoulli(0.5) ? 1 : 0;
  return own / (own + other);
}
