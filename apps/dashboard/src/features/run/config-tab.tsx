/** Everything that decided the run, to be read, and to be taken along as JSON or as a command. */
"use client";
import { Card, CopyButton, JsonTree } from "@convkit/ui";
import type { RunDetail } from "../../trpc/context";
import { CommandLine } from "../runs/empty-runs";
import { commandOf } from "./command-of-config";

export function ConfigTab({ run }: { run: RunDetail }) {
  const json = JSON.stringify(run.config, null, 2);
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
        <JsonTree label="config" value={run.config} openLevels={3} />
      </Card>
    </div>
  );
}
