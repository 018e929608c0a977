import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultColumnLayout,
  moveColumn,
  orderColumns,
  setColumnHidden,
  setColumnWidth,
  visibleColumns,
  widthOf,
} from "./column-layout.js";
import { groupCellOf, tableItems, type DataColumn } from "./data-column.js";
import { diffConfigs, flattenConfig } from "./diff-config.js";
import { filterLogLines } from "./log-view.js";
import { sortClasses } from "./per-class-table.js";
import { selectRange } from "./row-selection.js";
import { meanAndDeviation } from "./statistics.js";
import { rowsInView } from "./window-rows.js";

const columns = ["name", "a", "b", "c"].map((id) => ({ id, width: 100 }));
const idsOf = (list: { id: string }[]) => list.map(({ id }) => id).join(" ");

describe("column layout", () => {
  test("moves a column over its neighbours; the first stays", () => {
    const moved = moveColumn(columns, defaultColumnLayout, { id: "c", targetId: "a" });
    expect(idsOf(orderColumns(columns, moved))).toBe("name c a b");
    expect(idsOf(orderColumns(columns, moveColumn(columns, moved, { id: "c", targetId: "b" })))).toBe(
      "name a b c",
    );
    expect(moveColumn(columns, moved, { id: "name", targetId: "b" })).toBe(moved);
    expect(moveColumn(columns, moved, { id: "b", targetId: "name" })).toBe(moved);
  });

  test("a saved order outlives columns that come and go", () => {
    const layout = { ...defaultColumnLayout, order: ["gone", "c", "a"] };
    expect(idsOf(orderColumns([...columns, { id: "new", width: 10 }], layout))).toBe("name c a b new");
  });

  test("hides, but neither the first nor what must stay", () => {
    const hidden = ["a", "b", "name"].reduce(
      (layout, id) => setColumnHidden(layout, id, true),
      defaultColumnLayout,
    );
    expect(
      idsOf(
        visibleColumns(
          columns.map((column) => ({ ...column, hideable: column.id !== "b" })),
          hidden,
        ),
      ),
    ).toBe("name b c");
    expect(idsOf(visibleColumns(columns, setColumnHidden(hidden, "a", false)))).toBe("name a c");
  });

  test("widths have limits", () => {
    expect(widthOf({ id: "a", width: 100 }, setColumnWidth(defaultColumnLayout, "a", 5))).toBe(48);
    expect(widthOf({ id: "a", width: 100, minWidth: 80 }, setColumnWidth(defaultColumnLayout, "a", 5))).toBe(
      80,
    );
    expect(widthOf({ id: "a", width: 100 }, setColumnWidth(defaultColumnLayout, "a", 5000))).toBe(800);
  });

  test("no move loses or doubles a column", () => {
    const id = fc.constantFrom("name", "a", "b", "c");
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id)), (moves) => {
        const layout = moves.reduce(
          (now, [from, targetId]) => moveColumn(columns, now, { id: from, targetId }),
          defaultColumnLayout,
        );
        const ids = orderColumns(columns, layout).map((column) => column.id);
        expect(ids[0]).toBe("name");
        expect([...ids].sort()).toEqual(["a", "b", "c", "name"]);
      }),
    );
  });
});

describe("selectRange", () => {
  const ids = ["a", "b", "c", "d"];
  test.each([
    [[], "b", "d", true, "b c d"],
    [[], "d", "b", true, "b c d"],
    [["a", "b", "c"], "c", "b", false, "a"],
    [["a"], null, "c", true, "a c"],
    [["a"], "gone", "c", true, "a c"],
  ] as [string[], string | null, string, boolean, string][])("%s, from %s to %s, %s", (...row) => {
    const [selected, anchorId, targetId, on, expected] = row;
    expect([...selectRange(new Set(selected), { ids, anchorId, targetId, on })].sort().join(" ")).toBe(
      expected,
    );
  });
});

