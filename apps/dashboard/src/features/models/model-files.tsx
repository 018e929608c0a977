/** The files of a trained network, to take along. */
"use client";
import { Button, formatBytes, Icon } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { artifactUrl } from "../shell/links";

export function ModelFiles({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.byId.queryOptions(runId));
  const files = query.data?.artifacts.filter(({ path, stored }) => path.startsWith("model/") && stored) ?? [];
  if (files.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2" aria-label="Files of the model">
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
  );
}
