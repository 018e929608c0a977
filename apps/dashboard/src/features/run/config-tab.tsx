/** Everything that decided the run, to be read, and to be taken along as JSON or as a command. */
"use client";
import { Card, CopyButton, JsonTree } from "@convkit/ui";
import type { RunDetail } from "../../trpc/context";
import { CommandLine } from "../runs/empty-runs";
import { commandOf } from "./command-of-config";

export function ConfigTab({ run }: { run: RunDetail }) {
  const config = inOrder(run.config);
  const json = JSON.stringify(config, null, 2);
  return (
    <div className="flex flex-col gap-4">
      <Card title="As a command" detail="trains the same again">
        <CommandLine command={commandOf(run.config)} />
        {run.folder !== null && (
          <p className="mt-2 text-xs text-ink-3">
            Or, from the run's own file:{" "}
            <code className="font-mono">convkit train --config {run.folder}/config.json</code>
          </p>
        )}
      </Card>
      <Card title="Config" actions={<CopyButton text={json} label="Copy as JSON" />}>
        <JsonTree label="config" value={config} openLevels={3} />
      </Card>
    </div>
  );
}

/** From what it is called to how it ends: the database has an order of its own. */
const ORDER = [
  "name",
  "experiment",
  "tags",
  "seed",
  "engine",
  "precision",
  "data",
  "transforms",
  "model",
  "loss",
  "optimizer",
  "learningRate",
  "schedule",
  "epochs",
  "batchSize",
  "checkpoint",
  "earlyStopping",
];

function inOrder(config: object): object {
  const place = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => place(a) - place(b)));
}
