/** Files of pretrained weights: where they come from, and which of the two formats they have. */
import { PretrainedWeightsError } from "../errors.js";
import { isNode, nodeModule } from "../node-module.js";
import { decodeFloats, type PublishedWeights } from "./published-tensor.js";
import { refuseTensorFlowMetadata } from "./refuse-tensorflow-port.js";
import { readSafetensors, SafetensorsFormatError } from "./read-safetensors.js";
import { isTorchCheckpoint, readTorchCheckpoint } from "./read-torch-checkpoint.js";

/** What Node reads into one buffer; the largest network of the registry has 0.6 GB. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * @param source a path (in Node), or an http or https URL.
 * @throws {PretrainedWeightsError} if it cannot be read, or is larger than 2 GiB.
 */
export async function readPretrainedFile(source: string | URL): Promise<Uint8Array> {
  const text = String(source);
  if (isNode() && !/^https?:/.test(text)) return readLocalFile(text);
  const response = await fetch(text).catch((error: unknown) => {
    throw unreadable(text, error instanceof Error ? error.message : String(error), error);
  });
  if (!response.ok) throw unreadable(text, `${response.status} ${response.statusText}`.trim());
  checkSize(text, Number(response.headers.get("content-length") ?? 0));
  return new Uint8Array(await response.arrayBuffer());
}

async function readLocalFile(text: string): Promise<Uint8Array> {
  const path = text.startsWith("file:") ? nodeModule("node:url").fileURLToPath(text) : text;
  const fs = nodeModule("node:fs/promises");
  try {
    checkSize(path, (await fs.stat(path)).size);
    return await fs.readFile(path);
  } catch (error) {
    if (error instanceof PretrainedWeightsError) throw error;
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * @throws {PretrainedWeightsError} if the bytes are neither safetensors nor a PyTorch file of weights alone, or say that they
 *   are of one of timm's `tf_…`.
 */
export function decodeWeights(file: Uint8Array): PublishedWeights {
  if (isTorchCheckpoint(file)) return readTorchCheckpoint(file);
  try {
    const { tensors, metadata } = readSafetensors(file);
    refuseTensorFlowMetadata(metadata);
    return new Map(
      [...tensors].map(([name, { type, shape, bytes }]) => [
        name,
        { shape, read: () => decodeFloats(type, bytes) },
      ]),
    );
  } catch (error) {
    if (!(error instanceof SafetensorsFormatError)) throw error;
    throw new PretrainedWeightsError(
      `Expected a safetensors file, or a PyTorch file of a state dict. ${error.message} Give the file itself, not a ` +
        "page about it, and fetch it again if it is cut.",
      { cause: error },
    );
  }
}

function checkSize(place: string, sizeBytes: number): void {
  if (sizeBytes > MOST_BYTES)
    throw unreadable(place, `${sizeBytes} bytes, more than 2 GiB, which is no network of the registry`);
}

function unreadable(place: string, reason: string, cause?: unknown): PretrainedWeightsError {
  return new PretrainedWeightsError(
    `Expected a file of pretrained weights at ${place}. Received: ${reason}. Give a path or an http(s) URL of a ` +
      ".safetensors or .pth file.",
    { cause },
  );
}
