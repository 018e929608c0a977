/** Data sets of numbered records of one size, held decoded in memory: what IDX and CIFAR files have in common. */
import { createHash } from "node:crypto";
import { SplitName } from "@convkit/schema";
import { rememberContentHash } from "../content-hash-cache.js";
import type { MemorySource } from "../pictures/pixel-source.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { DatasetParts, SplitParts } from "./dataset-parts.js";

export interface RecordSplit {
  readonly source: MemorySource;
  readonly labels: Int32Array;
}

export interface RecordSet {
  /** null: the labels stand for themselves, "0", "1" …. */
  readonly classNames: readonly string[] | null;
  readonly splits: { readonly train: RecordSplit } & Partial<Record<SplitName, RecordSplit>>;
  /** Every file that was read. */
  readonly files: readonly string[];
}

/**
 * @param home where the content hash is remembered.
 * @throws {DatasetFormatError} if labels or sizes do not fit each other.
 */
export function recordSetParts(records: RecordSet, home: string): DatasetParts {
  const { train, validation, test } = records.splits;
  const splits = Object.entries(records.splits) as [SplitName, RecordSplit][];
  const classNames = records.classNames ?? numberedClasses(splits.map(([, split]) => split));
  checkRecords(splits, classNames);
  return {
    classNames,
    splits: {
      train: numbered("train", train),
      ...(validation && { validation: numbered("validation", validation) }),
      ...(test && { test: numbered("test", test) }),
    },
    badFiles: [],
    warnings: [],
    contentHash: () => rememberContentHash(home, records.files, () => hashRecords(records.splits)),
  };
}

/** Ids are `train/00000` …: five digits and more, so that they stay when a set grows. */
function numbered(name: SplitName, { source, labels }: RecordSplit): SplitParts {
  const ids = Array.from(labels, (_, i) => `${name}/${String(i).padStart(5, "0")}`);
  return { ids, labels, source };
}

function numberedClasses(splits: readonly RecordSplit[]): string[] {
  const highest = splits.reduce(
    (max, { labels }) => labels.reduce((most, label) => Math.max(most, label), max),
    0,
  );
  return Array.from({ length: highest + 1 }, (_, label) => String(label));
}

function checkRecords(splits: readonly [SplitName, RecordSplit][], classNames: readonly string[]): void {
  const [, { source: first }] = splits[0] as [SplitName, RecordSplit];
  for (const [name, { source, labels }] of splits) {
    const { height, width, channels } = source;
    if (height !== first.height || width !== first.width || channels !== first.channels) {
      throw new DatasetFormatError(
        `Expected ${first.height}×${first.width}×${first.channels} pictures in the ${name} split, as in the first. ` +
          `Received: ${height}×${width}×${channels}.`,
      );
    }
    const stranger = labels.find((label) => label >= classNames.length);
    if (stranger !== undefined) {
      throw new DatasetFormatError(
        `Expected labels below ${classNames.length} in the ${name} split, one per class name. Received: ${stranger}.`,
      );
    }
  }
}

/** Ids need no place in it: they follow from the split's name and the order. */
function hashRecords(splits: RecordSet["splits"]): string {
  const hash = createHash("sha256");
  for (const name of SplitName.options) {
    const split = splits[name];
    if (split === undefined) continue;
    const { pixels, height, width, channels } = split.source;
    hash.update(`${name} ${split.labels.length} ${height} ${width} ${channels}\n`);
    hash.update(Uint8Array.from(split.labels));
    hash.update(new Uint8Array(pixels));
  }
  return hash.digest("hex");
}
