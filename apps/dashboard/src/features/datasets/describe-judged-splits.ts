/** Which splits an inspection has judged: a run whose config holds pictures back in another way has others. */
import type { DatasetInspection } from "../../trpc/context";

/** @returns null where the data set says itself what validates and tests. */
export function describeJudgedSplits({
  card,
  holding,
}: Pick<DatasetInspection, "card" | "holding">): string | null {
  const held = Object.keys(card.splits).filter((name) => card.splits[name]?.chosenBy !== undefined);
  if (held.length === 0) return null;
  const pictures = `${held.join(" and ")} pictures`;
  const others = "A run whose data says otherwise has other splits.";
  if (holding === undefined) return `Judged with ${pictures} held back from those to train on. ${others}`;
  const { validationFraction, testFraction, splitSeed, folds, fold, stratify, group } = holding;
  const settings = [
    ...(held.includes("test") ? [`testFraction ${testFraction}`] : []),
    ...(held.includes("validation")
      ? [folds === undefined ? `validationFraction ${validationFraction}` : `fold ${fold} of folds ${folds}`]
      : []),
    `splitSeed ${splitSeed}`,
    ...(stratify ? ["stratify"] : []),
    group === undefined ? "no group" : `group ${group}`,
  ];
  return `Judged with ${pictures} held back by ${settings.join(", ")}. ${others}`;
}
