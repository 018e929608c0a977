/** `convkit data add`: brings a data set to a dashboard, from where workers on other machines fetch it. */
import { randomUUID } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { digestFile } from "@convkit/client";
import { DataSpec } from "@convkit/schema";
import type { Command } from "commander";
import { formatBytes } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import { sendThumbnails } from "../worker/send-thumbnails.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { addServerOptions, clientOf, type ServerFlags } from "./server-options.js";

interface AddFlags extends ServerFlags {
  readonly server: string;
  readonly json: boolean;
}

const EXAMPLES = `
A run that was started in the dashboard then trains on any worker: it fetches what it lacks, by the content hash.

Example:
  convkit data add ./photos --server https://dashboard.example:4100 --token convkit_…`;

export function addDataCommand(program: Command, context: CommandContext): void {
  const data = program.command("data").description("brings data sets to a dashboard");
  const add = data
    .command("add")
    .description("uploads a folder of pictures, and makes small ones for the pages")
    .argument("<folder>", "one folder of pictures per class, or files of MNIST's or CIFAR-10's formats")
    .option("--json", "one JSON object", false)
    .addHelpText("after", EXAMPLES);
  addServerOptions(add, { purpose: "address of the dashboard", isRequired: true }).action(
    async (folder: string, flags: AddFlags) => upload(resolve(folder), flags, context),
  );
}

async function upload(folder: string, flags: AddFlags, context: CommandContext): Promise<void> {
  const { openDataset, packFolder } = await import("@convkit/data");
  const writer = createLineWriter(flags.json ? context.stderr : context.stdout);
  const stopping = new AbortController();
  const { signal } = stopping;
  const interrupts = watchInterrupts({
    stop: (reason) => stopping.abort(reason),
    kill: () => process.exit(interrupts.exitCode),
  });
  const client = clientOf(flags, { note: (text) => writer.print(text) });
  const percent = (what: string) => (done: number, total: number) =>
    writer.status(`${what} ${Math.floor((100 * done) / Math.max(total, 1))} %`);
  const work = join(context.home, "datasets", ".work");
  const archive = join(work, `${randomUUID()}.tar`);
  try {
    const dataset = await openDataset(DataSpec.parse({ source: folder }), {
      home: context.home,
      signal,
      onProgress: (progress) => showDataProgress(progress, writer, context.colors),
    });
    const card = await dataset.card();
    await mkdir(work, { recursive: true });
    await packFolder(folder, archive, { signal, onProgress: percent("packing") });
    const sha256 = await digestFile(archive, signal);
    const patient = { signal, patienceMs: Infinity };
    await client.uploadBlob(archive, { sha256, ...patient, onProgress: percent("uploading") });
    await client.addDataset(card, sha256, patient);
    const pictures = await sendThumbnails(dataset, {
      client,
      folder: work,
      signal,
      onProgress: percent("small pictures"),
    });
    writer.close();
    const { size } = await stat(archive);
    const { name, contentHash } = dataset;
    if (flags.json)
      return printJson(context, { type: "dataset", name, contentHash, packBytes: size, pictures });
    print(context, [
      `${name} is at ${client.url}: ${formatBytes(size)}, ${pictures} small pictures`,
      `content hash ${contentHash}`,
    ]);
  } catch (error) {
    if (interrupts.exitCode === undefined) throw error;
    throw new InterruptedError(
      "Stopped. What was uploaded is kept for a day: the same command goes on from there.",
      interrupts.exitCode,
    );
  } finally {
    await rm(archive, { force: true });
    writer.close();
    interrupts.release();
  }
}
