// [rows, columns] to [columns, rows] in cache-sized squares.

static void transposeInto(const float* source, size_t rows, size_t columns, float* target) {
  constexpr size_t kTileSide = 16;
  parallelRanges((rows + kTileSide - 1) / kTileSide, 8, [&](size_t begin, size_t end, int) {
    for (size_t r0 = begin * kTileSide; r0 < end * kTileSide && r0 < rows; r0 += kTileSide)
      for (size_t c0 = 0; c0 < columns; c0 += kTileSide)
        for (size_t r = r0; r < r0 + kTileSide && r < rows; r++)
          for (size_t c = c0; c < c0 + kTileSide && c < columns; c++) target[c * rows + r] = source[r * columns + c];
  });
}
