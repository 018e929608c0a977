/** Which curves share a chart: `loss`, `val_loss` and `batch_loss` are one quantity, measured three ways. */

export interface CurveGroup {
  /** Of the chart, in addresses too. */
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
}

const FIRST = ["loss", "accuracy"];
const LAST = ["learning_rate", "images_per_second", "epoch_seconds", "data_wait_percent"];
const WAYS = ["val_", "", "batch_", "test_"];

/** The way of measuring that a key's prefix tells, and the quantity. */
export function splitKey(key: string): { way: string; quantity: string } {
  const way = WAYS.find((prefix) => prefix !== "" && key.startsWith(prefix)) ?? "";
  return { way, quantity: key.slice(way.length) };
}

export const isSystemKey = (key: string) => key.startsWith("system/");

/** Curves of training, not of the machine; a test is a single point and no curve. */
export function groupCurves(keys: readonly string[]): CurveGroup[] {
  const curves = keys.filter((key) => !isSystemKey(key) && !key.startsWith("test_"));
  const quantities = [...new Set(curves.map((key) => splitKey(key).quantity))];
  return quantities
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((quantity) => ({
      id: quantity,
      title: titles[quantity] ?? quantity,
      keys: WAYS.map((way) => way + quantity).filter((key) => curves.includes(key)),
    }));
}

const titles: Readonly<Record<string, string>> = {
  loss: "Loss",
  accuracy: "Accuracy",
  mean_average_precision: "Mean average precision",
  macro_f1: "Macro F1",
  learning_rate: "Learning rate",
  images_per_second: "Images per second",
  epoch_seconds: "Time of an epoch",
  data_wait_percent: "Waiting for data, of an epoch",
};

function rank(quantity: string): number {
  if (FIRST.includes(quantity)) return FIRST.indexOf(quantity);
  return LAST.includes(quantity) ? 100 + LAST.indexOf(quantity) : 10;
}

const systemTitles: readonly (readonly [string, string])[] = [
  ["data_wait_percent", "Waiting for data"],
  ["cpu_percent", "CPU of this process, 100% a core"],
  ["memory_bytes", "Memory of this process"],
  ["system_memory_percent", "Memory of the machine"],
  ["gpu_percent", "GPU"],
  ["gpu_memory_bytes", "Memory of the GPU"],
];

export function systemCurves(keys: readonly string[]): CurveGroup[] {
  const order = systemTitles.map(([name]) => name);
  const names = keys.filter(isSystemKey).map((key) => key.slice("system/".length));
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return names
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => ({
      id: `system/${name}`,
      title: systemTitles.find(([known]) => known === name)?.[1] ?? name,
      keys: [`system/${name}`],
    }));
}
