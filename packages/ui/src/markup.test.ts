/** What a server renders, before any script runs: names, roles and words. */
import { createElement as h } from "react";
import { renderToStaticMarkup as render } from "react-dom/server";
import { expect, test } from "vitest";
import { ConfusionMatrix, CurveChart, PerClassTable, ReliabilityDiagram, UnitChart } from "./charts.js";
import { CurveSummaryTable } from "./curve-summary.js";
import { formatMetric } from "./format-metric.js";
import {
  Button,
  DataTable,
  DiffTable,
  ErrorState,
  Field,
  ForestPlot,
  IconButton,
  Input,
  JsonTree,
  PictureGrid,
  ProgressBar,
  Sparkline,
  StatusBadge,
} from "./index.js";

test("a busy button keeps its label and refuses clicks", () => {
  const html = render(h(Button, { busy: true }, "Save"));
  expect(html).toContain('aria-busy="true"');
  expect(html).toContain("disabled");
  expect(html).toContain("Save</button>");
});

test("an icon button has a name", () => {
  expect(render(h(IconButton, { label: "Download", children: "x" }))).toContain('aria-label="Download"');
});

test("a field ties label, help and error to its control", () => {
  const html = render(
    h(Field, {
      label: "Epochs",
      help: "At least 1",
      error: "Too few",
      children: (control) => h(Input, control),
    }),
  );
  const [, id] = /label for="([^"]+)"/.exec(html) ?? [];
  expect(html).toContain(`id="${id}" aria-describedby="${id}-help ${id}-error" aria-invalid="true"`);
});

test("progress is spoken with the time left", () => {
  expect(render(h(ProgressBar, { label: "run", value: 0.427, remainingMs: 125_000 }))).toContain(
    'aria-valuetext="42%, 2 min 5 s left"',
  );
  expect(render(h(ProgressBar, { label: "run", value: null }))).not.toContain("aria-valuenow");
  expect(render(h(ProgressBar, { label: "run", value: 7 }))).toContain('aria-valuenow="100"');
});

test("a state is a word, not only a color", () => {
  for (const status of [
    "queued",
    "running",
    "completed",
    "stopped",
    "interrupted",
    "failed",
    "lost",
  ] as const) {
    expect(render(h(StatusBadge, { status }))).toContain(status);
  }
});

