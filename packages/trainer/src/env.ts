/** The only reader of the environment in this package. */

/** The first of the GPUs that CUDA shows to this process: index or UUID; undefined where it may see none. */
export function firstVisibleGpu(): string | undefined {
  const visible = process.env["CUDA_VISIBLE_DEVICES"];
  if (visible === undefined) return "0";
  const [first = ""] = visible.split(",");
  return /^(\d+|GPU-[\w-]+)$/.test(first.trim()) ? first.trim() : undefined;
}
