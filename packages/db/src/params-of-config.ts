/** A run's config as MLflow's params: one row per leaf, under its dotted path. */

export interface ParamRow {
  /** Such as `optimizer.momentum` or `transforms.train.0.name`. */
  readonly key: string;
  /** As JSON text. */
  readonly value: string;
  readonly number: number | null;
}

/** Of a path, which is in an index. No schema's own path is as long. */
const LONGEST_KEY = 300;

/** Empty lists and objects are leaves too. */
export function paramsOfConfig(config: unknown, path = ""): ParamRow[] {
  const isBranch = typeof config === "object" && config !== null && Object.keys(config).length > 0;
  if (isBranch) {
    return Object.entries(config).flatMap(([name, value]) =>
      paramsOfConfig(value, path === "" ? name : `${path}.${name}`),
    );
  }
  if (config === undefined || path.length > LONGEST_KEY) return [];
  return [{ key: path, value: JSON.stringify(config), number: typeof config === "number" ? config : null }];
}
