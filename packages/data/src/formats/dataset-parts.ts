/** What the reader of a format finds, before a validation split is made. */
import type { SplitName } from "@convkit/schema";
import type { PictureFile } from "../dataset-split.js";
import type { LabelSets } from "../label-sets.js";
import type { PixelSource } from "../pictures/pixel-source.js";

export interface DatasetParts {
  /** Index = label. */
  readonly classNames: readonly string[];
  readonly splits: { readonly train: SplitParts } & Partial<Record<SplitName, SplitParts>>;
  /** Files that one might take for pictures of a class, and that are left out. */
  readonly badFiles: readonly BadFile[];
  /** What looks like a mistake and holds nothing up, a sentence each. */
  readonly warnings: readonly string[];
  /** SHA-256 over ids, labels and pictures, hexadecimal; computed once and remembered. */
  contentHash(): Promise<string>;
}

export interface SplitParts {
  /** Unique within the data set. */
  readonly ids: readonly string[];
  /** Class index per picture; -1 of all that have label sets. */
  readonly labels: Int32Array;
  /** Where pictures have any number of labels; then of every split. */
  readonly labelSets?: LabelSets | undefined;
  /** Of each picture, where the data set names groups: patient, product, film. */
  readonly groups?: readonly string[];
  /** How much each picture counts in a training loss, from 0 up; all alike if left out. */
  readonly weights?: Float32Array;
  /** Picture i of the source belongs to id i, unless `sourceIndices` say otherwise. */
  readonly source: PixelSource;
  /** Where in the source each picture is, where splits share one. */
  readonly sourceIndices?: Uint32Array;
  /** Of every picture of the source, where they are encoded. */
  readonly files?: readonly PictureFile[];
}

export interface BadFile {
  /** Relative to the data set's folder, or the name in an archive, with forward slashes. */
  readonly path: string;
  /**
   * A picture in no class folder or without a label, a file in one that is no picture by its name or its first bytes, a picture that is
   * listed again, or one that cannot be read or decoded, or whose label is none of the classes.
   */
  readonly kind: "stray" | "other" | "repeated" | "broken";
  readonly reason: string;
  /** Of those that are not broken: whether it is evidently a picture to learn from that the data set goes without. */
  readonly isLost?: boolean;
}