describe("rowsInView", () => {
  test("a screenful and a few around it", () => {
    expect(
      rowsInView({ scrollTop: 1000, viewportHeight: 300, rowHeight: 30, count: 1000, overscan: 2 }),
    ).toEqual({ start: 31, end: 46 });
    expect(rowsInView({ scrollTop: 0, viewportHeight: 300, rowHeight: 30, count: 0 })).toEqual({
      start: 0,
      end: 0,
    });
  });

  test("covers everything in view and never more than a screenful and twice the overscan", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: -50, max: 200_000, noNaN: true }),
        fc.integer({ min: 0, max: 2000 }),
        (count, scrollTop, viewportHeight) => {
          const { start, end } = rowsInView({ scrollTop, viewportHeight, rowHeight: 34, count, overscan: 8 });
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(count);
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(Math.ceil(viewportHeight / 34) + 17);
          for (let row = 0; row < count; row += 7) {
            const seen = (row + 1) * 34 > scrollTop && row * 34 < scrollTop + viewportHeight;
            if (seen) expect(row >= start && row < end).toBe(true);
          }
        },
      ),
    );
  });
});

test("mean and deviation of the sample; NaN stays, null does not count", () => {
  expect(meanAndDeviation([2, 4, null, 9])).toEqual({ mean: 5, deviation: Math.sqrt(13), count: 3 });
  expect(meanAndDeviation([7])).toEqual({ mean: 7, deviation: null, count: 1 });
  expect(meanAndDeviation([null])).toBeNull();
  expect(meanAndDeviation([1, NaN])?.mean).toBeNaN();
});

test("groups show mean ± deviation, and their rows only while open", () => {
  const rows = [
    { id: "r1", value: 0.9 },
    { id: "r2", value: 0.94 },
  ];
  const column: DataColumn<(typeof rows)[number]> = {
    id: "v",
    header: "v",
    width: 10,
    cell: ({ value }) => value,
    number: ({ value }) => value,
  };
  expect(groupCellOf(column, rows)).toBe("0.920 ± 0.028");
  expect(groupCellOf({ ...column, groupCell: (all) => all.length }, rows)).toBe(2);
  const groups = [{ id: "g", label: "G", rows }];
  const rowId = ({ id }: { id: string }) => id;
  expect(tableItems({ rows: [], groups }, rowId, new Set()).map(({ id }) => id)).toEqual(["group:g"]);
  expect(tableItems({ rows: [], groups }, rowId, new Set(["g"])).map(({ id }) => id)).toEqual([
    "group:g",
    "r1",
    "r2",
  ]);
});

test("configs are compared leaf by leaf", () => {
  expect([...flattenConfig({ a: { b: [1, { c: "x" }] }, empty: [], none: null, u: undefined })]).toEqual([
    ["a.b[0]", "1"],
    ["a.b[1].c", '"x"'],
    ["empty", "[]"],
    ["none", "null"],
  ]);
  expect(
    diffConfigs([
      { a: 1, b: 2 },
      { a: 1, c: 3 },
    ]),
  ).toEqual([
    { path: "a", values: ["1", "1"], differs: false },
    { path: "b", values: ["2", undefined], differs: true },
    { path: "c", values: [undefined, "3"], differs: true },
  ]);
});

test("log lines by level and words", () => {
  const lines = (["debug", "info", "warn", "error"] as const).map((level, index) => ({
    id: level,
    timeMs: 0,
    level,
    text: `Epoch ${index}`,
  }));
  expect(filterLogLines(lines, "", "warn").map(({ id }) => id)).toEqual(["warn", "error"]);
  expect(filterLogLines(lines, "EPOCH 1", "debug").map(({ id }) => id)).toEqual(["info"]);
});

test("classes without a figure come last in both directions", () => {
  const figures = (label: string, f1: number | null) => ({
    label,
    precision: f1,
    recall: f1,
    f1,
    support: 1,
  });
  const classes = [figures("c10", null), figures("c2", 0.9), figures("c1", 0.5)];
  const sorted = (column: "f1" | "label", descending: boolean) =>
    sortClasses(classes, { column, descending })
      .map(({ label }) => label)
      .join(" ");
  expect(sorted("f1", false)).toBe("c1 c2 c10");
  expect(sorted("f1", true)).toBe("c2 c1 c10");
  expect(sorted("label", false)).toBe("c1 c2 c10");
});
