/** A network of one's own: a module whose default export builds it. Two branches look with kernels of 3 and of 5. */

/** [N, H, W, C] → logits [N, numClasses]; named layers repeat their weights, whatever else the run draws. */
// eslint-disable-next-line no-restricted-syntax -- convkit calls a module's default export.
export default function twoWidths({ tf, layers, inputShape, numClasses }, { filters = 16 }) {
  const input = tf.input({ name: "input", shape: inputShape });
  const narrow = layers.convBnRelu("narrow", input, { filters, kernelSize: 3, strides: 2 });
  const wide = layers.convBnRelu("wide", input, { filters, kernelSize: 5, strides: 2 });
  const both = tf.layers.add({ name: "both" }).apply([narrow, wide]);
  const deep = layers.convBnRelu("deep", layers.maxPool("pool", both, 2), { filters: 2 * filters });
  const flat = tf.layers.flatten({ name: "flatten" }).apply(deep);
  const logits = layers.dense("logits", layers.dropout("dropout", flat, 0.2), { units: numClasses });
  return tf.model({ inputs: input, outputs: logits });
}
