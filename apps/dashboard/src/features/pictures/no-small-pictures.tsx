/** A run that was trained on the command line has pictures that nobody has sent here: what is shown instead, and how they come. */
"use client";
import type { RunDetail } from "../../trpc/context";
import { useOrigin } from "../queue/no-worker";
import { CommandLine } from "../runs/empty-runs";

/** Of the run's data set, if small pictures of it are here; null where asking for them would be in vain. */
export const picturedHash = ({ datasetHash, hasThumbnails }: RunDetail) =>
  hasThumbnails ? datasetHash : null;

export function NoSmallPictures({ run }: { run: RunDetail }) {
  const origin = useOrigin();
  if (run.card === null || run.hasThumbnails) return null;
  const { source } = run.card;
  const isPath = /[/\\]/.test(source);
  return (
    <div role="note" className="mb-3 flex flex-col gap-2 text-sm text-ink-2">
      <p>
        There are no small pictures of {run.card.name} here. A worker that has the data set sends them once
        {isPath ? "; where it lies, so does:" : "."}
      </p>
      {isPath && <CommandLine command={`convkit data add ${quoted(source)} --server ${origin}`} />}
    </div>
  );
}

/** For a shell. */
const quoted = (path: string) => (/^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
