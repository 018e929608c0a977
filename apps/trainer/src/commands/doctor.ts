/** `convkit doctor`: the engines, how fast each is here, and what of the machine may be used. */
import { chooseEngine, describeEngine, ENGINE_ORDER, type EngineReport } from "@convkit/engine";
import type { Command } from "commander";
import { describeThreads, formatBytes, formatFigure, formatTable } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { describeMachine, type Machine } from "../host/machine.js";
import { installedVersions } from "../host/versions.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const NOTES = `
Each engine is opened and measured for a second in a process of its own, on a training step of two small
convolutions (the forward pass where an engine cannot train): a figure to compare engines by. Where several of the
fast ones are installed, \`auto\` goes by these figures from now on.

Examples:
  convkit doctor
  convkit doctor --json`;

export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .description("shows the engines, how fast each is here, and what is in the way of better ones")
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async ({ json }: { json: boolean }) => {
      const engines = await measureEngines(context, json);
      const chosen = await chooseEngine(engines);
      const machine = describeMachine();
      const versions = installedVersions();
      if (json) return printJson(context, { type: "doctor", chosen, engines, machine, versions });
      print(context, [
        ...engineLines(engines),
        ...adapterLines(engines),
        "",
        chosen === null
          ? "`auto` opens no engine before that is put right."
          : `\`auto\` trains with ${context.colors.bold(chosen)}.`,
        "",
        ...machineLines(machine),
        "",
        ...formatTable(Object.entries(versions)),
      ]);
    });
}

async function measureEngines(context: CommandContext, json: boolean): Promise<EngineReport[]> {
  const writer = json ? undefined : createLineWriter(context.stdout);
  const reports: EngineReport[] = [];
  for (const name of ENGINE_ORDER) {
    writer?.status(context.colors.dim(`measuring ${name} …`));
    reports.push(await describeEngine(name));
  }
  writer?.close();
  return reports;
}

function engineLines(reports: readonly EngineReport[]): string[] {
  const rows = reports.map((report) =>
    report.available
      ? [report.name, speed(report), describeAvailable(report)]
      : [report.name, "–", `${describeMissing(report)}: ${report.reason.split("\n").join(" ")}`],
  );
  return formatTable([["engine", "measured", ""], ...rows]);
}

function speed({
  speed: { imagesPerSecond, gflopsPerSecond, gemm },
}: EngineReport & { available: true }): string {
  const product = `${formatFigure(gemm.gflopsPerSecond)} in a ${gemm.size}² product`;
  return `${formatFigure(imagesPerSecond)} img/s, ${formatFigure(gflopsPerSecond)} GFLOP/s, ${product}`;
}

function describeAvailable(report: EngineReport & { available: true }): string {
  const { device, threads, precisions, caution } = report;
  const more = precisions
    .filter((precision) => precision !== "f32")
    .map((precision) => `has ${precision} (--precision ${precision})`);
  return [device, ...describeThreads(threads), ...more, ...(caution === null ? [] : [caution])].join(" · ");
}

const MATRIX_UNITS = "chromium-experimental-subgroup-matrix";

/** Of the GPU that `webgpu` opens: what of it kernels make use of, and how large tensors may be. */
function adapterLines(reports: readonly EngineReport[]): string[] {
  return reports.flatMap((report) => {
    if (!report.available || report.adapter === undefined) return [];
    const { name, vendor, architecture, driver, isSoftware, features, limits } = report.adapter;
    const has = (feature: string): string => (features.includes(feature) ? "yes" : "no");
    const { matrixUnitsUnused: unused } = report.adapter;
    const hasUnits = features.includes(MATRIX_UNITS);
    const use =
      !hasUnits || unused === undefined
        ? ""
        : ` (${unused === null ? "used by --precision f16" : `not used: ${unused}`})`;
    const make = [vendor, architecture].filter((text) => text !== "").join(" ");
    return [
      "",
      ...formatTable([
        ["gpu", `${name}${make === "" ? "" : ` (${make})`}${isSoftware ? ", in software" : ""}`],
        ["driver", driver],
        [
          "features",
          `float16 ${has("shader-f16")}, subgroups ${has("subgroups")}, ` +
            `matrix units ${has(MATRIX_UNITS)}${use}, timestamps ${has("timestamp-query")}`,
        ],
        [
          "limits",
          `tensors up to ${formatBytes(limits["maxStorageBufferBindingSize"]!)}, ` +
            `${limits["maxStorageBuffersPerShaderStage"]} buffers and ${formatBytes(limits["maxComputeWorkgroupStorageSize"]!)} ` +
            `of shared memory a kernel, ${limits["maxComputeInvocationsPerWorkgroup"]} threads a workgroup`,
        ],
      ]),
    ];
  });
}

function describeMissing({ isUserMistake }: EngineReport & { available: false }): string {
  return isUserMistake ? "to be put right" : "not available";
}

function machineLines(machine: Machine): string[] {
  const quota = machine.cpuQuota === null ? "no quota" : `a quota of ${machine.cpuQuota.toFixed(1)}`;
  const limit =
    machine.memoryLimitBytes === null ? "no limit" : `a limit of ${formatBytes(machine.memoryLimitBytes)}`;
  return formatTable([
    ["system", machine.platform],
    ["cpu", `${machine.cpu} · ${machine.cores} cores, ${machine.usableCores} usable, ${quota}`],
    ["memory", `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.freeMemoryBytes)} free, ${limit}`],
  ]);
}