test("every cell of a confusion matrix says what it holds", () => {
  const html = render(
    h(ConfusionMatrix, {
      labels: ["cat", "dog"],
      counts: [
        [5, 12],
        [1, 0],
      ],
    }),
  );
  expect(html).toContain('aria-label="label cat, predicted dog: 12 pictures"');
  expect(html).toContain('aria-label="label dog, predicted cat: 1 picture"');
  expect(html.match(/tabindex="0" aria-label="label/g)).toHaveLength(1);
});

test("shares are shares of the row", () => {
  const html = render(
    h(ConfusionMatrix, {
      labels: ["a", "b"],
      counts: [
        [1, 3],
        [0, 0],
      ],
      mode: "shares",
    }),
  );
  expect(html).toMatch(/predicted b: 3 pictures"[^>]*>75</);
});

test("by prediction, shares are shares of the column", () => {
  const html = render(
    h(ConfusionMatrix, {
      labels: ["a", "b"],
      counts: [
        [6, 1],
        [2, 3],
      ],
      mode: "sharesOfPrediction",
    }),
  );
  // 8 were predicted a, 4 b.
  expect(html).toMatch(/label a, predicted a: 6 pictures"[^>]*>75</);
  expect(html).toMatch(/label b, predicted a: 2 pictures"[^>]*>25</);
  expect(html).toMatch(/label a, predicted b: 1 picture"[^>]*>25</);
  // A quarter is the worst share of either column.
  expect(html).toMatch(/label a, predicted b[^>]*--color-miss-8/);
});

test("names are text, whatever is in them", () => {
  const evil = "<script>alert(1)</script>";
  const html = [
    render(h(ConfusionMatrix, { labels: [evil], counts: [[1]] })),
    render(
      h(PictureGrid, { label: evil, pictures: [{ id: "1", src: null, label: evil, prediction: evil }] }),
    ),
    render(h(JsonTree, { label: "config", value: { [evil]: evil } })),
    render(h(ErrorState, { message: evil })),
  ].join("");
  expect(html).not.toContain("<script>");
});

test("a chart has its figures in words, and says where a run diverged", () => {
  const series = [
    {
      id: "a",
      label: "run a",
      color: "red",
      x: Float64Array.of(1, 2, 3),
      y: Float64Array.of(0.5, 0.25, NaN),
    },
  ];
  const html = render(h(CurveChart, { title: "loss", series, xLabel: "step" }));
  expect(html).toContain("run a: one value not finite from step 3");
  const formats = { formatX: formatMetric, formatY: formatMetric };
  const table = render(
    h(CurveSummaryTable, { id: "summary", title: "loss", series, xLabel: "step", ...formats }),
  );
  const row = /<th scope="row">run a<\/th>(.*?)<\/tr>/.exec(table)?.[1]?.replace(/<\/?td>/g, "|");
  expect(row).toBe("|3||0.5||NaN||0.25||0.5||1 from step 3|");
});

test("a table says how many rows it has and renders the first of them", () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({ id: `r${index}` }));
  const html = render(
    h(DataTable<{ id: string }>, {
      label: "Runs",
      columns: [{ id: "id", header: "Run", width: 100, sortable: true, cell: ({ id }) => id }],
      rows,
      rowId: ({ id }) => id,
      rowLabel: ({ id }) => id,
      sort: { columnId: "id", descending: true },
      onSortChange: () => undefined,
      onSelectedChange: () => undefined,
      selected: new Set(["r1"]),
    }),
  );
  expect(html).toContain('aria-rowcount="1001"');
  expect(html).toContain('aria-sort="descending"');
  expect(html).toContain("Select r1");
  expect(html.match(/<tr[^>]*aria-selected="true"/g)).toHaveLength(1);
  expect(html.match(/<th scope="row"/g)).toHaveLength(30);
});

test("an empty table shows its slot, a loading one its shape", () => {
  const shared = {
    label: "Runs",
    columns: [{ id: "a", header: "A", width: 100, cell: () => "" }],
    rows: [],
    rowId: () => "",
    rowLabel: () => "",
    empty: "Nothing here",
  };
  expect(render(h(DataTable, shared))).toContain("Nothing here");
  const loading = render(h(DataTable, { ...shared, loading: true }));
  expect(loading).not.toContain("Nothing here");
  expect(loading).toContain('aria-busy="true"');
});

test("a diff starts with what differs", () => {
  const columns = [
    { id: "a", header: "A", config: { same: 1, lr: 0.1 } },
    { id: "b", header: "B", config: { same: 1, lr: 0.2 } },
  ];
  const html = render(h(DiffTable, { label: "Configs", columns }));
  expect(html).toContain("1 of 2 settings differ");
  expect(html).not.toContain(">same<");
  expect(render(h(DiffTable, { label: "Configs", columns, onlyDifferences: false }))).toContain(">same<");
});

test("a missing picture is said and drawn", () => {
  const html = render(
    h(PictureGrid, {
      label: "Mistakes",
      pictures: [{ id: "1", src: null, label: "cat", prediction: "dog", probability: 0.934 }],
    }),
  );
  expect(html.replaceAll(/<[^>]+>/g, "")).toBe("label cat, picture missing, predicted → dog93.4%");
  expect(html).not.toContain("<img");
});

test("a sparkline names what it shows, gaps included", () => {
  expect(render(h(Sparkline, { label: "loss", values: [1, NaN] }))).toContain(
    'aria-label="loss, with values that are not finite"',
  );
});

test("classes without predictions have no precision", () => {
  const html = render(
    h(PerClassTable, { classes: [{ label: "cat", precision: null, recall: 0.5, f1: null, support: 2 }] }),
  );
  expect(html).toContain(">–<");
  expect(html).toContain('aria-sort="ascending"');
  expect(html).not.toContain("Average precision");
});

test("labels that are judged by themselves have an average precision, where any picture has them", () => {
  const figures = { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 };
  const classes = [
    { ...figures, label: "mass", averagePrecision: 0.75 },
    { ...figures, label: "hernia", averagePrecision: null },
  ];
  const html = render(h(PerClassTable, { classes }));
  expect(html).toContain("Average precision");
  expect(html).toContain(">0.750<");
  expect(html.match(/>–</g)).toHaveLength(1);
});

test("a forest plot says each difference, its interval and the outcome, and places them on one axis", () => {
  const html = render(
    h(ForestPlot, {
      label: "Differences from base",
      better: "lower",
      format: (value: number) => value.toFixed(1),
      rows: [
        { id: "w", name: "wide", estimate: -2, interval: [-4, -1], outcome: "better" },
        { id: "d", name: "deep", estimate: 1, interval: [-3, 4], outcome: "undecided" },
      ],
    }),
  );
  expect(html).toContain('<figure aria-label="Differences from base"');
  expect(html).toContain('role="img" aria-label="wide: -2.0, -4.0 to -1.0, better"');
  expect(html).toContain('role="img" aria-label="deep: 1.0, -3.0 to 4.0, no difference can be told"');
  // From −4 to 4 within the margins: 0 is in the middle, and so is the thick line of each row.
  expect(html.match(/<line x1="50\.00%" x2="50\.00%"[^>]*stroke="var\(--color-control\)"/g)).toHaveLength(2);
  expect(html).toContain('<line x1="4.00%" x2="38.50%" y1="50%"');
  expect(html).toContain("← better");
});

test("areas under a class's curves have a column each where a report has them", () => {
  const figures = { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 };
  const classes = [
    { ...figures, label: "cat", averagePrecision: 0.75, rocAuc: 0.875 },
    { ...figures, label: "dog", averagePrecision: 0.5, rocAuc: null },
  ];
  const html = render(h(PerClassTable, { classes }));
  expect(html).toContain("ROC area");
  expect(html).toContain(">0.875<");
  expect(render(h(PerClassTable, { classes: [{ ...figures, label: "cat" }] }))).not.toContain("ROC area");
});

test("a unit chart names what it shows, has its lines in a legend, and leaves out what has no place", () => {
  const html = render(
    h(UnitChart, {
      label: "ROC curve of cat",
      xTitle: "false alarms",
      yTitle: "found",
      diagonal: true,
      lines: [
        { id: "cat", name: "cat", figure: "0.875", color: "red", x: [0, 0.5, NaN, 1], y: [0, 1, 1, 1] },
      ],
    }),
  );
  expect(html).toContain('role="img" aria-label="ROC curve of cat"');
  expect(html).toMatch(/<li[^>]*>.*cat<\/span><span[^>]*>0\.875<\/span><\/li>/);
  // The plot lies from 58 to 384, and from 302 up to 10.
  expect(html).toContain('<path d="M58 302L221 10L384 10"');
  expect(html).toContain('d="M58 302L384 10"');
});

test("a reliability diagram draws bins that have pictures, and tells all of them in a table", () => {
  const bins = [
    { lower: 0, upper: 0.5, count: 0, confidence: NaN, accuracy: NaN },
    { lower: 0.5, upper: 1, count: 4, confidence: 0.9, accuracy: 0.75 },
  ];
  const after = [
    { lower: 0, upper: 0.5, count: 1, confidence: 0.4, accuracy: 0 },
    { lower: 0.5, upper: 1, count: 3, confidence: 0.8, accuracy: 1 },
  ];
  const rowsOf = (html: string) =>
    [...html.matchAll(/<tr><th scope="row".*?<\/tr>/g)].map(([row]) => row.replaceAll(/(<[^>]+>)+/g, "|"));
  const alone = render(h(ReliabilityDiagram, { bins }));
  expect(alone.match(/<circle/g)).toHaveLength(1);
  expect(alone).not.toContain("temperature");
  expect(alone).toContain("<title>50 to 100%: 4 pictures</title>");
  expect(rowsOf(alone)).toEqual(["|0 to 50%|0|–|–|", "|50 to 100%|4|90.0%|75.0%|"]);
  const both = render(h(ReliabilityDiagram, { bins, withTemperature: after }));
  expect(both.match(/<circle/g)).toHaveLength(3);
  expect(rowsOf(both)).toEqual([
    "|0 to 50%|0|–|–|1|40.0%|0.0%|",
    "|50 to 100%|4|90.0%|75.0%|3|80.0%|100.0%|",
  ]);
});
