/** What an earlier `artifacts/benchmark.json` still tells once some engines are measured anew. */
import { BenchmarkReport } from "@convkit/schema";

export interface MergedBenchmark {
  readonly report: BenchmarkReport;
  /** What came of the earlier report, a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Adds the earlier report's figures of engines that were not measured now, with their time, where it is of the same network on the
 * same processor; else they are left out, and a remark says so.
 *
 * @param text of the earlier report.
 */
export function withEarlierFigures(report: BenchmarkReport, text: string): MergedBenchmark {
  const earlier = readReport(text);
  if (!earlier)
    return { report, remarks: ["The earlier benchmark.json could not be read, and was replaced."] };
  const measured = new Set(report.engines.map(({ name }) => name));
  const others = earlier.engines.filter(({ name }) => !measured.has(name));
  if (others.length === 0) return { report, remarks: [] };
  const names = others.map(({ name }) => name).join(", ");
  const network = ({ inputShape, parameters }: BenchmarkReport): string =>
    `a network of ${parameters.toLocaleString("en-US")} parameters for pictures of ${inputShape.join("×")}`;
  const differences = [
    ...(earlier.cpu === report.cpu ? [] : [`on ${earlier.cpu}`]),
    ...(network(earlier) === network(report) ? [] : [`with ${network(earlier)}`]),
  ];
  if (differences.length > 0) {
    const remark = `Replaced the earlier figures of ${names}: they were measured ${differences.join(", ")}.`;
    return { report, remarks: [remark] };
  }
  const kept = others.map((engine) => ({ measuredAt: earlier.measuredAt, ...engine }));
  return {
    report: { ...report, engines: [...report.engines, ...kept] },
    remarks: [`Kept the earlier figures of ${names}.`],
  };
}

function readReport(text: string): BenchmarkReport | undefined {
  try {
    return BenchmarkReport.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
