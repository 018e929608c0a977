/** A user's transform out of a config: found among the loaded modules and made with its options. */
import type { ModuleSpec } from "@convkit/schema";
import { formatShape, valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";
import type { Transform, TransformFactory } from "./transform.js";

/** A `module` of the specs is not loaded, makes something else than a transform, or returns what are no pictures. */
export class CustomTransformError extends Error {
  override readonly name = "CustomTransformError";
}

/** @throws {CustomTransformError} if the module is not loaded or makes no transform. */
export function createCustomTransform(
  spec: ModuleSpec,
  factories: ReadonlyMap<string, TransformFactory>,
): Transform {
  const factory = factories.get(spec.module);
  if (factory === undefined) {
    throw new CustomTransformError(
      `Expected ${spec.module} among the loaded transforms. Received: ${[...factories.keys()].join(", ") || "none"}. ` +
        `Load the module first and hand its default export over under the path written in the config.`,
    );
  }
  const transform: unknown = factory(spec.options);
  if (!isTransform(transform)) {
    throw new CustomTransformError(
      `Expected the default export of ${spec.module} to return a transform: an object with an \`apply\` method, and ` +
        `\`sample\` and \`outputShape\` if it needs them. Received: ${String(transform)}.`,
    );
  }
  return {
    ...(transform.outputShape && { outputShape: transform.outputShape.bind(transform) }),
    ...(transform.sample && { sample: transform.sample.bind(transform) }),
    apply(images, shape, parameters) {
      const result: unknown = transform.apply(images, shape, parameters);
      checkResult(result, transform.outputShape?.(shape) ?? shape, spec.module);
      return result;
    },
  };
}

function checkResult(result: unknown, shape: ImageBatchShape, module: string): asserts result is Pixels {
  const expected = shape.count * valuesPerImage(shape);
  const isPixels = result instanceof Uint8Array || result instanceof Float32Array;
  if (!isPixels || result.length !== expected) {
    throw new CustomTransformError(
      `Expected ${module} to return a Uint8Array or Float32Array of ${expected} values, for images of shape ` +
        `${formatShape(shape)}. Received: ${isPixels ? `${result.length} values` : String(result)}. ` +
        `Return the changed images, and describe a change of size in \`outputShape\`.`,
    );
  }
}

function isTransform(value: unknown): value is Transform {
  if (typeof value !== "object" || value === null) return false;
  const { apply, sample, outputShape } = value as Record<string, unknown>;
  const isMissingOrFunction = (member: unknown) => member === undefined || typeof member === "function";
  return typeof apply === "function" && isMissingOrFunction(sample) && isMissingOrFunction(outputShape);
}
