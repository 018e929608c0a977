/**
 * timm's networks that came from TensorFlow, `tf_efficientnet_b0` and the like, have the names and shapes of those without
 * `tf_`, and pad as TensorFlow does (more on the right and below) with another ε of batch normalisation: filled with their
 * weights our networks would be wrong without a word. What tells them apart is the name alone: the file's, a folder's on the
 * way to it, or one in its metadata. https://github.com/huggingface/pytorch-image-models, `_efficientnet_builder.py`
 */
import { PretrainedWeightsError } from "../errors.js";

const PORT = /(?:^|[^a-z0-9])(tf_(?:efficientnet|mobilenet)[a-z0-9_]*)/i;
const OTHER = /efficientnet|mobilenet/i;
/** Ours that there is such a one of. */
const NETWORKS: ReadonlySet<string> = new Set(["mobilenet-v2", "mobilenet-v3-small", "efficientnet-b0"]);

/**
 * By what a file is called, else by the folders on the way to it.
 *
 * @param network of the registry, that is to be filled.
 * @param place path or URL of the file.
 * @throws {PretrainedWeightsError} if that names such a network.
 */
export function refuseTensorFlowPlace(network: string, place: string | URL): void {
  if (!NETWORKS.has(network)) return;
  const path = decoded(String(place)).replaceAll("\\", "/");
  const file = path.slice(path.lastIndexOf("/") + 1);
  const port = PORT.exec(OTHER.test(file) ? file : path)?.[1];
  if (port !== undefined) throw refusal(port);
}

/**
 * @param metadata of a safetensors file.
 * @throws {PretrainedWeightsError} if it names such a network.
 */
export function refuseTensorFlowMetadata(metadata: Readonly<Record<string, string>>): void {
  const port = Object.values(metadata)
    .map((text) => PORT.exec(String(text))?.[1])
    .find((found) => found !== undefined);
  if (port !== undefined) throw refusal(port);
}

function refusal(port: string): PretrainedWeightsError {
  return new PretrainedWeightsError(
    `Expected weights of a network that pads alike on all sides. Received: those of timm's ${port}, which pads as ` +
      "TensorFlow does and has another epsilon of batch normalisation, so that its logits would be wrong here. Give those " +
      `of ${port.replace(/^tf_/i, "")}, which timm publishes, too.`,
  );
}

function decoded(place: string): string {
  try {
    return decodeURIComponent(place);
  } catch {
    return place;
  }
}
