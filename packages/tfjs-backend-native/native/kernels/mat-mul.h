// One matrix product: B packed in panels of 2L columns, A read in place or, when transposed, through a copy.

static bool matMul(size_t m, size_t k, size_t n, const float* a, bool transposeA, const float* b, bool transposeB, const float* bias, float* out,
                   Activation activation, float alpha) {
  const int depth = static_cast<int>(k), columns = static_cast<int>(n);
  float* packed = packedScratch(k, columns, 0);
  if (!packed) return false;
  if (transposeB) packBlocks(b, depth, columns, depth, packed, [](int row) { return static_cast<ptrdiff_t>(row); });
  else packBlocks(b, depth, columns, 1, packed, [&](int row) { return static_cast<ptrdiff_t>(row) * columns; });
  if (transposeA) {
    float* copy = threadScratch(3, m * k);
    if (!copy) return false;
    transposeInto(a, k, m, copy);
    a = copy;
  }
  return flatProduct(m, depth, columns, a, packed, bias, out, activation, alpha);
}
