/** Callbacks out of modules of the user's own, equal to ours in everything: hooks, a way to end training, kept state. */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadUserModule, UserModuleError } from "@convkit/models";
import type { ModuleSpec, RunConfig } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import type { Callback, CallbackContext } from "./callback.js";

/** What a user's callback module is handed. */
export interface CallbackModuleContext {
  /** convkit's own tfjs. */
  readonly tf: typeof tf;
  /** The network that is trained; its weights change under the callback. */
  readonly model: tf.LayersModel;
  /** The run's, every default filled in. */
  readonly config: RunConfig;
  /** Folder of the run where a callback may leave files of its own. */
  readonly artifacts: string;
}

/** The default export of a user's callback module. The callback's name is the file's. */
export type CallbackModule = (
  context: CallbackModuleContext,
  options: Record<string, unknown>,
) => Omit<Callback, "name"> | Promise<Omit<Callback, "name">>;

const HOOKS = ["onStepEnd", "onEpochEnd", "onTrainEnd"] as const;
const PARTS: readonly string[] = ["name", ...HOOKS, "needsStep", "getState", "setState"];

/**
 * In the order of `specs`.
 * @throws {UserModuleError} if a module does not load, or gives no callback. What a hook throws is one, too.
 */
export async function loadUserCallbacks(
  specs: readonly ModuleSpec[],
  context: Omit<CallbackModuleContext, "tf">,
): Promise<Callback[]> {
  const callbacks: Callback[] = [];
  for (const [name, spec] of namedCallbacks(specs)) {
    const own = await makeCallback(spec, { ...context, tf });
    callbacks.push(withNamedErrors(own, name, spec.module));
  }
  return callbacks;
}

/** By the names under which a checkpoint keeps their states: the file's, and a number from the second of one name on. */
export function namedCallbacks(specs: readonly ModuleSpec[] = []): Map<string, ModuleSpec> {
  const named = new Map<string, ModuleSpec>();
  for (const [index, spec] of specs.entries()) {
    const before = specs.slice(0, index).filter(({ module }) => basename(module) === basename(spec.module));
    named.set(`${basename(spec.module)}${before.length === 0 ? "" : `#${before.length + 1}`}`, spec);
  }
  return named;
}

async function makeCallback(
  { module, options }: ModuleSpec,
  context: CallbackModuleContext,
): Promise<Omit<Callback, "name">> {
  const make = await loadUserModule(module);
  if (typeof make !== "function") {
    throw new UserModuleError(
      `Expected the default export of ${module} to be a function (context, options) => callback. Received: ${typeof make}.`,
    );
  }
  const made = await naming(module, "", () => (make as CallbackModule)(context, options));
  const parts = typeof made === "object" && made !== null ? Object.keys(made) : [];
  const strange = parts.filter((part) => !PARTS.includes(part));
  if (parts.length > 0 && strange.length === 0 && "getState" in made === "setState" in made) return made;
  const received =
    strange.length > 0
      ? strange.join(", ")
      : parts.length > 0
        ? `only one of getState and setState`
        : Object.prototype.toString.call(made);
  throw new UserModuleError(
    `Expected ${module} to return an object with some of ${HOOKS.join(", ")}, and both or none of getState and setState. ` +
      `Received: ${received}.`,
  );
}

function withNamedErrors(own: Omit<Callback, "name">, name: string, module: string): Callback {
  const hook =
    <Context extends CallbackContext>(part: (typeof HOOKS)[number]) =>
    (context: Context): Promise<void> =>
      naming(module, ` in ${part}`, () => (own[part] as ((context: Context) => void) | undefined)?.(context));
  return {
    name,
    ...Object.fromEntries(HOOKS.filter((part) => own[part]).map((part) => [part, hook(part)])),
    ...(own.needsStep && { needsStep: (step: number) => own.needsStep!(step) }),
    ...(own.getState && {
      getState: () => checkJson(own.getState!(), module),
      setState: (state: unknown) => own.setState!(state),
    }),
  };
}

async function naming<T>(module: string, where: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserModuleError(
      `Expected the callback of ${module} to do its work. Received: ${reason}${where}.`,
      {
        cause,
      },
    );
  }
}

/** What JSON changes would come back changed from a checkpoint, and the resumed run would be another. */
function checkJson(state: unknown, module: string): unknown {
  const kept: unknown = state === undefined ? undefined : JSON.parse(JSON.stringify(state));
  if (state !== undefined && isDeepStrictEqual(kept, state)) return state;
  throw new UserModuleError(
    `Expected getState of ${module} to give a JSON value: numbers, strings, booleans, null, lists and plain objects of ` +
      "these. Received: one that does not come back from JSON as it was.",
  );
}
