/** Labelled pictures: what a loader draws from. */
import { hashToUint32 } from "@convkit/random";
import { valuesPerImage, type ImageBatchShape } from "@convkit/transforms";
import { selectLabelSets, type LabelSets } from "./label-sets.js";
import { imageShapeOf, type PixelSource } from "./pictures/pixel-source.js";
import type { PictureLocation } from "./pictures/picture-location.js";
import { batchShapeOf, readPixels } from "./pictures/read-pixels.js";

export interface DatasetSplitInit {
  readonly name: string;
  readonly ids: readonly string[];
  /** Class index per picture; -1 of all that have label sets. */
  readonly labels: Int32Array;
  /** Where pictures have any number of labels. */
  readonly labelSets?: LabelSets | undefined;
  /** How much each picture counts in a training loss, from 0 up; all alike if left out. */
  readonly weights?: Float32Array | undefined;
  readonly source: PixelSource;
  /** Where in the source each picture is. */
  readonly sourceIndices: Uint32Array;
  /** Of every picture of the source, where they are encoded. */
  readonly files?: readonly PictureFile[] | undefined;
}

/** What is known of an encoded picture from when it was checked. */
export interface PictureFile {
  readonly location: PictureLocation;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  /** In pixels, as a viewer shows it. */
  readonly height: number;
  readonly width: number;
  readonly isJpeg: boolean;
  /** Further columns of the manifest that lists it. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

export class DatasetSplit {
  readonly name: string;
  /** Unique, and the same in every run for the same picture. */
  readonly ids: readonly string[];
  /** Class index per picture; -1 of all that have label sets. */
  readonly labels: Int32Array;
  /** Where pictures have any number of labels; undefined where each is of one class. */
  readonly labelSets: LabelSets | undefined;
  /** How much each picture counts in a training loss, from 0 up; undefined where all count alike. */
  readonly weights: Float32Array | undefined;
  readonly source: PixelSource;
  /** Where in the source each picture is. */
  readonly sourceIndices: Uint32Array;
  readonly #files: DatasetSplitInit["files"];

  constructor({ name, ids, labels, labelSets, weights, source, sourceIndices, files }: DatasetSplitInit) {
    this.name = name;
    this.ids = ids;
    this.labels = labels;
    this.labelSets = labelSets;
    this.weights = weights;
    this.source = source;
    this.sourceIndices = sourceIndices;
    this.#files = files;
  }

  get length(): number {
    return this.ids.length;
  }

  /** [height, width, channels]; null where sizes differ and none was chosen. */
  get imageShape(): [number, number, number] | null {
    return imageShapeOf(this.source);
  }

  /** The pictures at these positions, in this order. */
  select(positions: readonly number[], name = this.name): DatasetSplit {
    const { weights, labelSets } = this;
    return new DatasetSplit({
      name,
      ids: positions.map((position) => this.ids[position] as string),
      labels: Int32Array.from(positions, (position) => this.labels[position] as number),
      labelSets: labelSets && { ...labelSets, values: selectLabelSets(labelSets, positions) },
      weights: weights && Float32Array.from(positions, (position) => weights[position] as number),
      source: this.source,
      sourceIndices: Uint32Array.from(positions, (position) => this.sourceIndices[position] as number),
      files: this.#files,
    });
  }

  /** The same pictures, out of a source in which they have the same places. */
  outOf(source: PixelSource): DatasetSplit {
    const { name, ids, labels, labelSets, weights, sourceIndices } = this;
    return new DatasetSplit({
      name,
      ids,
      labels,
      labelSets,
      weights,
      source,
      sourceIndices,
      files: this.#files,
    });
  }

  /**
   * @param position in this split.
   * @returns null where pictures are in memory.
   */
  fileAt(position: number): PictureFile | null {
    return this.#files?.[this.#sourceIndex(position)] ?? null;
  }

  /**
   * `count` pictures chosen by the hash of their ids, in their old order: all classes have their share, and a smaller
   * choice is part of a larger one. All of them if there are no more.
   */
  take(count: number): DatasetSplit {
    if (count >= this.length) return this;
    const ranked = this.ids
      .map((id, position) => ({ position, rank: hashToUint32(`take/${id}`, 0) }))
      .sort((a, b) => a.rank - b.rank || a.position - b.position);
    const chosen = ranked.slice(0, count).map(({ position }) => position);
    return this.select(chosen.sort((a, b) => a - b));
  }

  /**
   * @param positions in this split.
   * @returns uint8 [count, height, width, channels] in an array of its own.
   * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen.
   * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
   */
  async readImages(positions: ArrayLike<number>): Promise<{ images: Uint8Array; shape: ImageBatchShape }> {
    const indices = Array.from(positions, (position) => this.#sourceIndex(position));
    const shape = batchShapeOf(this.source, indices.length);
    const images = new Uint8Array(shape.count * valuesPerImage(shape));
    await readPixels(this.source, indices, images);
    return { images, shape };
  }

  #sourceIndex(position: number): number {
    const index = this.sourceIndices[position];
    if (index === undefined) {
      throw new RangeError(`Expected a position from 0 to ${this.length - 1}. Received: ${position}.`);
    }
    return index;
  }
}
