/** Records a product of matrices: one dispatch, or two where several workgroups share each sum. */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { spreadWorkgroups } from "../program.js";
import { type GemmForm, gemmProgram } from "./gemm-program.js";
import { ELEMENTS_PER_WORKGROUP, SUM_PARTS } from "./sum-parts.js";
import { chooseTile, type GemmTile, splitSums } from "./tile.js";

interface GemmCall {
  readonly form: GemmForm;
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  /** [N], added to each row of C. */
  readonly bias?: TensorInfo | undefined;
  readonly isRelu?: boolean;
  readonly outputShape: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** `m`, or what it is for a usual batch: see `chooseTile`. */
  readonly usualM: number;
  /** Instead of the one that suits. */
  readonly tile?: GemmTile | undefined;
  /** Products of at most m × n × k that the form makes side by side, each for rows of C of its own. */
  readonly phases?: number;
  /** The form's, by their names. */
  readonly uniforms: Readonly<Record<string, number>>;
}

/** @returns C, float32 in `outputShape`. */
export function gemm(backend: WebgpuBackend, call: GemmCall): TensorInfo {
  const { form, a, b, bias, isRelu = false, outputShape, m, n, k, usualM, phases = 1, uniforms } = call;
  const { precision, isSoftware } = backend;
  const matrixUnits = precision === "f16" ? (backend.matrixUnits ?? undefined) : undefined;
  const hasUnits = matrixUnits !== undefined;
  const order = backend.tileOrder?.({ m: usualM, n, isAcross: !form.a.isAlongK }, hasUnits);
  const tile = call.tile ?? chooseTile(usualM, n, { isSoftware, hasUnits, order });
  const tilesN = Math.ceil(n / tile.n);
  const tiles = Math.ceil(m / tile.m) * tilesN;
  const { splits, termsPerSplit } = splitSums({ m, n, k, usualM }, phases);
  const output = backend.output(outputShape);
  const size = util.sizeFromShape([...outputShape]);
  const finish = [Number(bias !== undefined), Number(isRelu)];
  const parts = splits === 1 ? undefined : backend.scratch(splits * size * 4);
  const [x, y] = spreadWorkgroups(tiles);
  backend.dispatch(gemmProgram(form, { tile, precision, matrixUnits }), {
    // Something has to be bound where there is no bias.
    buffers: [a, b, bias ?? b, parts ?? output],
    uniforms: {
      ints: [
        termsPerSplit,
        tilesN,
        size,
        ...(parts ? [0, 0] : finish),
        ...form.uniforms.map((name) => uniforms[name]!),
      ],
    },
    workgroups: [x, y, splits * phases],
  });
  if (parts === undefined) return output;
  backend.dispatch(SUM_PARTS, {
    buffers: [parts, bias ?? b, output],
    uniforms: { ints: [size, splits, n, ...finish] },
    workgroups: spreadWorkgroups(Math.ceil(size / ELEMENTS_PER_WORKGROUP)),
  });
  backend.releaseScratch(parts);
  return output;
}
