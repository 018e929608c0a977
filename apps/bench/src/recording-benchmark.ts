/**
 * What recording a training step for a GPU takes of the CPU, and what is recorded: on Dawn's null device, which executes nothing,
 * so that neither depends on a GPU.
 */
import { createModel } from "@convkit/models";
import { BatchNormalization } from "@convkit/ops";
import { Rng } from "@convkit/random";
import { type CommandCounts, registerWebgpuBackend, type WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { createLoss, createOptimizer, fit, weightsByName } from "@convkit/trainer";
import * as tf from "@tensorflow/tfjs";
import { create, globals } from "webgpu";
import { CLASS_COUNT, createReferenceNet, IMAGE_SHAPE } from "./reference-net.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { spreadOf } from "./statistics.js";
import { fixedBatch, repeat } from "./training-programs.js";

const NETWORKS = ["reference net", "airbench94", "resnet18"] as const;
/** Small, since the null device has memory for little; what is recorded is the same. */
const BATCH_SIZE = 8;
const WARM_UP_STEPS = 5;
const STEPS_PER_ROUND = 5;
const LABEL_SMOOTHING = 0.2;

const LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
] as const;

interface RecordedStep {
  readonly counts: CommandCounts;
  readonly cpuMs: number;
}

/** @param rounds of five steps each. */
export async function measureRecording(rounds: number): Promise<BenchmarkResult> {
  const backend = await openNullDevice();
  const data = [];
  for (const network of NETWORKS) {
    const steps = await recordSteps(network, backend, WARM_UP_STEPS + rounds * STEPS_PER_ROUND);
    const settled = steps.slice(WARM_UP_STEPS);
    data.push({ network, ...settled.at(-1)!.counts, cpuMs: spreadOf(settled.map(({ cpuMs }) => cpuMs)) });
  }
  await tf.setBackend("cpu");
  tf.removeBackend("webgpu");
  return {
    title: "Recording a step for a GPU",
    notes: [
      `Forward, loss, backward and update with SGD of 32×32×3 pictures, batch ${BATCH_SIZE}, on the engine webgpu over a device that executes nothing.`,
      "The CPU's time is that of all threads of the process in a step.",
    ],
    columns: [
      "network",
      "CPU, ms",
      "dispatches",
      "submits",
      "new bind groups",
      "new pipelines",
      "new buffers",
    ],
    rows: data.map(({ network, cpuMs, ...counts }) => [
      network,
      formatSpread(cpuMs, 1),
      ...[
        counts.dispatches,
        counts.submits,
        counts.newBindGroups,
        counts.newPipelines,
        counts.newBuffers,
      ].map(String),
    ]),
    data,
  };
}

async function recordSteps(
  network: (typeof NETWORKS)[number],
  backend: WebgpuBackend,
  count: number,
): Promise<RecordedStep[]> {
  const model =
    network === "reference net"
      ? createReferenceNet(() => new BatchNormalization())
      : await createModel(network, {
          inputShape: IMAGE_SHAPE,
          numClasses: CLASS_COUNT,
          rng: Rng.fromSeed(0),
        });
  const optimizer = createOptimizer(
    { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    weightsByName(model, "trainable"),
  );
  const steps: RecordedStep[] = [];
  let before = { counts: backend.commandCounts, usage: process.cpuUsage() };
  await fit({
    model,
    optimizer,
    loss: createLoss({ name: "cross-entropy", labelSmoothing: LABEL_SMOOTHING, classWeights: null }),
    schedule: (step) => 0.01 / (1 + step),
    loader: repeat(fixedBatch(BATCH_SIZE), count),
    epochs: 1,
    rng: Rng.fromSeed(0),
    callbacks: [
      {
        name: "recording",
        onStepEnd() {
          const { user, system } = process.cpuUsage(before.usage);
          const counts = differenceOf(backend.commandCounts, before.counts);
          steps.push({ counts, cpuMs: (user + system) / 1000 });
          before = { counts: backend.commandCounts, usage: process.cpuUsage() };
        },
      },
    ],
  });
  optimizer.dispose();
  model.dispose();
  return steps;
}

function differenceOf(after: CommandCounts, before: CommandCounts): CommandCounts {
  return {
    dispatches: after.dispatches - before.dispatches,
    submits: after.submits - before.submits,
    newBindGroups: after.newBindGroups - before.newBindGroups,
    newPipelines: after.newPipelines - before.newPipelines,
    newBuffers: after.newBuffers - before.newBuffers,
  };
}

async function openNullDevice(): Promise<WebgpuBackend> {
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  const gpu = create(["backend=null"]);
  // tfjs looks here when it makes a backend; dropped, the object would take the device with it.
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  const adapter = (await gpu.requestAdapter())!;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  registerWebgpuBackend(device, adapter.info);
  await tf.setBackend("webgpu");
  return tf.backend() as unknown as WebgpuBackend;
}
