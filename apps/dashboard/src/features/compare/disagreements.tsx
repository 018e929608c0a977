/** The pictures on which the runs say different things, those first on which they are surest of it. */
"use client";
import { Card, EmptyState, ErrorState, formatMetric, Icon, Skeleton } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { NoSmallPictures, picturedHash } from "../pictures/no-small-pictures";
import { nameOfClass } from "../pictures/predicted-pictures";
import { thumbnailUrl } from "../shell/links";
import { MoreButton } from "../shell/more-button";
import { useUrlState } from "../shell/url-state";
import { judgedRunsOf, LeftOut, NothingJudged, SplitChoice } from "./judged-runs";
import { StrokeDot, type RunStrokes } from "./compared-runs";

const PAGE = 48;
const MOST_RUNS = 10;

export function Disagreements({ runs, strokes }: { runs: readonly RunDetail[]; strokes: RunStrokes }) {
  const [params, update] = useUrlState();
  const { judged, shared, split } = judgedRunsOf(runs, params.get("split"));
  const compared = judged.slice(0, MOST_RUNS);
  if (compared.length < 2 || split === undefined) {
    return <NothingJudged />;
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3 text-sm text-ink-2 empty:hidden">
        <SplitChoice shared={shared} split={split} onChange={(next) => update({ split: next })} />
        <LeftOut all={runs.length} judged={judged.length} most={MOST_RUNS} />
      </div>
      <DisagreementGrid runs={compared} split={split} strokes={strokes} />
    </div>
  );
}

interface DisagreementGridProps {
  runs: readonly RunDetail[];
  split: string;
  strokes: RunStrokes;
}

function DisagreementGrid({ runs, split, strokes }: DisagreementGridProps) {
  const trpc = useTRPC();
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  const query = useInfiniteQuery(
    trpc.runs.disagreements.infiniteQueryOptions(
      { runIds: ids, split, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const { data } = query;
  if (query.error && !data) {
    return <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />;
  }
  if (!data) return <Skeleton className="h-60 w-full" />;
  const { classNames = [], total = 0, shared = 0 } = data.pages[0] ?? {};
  const pictures = data.pages.flatMap((page) => page.pictures);
  if (total === 0) {
    return (
      <EmptyState
        title="The runs agree on every picture"
        description={`${shared.toLocaleString("en")} pictures were judged by all of them.`}
      />
    );
  }
  const [first] = runs;
  const datasetHash = first ? picturedHash(first) : null;
  return (
    <Card
      title="Pictures on which they disagree"
      detail={`${total.toLocaleString("en")} of ${shared.toLocaleString("en")} (${formatMetric(total / shared, { style: "percent" })})`}
    >
      {first && <NoSmallPictures run={first} />}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(15rem,1fr))] gap-3">
        {pictures.map(({ id, label, predictions, probabilities }) => (
          <li key={id} className="flex min-w-0 gap-3 rounded-md border border-line p-2" title={id}>
            <Thumbnail src={datasetHash === null ? null : thumbnailUrl(datasetHash, id)} />
            <div className="min-w-0 flex-1 text-xs">
              <p className="truncate font-medium text-ink">{nameOfClass(classNames, label)}</p>
              <ul className="mt-1 flex flex-col gap-0.5">
                {runs.map((run, index) => {
                  const prediction = predictions[index] ?? -1;
                  const right = prediction === label;
                  return (
                    <li key={run.id} className="flex items-center gap-1.5" title={run.name}>
                      <StrokeDot color={strokes.get(run.id)?.color ?? ""} />
                      <span className="sr-only">{run.name}: </span>
                      <span className={`min-w-0 flex-1 truncate ${right ? "text-ink-2" : "text-bad"}`}>
                        {nameOfClass(classNames, prediction)}
                        {right && <span aria-label=", right"> ✓</span>}
                      </span>
                      <span className="font-mono text-2xs text-ink-3 tabular-nums">
                        {formatMetric((probabilities[index] ?? 0) * 100, { digits: 2 })}%
                      </span>
                    </li>
                  );
                })}
              </ul>
            </div>
          </li>
        ))}
      </ul>
      <MoreButton query={query}>More</MoreButton>
    </Card>
  );
}

function Thumbnail({ src }: { src: string | null }) {
  const [missing, setMissing] = useState(src === null);
  return (
    <span className="flex size-16 shrink-0 items-center justify-center overflow-hidden rounded-sm bg-sunken text-ink-3">
      {missing || src === null ? (
        <Icon name="image" className="size-5 opacity-60" />
      ) : (
        <img
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setMissing(true)}
          className="size-full object-contain [image-rendering:pixelated]"
        />
      )}
    </span>
  );
}
