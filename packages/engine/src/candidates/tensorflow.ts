/**
 * tfjs-node: TensorFlow's C library, on the CPU (`@tensorflow/tfjs-node`) or on an NVIDIA card
 * (`@tensorflow/tfjs-node-gpu`). Both are optional: their install scripts download from a bucket that not every
 * network reaches, and the module is there without its library afterwards.
 */
import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import { cpuModel, nvidiaModels } from "../device-model.js";
import type { TfjsModule } from "../engine.js";
import { quietenLibtensorflow, tfjsNodeFolder } from "../env.js";
import { installedVersion } from "../installed-version.js";
import { setBackend, type Candidate } from "./candidate.js";

interface TfjsNode {
  readonly version: Readonly<Record<string, string>>;
}

/** tfjs-node's backend object, as far as it is looked at here. */
interface TensorFlowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

const CPU_PACKAGE = "@tensorflow/tfjs-node";
const GPU_PACKAGE = "@tensorflow/tfjs-node-gpu";

export const tensorflow: Candidate = {
  backend: "tensorflow",
  canTrain: true,
  caution: null,
  async open(tf) {
    const { versions } = await openTfjsNode(tf, tfjsNodeFolder() ?? CPU_PACKAGE);
    return { device: `${cpuModel()}, TensorFlow`, threads: null, versions };
  },
  async identify() {
    return identifyTfjsNode(tfjsNodeFolder() ?? CPU_PACKAGE);
  },
};

export const tensorflowGpu: Candidate = {
  backend: "tensorflow",
  canTrain: true,
  caution: null,
  async open(tf) {
    // Looked at first: loaded without a card, tfjs-node-gpu would quietly compute on the CPU.
    const card = nvidiaCard();
    const { isUsingGpuDevice, versions } = await openTfjsNode(tf, GPU_PACKAGE);
    if (!isUsingGpuDevice) {
      throw new Error(`TensorFlow found no way to use the ${card}. It needs CUDA 11.2 and cuDNN 8.1`);
    }
    return { device: `${card}, TensorFlow`, onGpu: true, threads: null, versions };
  },
  async identify() {
    return `${nvidiaCard()}, ${identifyTfjsNode(GPU_PACKAGE)}`;
  },
};

function nvidiaCard(): string {
  const [card] = nvidiaModels();
  if (card !== undefined) return card;
  throw new Error(
    "this machine shows no NVIDIA card. It takes one, with its driver, CUDA 11.2 and cuDNN 8.1",
  );
}

async function openTfjsNode(tf: TfjsModule, nameOrFolder: string) {
  quietenLibtensorflow();
  restoreRemovedUtilities();
  const tfjsNode = requireTfjsNode(nameOrFolder);
  if (tf.findBackendFactory("tensorflow") === null) {
    throw new Error(
      `${nameOrFolder} registered itself with another copy of @tensorflow/tfjs. Install both packages in one place`,
    );
  }
  await setBackend(tf, "tensorflow");
  const { isUsingGpuDevice, binding } = tf.backend() as unknown as TensorFlowBackend;
  return {
    isUsingGpuDevice,
    versions: {
      tfjs: tf.version.tfjs,
      "tfjs-node": tfjsNode.version["tfjs-node"] ?? "unknown",
      libtensorflow: binding.TF_Version,
    },
  };
}

/** tfjs-node 4.22.0 calls what Node 23 removed; the fix is merged and unreleased (tensorflow/tfjs#8425). */
function restoreRemovedUtilities(): void {
  const removed = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  removed.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  removed.isArray ??= Array.isArray;
}

/** The folder too: the same version may lie there with another libtensorflow. */
function identifyTfjsNode(nameOrFolder: string): string {
  const entry = resolveTfjsNode(nameOrFolder);
  try {
    return `${installedVersion(nameOrFolder)} at ${entry}`;
  } catch {
    return entry;
  }
}

function requireTfjsNode(nameOrFolder: string): TfjsNode {
  const entry = resolveTfjsNode(nameOrFolder);
  try {
    return createRequire(import.meta.url)(entry) as TfjsNode;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const isIncomplete = /tfjs_binding\.node|libtensorflow/.test(said);
    throw new Error(
      isIncomplete
        ? `${nameOrFolder} is installed without its library: the download of its install script failed. ` +
            `npm rebuild ${nameOrFolder}, where storage.googleapis.com can be reached`
        : `${nameOrFolder} does not load: ${said.split("\n")[0]}. Install it anew, for this system and Node`,
      { cause },
    );
  }
}

function resolveTfjsNode(nameOrFolder: string): string {
  try {
    return createRequire(import.meta.url).resolve(nameOrFolder);
  } catch (cause) {
    throw new Error(
      path.isAbsolute(nameOrFolder)
        ? `CONVKIT_TFJS_NODE is ${nameOrFolder}, where no package lies. Name the folder of one, or unset it`
        : `${nameOrFolder} is not installed. npm install ${nameOrFolder}`,
      { cause },
    );
  }
}
