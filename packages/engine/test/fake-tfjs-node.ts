/** Packages that stand in for tfjs-node: each a folder with a program, for CONVKIT_TFJS_NODE to name. */
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const tfjs = createRequire(import.meta.url).resolve("@tensorflow/tfjs");

/**
 * The program of a package that notes in its file `loads` that it was loaded and registers a backend. What training
 * takes long for hands back a shape with nothing in it, after as long as the test wants it to take.
 */
function fakeTfjsNode({ convolutionMs }: { readonly convolutionMs: number }): string {
  return `
    require("node:fs").appendFileSync(require("node:path").join(__dirname, "loads"), "loaded\\n");
    const tf = require(${JSON.stringify(tfjs)});
    tf.copyRegisteredKernels("cpu", "tensorflow");
    const cpu = tf.findBackendFactory("cpu");
    tf.registerBackend("tensorflow", () => Object.assign(cpu(), { binding: { TF_Version: "0.0.0" } }));
    const replaceKernel = (kernelName, kernelFunc) => {
      tf.unregisterKernel(kernelName, "tensorflow");
      tf.registerKernel({ kernelName, backendName: "tensorflow", kernelFunc });
    };
    const takeTime = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${convolutionMs});
    const shapes = {
      Conv2D: ({ x, filter }) => (takeTime(), [...x.shape.slice(0, 3), filter.shape[3]]),
      Conv2DBackpropInput: (_, { inputShape }) => inputShape,
      Conv2DBackpropFilter: (_, { filterShape }) => filterShape,
      Relu: ({ x }) => x.shape,
      Step: ({ x }) => x.shape,
      Multiply: ({ a, b }) => tf.util.sizeFromShape(a.shape) < tf.util.sizeFromShape(b.shape) ? b.shape : a.shape,
      RealDiv: ({ a }) => a.shape,
      Mean: () => [],
    };
    for (const [kernelName, shapeOf] of Object.entries(shapes)) {
      replaceKernel(kernelName, ({ inputs, attrs, backend }) =>
        backend.makeTensorInfo(shapeOf(inputs, attrs), "float32", new Float32Array(0)));
    }
    exports.version = {};`;
}

export const FAST_TFJS_NODE = fakeTfjsNode({ convolutionMs: 0 });
/** Native takes less for a batch. */
export const SLOW_TFJS_NODE = fakeTfjsNode({ convolutionMs: 200 });

export async function writeTfjsNode(folder: string, program: string): Promise<void> {
  await writeFile(path.join(folder, "index.js"), program);
}
