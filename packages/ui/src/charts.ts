/** The charts, apart from the rest: a page loads them, and uPlot with them, when it shows one. */
export { ConfusionMatrix, type ConfusionMatrixProps, type ConfusionMode } from "./confusion-matrix.js";
export { CurveChart, type CurveChartHandle, type CurveChartProps } from "./curve-chart.js";
export { CurveLegend, SeriesSwatch, type CurveLegendProps } from "./curve-legend.js";
export {
  curvesToCsv,
  summarizeCurve,
  type CurveSeries,
  type CurveSummary,
  type Interval,
} from "./curve-series.js";
export { ImportanceBars, type ImportanceBarsProps, type ParamImportance } from "./importance-bars.js";
export {
  passesBrushes,
  type Brush,
  type Brushes,
  type ParallelAxis,
  type ParallelRun,
} from "./parallel-axes.js";
export { ParallelCoordinates, type ParallelCoordinatesProps } from "./parallel-coordinates.js";
export { PerClassTable, type ClassFigures, type PerClassTableProps } from "./per-class-table.js";
export {
  ReliabilityDiagram,
  type ReliabilityBin,
  type ReliabilityDiagramProps,
  type ReliabilityWords,
} from "./reliability-diagram.js";
export { ScatterPlot, type ScatterGroup, type ScatterPlotProps, type ScatterShape } from "./scatter-plot.js";
export type { ScaleKind } from "./scale.js";
export { UnitChart, type UnitBar, type UnitChartProps, type UnitLine } from "./unit-chart.js";
