/** Lays partial configs over each other: recipe, file, flags, `--set`. */

/** Some of a config's keys, not parsed yet. */
export type PartialConfig = Readonly<Record<string, unknown>>;

/**
 * Objects merge key by key, everything else is replaced by what lies above.
 * An object that names another variant (`name`, `layers` or `module`) replaces the one below it whole:
 * AdamW keeps nothing of the SGD whose place it takes. Over a list, an object sets items by index.
 */
export function mergeConfig(below: PartialConfig, above: PartialConfig): PartialConfig {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = mergeValue(below[key], value);
  return merged;
}

function mergeValue(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isPlainObject(above)) return above;
  if (Array.isArray(below) && Object.keys(above).every((key) => /^\d+$/.test(key))) {
    const items: unknown[] = [...(below as unknown[])];
    for (const [key, value] of Object.entries(above))
      items[Number(key)] = mergeValue(items[Number(key)], value);
    return items;
  }
  if (!isPlainObject(below)) return above;
  const variant = variantOf(above);
  return variant !== undefined && variant !== variantOf(below) ? above : mergeConfig(below, above);
}

function variantOf(value: PartialConfig): string | undefined {
  if ("layers" in value) return "layers";
  if ("module" in value) return "module";
  if ("classifier" in value) return "classifier";
  return typeof value["name"] === "string" ? value["name"] : undefined;
}

function isPlainObject(value: unknown): value is PartialConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
