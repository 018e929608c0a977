/** What the reader of a format finds, before a validation split is made. */
import type { SplitName } from "@convkit/schema";
import type { PixelSource } from "../pictures/pixel-source.js";

export interface DatasetParts {
  /** Index = label. */
  readonly classNames: readonly string[];
  readonly splits: { readonly train: SplitParts } & Partial<Record<SplitName, SplitParts>>;
  /** Files that look like pictures and are none. */
  readonly badFiles: readonly BadFile[];
  /** SHA-256 over ids, labels and pictures, hexadecimal; computed once and remembered. */
  contentHash(): Promise<string>;
}

export interface SplitParts {
  /** Unique within the data set. */
  readonly ids: readonly string[];
  readonly labels: Int32Array;
  /** Picture i of the source belongs to id i. */
  readonly source: PixelSource;
}

export interface BadFile {
  /** Relative to the data set's folder, with forward slashes. */
  readonly path: string;
  readonly reason: string;
}
