/** What the randomisation test of saliency maps says, in a sentence (Adebayo et al. 2018, "Sanity checks for saliency maps"). */
import type { Explanations } from "../../trpc/context";

/** Where the words turn. The paper names no bound. */
const ALIKE = 0.5;

export function sanityWords({ pictures, stages }: NonNullable<Explanations["sanity"]>): string {
  const last = stages.at(-1);
  if (!last) return "It has no figures.";
  const figure = last.rankCorrelation.toFixed(2);
  const on = `On ${pictures} ${pictures === 1 ? "picture" : "pictures"}, with all weights down to ${last.stage} random, the maps' rank correlation with the trained network's is ${figure}`;
  return last.rankCorrelation >= ALIKE
    ? `${on}: they stay much as they were, and show the picture more than what was learnt.`
    : `${on}: they depend on what was learnt.`;
}
