/**
 * What TensorFlow.js does on this machine's GPU through WebGPU: prints a table, writes JSON with `--json FILE`.
 * scripts/bundle-webgpu-probe.mjs packs it for a machine without Node.
 */
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { convolutionPart, matrixPart } from "./kernel-parts.js";
import { correctnessPart, firstLosses } from "./correctness-part.js";
import { speedPart } from "./speed-part.js";
import { type OpenedWebgpu, openWebgpu } from "./open-webgpu.js";
import { type ProbeArguments, parseProbeArguments } from "./probe-arguments.js";
import { formatProbeReport, type ProbeReport } from "./probe-report.js";
import { type Part, runParts } from "./run-parts.js";

const options = parseProbeArguments(process.argv.slice(2));
// Not left to the event loop: a part that was given up may still wait for the device.
process.exit(await (options.backend === "cpu" ? printCpuLosses() : probe(options)));

async function printCpuLosses(): Promise<number> {
  await tf.setBackend("cpu");
  for await (const loss of firstLosses()) console.log(loss);
  return 0;
}

/** @returns the exit code: 1 if anything failed. */
async function probe({ toggles, jsonPath, ...options }: ProbeArguments): Promise<number> {
  const report: ProbeReport = {
    date: new Date().toISOString(),
    versions: { node: process.version, tfjs: tf.version.tfjs },
    toggles,
    adapter: null,
    parts: {},
    errors: [],
  };
  const save = () => {
    if (jsonPath !== null) writeFileSync(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  };
  try {
    const webgpu = await openWebgpu(toggles);
    report.adapter = webgpu.adapter;
    const { partSeconds, totalSeconds } = options;
    const { takeErrors, lossReason: stopReason } = webgpu;
    save();
    await runParts(partsOf(options, webgpu), report, {
      partSeconds,
      totalSeconds,
      takeErrors,
      stopReason,
      save,
    });
    await webgpu.close();
  } catch (error) {
    report.errors.push(error instanceof Error ? error.message : String(error));
  }
  save();
  console.log(formatProbeReport(report));
  const failed =
    report.errors.length > 0 || Object.values(report.parts).some(({ errors }) => errors.length > 0);
  return failed ? 1 : 0;
}

function partsOf(
  {
    seconds,
    matrixSizes,
    convolutionBatchSize,
    batchSizes,
  }: Pick<ProbeArguments, "seconds" | "matrixSizes" | "convolutionBatchSize" | "batchSizes">,
  { dispatchCount }: OpenedWebgpu,
): Record<string, Part> {
  const largest = [Math.max(...batchSizes)];
  return {
    gemm: matrixPart(matrixSizes, seconds),
    correctness: correctnessPart,
    "reference-net": speedPart("reference-net", { batchSizes, seconds, dispatchCount }),
    convolutions: convolutionPart(convolutionBatchSize, seconds),
    airbench94: speedPart("airbench94", { batchSizes: largest, seconds, dispatchCount }),
    resnet20: speedPart("resnet20", { batchSizes: largest, seconds, dispatchCount }),
  };
}
