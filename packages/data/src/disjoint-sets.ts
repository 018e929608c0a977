/** Which of many things belong together, told pair by pair: copies of one picture, groups that share one. */

/** Union–find. R. E. Tarjan 1975, Efficiency of a Good But Not Linear Set Union Algorithm, https://doi.org/10.1145/321879.321884 */
export class DisjointSets {
  readonly #parents: Uint32Array;

  /** `count` sets of one: 0 … count − 1. */
  constructor(count: number) {
    this.#parents = Uint32Array.from({ length: count }, (_, i) => i);
  }

  areTogether(one: number, other: number): boolean {
    return this.rootOf(one) === this.rootOf(other);
  }

  /** The set of `member` becomes a part of the set of `into`, whose root stays. */
  join(member: number, into: number): void {
    this.#parents[this.rootOf(member)] = this.rootOf(into);
  }

  /** The member that a set is known by. */
  rootOf(member: number): number {
    let root = member;
    while (this.#parents[root] !== root) {
      this.#parents[root] = this.#parents[this.#parents[root] as number] as number;
      root = this.#parents[root] as number;
    }
    return root;
  }

  /** Members rise, and so do the sets by their first. */
  sets(): number[][] {
    const sets = new Map<number, number[]>();
    for (let i = 0; i < this.#parents.length; i++) {
      const root = this.rootOf(i);
      const set = sets.get(root);
      if (set === undefined) sets.set(root, [i]);
      else set.push(i);
    }
    return [...sets.values()];
  }
}
