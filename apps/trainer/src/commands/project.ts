/** `convkit project`: a run's pictures on a plane as its network sees them, and their nearest training pictures. */
import type { EnginePreference } from "@convkit/schema";
import type { ProjectRunResult } from "@convkit/trainer";
import type { Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { formatPercent } from "../display/format.js";
import { interruptible } from "../process/interruptible.js";
import { findRun } from "../run/find-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

interface ProjectFlags {
  readonly engine: EnginePreference;
  readonly json: boolean;
}

const NOTES = `
What the network's classifier reads of each test picture, on two dimensions: by principal components, and by UMAP, which keeps
neighbours together. Of more than 10,000 pictures and, for UMAP, 2,000, a sample. It goes into the run's
artifacts/projection.json.

Examples:
  convkit project latest
  convkit project latest --json`;

export function addProjectCommand(program: Command, context: CommandContext): void {
  program
    .command("project")
    .description(
      "puts a run's pictures on a plane, like ones together, and finds their nearest training pictures",
    )
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option(
      "--engine <name>",
      "auto, native, webgpu, tensorflow-gpu, tensorflow, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, { engine: preference, json }: ProjectFlags) => {
      const directory = await findRun(run, context.home);
      const result = await interruptible(
        context,
        { json, kept: "Nothing was written." },
        async ({ signal, writer }) => {
          const { openEngine } = await import("@convkit/engine");
          const engine = await openEngine(preference, { training: false });
          const { projectRun } = await import("@convkit/trainer");
          return projectRun(directory, {
            home: context.home,
            engine,
            signal,
            onDataProgress: (progress) => showDataProgress(progress, writer, context.colors),
            onProgress: (text) => writer.status(text),
          });
        },
      );
      const summary = summarise(result);
      if (json) printJson(context, { type: "projection", ...summary });
      else print(context, describe(summary, context));
    });
}

function summarise({ projection, path, remarks }: ProjectRunResult) {
  const { split, ids, labels, pca, umap, neighbours } = projection;
  const labelled = labels.flatMap((label, i) =>
    label < 0 ? [] : [{ label, nearest: neighbours.of[i]![0]! }],
  );
  const alike = labelled.filter(({ label, nearest }) => neighbours.labels[nearest] === label);
  return {
    path,
    remarks,
    split,
    pictures: ids.length,
    umapPictures: umap?.indices.length ?? 0,
    explained: pca.explained,
    /** Share of the pictures whose nearest training picture is of their class; null where none has a label. */
    nearestAlike: labelled.length === 0 ? null : alike.length / labelled.length,
  };
}

function describe(
  { path, remarks, split, pictures, umapPictures, explained, nearestAlike }: ReturnType<typeof summarise>,
  { colors }: CommandContext,
): string[] {
  const share = explained[0] + explained[1];
  return [
    ...remarks.map((remark) => colors.yellow(remark)),
    `${pictures} pictures of ${split}: two principal components hold ${formatPercent(share)} of the variance; UMAP of ${umapPictures}`,
    ...(nearestAlike === null
      ? []
      : [`${formatPercent(nearestAlike)} have a nearest training picture of their own class`]),
    `${colors.bold("written")}  ${path}`,
  ];
}
