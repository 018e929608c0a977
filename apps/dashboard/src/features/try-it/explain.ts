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
    return { explained: maps.classes[0]!, overlay: colourMap(data, { height, width }) };
  } catch (error) {
    return { failure: (error as Error).message };
  } finally {
    input.dispose();
  }
}

/**
 * Five of Matplotlib's colour map `inferno` (https://bids.github.io/colormap/): even steps look even, to the
 * colour-blind, too.
 */
const INFERNO = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const;

/**
 * @param map [height, width], 0 or above.
 * @returns null if it is 0 everywhere.
 */
export function colourMap(
  map: Float32Array,
  { height, width }: { height: number; width: number },
): ShownPicture | null {
  const most = map.reduce((largest, value) => Math.max(largest, value), 0);
  if (!(most > 0)) return null;
  const rgba = new Uint8ClampedArray(height * width * 4);
  for (const [i, value] of map.entries()) {
    const place = (value / most) * (INFERNO.length - 1);
    const low = Math.min(INFERNO.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) {
      const [from, to] = [INFERNO[low]![c]!, INFERNO[low + 1]![c]!];
      rgba[4 * i + c] = from + (place - low) * (to - from);
    }
    rgba[4 * i + 3] = 255;
  }
  return { rgba, height, width };
}
