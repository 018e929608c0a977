/** Values of a config that is being written: whatever JSON can say, read and changed by path. */

export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Keys from the config's top; those of lists are numbers. */
export type Path = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @returns undefined where there is nothing. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
    else return undefined;
  }
  return value;
}

/**
 * The root with one value changed, and objects made on the way to it.
 * @param value undefined: takes the key out, and a list's item.
 */
export function withValueAt(root: JsonObject, path: Path, value: Json | undefined): JsonObject {
  return replaced(root, path, value) as JsonObject;
}

function replaced(holder: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(holder)) {
    const next = replaced(holder[Number(key)], rest, value);
    const items = [...holder];
    if (next === undefined) items.splice(Number(key), 1);
    else items[Number(key)] = next;
    return items;
  }
  const object = isObject(holder) ? holder : {};
  const next = replaced(object[key], rest, value);
  if (next !== undefined) return { ...object, [key]: next };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** `optimizer.momentum`, `transforms.train[1].size`. */
export function pathText(path: Path): string {
  return path
    .map((key, index) => (/^\d+$/.test(String(key)) ? `[${key}]` : `${index === 0 ? "" : "."}${key}`))
    .join("");
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A value as one reads it: texts bare, the rest as JSON. */
export function printJson(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
