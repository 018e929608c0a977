/**
 * Steps of variables, as many as a training step has: each variable is assigned what its update gives. Where the backend has
 * the kernel `UpdateVariables`, in a few calls for all of them.
 */
import * as tf from "@tensorflow/tfjs";
import { adamWUpdate } from "./adamw-update.js";
import {
  type AdamWUpdateAttrs,
  type AdamWUpdateInputs,
  type LionUpdateAttrs,
  type LionUpdateInputs,
  type MoveTowardsAttrs,
  type MoveTowardsInputs,
  type RmsPropUpdateAttrs,
  type RmsPropUpdateInputs,
  type SgdUpdateAttrs,
  type SgdUpdateInputs,
  UpdateVariables,
  VARIABLE_UPDATES,
  type VariableUpdateName,
} from "./kernel-names.js";
import { lionUpdate } from "./lion-update.js";
import { moveTowards } from "./move-towards.js";
import { muonUpdate, type MuonUpdateAttrs, type MuonUpdateInputs } from "./muon-update.js";
import { rmsPropUpdate } from "./rmsprop-update.js";
import { sgdUpdate } from "./sgd-update.js";

/** What the update changes has to be variables. */
export type VariableStep =
  | Step<"SgdUpdate", SgdUpdateInputs<tf.Tensor>, SgdUpdateAttrs>
  | Step<"AdamWUpdate", AdamWUpdateInputs<tf.Tensor>, AdamWUpdateAttrs>
  | Step<"RmsPropUpdate", RmsPropUpdateInputs<tf.Tensor>, RmsPropUpdateAttrs>
  | Step<"LionUpdate", LionUpdateInputs<tf.Tensor>, LionUpdateAttrs>
  | Step<"MoveTowards", MoveTowardsInputs<tf.Tensor>, MoveTowardsAttrs>
  | Step<"MuonUpdate", MuonUpdateInputs, MuonUpdateAttrs>;

interface Step<Name, Inputs, Attrs> {
  readonly update: Name;
  readonly inputs: Inputs;
  readonly attrs: Attrs;
}

const MUON_CHANGES = ["param", "velocity"] as const;

/** Variables that a step changes belong to that step alone. Gradients and values are left to the caller. */
export function updateVariables(steps: readonly VariableStep[]): void {
  const kernel = tf.getKernel(UpdateVariables, tf.getBackend());
  const atOnce = new Map<VariableUpdateName, VariableStep[]>();
  for (const step of steps) {
    if (kernel === undefined || step.update === "MuonUpdate" || !ownsItsMemory(step)) {
      assign(step);
      continue;
    }
    const others = atOnce.get(step.update) ?? [];
    atOnce.set(step.update, others);
    others.push(step);
  }
  for (const [update, ofOne] of atOnce) {
    const { changed, read } = VARIABLE_UPDATES[update];
    const inputs = ofOne.flatMap((step) => [...changed, ...read].map((name) => tensorOf(step, name)));
    const attrs = { update, steps: ofOne.map((step) => step.attrs) };
    // A list, as AddN takes one.
    tf.engine().runKernel(UpdateVariables, inputs as unknown as tf.NamedTensorMap, attrs);
  }
}

function assign(step: VariableStep): void {
  const results = resultsOf(step);
  changedBy(step).forEach((name, i) => {
    (tensorOf(step, name) as tf.Variable).assign(results[i]!);
    results[i]!.dispose();
  });
}

function resultsOf({ update, inputs, attrs }: VariableStep): tf.Tensor[] {
  switch (update) {
    case "SgdUpdate":
      return sgdUpdate(inputs, attrs);
    case "AdamWUpdate":
      return adamWUpdate(inputs, attrs);
    case "RmsPropUpdate":
      return rmsPropUpdate(inputs, attrs);
    case "LionUpdate":
      return lionUpdate(inputs, attrs);
    case "MoveTowards":
      return moveTowards(inputs, attrs);
    case "MuonUpdate":
      return muonUpdate(inputs, attrs);
    default:
      return update satisfies never;
  }
}

function changedBy({ update }: VariableStep): readonly string[] {
  return update === "MuonUpdate" ? MUON_CHANGES : VARIABLE_UPDATES[update].changed;
}

function tensorOf({ inputs }: VariableStep, name: string): tf.Tensor {
  return (inputs as Readonly<Record<string, tf.Tensor>>)[name]!;
}

/** Whether no other tensor, a clone or one that a gradient was saved, has the memory that the step would write over. */
function ownsItsMemory(step: VariableStep): boolean {
  const backend = tf.backend() as unknown as { refCount(dataId: object): number };
  const { inputs } = step;
  return (
    Object.values(inputs as Record<string, tf.Tensor>).every(({ dtype }) => dtype === "float32") &&
    changedBy(step).every((name) => backend.refCount(tensorOf(step, name).dataId) === 1)
  );
}
