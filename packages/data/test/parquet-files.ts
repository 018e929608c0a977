/** Parquet files as `datasets` of Hugging Face writes them: a struct of bytes and path, and a label. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

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
  /** What the metadata says that the pictures of each group take, where that is not the truth. */
  readonly claimedBytes?: number;
}

export function encodeParquet(
  samples: readonly ParquetSample[],
  {
    classNames,
    imageName = "image",
    labelName = "label",
    rowGroupSize = 1000,
    claimedBytes,
  }: ParquetFileOptions = {},
): Uint8Array {
  const isText = samples.some(({ label }) => typeof label === "string");
  const optional = { repetition_type: "OPTIONAL" } as const;
  const text = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
  const schema: NonNullable<ConstructorParameters<typeof ParquetWriter>[0]["schema"]> = [
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
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema,
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
  });
  void writer.write({
    columnData: [
      { name: imageName, data: samples.map(({ image }) => image) },
      { name: labelName, data: labels },
    ],
    rowGroupSize,
  });
  for (const { columns } of writer.row_groups) {
    const { meta_data } = columns[0]!;
    if (claimedBytes !== undefined) meta_data!.total_uncompressed_size = BigInt(claimedBytes);
  }
  void writer.finish();
  return new Uint8Array(bytes.getBuffer());
}
