/** `options` of a model spec come from a file or a command line, so each network checks its own. */
import type { z } from "zod";
import { ModelConfigError } from "./errors.js";
import type { ModelName } from "./names.js";

/** @throws {ModelConfigError} saying which option is wrong, and which there are. */
export function parseModelOptions<Shape extends z.core.$ZodShape>(
  name: ModelName,
  schema: z.ZodObject<Shape>,
  options: unknown,
): z.output<z.ZodObject<Shape>> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  const known = Object.keys(schema.shape).join(", ") || "none";
  throw new ModelConfigError(
    `Expected options of ${name} (${known}). Received: ${JSON.stringify(options)}. ${problems.join("; ")}.`,
  );
}
