/** Confusion of ten and of a hundred classes, figures by class, and many runs across their params. */
import { useMemo, useState } from "react";
import {
  ConfusionMatrix,
  ImportanceBars,
  ParallelCoordinates,
  PerClassTable,
  type Brush,
  type ParallelAxis,
} from "../../src/charts.js";
import { Card } from "../../src/index.js";
import { cifarLabels, sampleConfusion, sampleParallelRuns, seeded } from "./sample-data.js";
import { Section } from "./section.js";

const axes: ParallelAxis[] = [
  { id: "learningRate", label: "learningRate", kind: "numeric", scale: "log" },
  { id: "batchSize", label: "batchSize", kind: "numeric" },
  { id: "model", label: "model", kind: "categorical" },
  { id: "durationMs", label: "minutes", kind: "numeric" },
  { id: "loss", label: "val_loss", kind: "numeric" },
];

export function MatrixSections() {
  const [cell, setCell] = useState("");
  const [brushes, setBrushes] = useState<Record<string, Brush>>({});
  const ten = useMemo(() => sampleConfusion(10), []);
  const hundred = useMemo(() => sampleConfusion(100), []);
  const parallelRuns = useMemo(() => sampleParallelRuns(1000), []);
  const classes = useMemo(() => {
    const random = seeded(5);
    return cifarLabels.map((label, index) => ({
      label,
      precision: index === 2 ? null : 0.75 + 0.24 * random(),
      recall: 0.7 + 0.29 * random(),
      f1: 0.72 + 0.26 * random(),
      support: 900 + Math.floor(200 * random()),
    }));
  }, []);
  return (
    <>
      <Section id="confusion">
        <div className="grid gap-4 lg:grid-cols-2">
          <Card title="Confusion">
            <ConfusionMatrix
              {...ten}
              onCell={(label, prediction) => setCell(`${ten.labels[label]} ${ten.labels[prediction]}`)}
            />
            <output data-testid="cell">{cell}</output>
          </Card>
          <Card title="By class" flush>
            <PerClassTable classes={classes} onClass={setCell} />
          </Card>
          <Card title="Confusion of 100 classes" className="lg:col-span-2">
            <div data-testid="hundred">
              <ConfusionMatrix {...hundred} maxHeight={420} />
            </div>
          </Card>
        </div>
      </Section>
      <Section id="parallel">
        <Card title="Params" detail="1,000 runs">
          <ParallelCoordinates
            label="Runs by params"
            axes={axes}
            runs={parallelRuns}
            metric={{ label: "val_accuracy", mode: "max" }}
            brushes={brushes}
            onBrush={(axisId, brush) =>
              setBrushes(({ [axisId]: _, ...others }) => (brush ? { ...others, [axisId]: brush } : others))
            }
          />
          <output data-testid="brushes" className="sr-only">
            {JSON.stringify(brushes)}
          </output>
        </Card>
      </Section>
      <Section id="importance">
        <Card title="Importance for val_accuracy">
          <ImportanceBars
            metric="val_accuracy"
            items={[
              { param: "optimizer.learningRate", importance: 0.61, correlation: 0.44 },
              { param: "model.name", importance: 0.22, correlation: null },
              { param: "batchSize", importance: 0.11, correlation: -0.31 },
              { param: "seed", importance: 0.02, correlation: 0.03 },
            ]}
          />
        </Card>
      </Section>
    </>
  );
}
