// Softmax and its logarithm over rows of `columns` contiguous logits. The maximum is taken off first, so that
// exp does not overflow. Written so that infinities and NaN spread as they do when tfjs composes it of kernels: a
// row with NaN or +Infinity in it, or all -Infinity, is NaN throughout (log: -Infinity - NaN).

static void softmaxRow(const float* x, float* y, size_t columns, bool logarithmic) {
  const float most = static_cast<float>(reduceRow<MaxReduction>(x, columns));
  double total = 0;
  forLanes(0, columns, [&](size_t at, int lanes) { storeLanes(y + at, expVec(loadLanes(x + at, lanes) - most), lanes); });
  total = reduceRow<SumReduction>(y, columns);
  if (logarithmic) {
    const float logTotal = static_cast<float>(log(total));
    forLanes(0, columns, [&](size_t at, int lanes) { storeLanes(y + at, (loadLanes(x + at, lanes) - most) - logTotal, lanes); });
  } else {
    const float scale = static_cast<float>(1 / total);
    forLanes(0, columns, [&](size_t at, int lanes) { storeLanes(y + at, loadLanes(y + at, lanes) * scale, lanes); });
  }
}

static void softmax(size_t rows, size_t columns, const float* x, float* y, bool logarithmic) {
  const size_t work = columns * 8;
  parallelRanges(rows, kGrain / (work < kGrain ? work + 1 : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t row = begin; row < end; row++) softmaxRow(x + row * columns, y + row * columns, columns, logarithmic);
  });
}
