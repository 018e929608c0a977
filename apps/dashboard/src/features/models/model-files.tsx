/** A trained network to take along, file by file or whole, and what its card says. */
"use client";
import { Button, formatBytes, Icon } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { CARD_PATH, ModelCard } from "./model-card";
import { useTRPC } from "../../trpc/context";
import { archiveUrl, artifactUrl } from "../shell/links";

export function ModelFiles({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.artifacts.queryOptions({ runId, folder: "model" }));
  const files = query.data?.artifacts.filter(({ stored }) => stored) ?? [];
  if (files.length === 0) return null;
  return (
    <>
      {files.some(({ path }) => path === CARD_PATH) && <ModelCard runId={runId} />}
      <ul className="flex flex-wrap gap-2" aria-label="Files of the model">
        {files.length > 1 && (
          <li>
            <Button asChild size="sm">
              <a href={archiveUrl(runId, "model")} download>
                <Icon name="download" className="size-3.5 text-ink-3" />
                All as ZIP
              </a>
            </Button>
          </li>
        )}
        {files.map(({ path, sizeBytes }) => {
          const name = path.slice("model/".length);
          return (
            <li key={path}>
              <Button asChild size="sm">
                <a href={artifactUrl(runId, path)} download={name.split("/").at(-1)}>
                  <Icon name="download" className="size-3.5 text-ink-3" />
                  <span className="font-mono">{name}</span>
                  <span className="text-ink-3">{formatBytes(sizeBytes)}</span>
                </a>
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
