/** Where a classifier's files come from: a folder in Node, a URL in Node and in browsers. */
import type { ReadFile } from "./classifier-files.js";
import { ClassifierFilesError } from "./errors.js";
import { isNode, nodeModule } from "./node-module.js";

/**
 * @param directoryOrUrl in Node a path, or a URL with `http:`, `https:` or `file:`; in a browser a URL, taken
 *   relative to the page.
 * @returns a function that throws ClassifierFilesError where a file cannot be read.
 */
export function openClassifierFolder(directoryOrUrl: string | URL): ReadFile {
  const text = String(directoryOrUrl);
  if (isNode() && !/^https?:/.test(text)) {
    const directory = text.startsWith("file:") ? nodeModule("node:url").fileURLToPath(text) : text;
    return (name) => readLocalFile(nodeModule("node:path").join(directory, name));
  }
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const base = new URL(text.endsWith("/") ? text : `${text}/`, page);
  return (name) => fetchFile(new URL(name, base));
}

async function readLocalFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // A copy: small files share one buffer in Node, and tfjs reads whole buffers.
    return new Uint8Array(await nodeModule("node:fs/promises").readFile(path));
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function fetchFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw unreadable(url.href, error instanceof Error ? error.message : String(error), error);
  }
  throw unreadable(url.href, `${response.status} ${response.statusText}`.trim());
}

function unreadable(place: string, reason: string, cause?: unknown): ClassifierFilesError {
  return new ClassifierFilesError(
    `Expected a classifier's file at ${place}. Received: ${reason}. ` +
      `Give the folder that saveClassifier wrote: it holds model.json, weights.bin and model-card.json.`,
    { cause },
  );
}
