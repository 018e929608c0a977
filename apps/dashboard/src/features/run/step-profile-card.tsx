/** Where the time of a training step went, of a run that was asked to measure it. */
"use client";
import { Card, classNames, formatMetric } from "@convkit/ui";
import type { StepProfile } from "@convkit/schema";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { costliestKernels, phaseShares, type PhaseShare } from "./profile-shares";

/** Nothing where the run has no profile. */
export function StepProfileCard({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { data: profile } = useQuery(trpc.runs.profile.queryOptions(runId));
  if (!profile) return null;
  const { batches, batchSize, durationMs, backend } = profile;
  const rate =
    durationMs > 0 ? `, ${formatMetric(Math.round((1000 * batchSize) / durationMs))} pictures/s` : "";
  return (
    <Card
      title="Profile of a step"
      detail={`mean of ${formatMetric(batches)} batches of ${formatMetric(batchSize)} on ${backend}: ${milliseconds(durationMs)}${rate}`}
    >
      <div className="grid gap-6 xl:grid-cols-2">
        <Phases profile={profile} />
        <Kernels profile={profile} />
      </div>
    </Card>
  );
}

const COLORS: Readonly<Record<PhaseShare["phase"], string>> = {
  data: "var(--color-run-1)",
  forward: "var(--color-run-0)",
  backward: "var(--color-run-2)",
  update: "var(--color-run-4)",
  rest: "var(--color-control)",
};

function Phases({ profile }: { profile: StepProfile }) {
  const phases = phaseShares(profile);
  const words = phases.map(({ title, share }) => `${title} ${percent(share)}`).join(", ");
  return (
    <div className="min-w-0">
      <div
        role="img"
        aria-label={`Phases of a step: ${words}`}
        className="flex h-6 gap-px overflow-hidden rounded-sm bg-sunken"
      >
        {phases.map(({ phase, share }) => (
          <span key={phase} style={{ width: `${share * 100}%`, background: COLORS[phase] }} />
        ))}
      </div>
      <table className="mt-3 w-full text-left text-xs">
        <caption className="sr-only">Phases of a step</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Time</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {phases.map(({ phase, title, durationMs, share }) => (
            <tr key={phase}>
              <th scope="row" className="py-0.5 font-normal text-ink">
                <span
                  aria-hidden="true"
                  className="mr-2 inline-block size-2.5 rounded-[2px]"
                  style={{ background: COLORS[phase] }}
                />
                {title}
              </th>
              <td className={classNames(figure, "w-24")}>{milliseconds(durationMs)}</td>
              <td className={classNames(figure, "w-16")}>{percent(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kernels({ profile }: { profile: StepProfile }) {
  const kernels = costliestKernels(profile);
  return (
    <table className="w-full table-fixed text-left text-xs">
      <caption className="pb-1 text-left font-medium text-ink-2">
        {kernels.length === profile.kernels.length
          ? "Kernel calls, the costliest first"
          : `The ${kernels.length} costliest of ${formatMetric(profile.kernels.length)} kinds of kernel calls`}
      </caption>
      <colgroup>
        <col />
        <col className="w-20" />
        <col className="w-16" />
      </colgroup>
      <thead className="sr-only">
        <tr>
          <th scope="col">Kernel</th>
          <th scope="col">Time per step</th>
          <th scope="col">Share of the step</th>
        </tr>
      </thead>
      <tbody>
        {kernels.map(({ name, shapes, calls, durationMs, share, length }) => (
          <tr key={`${name} ${shapes}`} className="align-top">
            <th scope="row" className="min-w-0 py-1 font-normal">
              <span className="block font-mono break-words text-ink">
                {formatMetric(calls)} × {name}
              </span>
              <span className="block font-mono text-2xs break-words text-ink-3">{shapes}</span>
              <span aria-hidden="true" className="mt-0.5 block h-1.5 rounded-full bg-sunken">
                <span className="block h-full rounded-full bg-accent" style={{ width: `${length * 100}%` }} />
              </span>
            </th>
            <td className={figure}>{milliseconds(durationMs)}</td>
            <td className={figure}>{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const figure = "py-1 pl-3 text-right font-mono text-ink-2 tabular-nums";
const percent = (share: number) => `${(share * 100).toFixed(1)}%`;
const milliseconds = (value: number) => `${formatMetric(value, { digits: 3 })} ms`;
