import { describe, expect, it } from "vitest";
import { createSplit } from "./create-split.js";
import { assignFolds, holdBack, type HoldBackOptions } from "./hold-back.js";

function splitOf(ids: string[], classes = 10) {
  const count = ids.length;
  return createSplit({
    name: "train",
    images: new Uint8Array(count),
    shape: { count, height: 1, width: 1, channels: 1 },
    labels: ids.map((_, i) => i % classes),
    ids,
  });
}

/** Held back as validation pictures unless said otherwise. */
function holdBackOf(ids: string[], options: Omit<HoldBackOptions, "as"> & { as?: HoldBackOptions["as"] }) {
  return holdBack(splitOf(ids), { as: "validation", ...options });
}

const IDS = Array.from({ length: 20_000 }, (_, i) => `photos/${i}.jpg`);

describe("holdBack", () => {
  it.each(["validation", "test"] as const)("parts all pictures into train and %s by the fraction", (as) => {
    const { train, heldBack } = holdBackOf(IDS, { as, part: 0.1, seed: 0 });
    expect([...train.ids, ...heldBack.ids].sort()).toEqual([...IDS].sort());
    expect([train.name, heldBack.name]).toEqual(["train", as]);
    expect(Math.abs(heldBack.length - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.09));
  });

  it("holds class fractions in expectation", () => {
    const { heldBack } = holdBackOf(IDS, { part: 0.1, seed: 3 });
    const counts = new Array<number>(10).fill(0);
    for (const label of heldBack.labels) counts[label]! += 1;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(2000 * 0.09));
  });

  it("never moves an old picture when others come or go", () => {
    const old = new Set(IDS.slice(0, 500));
    for (const as of ["validation", "test"] as const) {
      const few = holdBackOf(IDS.slice(0, 500), { as, part: 0.2, seed: 1 });
      const many = holdBackOf([...IDS.slice(1000), ...IDS.slice(0, 500)], { as, part: 0.2, seed: 1 });
      expect(many.heldBack.ids.filter((id) => old.has(id))).toEqual(few.heldBack.ids);
    }
  });

  it("chooses others by another seed, and more of the same by a larger fraction", () => {
    const chosen = (part: number, seed: number) => holdBackOf(IDS, { part, seed }).heldBack.ids;
    expect(chosen(0.1, 1)).not.toEqual(chosen(0.1, 0));
    expect(chosen(0.2, 0)).toEqual(expect.arrayContaining(chosen(0.1, 0).slice(0, 50)));
    expect(chosen(0, 0)).toEqual([]);
  });

  it("draws who tests independently of who validates", () => {
    const chosen = (as: HoldBackOptions["as"]) => holdBackOf(IDS, { as, part: 0.1, seed: 0 }).heldBack.ids;
    const validating = new Set(chosen("validation"));
    const both = chosen("test").filter((id) => validating.has(id)).length;
    expect(Math.abs(both - 200)).toBeLessThan(5 * Math.sqrt(200));
  });

  it("keeps groups together", () => {
    const groupOf = (id: string) => String(Number(/\d+/.exec(id)?.[0]) % 100);
    const { train, heldBack } = holdBackOf(IDS, { part: 0.3, seed: 0, groupOf });
    const groups = new Set(heldBack.ids.map(groupOf));
    expect(groups.size).toBeGreaterThan(10);
    expect(train.ids.some((id) => groups.has(groupOf(id)))).toBe(false);
  });

  it("holds the pictures back that it always has", () => {
    const ids = IDS.slice(0, 60);
    const positions = (as: HoldBackOptions["as"]) =>
      holdBackOf(ids, { as, part: 0.1, seed: 7 }).heldBack.ids.map((id) => ids.indexOf(id));
    expect([positions("validation"), positions("test")]).toEqual([
      [0, 6, 10, 18, 34, 36, 39, 48, 50],
      [27, 28, 30, 39, 56],
    ]);
  });
});

