/** A network of one's own in TypeScript, which needs no compiling: depthwise and pointwise convolutions by turns. */
import type { ModelModule } from "@convkit/models";

/** Howard et al. 2017, "MobileNets", https://arxiv.org/abs/1704.04861: two blocks of it. */
const separable: ModelModule = ({ tf, layers, inputShape, numClasses }, { filters = 32 }) => {
  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.convBnRelu("stem", input, { filters: Number(filters), strides: 2 });
  for (const [block, strides] of [
    ["block1", 1],
    ["block2", 2],
  ] as const) {
    x = layers.depthwiseConv(`${block}_depthwise`, x, { strides });
    x = layers.convBnRelu(`${block}_pointwise`, x, { filters: 2 * Number(filters), kernelSize: 1 });
  }
  const flat = tf.layers.flatten({ name: "flatten" }).apply(x) as typeof x;
  const logits = layers.dense("logits", flat, { units: numClasses });
  return tf.model({ inputs: input, outputs: logits });
};
// eslint-disable-next-line no-restricted-syntax -- convkit calls a module's default export.
export default separable;
