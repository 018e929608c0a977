/** The judged pictures on a plane, like ones together, as their network sees them; a point opens its picture. */
"use client";
import { Button, classNames, formatMetric, Segmented } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPCClient, type Projection, type RunDetail } from "../../trpc/context";
import { lazyPart } from "../shell/lazy-part";
import { TabSkeleton } from "../shell/query-states";
import { className } from "./known-picture";
import { groupByClass, groupByOutcome, planeOf, type Method } from "./projection-points";
import { readWrongIds } from "./read-wrong-ids";

const ScatterPlot = lazyPart(
  () => import("@convkit/ui/charts/scatter-plot").then((chart) => chart.ScatterPlot),
  TabSkeleton,
);

export interface ProjectionMapProps {
  run: RunDetail;
  projection: Projection;
  onOpen: (id: string) => void;
}

export function ProjectionMap({ run, projection, onOpen }: ProjectionMapProps) {
  const client = useTRPCClient();
  const [method, setMethod] = useState<Method>(projection.umap ? "umap" : "pca");
  const [by, setBy] = useState<"label" | "outcome">("label");
  const [view, setView] = useState<"map" | "table">("map");
  const isJudged = run.judgedSplits.includes(projection.split);
  const wrong = useQuery({
    queryKey: ["wrong pictures", run.id, projection.split],
    queryFn: ({ signal }) => readWrongIds(client, { runId: run.id, split: projection.split, signal }),
    enabled: isJudged,
  });
  const plane = useMemo(() => planeOf(projection, method), [projection, method]);
  const coloured = useMemo(
    () =>
      by === "outcome" && wrong.data
        ? groupByOutcome(projection, plane, wrong.data)
        : groupByClass(projection, plane),
    [projection, plane, by, wrong.data],
  );
  const idOf = (index: number) => projection.ids[plane.places[index]!]!;
  const describe = (index: number) => {
    const label = className(projection.classNames, projection.labels[plane.places[index]!] ?? -1);
    const outcome =
      wrong.data && label !== "unknown" ? `, ${wrong.data.has(idOf(index)) ? "wrong" : "right"}` : "";
    return `${label}${outcome}: ${idOf(index)}`;
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Segmented
          label="Projection by"
          value={method}
          onValueChange={setMethod}
          options={[
            { value: "umap", label: "UMAP", disabled: !projection.umap },
            { value: "pca", label: "PCA" },
          ]}
        />
        <Segmented
          label="Colours by"
          value={by}
          onValueChange={setBy}
          options={[
            { value: "label", label: "Label" },
            { value: "outcome", label: "Right or wrong", disabled: !wrong.data },
          ]}
        />
        <Segmented
          label="Shown as"
          value={view}
          onValueChange={setView}
          options={[
            { value: "map", label: "Map" },
            { value: "table", label: "Table" },
          ]}
        />
      </div>
      <p className="text-sm text-ink-2">{planeWords(projection, method)}</p>
      {view === "map" ? (
        <ScatterPlot
          label={`Pictures of ${projection.split} by ${method.toUpperCase()}`}
          x={plane.x}
          y={plane.y}
          {...coloured}
          describe={describe}
          onOpen={(index) => onOpen(idOf(index))}
        />
      ) : (
        <PointTable key={method} {...{ plane, projection, onOpen }} wrong={wrong.data ?? null} />
      )}
    </div>
  );
}

function planeWords({ pca, umap, ids }: Projection, method: Method): string {
  if (method === "pca") {
    const shares = pca.explained.map((share) => formatMetric(share, { style: "percent" }));
    return `Principal components: ${shares[0]} of the features' variance from left to right, ${shares[1]} upwards.`;
  }
  const shown = umap?.indices.length ?? 0;
  const sample =
    shown < ids.length
      ? ` ${shown.toLocaleString("en")} of ${ids.length.toLocaleString("en")} pictures.`
      : "";
  return `UMAP keeps neighbours together; distances between groups say little.${sample}`;
}

const ROWS = 50;
const coordinate = (value: number) => value.toFixed(2).replace("-", "−");
const figure = "py-1 pl-3 text-right font-mono text-ink-2 tabular-nums";

interface PointTableProps extends Pick<ProjectionMapProps, "projection" | "onOpen"> {
  plane: ReturnType<typeof planeOf>;
  wrong: ReadonlySet<string> | null;
}

/** The same points for who cannot see, or point at, a plane. */
function PointTable({ plane, projection, wrong, onOpen }: PointTableProps) {
  const [count, setCount] = useState(ROWS);
  const { ids, labels, classNames: names } = projection;
  return (
    <div className="flex flex-col gap-2">
      <div className="relative overflow-x-auto">
        <table className="w-full text-left text-xs">
          <caption className="sr-only">Pictures and their places</caption>
          <thead>
            <tr className="text-ink-3 [&>th]:py-1 [&>th]:font-medium">
              <th scope="col">Picture</th>
              <th scope="col" className="pl-3">
                Label
              </th>
              {wrong && (
                <th scope="col" className="pl-3">
                  Judged
                </th>
              )}
              <th scope="col" className="text-right">
                x
              </th>
              <th scope="col" className="text-right">
                y
              </th>
            </tr>
          </thead>
          <tbody>
            {plane.places.slice(0, count).map((place, index) => {
              const label = labels[place] ?? -1;
              return (
                <tr key={place} className="border-t border-line">
                  <th scope="row" className="font-normal">
                    <button
                      type="button"
                      onClick={() => onOpen(ids[place]!)}
                      className="cursor-pointer py-1 text-left font-mono break-all text-accent hover:underline"
                    >
                      {ids[place]}
                    </button>
                  </th>
                  <td className="pl-3 text-ink">{className(names, label)}</td>
                  {wrong && (
                    <td className={classNames("pl-3", wrong.has(ids[place]!) ? "text-bad" : "text-ink-2")}>
                      {label < 0 ? "" : wrong.has(ids[place]!) ? "wrong" : "right"}
                    </td>
                  )}
                  <td className={figure}>{coordinate(plane.x[index]!)}</td>
                  <td className={figure}>{coordinate(plane.y[index]!)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {count < plane.places.length && (
        <Button size="sm" className="self-center" onClick={() => setCount(count + 4 * ROWS)}>
          {Math.min(4 * ROWS, plane.places.length - count).toLocaleString("en")} more
        </Button>
      )}
    </div>
  );
}
