/**
 * A GPU's matrix units (tensor cores, cooperative matrices), as Dawn's experimental WGSL shows them: a subgroup holds fragments
 * of matrices, and multiplies two of float16 and adds them to one of float32 at once.
 * https://dawn.googlesource.com/dawn/+/refs/heads/main/docs/dawn/features/subgroup_matrix.md
 */

/** Where fragments of an operand are loaded from: `aTile` or `bTile`, of vec4s of float16. */
export interface FragmentSource {
  /** vec4s from row to row as they lie there. */
  readonly stride: number;
  /** Whether the rows that lie there are the fragment's columns. */
  readonly isTransposed: boolean;
}

/** What of WGSL the fragments of one kind of matrix units need. All that is called is so by whole subgroups at once. */
export interface MatrixUnits {
  /** Part of a program's key. */
  readonly name: string;
  /** A subgroup's product: `m` × `k` by `k` × `n`, added to `m` × `n`. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Threads of a subgroup. */
  readonly subgroupSize: number;
  readonly enables: string;
  /** Of `main`: its attributes, further parameters, and WGSL that defines `subgroup` and `lane` (the thread of it), i32 both. */
  readonly attributes: string;
  readonly parameters: string;
  readonly setUp: string;
  readonly declarations: (a: FragmentSource, b: FragmentSource) => string;
  /** The type of a fragment of sums, whose `()` is zeros. */
  readonly sumType: string;
  /** Expressions; the offset is that of the fragment's first vec4. */
  readonly loadA: (source: FragmentSource, offset: string) => string;
  readonly loadB: (source: FragmentSource, offset: string) => string;
  /** Statements; `store` puts a fragment of sums into `staged`, an array<vec4f> in shared memory, row by row. */
  readonly multiply: (sum: string, a: string, b: string) => string;
  readonly store: (sum: string, offset: string) => string;
}

/** A product that an adapter's matrix units compute, as `GPUAdapterInfo.subgroupMatrixConfigs` tells it. */
interface UnitsConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** What Dawn tells beyond the standard. */
export interface DawnAdapterInfo extends GPUAdapterInfo {
  readonly subgroupMatrixConfigs?: Iterable<UnitsConfig>;
}

/** What matrix units are made for on most GPUs that have several sizes. */
const USUAL_SUBGROUP = 32;
/** A tile's shares are multiples of it. */
const MOST_SIDE = 16;

/**
 * The matrix units that products of this package can use, one way of using them after the other: a subgroup's size may have to be
 * set, and not every size does. None is proven: a driver may still refuse it.
 */
export function matrixUnitsOf(device: Pick<GPUDevice, "features">, info: DawnAdapterInfo): MatrixUnits[] {
  const needed = ["chromium-experimental-subgroup-matrix", "shader-f16", "subgroups"];
  if (!needed.every((name) => device.features.has(name))) return [];
  const configs = [...(info.subgroupMatrixConfigs ?? [])].filter(
    ({ componentType, resultComponentType, M, N, K }) =>
      componentType === "f16" &&
      resultComponentType === "f32" &&
      [M, N, K].every((side) => MOST_SIDE % side === 0 && side % 4 === 0),
  );
  const largest = configs.sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K)[0];
  if (largest === undefined) return [];
  return subgroupSizes(device, info).map((size) => dawnUnits(largest, size));
}

interface SubgroupSize {
  readonly size: number;
  /** Whether programs ask for it: where there are several, the driver would choose. */
  readonly isSet: boolean;
}

function subgroupSizes(device: Pick<GPUDevice, "features">, info: GPUAdapterInfo): SubgroupSize[] {
  const { subgroupMinSize: least, subgroupMaxSize: most } = info;
  if (least === undefined || most === undefined) return [];
  if (least === most) return [{ size: most, isSet: false }];
  if (!device.features.has("subgroup-size-control")) return [];
  const sizes: number[] = [];
  for (let size = most; size >= least; size /= 2) sizes.push(size);
  const usualFirst = sizes.sort((a, b) => Number(b === USUAL_SUBGROUP) - Number(a === USUAL_SUBGROUP));
  return usualFirst.map((size) => ({ size, isSet: true }));
}

export function dawnUnits(
  { M, N, K }: Pick<UnitsConfig, "M" | "N" | "K">,
  { size, isSet }: SubgroupSize,
): MatrixUnits {
  const load = (tile: string, type: string) => (source: FragmentSource, offset: string) =>
    `subgroupMatrixLoad<${type}, ${source.isTransposed ? "col_major" : "row_major"}>(&${tile}, ${offset}, ${source.stride})`;
  return {
    name: `${M}x${N}x${K} of ${size}`,
    m: M,
    n: N,
    k: K,
    subgroupSize: size,
    enables: `enable subgroups; enable chromium_experimental_subgroup_matrix; ${isSet ? "enable subgroup_size_control;" : ""}`,
    attributes: isSet ? `@subgroup_size(${size})` : "",
    parameters: ", @builtin(subgroup_id) subgroupId: u32, @builtin(subgroup_invocation_id) laneId: u32",
    setUp: "let subgroup = i32(subgroupId); let lane = i32(laneId);",
    declarations: () => "",
    sumType: `subgroup_matrix_result<f32, ${N}, ${M}>`,
    loadA: load("aTile", `subgroup_matrix_left<f16, ${K}, ${M}>`),
    loadB: load("bTile", `subgroup_matrix_right<f16, ${N}, ${K}>`),
    multiply: (sum, a, b) => `${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`,
    store: (sum, offset) => `subgroupMatrixStore<row_major>(&staged, ${offset}, ${sum}, ${N / 4});`,
  };
}
