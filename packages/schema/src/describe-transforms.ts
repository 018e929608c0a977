/** Transforms as people read them, in torchvision's notation. */
import { z } from "zod";
import { BatchTransformSpec } from "./batch-transform-spec.js";
import { BuiltinTransformSpec, type TransformSpec } from "./transform-spec.js";

/**
 * A line for each: `RandomCrop(size=[32, 32], padding=4, paddingMode=reflect)`, without what is the default; of a module its
 * path and options. Numbers are rounded to four digits.
 */
export function describeTransforms(specs: readonly (TransformSpec | BatchTransformSpec)[]): string[] {
  return specs.map((spec) => {
    if ("module" in spec) return `${spec.module}(${listFields(spec.options)})`;
    const { name, ...fields } = spec;
    const defaults = defaultsOf(name);
    const told = Object.entries(fields).filter(
      ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults.get(key)),
    );
    return `${name}(${listFields(Object.fromEntries(told))})`;
  });
}

function defaultsOf(name: string): Map<string, unknown> {
  const objects = [...BuiltinTransformSpec.options, ...BatchTransformSpec.out.options];
  const { shape } = objects.find((object) => object.shape.name.value === name)!;
  return new Map(
    Object.entries(shape).flatMap(([key, field]) =>
      field instanceof z.ZodDefault ? [[key, field.def.defaultValue] as const] : [],
    ),
  );
}

const listFields = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${show(value)}`)
    .join(", ");

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return JSON.stringify(value);
}
