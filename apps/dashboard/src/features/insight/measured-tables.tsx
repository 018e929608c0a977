/** Whether the network says the same in a browser, and how fast it is on each engine: two small tables. */
"use client";
import { Badge, formatBytes, formatMetric } from "@convkit/ui";
import type { ReactNode } from "react";
import type { BenchmarkReport, VerificationReport } from "../../trpc/context";

const percent = (value: number) => formatMetric(value, { style: "percent" });
/** Whole ones, but of an engine that takes longer than a second. */
const perSecond = (value: number) =>
  value < 10 ? formatMetric(value, { digits: 2 }) : formatMetric(Math.round(value));

export interface VerificationTableProps {
  report: VerificationReport;
  onOpen: (id: string) => void;
}

export function VerificationTable({ report, onOpen }: VerificationTableProps) {
  const { sameBytes, files, isAlike, engine, browser, backend, disagreements, split } = report;
  const { undecodableCount = 0 } = report;
  const rows = [
    { name: "The same pixels", parity: sameBytes },
    ...(files ? [{ name: "The same files, decoded by each", parity: files }] : []),
  ];
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2 text-sm text-ink-2">
        <Badge tone={isAlike ? "good" : "bad"}>{isAlike ? "alike" : "not alike"}</Badge>
        Node ({engine}) and {browser} ({backend})
      </p>
      <SmallTable
        label="Node and the browser compared"
        heads={["Given", "Pictures", "Same answers", "Largest logit difference"]}
        rows={rows.map(({ name, parity }) => [
          name,
          formatMetric(parity.count),
          percent(parity.agreement),
          formatMetric(parity.largestLogitDifference, { digits: 2 }),
        ])}
      />
      {undecodableCount > 0 && (
        <p className="text-xs text-ink-3">
          Files that the browser could not decode: {formatMetric(undecodableCount)}. Of more than 1 % nothing
          is said to be alike.
        </p>
      )}
      {disagreements.length > 0 && (
        <SmallTable
          label="Pictures on which they differ"
          heads={["Picture", "Node", "Browser"]}
          rows={disagreements.slice(0, 20).map(({ id, node, browser: other, of }) => [
            // Pictures that were named on the command line are not the run's.
            split === undefined ? (
              id
            ) : (
              <button
                type="button"
                onClick={() => onOpen(id)}
                className="cursor-pointer text-left font-mono break-all text-accent hover:underline"
              >
                {id}
              </button>
            ),
            node,
            of === "pixels" ? `${other}, of the same pixels` : other,
          ])}
        />
      )}
    </div>
  );
}

export function BenchmarkTable({ report }: { report: BenchmarkReport }) {
  const { engines, unavailable, cpu, modelBytes } = report;
  const batchSizes = [
    ...new Set(engines.flatMap(({ throughput }) => throughput.map(({ batchSize }) => batchSize))),
  ].sort((a, b) => a - b);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-ink-2">
        {cpu}; the classifier's files take {formatBytes(modelBytes)}.
      </p>
      <SmallTable
        label="Speed by engine"
        heads={["Engine", "p50", "p99", ...batchSizes.map((size) => `batch of ${size}`), "Memory"]}
        rows={engines.map(({ name, latencyMs, throughput, peakMemoryBytes }) => [
          name,
          `${formatMetric(latencyMs.p50, { digits: 3 })} ms`,
          `${formatMetric(latencyMs.p99, { digits: 3 })} ms`,
          ...batchSizes.map((size) => {
            const found = throughput.find(({ batchSize }) => batchSize === size);
            return found ? `${perSecond(found.imagesPerSecond)}/s` : "–";
          }),
          formatBytes(peakMemoryBytes),
        ])}
      />
      {unavailable.map(({ name, reason }) => (
        <p key={name} className="text-xs break-words text-ink-3">
          {name}: {reason}
        </p>
      ))}
    </div>
  );
}

/** The first column names a row. */
function SmallTable({
  label,
  heads,
  rows,
}: {
  label: string;
  heads: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}) {
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full text-left text-xs">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="text-ink-3">
            {heads.map((head, index) => (
              <th key={head} scope="col" className={`py-1 font-medium ${index > 0 ? "pl-3 text-right" : ""}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], row) => (
            <tr key={row} className="border-t border-line">
              <th scope="row" className="py-1 font-normal text-ink">
                {name}
              </th>
              {cells.map((cell, index) => (
                <td
                  key={index}
                  className="py-1 pl-3 text-right font-mono whitespace-nowrap text-ink-2 tabular-nums"
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
