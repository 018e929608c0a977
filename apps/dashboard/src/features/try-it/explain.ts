/** Where in its input a network sees what speaks for a class: Grad-CAM, as colours to lay over the input. */
import type { Classifier, ClassifierImage } from "@convkit/models";
import type { Explanation, ShownPicture } from "./classifier-protocol";

/**
 * @param explained index of the class; null: the likeliest.
 * @returns a failure, in words, where the network or the engine does not allow it: the answer stands without.
 */
export async function explain(
  { card, model, toInput }: Pick<Classifier, "card" | "model" | "toInput">,
  image: ClassifierImage,
  explained: number | null,
): Promise<Explanation> {
  const { gradCam, resizeMaps } = await import("@convkit/evaluator/explain");
  const input = toInput([image]);
  try {
    const maps = await gradCam(model, input, explained === null ? {} : { classes: explained });
    const [height, width] = card.inputShape;
    const { data } = resizeMaps(maps, height, width);
    return { explained: maps.classes[0]!, overlay: await coloursOf(data, { height, width }) };
  } catch (error) {
    return { failure: (error as Error).message };
  } finally {
    input.dispose();
  }
}

/**
 * @param map [height, width], 0 or above.
 * @returns opaque, in the colours of reports; null if the map is 0 everywhere.
 */
export async function coloursOf(
  map: Float32Array,
  { height, width }: { height: number; width: number },
): Promise<ShownPicture | null> {
  if (!map.some((value) => value > 0)) return null;
  const { overlay } = await import("@convkit/evaluator/explain");
  const black = { data: new Uint8Array(map.length), height, width, channels: 1 };
  const { data: rgb } = overlay(black, map, { alpha: 1 });
  const rgba = new Uint8ClampedArray(map.length * 4).fill(255);
  for (let from = 0, to = 0; to < rgba.length; from += 3, to += 4) rgba.set(rgb.subarray(from, from + 3), to);
  return { rgba, height, width };
}
