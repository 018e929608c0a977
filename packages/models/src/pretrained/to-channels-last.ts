/** PyTorch's layouts of weights, turned into ours. */
import type { PublishedTensor } from "./published-tensor.js";

/** How many outputs, inputs and places (kernel height × width) a published weight has, in this order. */
export type WeightExtents = { outputs: number; inputs: number; places: number };

/**
 * What a weight of ours has to be as a published one: the extents, or null if its shape does not fit.
 * - kernels [h, w, in, out] come as [out, in, h, w]; those of 1×1 as [out, in], too;
 * - depthwise kernels [h, w, C, 1] as [C, 1, h, w]; those of 1×1, which are factors, as [C] or [C, 1, 1], too;
 * - dense kernels [in, out] as [out, in] or [out, in, 1, 1]; behind a flattened map [h, w, C] as [out, C · h · w] or
 *   [out, C, h, w];
 * - vectors as they are.
 *
 * @param name such as `kernel`.
 * @param mapPlaces h · w of the flattened map that a dense kernel reads; 1 where it reads none.
 */
export function extentsOf(
  name: string,
  ours: readonly number[],
  { published, mapPlaces }: { published: PublishedTensor["shape"]; mapPlaces: number },
): WeightExtents | null {
  const candidates = candidatesOf(name, ours, mapPlaces);
  const found = candidates.find(({ shape }) => shape.join() === published.join());
  return found?.extents ?? null;
}

/** The first is the usual one, which a message may name. */
export function candidatesOf(
  name: string,
  ours: readonly number[],
  mapPlaces: number,
): { shape: number[]; extents: WeightExtents }[] {
  if (name === "depthwise_kernel") {
    const [height, width, channels] = ours as [number, number, number];
    const places = height * width;
    const extents = { outputs: channels, inputs: 1, places };
    const shapes = [[channels, 1, height, width]];
    if (places === 1) shapes.unshift([channels], [channels, 1, 1]);
    return shapes.map((shape) => ({ shape, extents }));
  }
  if (ours.length === 4) {
    const [height, width, inputs, outputs] = ours as [number, number, number, number];
    const places = height * width;
    const extents = { outputs, inputs, places };
    const shapes = [[outputs, inputs, height, width]];
    if (places === 1) shapes.push([outputs, inputs]);
    return shapes.map((shape) => ({ shape, extents }));
  }
  if (ours.length === 2) {
    const [all, outputs] = ours as [number, number];
    const inputs = all / mapPlaces;
    const side = Math.sqrt(mapPlaces);
    const extents = { outputs, inputs, places: mapPlaces };
    return [
      [outputs, all],
      [outputs, inputs, side, side],
    ].map((shape) => ({ shape, extents }));
  }
  return [{ shape: [...ours], extents: { outputs: ours[0] ?? 1, inputs: 1, places: 1 } }];
}

/** [outputs, inputs, places] → [places, inputs, outputs], in an array of its own. */
export function toChannelsLast(
  values: Float32Array,
  { outputs, inputs, places }: WeightExtents,
): Float32Array {
  const result = new Float32Array(values.length);
  let at = 0;
  for (let place = 0; place < places; place++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        result[at++] = values[(output * inputs + input) * places + place]!;
      }
    }
  }
  return result;
}

/**
 * The kernel of a first layer for grey pictures: the sum over the three colours, so that a grey picture gives what it
 * gave as three equal ones. timm's `adapt_input_conv`.
 * [outputs, colours, places] → [outputs, 1, places]
 */
export function sumColours(
  values: Float32Array,
  { outputs, inputs: colours, places }: WeightExtents,
): Float32Array {
  const result = new Float32Array(outputs * places);
  for (let output = 0; output < outputs; output++) {
    for (let place = 0; place < places; place++) {
      let sum = 0;
      for (let colour = 0; colour < colours; colour++)
        sum += values[(output * colours + colour) * places + place]!;
      result[output * places + place] = sum;
    }
  }
  return result;
}
