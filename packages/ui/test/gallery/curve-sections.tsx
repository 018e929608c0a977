/** Curves: many, diverged, and the cases in which there is hardly anything to draw. */
import { useMemo, useState } from "react";
import { CurveChart, type CurveSeries, type Interval, type ScaleKind } from "../../src/charts.js";
import { Card } from "../../src/index.js";
import { divergedCurves, sampleCurves } from "./sample-data.js";
import { Section } from "./section.js";

const series = (id: string, x: number[], y: number[]): CurveSeries => ({
  id,
  label: id,
  color: "var(--color-run-0)",
  x: Float64Array.from(x),
  y: Float64Array.from(y),
});

const edgeCases: [string, CurveSeries[]][] = [
  ["one-point", [series("one point", [3], [0.5])]],
  ["no-points", [series("no points", [], [])]],
  ["constant", [series("constant", [0, 1, 2, 3], [0.1, 0.1, 0.1, 0.1])]],
  ["all-nan", [series("all NaN", [0, 1, 2, 3], [NaN, NaN, NaN, NaN])]],
];

export function CurveSections() {
  const [zoom, setZoom] = useState<Interval | null>(null);
  const [yScale, setYScale] = useState<ScaleKind>("linear");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const many = useMemo(() => sampleCurves(20, 1000), []);
  const few = useMemo(
    () => sampleCurves(4, 400).map((curve) => ({ ...curve, visible: !hidden.has(curve.id) })),
    [hidden],
  );
  const diverged = useMemo(divergedCurves, []);
  const toggle = (id: string) =>
    setHidden((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const shared = { xLabel: "step", zoom, onZoom: setZoom, syncKey: "gallery" };
  return (
    <Section id="curves">
      <output data-testid="zoom" className="sr-only">
        {zoom ? `${zoom.min} ${zoom.max}` : "full"}
      </output>
      <div className="grid gap-4 lg:grid-cols-2">
        <Card className="lg:col-span-2">
          <div data-testid="many">
            <CurveChart title="val_loss" series={many} {...shared} height={280} />
          </div>
        </Card>
        <Card>
          <div data-testid="few">
            <CurveChart
              title="loss"
              series={few}
              {...shared}
              yScale={yScale}
              onYScaleChange={setYScale}
              onToggleSeries={toggle}
            />
          </div>
        </Card>
        <Card>
          <div data-testid="diverged">
            <CurveChart title="train_loss, diverged" series={diverged} {...shared} />
          </div>
        </Card>
        {edgeCases.map(([name, curves]) => (
          <Card key={name}>
            <div data-testid={name}>
              <CurveChart title={name} xLabel="step" series={curves} height={140} />
            </div>
          </Card>
        ))}
        <Card>
          <div data-testid="log-x">
            <CurveChart
              title="both axes logarithmic"
              xLabel="step"
              series={few}
              xScale="log"
              yScale="log"
              height={180}
            />
          </div>
        </Card>
      </div>
    </Section>
  );
}
