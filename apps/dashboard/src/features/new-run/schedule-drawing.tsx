/** The learning rate over the epochs of the run that is being written, drawn anew with every letter. */
"use client";
import { formatMetric } from "@convkit/ui";
import { useMemo } from "react";
import type { Field } from "./describe-fields";
import { useConfigForm } from "./form-context";
import { describeSchedule, epochsOf, previewSchedule, type SchedulePreview } from "./schedule-preview";

const WIDTH = 400;
const HEIGHT = 100;

export function ScheduleDrawing({ fields }: { fields: readonly Field[] }) {
  const { draft, datasets } = useConfigForm();
  const preview = useMemo(
    () => previewSchedule(draft.config, fields, datasets.known),
    [draft.config, fields, datasets.known],
  );
  return (
    <figure className="col-span-full min-w-0">
      <p className="mb-1 text-sm font-medium text-ink" aria-hidden="true">
        Learning rate over the run
      </p>
      {preview ? (
        <Drawn preview={preview} />
      ) : (
        <figcaption className="text-xs text-ink-3">
          Drawn as soon as epochs, learning rate and schedule are complete.
        </figcaption>
      )}
    </figure>
  );
}

function Drawn({ preview }: { preview: SchedulePreview }) {
  const { epochs, points, highest, monitor } = preview;
  const words = describeSchedule(preview, formatRate);
  const x = (epoch: number) => round((epoch / epochs) * WIDTH);
  const y = (rate: number) => round(HEIGHT * (1 - rate / highest.rate));
  const line = points.map(({ epoch, rate }) => `${x(epoch)} ${y(rate)}`).join("L");
  return (
    <>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 font-mono text-2xs text-ink-3">
        <div className="flex flex-col justify-between text-right tabular-nums" aria-hidden="true">
          <span>{formatRate(highest.rate)}</span>
          <span>0</span>
        </div>
        <svg
          role="img"
          aria-label={`Learning rate, ${words}`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-24 w-full overflow-visible border-b border-l border-line"
        >
          <path
            d={points.length === 1 ? `M0 ${y(points[0]!.rate)}H${WIDTH}` : `M${line}`}
            fill="none"
            stroke="var(--color-accent)"
            strokeWidth={1.5}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        <div className="col-start-2 flex justify-between tabular-nums" aria-hidden="true">
          <span>0</span>
          <span>{epochsOf(epochs)}</span>
        </div>
      </div>
      <figcaption className="mt-1 text-xs text-ink-3">
        {words}. {stepsOf(preview)}
        {monitor !== null &&
          ` When it falls depends on ${monitor}, which only the run will tell: this is the rate without its falls.`}
      </figcaption>
    </>
  );
}

const round = (value: number) => Math.round(value * 100) / 100;
const formatRate = (rate: number) => formatMetric(rate, { digits: 3 });

function stepsOf({ stepsPerEpoch, pictures }: SchedulePreview): string {
  return pictures === null
    ? `Drawn for ${stepsPerEpoch} steps an epoch, as nobody knows yet how many pictures there are.`
    : `Drawn for ${formatMetric(stepsPerEpoch)} steps an epoch, as many as ${formatMetric(pictures)} pictures give.`;
}
