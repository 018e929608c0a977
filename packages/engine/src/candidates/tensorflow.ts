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
import { setBackend, type Candidate } from "./candidate.js";

interface TfjsNode {
  readonly version: Readonly<Record<string, string>>;
}

/** tfjs-node's backend object, as far as it is looked at here. */
interface TensorFlowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

export const tensorflow: Candidate = {
  backend: "tensorflow",
  canTrain: true,
  caution: null,
  async open(tf) {
    const { versions } = await openTfjsNode(tf, tfjsNodeFolder() ?? "@tensorflow/tfjs-node");
    return { device: `${cpuModel()}, TensorFlow`, threads: null, versions };
  },
};

export const tensorflowGpu: Candidate = {
  backend: "tensorflow",
  canTrain: true,
  caution: null,
  async open(tf) {
    // Looked at first: loaded without a card, tfjs-node-gpu would quietly compute on the CPU.
    const cards = nvidiaModels();
    if (cards.length === 0) {
      throw new Error(
        "this machine shows no NVIDIA card. It takes one, with its driver, CUDA 11.2 and cuDNN 8.1",
      );
    }
    const { isUsingGpuDevice, versions } = await openTfjsNode(tf, "@tensorflow/tfjs-node-gpu");
    if (!isUsingGpuDevice) {
      throw new Error(`TensorFlow found no way to use the ${cards[0]}. It needs CUDA 11.2 and cuDNN 8.1`);
    }
    return { device: `${cards[0]}, TensorFlow`, threads: null, versions };
  },
};

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

function requireTfjsNode(nameOrFolder: string): TfjsNode {
  const require = createRequire(import.meta.url);
  const isFolder = path.isAbsolute(nameOrFolder);
  try {
    require.resolve(nameOrFolder);
  } catch (cause) {
    if (isFolder) throw new Error(`CONVKIT_TFJS_NODE is ${nameOrFolder}, where no package lies`, { cause });
    throw new Error(`${nameOrFolder} is not installed. npm install ${nameOrFolder}`, { cause });
  }
  try {
    return require(nameOrFolder) as TfjsNode;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const isIncomplete = /tfjs_binding\.node|libtensorflow/.test(said);
    throw new Error(
      isIncomplete
        ? `${nameOrFolder} is installed without its library: the download of its install script failed. ` +
            `npm rebuild ${nameOrFolder}, where storage.googleapis.com can be reached`
        : `${nameOrFolder} does not load: ${said.split("\n")[0]}`,
      { cause },
    );
  }
}
