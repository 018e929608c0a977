/** The files that the run left: to download where the store has them, named where they lie otherwise. */
"use client";
import { Badge, Button, Card, EmptyState, formatBytes, formatRelativeTime, Icon } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC, type ArtifactRow, type RunDetail } from "../../trpc/context";
import { archiveUrl, artifactUrl } from "../shell/links";
import { MoreButton } from "../shell/more-button";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { useNow } from "../shell/use-now";

const PAGE = 200;

export function ArtifactsTab({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.runs.artifacts.infiniteQueryOptions(
      { runId: run.id, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  return (
    <>
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ pages }) => (
          <Artifacts
            run={run}
            artifacts={pages.flatMap((page) => page.artifacts)}
            total={pages[0]?.total ?? 0}
            totalBytes={pages[0]?.totalBytes ?? 0}
          />
        )}
      </QueryState>
      <MoreButton query={query} />
    </>
  );
}

interface ArtifactsProps {
  run: RunDetail;
  artifacts: readonly ArtifactRow[];
  total: number;
  totalBytes: number;
}

function Artifacts({ run, artifacts, total, totalBytes }: ArtifactsProps) {
  if (total === 0) {
    return (
      <EmptyState
        title="No files yet"
        description="Checkpoints, the trained model and the report appear as the run saves them."
      />
    );
  }
  const folders = [...new Set(artifacts.map(folderOf))].sort();
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-2 tabular-nums">
          {total.toLocaleString("en")} {total === 1 ? "file" : "files"}, {formatBytes(totalBytes)}
        </p>
        <ArchiveLink runId={run.id} folder="" artifacts={artifacts} />
      </div>
      {folders.map((folder) => (
        <Card
          key={folder}
          title={titles[folder] ?? folder}
          detail={folder === "" ? "" : `${folder}/`}
          actions={folder !== "" && <ArchiveLink runId={run.id} folder={folder} artifacts={artifacts} />}
          flush
        >
          <ul>
            {artifacts
              .filter((artifact) => folderOf(artifact) === folder)
              .map((artifact) => (
                <ArtifactLine key={artifact.path} run={run} artifact={artifact} />
              ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}

const titles: Readonly<Record<string, string>> = {
  "": "Of the run",
  model: "The trained model",
  "checkpoints/best": "Checkpoint, best weights",
  "checkpoints/last": "Checkpoint, last step",
};

const folderOf = ({ path }: ArtifactRow) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

interface ArchiveLinkProps {
  runId: string;
  folder: string;
  /** Those that are on the page; the archive holds the others, too. */
  artifacts: readonly ArtifactRow[];
}

/** Nothing for a single file, which has its own. */
function ArchiveLink({ runId, folder, artifacts }: ArchiveLinkProps) {
  const files = artifacts.filter(
    ({ path, stored }) => stored && (folder === "" || path.startsWith(`${folder}/`)),
  );
  if (files.length < 2) return null;
  return (
    <Button asChild size="sm">
      <a href={archiveUrl(runId, folder)} download>
        <Icon name="download" className="size-3.5 text-ink-3" />
        All as ZIP
      </a>
    </Button>
  );
}

function ArtifactLine({ run, artifact }: { run: RunDetail; artifact: ArtifactRow }) {
  const nowMs = useNow();
  const { path, sizeBytes, mediaType, savedAt, sha256, stored } = artifact;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-sm">
      <span
        className="min-w-0 flex-1 basis-48 font-mono text-xs break-all text-ink"
        title={`sha256 ${sha256}`}
      >
        {name}
      </span>
      <span className="text-xs text-ink-3">{mediaType}</span>
      <span className="text-xs text-ink-3">{nowMs === null ? "" : formatRelativeTime(nowMs, savedAt)}</span>
      <span className="w-20 text-right font-mono text-xs text-ink-2 tabular-nums">
        {formatBytes(sizeBytes)}
      </span>
      {stored ? (
        <Button asChild size="sm">
          <a href={artifactUrl(run.id, path)} download={name}>
            <Icon name="download" className="size-3.5 text-ink-3" />
            Download
          </a>
        </Button>
      ) : (
        <Badge {...(run.folder !== null && { title: `${run.folder}/${path}` })}>
          in the run's folder only
        </Badge>
      )}
    </li>
  );
}
