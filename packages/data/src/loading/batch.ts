/** What a loader gives: a batch of pictures, ready for the network or as bytes for a GPU to finish, and what is known of them. */
import {
  bytesPerImage,
  placesPerImage,
  type BatchMix,
  type Finish,
  type UnfinishedImages,
} from "@convkit/transforms";

export interface LabelledBatch {
  /** Of the pictures as the network gets them. */
  readonly shape: readonly [n: number, height: number, width: number, channels: number];
  /** Class index per picture; -1 of all that have label sets. */
  readonly labels: Int32Array;
  /**
   * float32 [n, classes], of pictures that have label sets: 1 where the picture has the label, 0 where not, and of mixed
   * ones the share of those that have it.
   */
  readonly targets?: Float32Array;
  readonly ids: readonly string[];
  /** Of a batch whose pictures were mixed with each other, and are of one class each. */
  readonly mixed?: MixedLabels;
  /** How much each picture counts in a training loss, from 0 up; all alike if left out. */
  readonly weights?: Float32Array;
}

export interface Batch extends LabelledBatch {
  /**
   * float32 [n, height, width, channels]. Its memory is used again as soon as the next batch is asked for: a view kept
   * longer is empty or changes. Copy what is to stay.
   */
  readonly images: Float32Array<ArrayBuffer>;
}

/** Pictures as bytes, a quarter of what `Batch` takes, and what is left to do to them. */
export interface ByteBatch extends LabelledBatch {
  /** Their memory is used again as soon as the next batch is asked for. */
  readonly unfinished: UnfinishedImages;
  /** The same object for all batches of a loader; its counts are those of a whole batch. */
  readonly finish: Finish;
  /** How the pictures are to be mixed with each other, `labels`, `mixed` and `targets` being so already; null: not at all. */
  readonly mix: BatchMix | null;
}

/** The target of picture i is weight · onehot(batch.labels[i]) + (1 − weight) · onehot(labels[i]). */
export interface MixedLabels {
  /** Class index of what each picture was mixed with. */
  readonly labels: Int32Array;
  /** How much that picture counts, where the batch has `weights`. */
  readonly weights?: Float32Array;
  /** The same for all pictures, 0…1. */
  readonly weight: number;
}

/** Where so many unfinished pictures lie in a batch's memory: bytes, then places on the next whole word. */
export function unfinishedIn(buffer: ArrayBuffer, finish: Finish, count: number): UnfinishedImages {
  const byteLength = count * bytesPerImage(finish);
  return {
    bytes: new Uint8Array(buffer, 0, byteLength),
    places: new Int32Array(buffer, wholeWords(byteLength), count * placesPerImage(finish)),
  };
}

/** Bytes of memory that a whole batch of them takes. */
export function unfinishedBytes(finish: Finish): number {
  const { count } = finish.shape;
  return (
    wholeWords(count * bytesPerImage(finish)) + count * placesPerImage(finish) * Int32Array.BYTES_PER_ELEMENT
  );
}

const wholeWords = (bytes: number): number => 4 * Math.ceil(bytes / 4);
