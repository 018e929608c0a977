/**
 * How a workgroup's threads bring slices of an operand into shared memory: out of the tensor into registers, and, once all have
 * computed with the slice before, from there into what they share.
 */
import type { Lanes, Operand } from "./operands.js";
import { range } from "./range.js";

/** An operand's slice in shared memory, where it lies as it does in the tensor. */
export interface Slice {
  /** vec4s from row to row of it. */
  readonly stride: number;
  readonly vec4s: number;
  /** WGSL before the first slice, and then one after the other; B is loaded at A's position, so that both advance behind both. */
  readonly setUp: string;
  readonly registers: string;
  readonly loads: string;
  readonly advance: string;
  readonly stores: string;
}

interface SliceShape {
  /** Rows of A or columns of B, of the tile. */
  readonly outer: number;
  readonly depth: number;
  /** vec4s between the rows, which keep those that are read at once in different banks. */
  readonly gap: number;
  /** Of the workgroup. */
  readonly threads: number;
}

export function sliceOf(operand: Operand, side: "a" | "b", shape: SliceShape): Slice {
  const lanes = lanesOf(operand, shape);
  const { outer, depth, gap } = shape;
  const stride = (operand.isAlongK ? depth : outer) / 4 + gap;
  const eachUnit = (write: (unit: number) => string) => range(lanes.units).map(write).join("\n    ");
  return {
    stride,
    vec4s: stride * (operand.isAlongK ? outer : depth),
    setUp: operand.setUp(lanes),
    registers: eachUnit((unit) => `var ${side}Next${unit} = vec4f();`),
    loads: eachUnit(
      (unit) => `{ var value = vec4f(); ${operand.load(lanes, unit)} ${side}Next${unit} = value; }`,
    ),
    advance: operand.advance(lanes),
    stores: eachUnit(
      (unit) =>
        `${side}Tile[${lanes.row(unit)} * ${stride} + (${lanes.lane} >> 2u)] = rounded(${side}Next${unit});`,
    ),
  };
}

/** Which vec4s of a slice each thread loads: neighbours in memory by neighbours among the threads. */
function lanesOf(operand: Operand, { outer, depth, threads }: SliceShape): Lanes {
  const perRow = (operand.isAlongK ? depth : outer) / 4;
  const rows = operand.isAlongK ? outer : depth;
  const rowsAtOnce = threads / perRow;
  return {
    units: rows / rowsAtOnce,
    lane: `(t % ${perRow} * 4)`,
    row: (unit) => `(t / ${perRow} + ${unit * rowsAtOnce})`,
    depth,
  };
}
