export {
  Badge,
  StatusBadge,
  type BadgeProps,
  type RunStatus,
  type StatusBadgeProps,
  type Tone,
} from "./badge.js";
export { Button, IconButton, type ButtonProps, type IconButtonProps } from "./button.js";
export { Card, type CardProps } from "./card.js";
export { Checkbox, type CheckboxProps } from "./checkbox.js";
export { classNames } from "./class-names.js";
export {
  defaultColumnLayout,
  moveColumn,
  setColumnHidden,
  setColumnWidth,
  visibleColumns,
  type ColumnLayout,
} from "./column-layout.js";
export { ColumnsMenu, type ColumnsMenuProps } from "./columns-menu.js";
export { CopyButton, type CopyButtonProps } from "./copy-button.js";
export { type DataColumn, type DataGroup, type DataSort } from "./data-column.js";
export { DataTable, type DataTableProps } from "./data-table.js";
export { ConfirmDialog, Dialog, type ConfirmDialogProps, type DialogProps } from "./dialog.js";
export { diffConfigs, flattenConfig, type DiffRow } from "./diff-config.js";
export { DiffTable, type DiffTableProps } from "./diff-table.js";
export { DropdownMenu, type DropdownMenuProps, type MenuItem } from "./dropdown-menu.js";
export {
  EmptyState,
  ErrorState,
  Kbd,
  Skeleton,
  type EmptyStateProps,
  type ErrorStateProps,
} from "./feedback.js";
export {
  Field,
  Input,
  SearchField,
  TextArea,
  type FieldProps,
  type InputProps,
  type SearchFieldProps,
} from "./field.js";
export { ForestPlot, type ForestPlotProps, type ForestRow } from "./forest-plot.js";
export { formatBytes } from "./format-bytes.js";
export { formatDuration, formatRelativeTime } from "./format-duration.js";
export {
  decimalsOf,
  formatMeanAndDeviation,
  formatMetric,
  type FormatMetricOptions,
} from "./format-metric.js";
export { Icon, type IconName } from "./icon.js";
export { JsonTree, type JsonTreeProps } from "./json-tree.js";
export { KeyValueList, type KeyValue, type KeyValueListProps } from "./key-value-list.js";
export { LogView, type LogLevel, type LogLine, type LogViewProps } from "./log-view.js";
export { PictureGrid, type Picture, type PictureGridProps } from "./picture-grid.js";
export { Popover, type PopoverProps } from "./popover.js";
export { ProgressBar, type ProgressBarProps } from "./progress-bar.js";
export { colorOfRun, strokesOfRuns, type RunStroke } from "./run-colors.js";
export { Segmented, Select, type SegmentedProps, type SelectOption, type SelectProps } from "./select.js";
export { Slider, type SliderProps } from "./slider.js";
export { Sparkline, type SparklineProps } from "./sparkline.js";
export { meanAndDeviation, type MeanAndDeviation } from "./statistics.js";
export { Switch, type SwitchProps } from "./switch.js";
export { tabClasses, Tabs, type TabItem, type TabsProps } from "./tabs.js";
export { ToastProvider, useToast, type ToastMessage } from "./toast.js";
export { Tooltip, type TooltipProps } from "./tooltip.js";
