/** Tensors by name, and moving them between the device and the host. */
import * as tf from "@tensorflow/tfjs";
import type { NamedArrays } from "./safetensors.js";

/** `<layer>/<weight>`, such as `conv1/kernel`: the same in every process that builds the same network. */
export type NamedVariables = ReadonlyMap<string, tf.Variable>;

/** Saved arrays do not fit the network or optimizer they are put into. */
export class ArraysMismatchError extends Error {
  override readonly name = "ArraysMismatchError";
  constructor(
    expected: string,
    received: string,
    wayOut = "The arrays were saved by another network; build it from the config they were saved with.",
  ) {
    super(`Expected ${expected}. Received: ${received}. ${wayOut}`);
  }
}

/**
 * All weights of a model, moving averages included, or the trainable ones only.
 * @throws {Error} if two weights share a name.
 */
export function weightsByName(model: tf.LayersModel, kind: "all" | "trainable" = "all"): NamedVariables {
  const byName = new Map<string, tf.Variable>();
  for (const weight of kind === "all" ? model.weights : model.trainableWeights) {
    // `originalName`: tfjs renames `name` when another network of the process had the same one.
    const name = weight.originalName;
    if (byName.has(name)) {
      throw new Error(
        `Expected every weight of the network to have a name of its own. Received: "${name}" twice. ` +
          "Name the layers, each differently.",
      );
    }
    byName.set(name, weight.read() as tf.Variable);
  }
  return byName;
}

/** @returns copies on the host. */
export async function readVariables(variables: NamedVariables): Promise<NamedArrays> {
  const entries = [...variables].map(async ([name, variable]) => {
    const data = (await variable.data()) as Float32Array | Int32Array;
    return [name, { shape: variable.shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** @throws {ArraysMismatchError} unless there is exactly one array for each variable, of its shape. */
export function assignVariables(variables: NamedVariables, arrays: NamedArrays): void {
  const surplus = Object.keys(arrays).filter((name) => !variables.has(name));
  if (surplus.length > 0)
    throw new ArraysMismatchError("arrays of this network", `also ${surplus.join(", ")}`);
  for (const [name, variable] of variables) {
    const saved = arrays[name];
    const expected = `"${name}" of shape [${variable.shape.join(", ")}]`;
    if (!saved) throw new ArraysMismatchError(expected, "none of that name");
    if (saved.shape.join() !== variable.shape.join()) {
      throw new ArraysMismatchError(expected, `shape [${saved.shape.join(", ")}]`);
    }
    tf.tidy(() => variable.assign(tf.tensor(saved.data, [...saved.shape], variable.dtype)));
  }
}

/** Gives each target the value of its name, on the device; there is one for every source. */
export function copyValues(targets: NamedVariables, sources: ReadonlyMap<string, tf.Tensor>): void {
  tf.tidy(() => {
    for (const [name, source] of sources) targets.get(name)!.assign(source.clone());
  });
}