describe("folds", () => {
  it("part all pictures: each validates in exactly one fold, and its own fold is the same when others come", () => {
    const foldOf = (ids: string[]) =>
      Array.from(
        { length: 5 },
        (_, fold) => holdBackOf(ids, { part: { fold, folds: 5 }, seed: 4 }).heldBack.ids,
      );
    const folds = foldOf(IDS);
    expect(folds.flat().sort()).toEqual([...IDS].sort());
    for (const ids of folds) expect(Math.abs(ids.length - 4000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.16));
    const few = foldOf(IDS.slice(0, 300));
    few.forEach((ids, fold) => expect(folds[fold]).toEqual(expect.arrayContaining([...ids])));
  });

  it("keep groups together", () => {
    const groupOf = (id: string) => String(Number(/\d+/.exec(id)?.[0]) % 100);
    const groups = Array.from({ length: 4 }, (_, fold) => {
      const { heldBack } = holdBackOf(IDS, { part: { fold, folds: 4 }, seed: 0, groupOf });
      return new Set(heldBack.ids.map(groupOf));
    });
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(100);
  });
});

describe("stratified", () => {
  /** Of so many pictures per class. */
  function classesOf(counts: number[]) {
    const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
    return createSplit({
      name: "train",
      images: new Uint8Array(labels.length),
      shape: { count: labels.length, height: 1, width: 1, channels: 1 },
      labels,
      ids: labels.map((_, i) => `photos/${i}.jpg`),
    });
  }
  const perClass = (labels: Int32Array, classes: number) =>
    Array.from({ length: classes }, (_, label) => labels.filter((other) => other === label).length);

  it("holds back the exact part of every class, rounded", () => {
    const split = classesOf([200, 50, 7, 1]);
    const { train, heldBack } = holdBack(split, { as: "validation", part: 0.1, seed: 0, stratify: true });
    expect(perClass(heldBack.labels, 4)).toEqual([20, 5, 1, 0]);
    expect([...train.ids, ...heldBack.ids].sort()).toEqual([...split.ids].sort());
  });

  it("gives every fold its share of every class", () => {
    const split = classesOf([50, 23]);
    const folds = Array.from(
      { length: 5 },
      (_, fold) =>
        holdBack(split, { as: "validation", part: { fold, folds: 5 }, seed: 9, stratify: true }).heldBack,
    );
    for (const { labels } of folds) {
      const [many, few] = perClass(labels, 2) as [number, number];
      expect(many).toBe(10);
      expect(Math.abs(few - 4.6)).toBeLessThan(1);
    }
    expect(folds.flatMap(({ ids }) => ids).sort()).toEqual([...split.ids].sort());
  });

  it("chooses others by another seed", () => {
    const chosen = (seed: number) =>
      holdBack(classesOf([100]), { as: "test", part: 0.2, seed, stratify: true }).heldBack.ids;
    expect(chosen(1)).not.toEqual(chosen(2));
    expect(chosen(1)).toEqual(chosen(1));
  });
});

describe("assignFolds", () => {
  const ids = Array.from({ length: 60 }, (_, i) => `${i % 3 === 0 ? "rare" : "usual"}/patient${i % 12}_${i}`);
  const labels = Int32Array.from(ids, (id) => (id.startsWith("rare") ? 0 : 1));
  const alone = { folds: 5, seed: 0, groupOf: () => undefined };

  it("has as many of each class in every fold, others by another seed, whatever their order", () => {
    const folds = assignFolds({ ids, labels }, alone);
    for (const fold of [0, 1, 2, 3, 4]) {
      const members = ids.filter((_, i) => folds[i] === fold);
      expect(members.filter((id) => id.startsWith("rare"))).toHaveLength(4);
      expect(members).toHaveLength(12);
    }
    expect([...assignFolds({ ids, labels }, { ...alone, seed: 1 })]).not.toEqual([...folds]);
    const turned = assignFolds({ ids: ids.toReversed(), labels: labels.toReversed() }, alone);
    expect([...turned.toReversed()]).toEqual([...folds]);
  });

  it("keeps groups together", () => {
    const groupOf = (id: string) => /(patient\d+)_/.exec(id)?.[1];
    const folds = assignFolds({ ids, labels }, { ...alone, groupOf });
    const foldsOfGroup = new Map<string, Set<number>>();
    ids.forEach((id, i) => {
      const group = groupOf(id)!;
      foldsOfGroup.set(group, (foldsOfGroup.get(group) ?? new Set()).add(folds[i]!));
    });
    expect([...foldsOfGroup.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set(folds).size).toBeGreaterThan(1);
  });
});
