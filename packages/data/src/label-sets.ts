/** Pictures that have any number of labels each, none too: findings in an X-ray, things in a street. */

export interface LabelSets {
  readonly classCount: number;
  /** uint8 [pictures, classCount], 1 where the picture has the label. */
  readonly values: Uint8Array;
}

/** What a split says of its pictures' classes. */
export interface Labelled {
  readonly labels: Int32Array;
  readonly labelSets?: LabelSets | undefined;
}

/** Between the names of a picture's labels. */
const SEPARATOR = "|";

/** @param sets class indices of each picture. */
export function labelSetsOf(sets: readonly (readonly number[])[], classCount: number): LabelSets {
  const values = new Uint8Array(sets.length * classCount);
  for (const [row, set] of sets.entries()) for (const label of set) values[row * classCount + label] = 1;
  return { classCount, values };
}

/** Those of the pictures at these positions, in this order. */
export function selectLabelSets(
  { classCount, values }: LabelSets,
  positions: ArrayLike<number>,
): LabelSets["values"] {
  const selected = new Uint8Array(positions.length * classCount);
  for (let row = 0; row < positions.length; row++) {
    const start = (positions[row] as number) * classCount;
    selected.set(values.subarray(start, start + classCount), row * classCount);
  }
  return selected;
}

/** @returns class indices of a picture: one, or any number of them in a set. */
export function labelsAt({ labels, labelSets }: Labelled, position: number): number[] {
  if (labelSets === undefined) return [labels[position] as number];
  const { classCount, values } = labelSets;
  const row = values.subarray(position * classCount, (position + 1) * classCount);
  return [...row.keys()].filter((label) => row[label] === 1);
}

/** @returns a class's name, or those of a set as a manifest has them: `Effusion|Mass`, nothing for none. */
export function labelNameAt(split: Labelled, position: number, classNames: readonly string[]): string {
  return joinLabels(labelsAt(split, position).map((label) => classNames[label] as string));
}

export const joinLabels = (names: readonly string[]): string => names.join(SEPARATOR);

/** @returns names in their order, blank ones left out. */
export const splitLabels = (text: string): string[] =>
  text
    .split(SEPARATOR)
    .map((name) => name.trim())
    .filter((name) => name !== "");
