/** An opened data set: its splits, ready for loaders, and the card that describes it. */
import { DatasetCard, type HoldingSpec, type ResizeFit } from "@convkit/schema";
import { measureChannels, type ChannelStatistics } from "./channel-statistics.js";
import type { DatasetSplit } from "./dataset-split.js";
import { labelsAt } from "./label-sets.js";
import type { BadFile } from "./formats/dataset-parts.js";
import { isHuge, isScaledByDecoder } from "./pictures/decode-image.js";

export interface DatasetSplits {
  readonly train: DatasetSplit;
  /** The data set's own, or pictures of `train` chosen by the hash of their ids. */
  readonly validation?: DatasetSplit;
  /** Likewise. */
  readonly test?: DatasetSplit;
}

export interface ImageDatasetInit {
  readonly name: string;
  readonly source: string;
  readonly contentHash: string;
  readonly annotationsHash: string;
  readonly classNames: readonly string[];
  readonly splits: DatasetSplits;
  /** Names of the splits that the data set itself has; others were held back. */
  readonly ownSplits: readonly string[];
  readonly heldBackBy: "hash" | "stratified";
  /** What of the config's data held them back. */
  readonly holding?: HoldingSpec | undefined;
  /** How pictures of other shapes were brought to one; absent: none were, or they were stretched. */
  readonly imageFit?: ResizeFit | undefined;
  readonly badFiles: readonly BadFile[];
  readonly warnings: readonly string[];
  /** Whether a mirrored picture is of the same class, where that is known. */
  readonly isMirrorable?: boolean | undefined;
  /** Of a picture by its id, where pictures are held back together. */
  readonly groupOf?: ((id: string) => string) | undefined;
}

export class ImageDataset {
  readonly name: string;
  /** The registry name or path it was opened by. */
  readonly source: string;
  /** SHA-256 over the ids, labels and pictures of all splits, whatever part of them is used. */
  readonly contentHash: string;
  /** SHA-256 over class names in their order and over each picture's split and group, before any was held back. */
  readonly annotationsHash: string;
  /** Index = label. */
  readonly classNames: readonly string[];
  readonly splits: DatasetSplits;
  /** How pictures of other shapes were brought to `imageShape`; undefined: none were, or they were stretched. */
  readonly imageFit: ResizeFit | undefined;
  readonly badFiles: readonly BadFile[];
  /** What looks like a mistake in the data and holds nothing up, a sentence each. */
  readonly warnings: readonly string[];
  /** What of the config's data held pictures back; undefined where the data set has all splits itself. */
  readonly holding: HoldingSpec | undefined;
  readonly #ownSplits: ImageDatasetInit["ownSplits"];
  readonly #heldBackBy: ImageDatasetInit["heldBackBy"];
  readonly #isMirrorable: ImageDatasetInit["isMirrorable"];
  readonly #groupOf: ImageDatasetInit["groupOf"];
  #channels: ChannelStatistics | null | undefined;

  constructor(init: ImageDatasetInit) {
    const {
      name,
      source,
      contentHash,
      annotationsHash,
      classNames,
      splits,
      ownSplits,
      heldBackBy,
      badFiles,
      warnings,
    } = init;
    this.name = name;
    this.source = source;
    this.contentHash = contentHash;
    this.annotationsHash = annotationsHash;
    this.classNames = classNames;
    this.splits = splits;
    this.imageFit = init.imageFit === "stretch" ? undefined : init.imageFit;
    this.badFiles = badFiles;
    this.warnings = warnings;
    this.#ownSplits = ownSplits;
    const isHeld = this.splitList().some(({ name: split }) => this.isHeldBack(split));
    this.holding = isHeld ? init.holding : undefined;
    this.#heldBackBy = heldBackBy;
    this.#isMirrorable = init.isMirrorable;
    this.#groupOf = init.groupOf;
  }

  /** [height, width, channels]; null where sizes differ and none was chosen. */
  get imageShape(): [number, number, number] | null {
    return this.splits.train.imageShape;
  }

  /** Whether pictures have any number of labels (`labelSets` of the splits) rather than one class each. */
  get isMultiLabel(): boolean {
    return this.splits.train.labelSets !== undefined;
  }

  /** Those that there are: train first, then validation, then test. */
  splitList(): DatasetSplit[] {
    const { train, validation, test } = this.splits;
    return [train, ...(validation ? [validation] : []), ...(test ? [test] : [])];
  }

  /** Whether a split's pictures are training pictures of the data set that were held back for it. */
  isHeldBack(split: string): boolean {
    return !this.#ownSplits.includes(split);
  }

  /** @returns the group that a picture is held back with; undefined where it stands alone. */
  groupOf(id: string): string | undefined {
    const group = this.#groupOf?.(id);
    return group === id ? undefined : group;
  }

  /**
   * Measures mean and deviation of the training pictures when first called.
   * @throws the signal's reason once it is aborted.
   */
  async card({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<DatasetCard> {
    this.#channels ??= await measureChannels(this.splits.train, signal);
    return DatasetCard.parse({
      formatVersion: 1,
      name: this.name,
      source: this.source,
      contentHash: this.contentHash,
      classNames: this.classNames,
      imageShape: this.imageShape,
      ...(this.imageFit && { imageFit: this.imageFit }),
      ...(this.isMultiLabel && { isMultiLabel: true }),
      ...(this.#isMirrorable !== undefined && { isMirrorable: this.#isMirrorable }),
      splits: Object.fromEntries(
        this.splitList().map((split) => [
          split.name,
          {
            count: split.length,
            perClass: countPerClass(split, this.classNames.length),
            ...(this.isHeldBack(split.name) && { chosenBy: this.#heldBackBy }),
          },
        ]),
      ),
      ...this.#channels,
      ...decodingOf(this),
      badFiles: this.badFiles,
      warnings: this.warnings,
    });
  }
}

/** Nothing where pictures are in memory. */
function decodingOf(dataset: ImageDataset): Pick<DatasetCard, "decoding"> {
  const { imageShape, imageFit: fit } = dataset;
  const files = dataset
    .splitList()
    .flatMap((split) => Array.from(split.ids, (_, position) => split.fileAt(position)));
  if (!imageShape || files.every((file) => file === null)) return {};
  const [height, width] = imageShape;
  const fitted = { size: [height, width], fit } as const;
  const isScaled = files.some(
    (file) => file && (file.isJpeg ? isScaledByDecoder([file.height, file.width], fitted) : isHuge(file)),
  );
  return { decoding: isScaled ? "dct-scaled" : "full" };
}

function countPerClass(split: DatasetSplit, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const position of split.ids.keys()) for (const label of labelsAt(split, position)) counts[label]! += 1;
  return counts;
}
