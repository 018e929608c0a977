/** The activations that the addon applies in the same pass as a convolution or a matrix product. */
import type { backend_util } from "@tensorflow/tfjs-core";

const CODES = { linear: 0, relu: 1, relu6: 2, leakyrelu: 3, elu: 4, sigmoid: 5 } as const;

/** The addon's code, or undefined for an activation that has to be applied afterwards. */
export function activationCode(activation: backend_util.Activation): number | undefined {
  return activation === "prelu" ? undefined : CODES[activation];
}

export const LINEAR = CODES.linear;
