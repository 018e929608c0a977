/**
 * Nobody wants the gradient of the pictures, but tfjs's fused convolution computes both gradients or none: for a first
 * layer the other one, over the largest picture there is, is in vain. A frozen kernel's gradient likewise.
 */
import * as tf from "@tensorflow/tfjs";

/** What a convolution's layer holds; tfjs exports no class of it. */
interface ConvolutionLayer extends tf.layers.Layer {
  readonly kernel: tf.LayerVariable;
  readonly bias: tf.LayerVariable | null;
  readonly strides: [number, number];
  readonly padding: "same" | "valid";
}

const spared = new WeakSet<tf.layers.Layer>();

/**
 * Lets convolutions that read the model's input compute, while training, the gradients of their trainable weights alone.
 * Takes Conv2D layers without dilation or activation. Outputs, inference, weights and what is saved stay as they were; a
 * gradient with respect to the model's input leaves such a layer out in training mode (tfjs throws where there is no other
 * path), and is right in inference.
 * Calling it again changes nothing.
 *
 * @returns the names of these layers.
 */
export function skipInputGradients(model: tf.LayersModel): string[] {
  const layers = model.layers.filter(readsModelInput).filter(isPlainConvolution);
  for (const layer of layers) {
    if (spared.has(layer)) continue;
    spared.add(layer);
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const isTrained = layer.kernel.trainable || layer.bias?.trainable === true;
      if (kwargs?.["training"] !== true || !isTrained) return call(inputs, kwargs);
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      return convolveConstant(x as tf.Tensor4D, layer);
    };
  }
  return layers.map(({ name }) => name);
}

function readsModelInput({ inboundNodes }: tf.layers.Layer): boolean {
  const [node, ...others] = inboundNodes;
  if (!node || others.length > 0) return false;
  return node.inboundLayers.every((layer) => layer.getClassName() === "InputLayer");
}

function isPlainConvolution(layer: tf.layers.Layer): layer is ConvolutionLayer {
  if (layer.getClassName() !== "Conv2D") return false;
  const { activation, dataFormat, dilationRate } = layer.getConfig();
  const isDilated = [dilationRate].flat().some((rate) => rate !== 1);
  return activation === "linear" && dataFormat !== "channelsFirst" && !isDilated;
}

/** x [N, H, W, C] → [N, H′, W′, K], with gradients in the layer's trainable weights alone. */
function convolveConstant(x: tf.Tensor4D, { kernel, bias, strides, padding }: ConvolutionLayer): tf.Tensor {
  const trained = [kernel, bias].filter((weight) => weight?.trainable === true) as tf.LayerVariable[];
  const convolve = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const filter = kernel.read() as tf.Tensor4D;
    const value = tf.fused.conv2d({
      x,
      filter,
      strides,
      pad: padding,
      ...(bias !== null && { bias: bias.read() }),
    });
    save([x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      trained.map((weight) => {
        if (weight === bias) return tf.sum(dy, [0, 1, 2]);
        const attrs = { strides, pad: padding, dataFormat: "NHWC", filterShape: filter.shape };
        return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x: saved[0]!, dy }, attrs);
      });
    return { value, gradFunc };
  });
  return convolve(...trained.map((weight) => weight.read()));
}
