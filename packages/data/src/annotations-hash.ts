/**
 * What a run's numbers rest on beside its pictures: which label is which class, which picture is in which split, with
 * whom, and how much it counts. The content hash says nothing of the order of classes, of groups, or of a list of splits.
 */
import { createHash } from "node:crypto";
import { SplitName } from "@convkit/schema";
import type { DatasetParts } from "./formats/dataset-parts.js";

/** Other classes, splits, groups or weights than those that a config stands for. */
export class AnnotationsHashMismatchError extends Error {
  override readonly name = "AnnotationsHashMismatchError";
}

/**
 * @param splits as the data set or a list of splits says, before any picture is held back.
 * @returns SHA-256 over class names in their order and over each picture's split, id and group, and its weight where
 *   pictures do not count alike, hexadecimal.
 */
export function hashAnnotations(classNames: readonly string[], splits: DatasetParts["splits"]): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(classNames));
  for (const split of SplitName.options) {
    const { ids = [], groups, weights } = splits[split] ?? {};
    ids.forEach((id, i) => {
      const weight = weights ? [weights[i]] : [];
      hash.update(`\n${JSON.stringify([split, id, groups?.[i] ?? id, ...weight])}`);
    });
  }
  return hash.digest("hex");
}

/** @throws {AnnotationsHashMismatchError} */
export function checkAnnotations(
  hash: string,
  {
    source,
    splits,
    annotationsHash,
  }: { source: string; splits?: string | undefined; annotationsHash?: string | undefined },
): void {
  if (annotationsHash === undefined || annotationsHash === hash) return;
  throw new AnnotationsHashMismatchError(
    `Expected the classes, splits and groups with the hash ${annotationsHash} in ${source}` +
      `${splits === undefined ? "" : ` under the list ${splits}`}. Received: ${hash}. The pictures are the same, but the ` +
      "names or the order of classes, or the split, the group or the weight of a picture, have changed since: put them back, or take " +
      "`annotationsHash` out of the config to use them as they are.",
  );
}
