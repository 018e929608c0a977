/** Parquet files as `datasets` of Hugging Face writes them: a struct of bytes and path, and a label. */
import { parquetWriteBuffer } from "hyparquet-writer";

export interface ParquetSample {
  readonly image: { readonly bytes: Uint8Array | null; readonly path: string | null } | null;
  readonly label: number | string | null;
}

export interface ParquetFileOptions {
  /** Told in the metadata as those of a ClassLabel. */
  readonly classNames?: readonly string[];
  readonly imageName?: string;
  readonly labelName?: string;
  readonly rowGroupSize?: number;
}

export function encodeParquet(
  samples: readonly ParquetSample[],
  { classNames, imageName = "image", labelName = "label", rowGroupSize = 1000 }: ParquetFileOptions = {},
): Uint8Array {
  const isText = samples.some(({ label }) => typeof label === "string");
  const optional = { repetition_type: "OPTIONAL" } as const;
  const text = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
  const schema: NonNullable<Parameters<typeof parquetWriteBuffer>[0]["schema"]> = [
    { name: "root", num_children: 2 },
    { name: imageName, num_children: 2, ...optional },
    { name: "bytes", type: "BYTE_ARRAY", ...optional },
    { name: "path", ...text, ...optional },
    { name: labelName, ...(isText ? text : { type: "INT64" }), ...optional },
  ];
  const labels = samples.map(({ label }) => (typeof label === "number" ? BigInt(label) : label));
  const features = {
    [imageName]: { _type: "Image" },
    [labelName]: classNames ? { names: classNames, _type: "ClassLabel" } : { dtype: "int64", _type: "Value" },
  };
  return new Uint8Array(
    parquetWriteBuffer({
      schema,
      columnData: [
        { name: imageName, data: samples.map(({ image }) => image) },
        { name: labelName, data: labels },
      ],
      rowGroupSize,
      kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
    }),
  );
}
