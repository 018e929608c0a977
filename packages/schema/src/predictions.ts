/**
 * Every picture's id, label and probabilities, kept so that anything can be asked later without the model.
 * On disk one file: 8 bytes little-endian header length, JSON header, then float32 probabilities row by row
 * (the framing of safetensors).
 */
import { z } from "zod";

const PredictionsHeader = z.object({
  formatVersion: z.literal(1),
  split: z.string(),
  classNames: z.array(z.string()).min(1),
  ids: z.array(z.string()),
  /** Class index per picture; -1 where the label is unknown. */
  labels: z.array(z.int().min(-1)),
  /** Class indices of each picture, where it may have any number of labels. */
  labelSets: z.array(z.array(z.int().min(0))).optional(),
});

export interface Predictions {
  readonly split: string;
  readonly classNames: readonly string[];
  readonly ids: readonly string[];
  /** Class index per picture; -1 where the label is unknown, and of all pictures that have label sets. */
  readonly labels: Int32Array;
  /** uint8 [ids.length, classNames.length], 1 where the picture has the label; left out where each is of one class. */
  readonly labelSets?: Uint8Array | undefined;
  /** [ids.length, classNames.length], row-major; each row sums to 1, but for label sets, where each stands for itself. */
  readonly probabilities: Float32Array;
}

/** Bytes that are no predictions file, or predictions whose parts do not fit each other. */
export class PredictionsFormatError extends Error {
  override readonly name = "PredictionsFormatError";
}

/**
 * The bytes of a predictions file.
 * @throws {PredictionsFormatError} if the parts do not fit each other.
 */
export function encodePredictions(predictions: Predictions): Uint8Array {
  checkParts(predictions);
  const header = new TextEncoder().encode(
    JSON.stringify({
      formatVersion: 1,
      split: predictions.split,
      classNames: predictions.classNames,
      ids: predictions.ids,
      labels: Array.from(predictions.labels),
      ...(predictions.labelSets && { labelSets: indicesOf(predictions) }),
    }),
  );
  const bytes = new Uint8Array(8 + header.length + predictions.probabilities.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  const { buffer, byteOffset, byteLength } = predictions.probabilities;
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 8 + header.length);
  return bytes;
}

/**
 * Reads a predictions file. The result shares no memory with `bytes`.
 * @throws {PredictionsFormatError} if the bytes are no predictions file, or a cut one.
 */
export function decodePredictions(bytes: Uint8Array): Predictions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes.byteLength < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (headerBytes > bytes.byteLength - 8) {
    throw new PredictionsFormatError(
      `Expected a predictions file. Received: ${bytes.byteLength} bytes without a whole header.`,
    );
  }
  let header: z.infer<typeof PredictionsHeader>;
  try {
    header = PredictionsHeader.parse(
      JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))),
    );
  } catch (cause) {
    throw new PredictionsFormatError("Expected a predictions file. Received: a header that is none.", {
      cause,
    });
  }
  // Not `bytes.slice`: a Buffer's shares its memory, at an offset that need not suit a Float32Array.
  const body = new Uint8Array(bytes.subarray(8 + headerBytes));
  if (body.byteLength !== header.ids.length * header.classNames.length * 4) {
    throw new PredictionsFormatError(
      `Expected ${header.ids.length} × ${header.classNames.length} float32 probabilities. Received: ${body.byteLength} bytes.`,
    );
  }
  const predictions = {
    split: header.split,
    classNames: header.classNames,
    ids: header.ids,
    labels: Int32Array.from(header.labels),
    ...(header.labelSets && { labelSets: bitsOf(header.labelSets, header.classNames.length) }),
    probabilities: new Float32Array(body.buffer),
  };
  checkParts(predictions);
  return predictions;
}

function indicesOf({ ids, classNames, labelSets = new Uint8Array() }: Predictions): number[][] {
  return ids.map((_, row) => [...classNames.keys()].filter((k) => labelSets[row * classNames.length + k]));
}

function bitsOf(sets: readonly (readonly number[])[], classCount: number): Uint8Array {
  const bits = new Uint8Array(sets.length * classCount);
  for (const [row, set] of sets.entries()) {
    for (const label of set) {
      if (label >= classCount) {
        throw new PredictionsFormatError(
          `Expected labels from 0 to ${classCount - 1}. Received: ${label} for picture ${row}.`,
        );
      }
      bits[row * classCount + label] = 1;
    }
  }
  return bits;
}

function checkParts({ ids, labels, labelSets, probabilities, classNames }: Predictions): void {
  if (labelSets && labelSets.length !== ids.length * classNames.length) {
    throw new PredictionsFormatError(
      `Expected a set of labels for each of ${ids.length} ids. Received: ${labelSets.length / classNames.length}.`,
    );
  }
  if (labels.length !== ids.length || probabilities.length !== ids.length * classNames.length) {
    throw new PredictionsFormatError(
      `Expected one label and ${classNames.length} probabilities for each of ${ids.length} ids. ` +
        `Received: ${labels.length} labels, ${probabilities.length} probabilities.`,
    );
  }
  const stray = labels.findIndex((label) => label < -1 || label >= classNames.length);
  if (stray >= 0) {
    throw new PredictionsFormatError(
      `Expected labels from 0 to ${classNames.length - 1}, or -1 for unknown. ` +
        `Received: ${labels[stray]} for ${ids[stray]}.`,
    );
  }
}
