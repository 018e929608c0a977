/** A data set of this machine for workers on others: its files in one archive, its card, its small pictures. */
import { randomUUID } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { digestFile } from "@convkit/client";
import { boundCard, packDataset, type BadFile } from "@convkit/data";
import type { DataSpec } from "@convkit/schema";
import { print, printJson, type CommandContext } from "../commands/command-context.js";
import { clientOf, type ServerFlags } from "../commands/server-options.js";
import { withDataset } from "../commands/with-dataset.js";
import { assembleDataSpec } from "../config/assemble-data-spec.js";
import type { PartialConfig } from "../config/merge-config.js";
import { formatBytes } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { pathBelow } from "./bring-dataset.js";
import { sendViews } from "./send-views.js";

export interface UploadFlags extends ServerFlags {
  readonly server: string;
  readonly set: readonly PartialConfig[];
  readonly json: boolean;
}

/** @param source absolute path. */
export async function uploadDataset(
  source: string,
  flags: UploadFlags,
  context: CommandContext,
): Promise<void> {
  const data = assembleDataSpec(source, flags.set);
  const writer = createLineWriter(flags.json ? context.stderr : context.stdout);
  const client = await clientOf(flags, { note: (text) => writer.print(text) });
  const stopped = "Stopped. What was uploaded is kept for a day: the same command goes on from there.";
  const percent = (what: string) => (done: number, total: number) =>
    writer.status(`${what} ${Math.floor((100 * done) / Math.max(total, 1))} %`);
  const work = join(context.home, "datasets", ".work");
  const archive = join(work, `${randomUUID()}.tar`);
  try {
    await withDataset(data, { context, writer, stopped }, async (dataset, { home, signal }) => {
      const card = boundCard(await dataset.card({ signal }));
      await mkdir(work, { recursive: true });
      const unread = await packDataset(dataset.source, archive, { signal, onProgress: percent("packing") });
      if (!flags.json)
        for (const line of [...describeUnread(unread), ...describeList(data)]) writer.print(line);
      const sha256 = await digestFile(archive, signal);
      const patient = { signal, patienceMs: Infinity };
      await client.uploadBlob(archive, { sha256, ...patient, onProgress: percent("uploading") });
      await client.addDataset(card, sha256, patient);
      const pictures = await sendViews(dataset, {
        client,
        home,
        folder: work,
        signal,
        onProgress: (what, done, total) => percent(what)(done, total),
      });
      writer.close();
      const { size } = await stat(archive);
      const { name, contentHash } = dataset;
      if (flags.json)
        return printJson(context, { type: "dataset", name, contentHash, packBytes: size, pictures, unread });
      print(context, [
        `${name} is at ${client.url}: ${formatBytes(size)}, ${pictures} small pictures`,
        `content hash ${contentHash}`,
      ]);
    });
  } finally {
    await rm(archive, { force: true });
  }
}

/** Its splits are those of the card either way; runs elsewhere need the list itself. */
function describeList({ source, splits }: DataSpec): string[] {
  if (splits === undefined || pathBelow(source, splits) !== null) return [];
  return [
    `${splits} is not uploaded, as it lies outside ${source}: workers on other machines need it at the same path, or in ` +
      "the data set's folder",
  ];
}

const MOST_UNREAD = 10;

function describeUnread(files: readonly BadFile[]): string[] {
  if (files.length === 0) return [];
  const more = files.length - MOST_UNREAD;
  return [
    `${files.length} ${files.length === 1 ? "file" : "files"} cannot be read and will not be there:`,
    ...files.slice(0, MOST_UNREAD).map(({ path, reason }) => `  ${path}: ${reason}`),
    ...(more > 0 ? [`  and ${more} more; --json lists all`] : []),
  ];
}
