/** The few drawings that the components use themselves, 16 units square, in the colour of the text around them. */
import { classNames } from "./class-names.js";

const paths = {
  check: "M3.5 8.5l3 3 6-7",
  minus: "M4 8h8",
  plus: "M8 3.5v9M3.5 8h9",
  close: "M4 4l8 8M12 4l-8 8",
  "chevron-down": "M4 6l4 4 4-4",
  "chevron-right": "M6 4l4 4-4 4",
  "arrow-up": "M8 12.5v-9M4.5 7L8 3.5 11.5 7",
  "arrow-down": "M8 3.5v9M4.5 9L8 12.5 11.5 9",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.7 10.7L14 14",
  copy: "M6 6h7.5v7.5H6zM3.5 10H2.5V2.5H10v1",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  alert: "M8 5.5v3.2M8 11v.01M8 1.8l6.4 11.4H1.6z",
  image: "M2.5 3h11v10h-11zM3 11.5l3.2-3.3 2.3 2.3 2-1.9 2.5 2.4M10.2 6.2h.01",
  download: "M8 2.5v8M4.7 7.3L8 10.6l3.3-3.3M2.5 13.5h11",
} as const;

export type IconName = keyof typeof paths;

/** Decoration: hidden from screen readers, which get the text or label beside it. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={classNames("size-4 shrink-0", className)}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2 : 1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
