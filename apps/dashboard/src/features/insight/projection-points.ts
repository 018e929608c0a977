/** A projection's points as a scatter plot takes them: places on the chosen plane, and groups with colours and shapes. */
import type { Projection } from "../../trpc/context";
import { className } from "./known-picture";

export type Method = "pca" | "umap";

export interface Plane {
  /** Of each point, its picture's index in the projection's `ids`. */
  readonly places: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Points without a picture or a value are left out: nothing holds a file to arrays of one length. */
export function planeOf({ ids, pca, umap }: Projection, method: Method): Plane {
  const plane = method === "umap" && umap ? umap : pca;
  const indices = "indices" in plane ? plane.indices : ids.map((_, index) => index);
  const kept = indices.flatMap((place, index) =>
    ids[place] !== undefined && plane.x[index] !== undefined && plane.y[index] !== undefined ? [index] : [],
  );
  return {
    places: kept.map((index) => indices[index]!),
    x: kept.map((index) => plane.x[index]!),
    y: kept.map((index) => plane.y[index]!),
  };
}

export interface ColouredPoints {
  readonly group: readonly number[];
  readonly groups: readonly { label: string; color: string; shape: (typeof SHAPES)[number] }[];
}

const COLORS = 20;
const SHAPES = ["disc", "triangle", "square", "cross"] as const;

/** Classes beyond the twentieth have a colour again, in another shape; those without points are not named. */
export function groupByClass({ labels, classNames }: Projection, { places }: Plane): ColouredPoints {
  const found = places.map((place) => labels[place] ?? -1);
  const classes = [...new Set(found)].sort((a, b) => a - b);
  const groupOf = new Map(classes.map((label, index) => [label, index]));
  return {
    group: found.map((label) => groupOf.get(label)!),
    groups: classes.map((label) => ({
      label: className(classNames, label),
      color: label < 0 ? "var(--color-control)" : `var(--color-run-${label % COLORS})`,
      shape: label < 0 ? "disc" : SHAPES[Math.floor(label / COLORS) % SHAPES.length]!,
    })),
  };
}

const OUTCOMES: ColouredPoints["groups"] = [
  { label: "right", color: "var(--color-hit-5)", shape: "disc" },
  { label: "without a label", color: "var(--color-control)", shape: "square" },
  { label: "wrong", color: "var(--color-bad)", shape: "cross" },
];

/** Mistakes come last, and so lie over what was right. */
export function groupByOutcome(
  { ids, labels }: Projection,
  { places }: Plane,
  wrong: ReadonlySet<string>,
): ColouredPoints {
  const all = places.map((place) => ((labels[place] ?? -1) < 0 ? 1 : wrong.has(ids[place]!) ? 2 : 0));
  const there = OUTCOMES.map((_, index) => index).filter((index) => index !== 1 || all.includes(1));
  return {
    group: all.map((index) => there.indexOf(index)),
    groups: there.map((index) => OUTCOMES[index]!),
  };
}
