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
});

export interface Predictions {
  readonly split: string;
  readonly classNames: readonly string[];
  readonly ids: readonly string[];
  /** Class index per picture; -1 where the label is unknown. */
  readonly labels: Int32Array;
  /** [ids.length, classNames.length], row-major; each row sums to 1. */
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
    probabilities: new Float32Array(body.buffer),
  };
  checkParts(predictions);
  return predictions;
}

function checkParts({ ids, labels, probabilities, classNames }: Predictions): void {
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
