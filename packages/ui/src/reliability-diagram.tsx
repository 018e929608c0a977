/**
 * How far probabilities can be taken at their word: the reliability diagram (Guo et al. 2017, §2,
 * https://arxiv.org/abs/1706.04599) with how many pictures stand behind each of its points, and all of it as a table.
 */
import { formatMetric } from "./format-metric.js";
import { UnitChart, type UnitLine } from "./unit-chart.js";

export interface ReliabilityBin {
  /** Confidences in (lower, upper]. */
  lower: number;
  upper: number;
  count: number;
  /** Mean of the confidences, and share of right answers; no finite numbers in a bin without pictures. */
  confidence: number;
  accuracy: number;
}

export interface ReliabilityDiagramProps {
  /** Of equal width, from 0 to 1. */
  bins: readonly ReliabilityBin[];
  /** What a temperature makes of the same pictures. */
  withTemperature?: readonly ReliabilityBin[];
  /** What is counted, what the axes show. */
  words?: ReliabilityWords;
  className?: string;
}

export interface ReliabilityWords {
  counted: string;
  confidence: string;
  accuracy: string;
}

const ONE_CLASS_A_PICTURE: ReliabilityWords = {
  counted: "pictures",
  confidence: "how sure it was",
  accuracy: "how often it was right",
};

export function ReliabilityDiagram(props: ReliabilityDiagramProps) {
  const { bins, withTemperature, words = ONE_CLASS_A_PICTURE, className } = props;
  return (
    <div className={className}>
      <UnitChart
        label={`Reliability diagram: ${words.accuracy}, by ${words.confidence}; its numbers are in the table below`}
        xTitle={words.confidence}
        yTitle={words.accuracy}
        diagonal
        lines={[
          ...(withTemperature
            ? [
                lineOf(withTemperature, {
                  id: "after",
                  name: "with the temperature",
                  color: "var(--color-run-1)",
                  dashed: true,
                }),
              ]
            : []),
          lineOf(bins, { id: "before", name: "as it is", color: "var(--color-accent)" }),
        ]}
        bars={{
          title: words.counted,
          parts: bins.map((bin) => ({
            name: `${rangeOf(bin)}: ${formatMetric(bin.count)} ${words.counted}`,
            count: bin.count,
          })),
        }}
      />
      <details className="mt-2 text-xs">
        <summary className="w-fit cursor-pointer rounded-sm text-ink-2 hover:text-ink">
          The diagram as a table
        </summary>
        <BinTable bins={bins} words={words} {...(withTemperature && { withTemperature })} />
      </details>
    </div>
  );
}

function lineOf(bins: readonly ReliabilityBin[], look: Omit<UnitLine, "x" | "y" | "dots">): UnitLine {
  const filled = bins.filter(({ count }) => count > 0);
  return {
    ...look,
    x: filled.map(({ confidence }) => confidence),
    y: filled.map(({ accuracy }) => accuracy),
    dots: true,
  };
}

const rangeOf = ({ lower, upper }: ReliabilityBin) =>
  `${Math.round(lower * 100)} to ${Math.round(upper * 100)}%`;

const head = "border-y border-line bg-sunken px-3 py-1.5 text-right align-bottom font-medium text-ink-2";
const cell = "border-b border-line px-3 py-1 text-right font-mono text-ink tabular-nums";

function BinTable({
  bins,
  withTemperature,
  words,
}: Required<Pick<ReliabilityDiagramProps, "bins" | "words">> &
  Pick<ReliabilityDiagramProps, "withTemperature">) {
  return (
    <div
      className="mt-2 overflow-x-auto"
      tabIndex={0}
      role="region"
      aria-label="Reliability diagram as a table"
    >
      <table className="w-full border-separate border-spacing-0 whitespace-nowrap">
        <thead>
          <tr>
            <th scope="col" className={`${head} text-left`}>
              {words.confidence}
            </th>
            {[false, ...(withTemperature ? [true] : [])].map((isAfter) => {
              const note = isAfter ? ", with the temperature" : "";
              return [words.counted, "mean confidence", words.accuracy].map((text) => (
                <th key={text + note} scope="col" className={head}>
                  {text}
                  {note}
                </th>
              ));
            })}
          </tr>
        </thead>
        <tbody>
          {bins.map((bin, index) => (
            <tr key={bin.lower}>
              <th scope="row" className={`${cell} text-left font-normal`}>
                {rangeOf(bin)}
              </th>
              {[bin, ...(withTemperature ? [withTemperature[index]] : [])].map((each, column) =>
                figuresOf(each).map((text, figure) => (
                  <td key={`${column}-${figure}`} className={cell}>
                    {text}
                  </td>
                )),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function figuresOf(bin: ReliabilityBin | undefined): string[] {
  if (bin === undefined) return ["–", "–", "–"];
  const share = (value: number) => (bin.count === 0 ? "–" : `${(value * 100).toFixed(1)}%`);
  return [formatMetric(bin.count), share(bin.confidence), share(bin.accuracy)];
}
