/** Where the points of a scatter plot lie on its canvas, and which is meant by a pointer or an arrow key. */

export interface ScatterPlaces {
  /** In CSS pixels from the top left; NaN of a point without a place. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface ScatterBox {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
}

/** One scale for both axes, so that distances mean the same in each direction; y grows upwards. */
export function placeScatter(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { width, height, margin }: ScatterBox,
): ScatterPlaces {
  const count = Math.min(x.length, y.length);
  const [left, right] = extentOf(x, y, count);
  const [bottom, top] = extentOf(y, x, count);
  const scales = [(width - 2 * margin) / (right - left), (height - 2 * margin) / (top - bottom)];
  const scale = Math.min(...scales.filter((each) => Number.isFinite(each) && each > 0));
  // All points in one place lie in the middle.
  const unit = Number.isFinite(scale) ? scale : 0;
  const places = { x: new Float64Array(count).fill(NaN), y: new Float64Array(count).fill(NaN) };
  for (let index = 0; index < count; index += 1) {
    if (!Number.isFinite(x[index]!) || !Number.isFinite(y[index]!)) continue;
    places.x[index] = width / 2 + (x[index]! - (left + right) / 2) * unit;
    places.y[index] = height / 2 - (y[index]! - (bottom + top) / 2) * unit;
  }
  return places;
}

/** Of those that have a value on both axes. */
function extentOf(values: ArrayLike<number>, others: ArrayLike<number>, count: number): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (let index = 0; index < count; index += 1) {
    if (!Number.isFinite(values[index]!) || !Number.isFinite(others[index]!)) continue;
    min = Math.min(min, values[index]!);
    max = Math.max(max, values[index]!);
  }
  return [min, max];
}

/** The nearest within `reach` pixels; −1 if there is none. Of points in one place, the one that is drawn last. */
export function pointAt(
  { x, y }: ScatterPlaces,
  at: { readonly x: number; readonly y: number },
  reach: number,
): number {
  let [found, best] = [-1, reach * reach];
  for (let index = 0; index < x.length; index += 1) {
    const distance = (x[index]! - at.x) ** 2 + (y[index]! - at.y) ** 2;
    if (distance <= best) [found, best] = [index, distance];
  }
  return found;
}

export type ScatterDirection = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

const STEPS: Readonly<Record<ScatterDirection, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest point within 45° of a direction; `from` itself where there is none. */
export function pointTowards({ x, y }: ScatterPlaces, from: number, direction: ScatterDirection): number {
  const [stepX, stepY] = STEPS[direction];
  let [found, best] = [from, Infinity];
  for (let index = 0; index < x.length; index += 1) {
    const [dx, dy] = [x[index]! - x[from]!, y[index]! - y[from]!];
    const along = dx * stepX + dy * stepY;
    const aside = Math.abs(dx * stepY + dy * stepX);
    if (!(along > 0) || aside > along) continue;
    const distance = dx * dx + dy * dy;
    if (distance < best) [found, best] = [index, distance];
  }
  return found;
}
