/** Whether every class has pictures to be learnt from: broken files and splits leave some without, under a good name. */
import type { DatasetSplit } from "./dataset-split.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";
import type { DatasetParts } from "./formats/dataset-parts.js";
import type { DatasetSplits } from "./image-dataset.js";
import { labelNameAt, labelsAt } from "./label-sets.js";
import { nameSome } from "./name-some.js";

/**
 * @param options.hasList whether a list of splits is laid over them, which may make training pictures of any.
 * @throws {DatasetFormatError} if all of them are of one class, or have the same labels.
 */
export function checkTrainingClasses(
  { splits, badFiles, classNames }: DatasetParts,
  { source, hasList }: { readonly source: string; readonly hasList: boolean },
): void {
  const candidates = hasList ? Object.values(splits) : [splits.train];
  if (splits.train.labelSets) return checkLabelSets(candidates, { source, classNames });
  const [label, ...others] = new Set(candidates.flatMap(({ labels }) => [...new Set(labels)]));
  if (label === undefined || others.length > 0) return;
  const without = classNames.filter((_, other) => other !== label);
  const [bad, ...moreBad] = badFiles;
  throw new DatasetFormatError(
    `Expected usable training pictures of two classes or more in ${source}. Received: those of one, ${classNames[label]}` +
      (without.length > 0 ? `, and none of ${nameSome(without)}` : "") +
      (bad
        ? `; ${moreBad.length + 1} ${moreBad.length > 0 ? "files are" : "file is"} left out, the first ${bad.path}: ${bad.reason}`
        : "") +
      ". Add or repair pictures of the others.",
  );
}

function checkLabelSets(
  splits: readonly DatasetParts["splits"]["train"][],
  { source, classNames }: { readonly source: string; readonly classNames: readonly string[] },
): void {
  const sets = new Set(
    splits.flatMap((split) => split.ids.map((_, position) => labelNameAt(split, position, classNames))),
  );
  if (sets.size !== 1) return;
  throw new DatasetFormatError(
    `Expected usable training pictures with and without a label in ${source}. Received: all with the same labels, ` +
      `${[...sets][0] || "none"}. Add pictures with others.`,
  );
}

/**
 * @param splits with all of their pictures, whatever a limit leaves of them.
 * @returns a sentence on classes that are judged but not learnt, and one on those without any picture.
 */
export function warnOfUnlearntClasses(
  { train, validation, test }: DatasetSplits,
  classNames: readonly string[],
): string[] {
  const labelsOf = (splits: readonly (DatasetSplit | undefined)[]) =>
    new Set(
      splits.flatMap((split) =>
        split?.labelSets
          ? split.ids.flatMap((_, position) => labelsAt(split, position))
          : [...new Set(split?.labels)],
      ),
    );
  const learnt = labelsOf([train]);
  const judged = labelsOf([validation, test]);
  const unlearnt = classNames.filter((_, label) => !learnt.has(label) && judged.has(label));
  const empty = classNames.filter((_, label) => !learnt.has(label) && !judged.has(label));
  const [are, have] = [unlearnt, empty].map(({ length }) => (length === 1 ? "class has" : "classes have"));
  return [
    ...(unlearnt.length > 0
      ? [
          `${unlearnt.length.toLocaleString("en-US")} ${are} no training picture, only such for validation or test, and cannot be learnt: ` +
            nameSome(unlearnt),
        ]
      : []),
    ...(empty.length > 0
      ? [`${empty.length.toLocaleString("en-US")} ${have} no picture that can be used: ${nameSome(empty)}`]
      : []),
  ];
}
