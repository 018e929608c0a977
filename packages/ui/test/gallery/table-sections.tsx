/** A thousand runs in a table, and the same grouped by model. */
import { useMemo, useState } from "react";
import {
  Card,
  ColumnsMenu,
  DataTable,
  defaultColumnLayout,
  formatDuration,
  formatMetric,
  ProgressBar,
  Sparkline,
  StatusBadge,
  type ColumnLayout,
  type DataColumn,
  type DataSort,
} from "../../src/index.js";
import { colorOfRun } from "../../src/run-colors.js";
import { modelNames, sampleRuns, type SampleRun } from "./sample-data.js";
import { Section } from "./section.js";

const columns: DataColumn<SampleRun>[] = [
  {
    id: "name",
    header: "Run",
    width: 220,
    sortable: true,
    cell: ({ id, name }) => (
      <a href={`#${id}`} className="hover:underline">
        <span className="mr-2 inline-block size-2 rounded-full" style={{ background: colorOfRun(id) }} />
        {name}
      </a>
    ),
  },
  {
    id: "status",
    header: "Status",
    width: 150,
    sortable: true,
    cell: ({ status, progress, name }) =>
      status === "running" ? (
        <ProgressBar label={name} value={progress} compact />
      ) : (
        <StatusBadge status={status} plain />
      ),
  },
  {
    id: "accuracy",
    header: "val_accuracy (best)",
    width: 140,
    align: "end",
    sortable: true,
    section: "Metrics",
    cell: ({ accuracy }) => formatMetric(accuracy),
    number: ({ accuracy }) => accuracy,
  },
  {
    id: "loss",
    header: "val_loss (last)",
    width: 120,
    align: "end",
    sortable: true,
    section: "Metrics",
    cell: ({ loss }) => formatMetric(loss),
    number: ({ loss }) => loss,
  },
  {
    id: "curve",
    header: "val_loss",
    width: 110,
    section: "Metrics",
    cell: ({ losses, name }) => <Sparkline label={`val_loss of ${name}`} values={losses} />,
  },
  { id: "model", header: "model", width: 110, section: "Params", sortable: true, cell: ({ model }) => model },
  {
    id: "learningRate",
    header: "learningRate",
    width: 110,
    align: "end",
    section: "Params",
    sortable: true,
    cell: ({ learningRate }) => formatMetric(learningRate),
  },
  {
    id: "batchSize",
    header: "batchSize",
    width: 100,
    align: "end",
    section: "Params",
    sortable: true,
    cell: ({ batchSize }) => batchSize,
  },
  { id: "seed", header: "seed", width: 70, align: "end", section: "Params", cell: ({ seed }) => seed },
  {
    id: "duration",
    header: "Duration",
    width: 110,
    align: "end",
    sortable: true,
    cell: ({ durationMs }) => formatDuration(durationMs),
  },
];

const rowId = ({ id }: SampleRun) => id;
const rowLabel = ({ name }: SampleRun) => name;

function sorted(rows: SampleRun[], sort: DataSort | null): SampleRun[] {
  if (!sort) return rows;
  const key = sort.columnId as keyof SampleRun;
  const value = (row: SampleRun) => row[key] as number | string;
  return [...rows].sort((a, b) => (value(a) < value(b) ? -1 : 1) * (sort.descending ? -1 : 1));
}

export function TableSections() {
  const all = useMemo(() => sampleRuns(1000), []);
  const [sort, setSort] = useState<DataSort | null>(null);
  const [layout, setLayout] = useState<ColumnLayout>(defaultColumnLayout);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(["run-2"]));
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set(["resnet9"]));
  const [opened, setOpened] = useState("");
  const [ends, setEnds] = useState(0);
  const rows = useMemo(() => sorted(all, sort), [all, sort]);
  const groups = useMemo(
    () =>
      modelNames.map((id) => ({ id, label: id, rows: all.filter(({ model }) => model === id).slice(0, 3) })),
    [all],
  );
  return (
    <>
      <Section id="table">
        <Card
          title="Runs"
          detail="1,000"
          flush
          actions={<ColumnsMenu columns={columns} layout={layout} onLayoutChange={setLayout} />}
        >
          <DataTable
            label="Runs"
            {...{ columns, rows, rowId, rowLabel, layout, selected }}
            sort={sort}
            onSortChange={setSort}
            onLayoutChange={setLayout}
            onSelectedChange={setSelected}
            onOpen={({ id }) => setOpened(id)}
            onEndReached={() => setEnds((count) => count + 1)}
            maxHeight="420px"
          />
        </Card>
        <output data-testid="opened">{opened}</output> <output data-testid="ends">{ends}</output>{" "}
        <output data-testid="selected">{[...selected].join(" ")}</output>
      </Section>
      <Section id="groups">
        <Card title="Runs by model" flush>
          <DataTable
            label="Runs by model"
            columns={columns}
            rows={[]}
            {...{ groups, rowId, rowLabel }}
            expandedGroups={expanded}
            onExpandedGroupsChange={setExpanded}
          />
        </Card>
      </Section>
      <Section id="table-states">
        <div className="grid gap-4 lg:grid-cols-2">
          <Card title="Loading" flush>
            <DataTable
              label="Loading runs"
              columns={columns.slice(0, 5)}
              rows={[]}
              {...{ rowId, rowLabel }}
              loading
              onSelectedChange={setSelected}
            />
          </Card>
          <Card title="Empty" flush>
            <DataTable
              label="No runs"
              columns={columns.slice(0, 4)}
              rows={[]}
              {...{ rowId, rowLabel }}
              empty={<p className="p-8 text-center text-sm text-ink-2">No run matches these filters.</p>}
            />
          </Card>
        </div>
      </Section>
    </>
  );
}
