/** Which settings of several configs differ, by dotted path. */

export interface DiffRow {
  /** `optimizer.learningRate`, `transforms[1].padding`. */
  path: string;
  /** One per config: JSON of the value, or undefined where the config has no such setting. */
  values: (string | undefined)[];
  differs: boolean;
}

type Json = unknown;

/** Leaves by path: objects and arrays are entered, empty ones are leaves themselves. */
export function flattenConfig(config: Json, prefix = ""): Map<string, string> {
  const leaves = new Map<string, string>();
  const enter = (value: Json, path: string) => {
    if (Array.isArray(value) && value.length > 0) {
      value.forEach((item, index) => enter(item, `${path}[${index}]`));
    } else if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
      for (const [key, item] of Object.entries(value)) enter(item, path === "" ? key : `${path}.${key}`);
    } else if (value !== undefined) {
      leaves.set(path, JSON.stringify(value));
    }
  };
  enter(config, prefix);
  return leaves;
}

/** Rows in the order in which the configs first name them. */
export function diffConfigs(configs: readonly Json[]): DiffRow[] {
  const flat = configs.map((config) => flattenConfig(config));
  const paths = new Set(flat.flatMap((leaves) => [...leaves.keys()]));
  return [...paths].map((path) => {
    const values = flat.map((leaves) => leaves.get(path));
    return { path, values, differs: values.some((value) => value !== values[0]) };
  });
}
