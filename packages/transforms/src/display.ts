/** What transforms have made and drawn, for people: pictures that can be shown, parameters that can be read. */
import type { TransformSpec } from "@convkit/schema";

/** What one random transform drew for one picture. */
export interface DrawnParameters {
  /** Its name, or its module's path. */
  readonly transform: string;
  /** As it drew them: null or false where it then does nothing. */
  readonly parameters: unknown;
}

/**
 * Brings normalised pictures back to 0…1, whatever was done behind Normalize.
 * @param images float32 [count, height, width, channels]; changed.
 */
export function undoNormalize(
  images: Float32Array,
  channels: number,
  transforms: readonly TransformSpec[],
): void {
  for (const spec of transforms.toReversed()) {
    if ("module" in spec || spec.name !== "Normalize") continue;
    const { mean, std } = spec;
    for (let i = 0; i < images.length; i++) {
      const c = mean.length === 1 ? 0 : i % channels;
      images[i] = (images[i] as number) * std[c]! + mean[c]!;
    }
  }
}

/** `RandomCrop top=2 left=-1`, `RandomHorizontalFlip –`. */
export function describeDrawn({ transform, parameters }: DrawnParameters): string {
  return `${transform} ${show(parameters)}`;
}

function show(value: unknown): string {
  if (value === null || value === undefined || value === false) return "–";
  if (value === true) return "yes";
  if (typeof value === "number") return String(Number(value.toPrecision(3)));
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(show).join(" ");
  if (typeof value !== "object") return JSON.stringify(value);
  return Object.entries(value)
    .filter(([, inner]) => inner !== null)
    .map(([key, inner]) => (key === "name" ? String(inner) : `${key}=${show(inner)}`))
    .join(" ");
}
