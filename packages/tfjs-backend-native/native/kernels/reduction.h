// Sum, Mean, Max and ArgMax of x [outer, reduced, inner] over its middle axis. Float over short runs, double across
// them, so that a sum of millions is as good as one in double. The runs depend on the shape alone: results are the
// same whatever the number of threads.

constexpr size_t kRunFloats = 4096;       // summed in float
constexpr size_t kChunkFloats = 1 << 15;  // one piece of work
constexpr size_t kBlockColumns = 512;     // columns of one piece of work
constexpr size_t kEnoughPieces = 64;      // no need to cut the reduced axis

struct SumReduction {
  static Vec start() { return Vec{}; }
  static Vec step(Vec total, Vec v) { return total + v; }
  static float step(float total, float v) { return total + v; }
  static double merge(double a, double b) { return a + b; }
  static constexpr double kStart = 0;
};
struct MaxReduction {
  static Vec start() { return splat(-__builtin_inff()); }
  static Vec step(Vec most, Vec v) { return maximum(v, most); }  // NaN, once met, stays
  static float step(float most, float v) { return v != v || v > most ? v : most; }
  static double merge(double a, double b) { return a != a || a > b ? a : b; }
  static constexpr double kStart = -__builtin_inf();
};

// All lanes of one vector, pairwise.
template <typename R>
static inline float reduceLanes(Vec v) {
  float lanes[L];
  store(lanes, v);
#pragma GCC unroll 4
  for (int half = L / 2; half > 0; half /= 2)
#pragma GCC unroll 8
    for (int i = 0; i < half; i++) lanes[i] = R::step(lanes[i], lanes[i + half]);
  return lanes[0];
}

// One row of n contiguous elements.
template <typename R>
static double reduceRow(const float* x, size_t n) {
  double total = R::kStart;
  for (size_t from = 0; from < n; from += kRunFloats) {
    const size_t length = n - from < kRunFloats ? n - from : kRunFloats;
    const float* run = x + from;
    size_t i = 0;
    if (length >= L) {
      Vec a[4] = {R::start(), R::start(), R::start(), R::start()};
      for (; i + 4 * L <= length; i += 4 * L)
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) a[k] = R::step(a[k], load(run + i + k * L));
      for (; i + L <= length; i += L) a[0] = R::step(a[0], load(run + i));
      total = R::merge(total, reduceLanes<R>(R::step(R::step(a[0], a[1]), R::step(a[2], a[3]))));
    }
    for (; i < length; i++) total = R::merge(total, run[i]);
  }
  return total;
}

// `columns` columns of `rows` rows that lie `stride` floats apart.
template <typename R>
static void reduceColumns(const float* x, size_t rows, size_t stride, size_t columns, double* totals) {
  for (size_t c = 0; c < columns; c++) totals[c] = R::kStart;
  constexpr size_t kRunRows = 256;
  for (size_t from = 0; from < rows; from += kRunRows) {
    const size_t to = rows - from < kRunRows ? rows : from + kRunRows;
    size_t c = 0;
    for (; c + 4 * L <= columns; c += 4 * L) {
      Vec a[4] = {R::start(), R::start(), R::start(), R::start()};
      for (size_t r = from; r < to; r++)
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) a[k] = R::step(a[k], load(x + r * stride + c + k * L));
      for (int k = 0; k < 4 * L; k++) totals[c + k] = R::merge(totals[c + k], a[k / L][k % L]);
    }
    for (; c < columns; c += L) {
      const int lanes = columns - c < static_cast<size_t>(L) ? static_cast<int>(columns - c) : L;
      Vec a = R::start();
      for (size_t r = from; r < to; r++) a = R::step(a, loadLanes(x + r * stride + c, lanes));
      for (int k = 0; k < lanes; k++) totals[c + k] = R::merge(totals[c + k], a[k]);
    }
  }
}

// The same for the whole of rows narrower than a vector: L of them are one row of whole vectors.
template <typename R>
static void reduceNarrow(const float* x, size_t rows, size_t columns, double* totals) {
  double wide[L * L];
  const size_t width = columns * L, together = rows / L;
  reduceColumns<R>(x + together * width, rows % L, columns, columns, totals);
  reduceColumns<R>(x, together, width, width, wide);
  for (size_t i = 0; i < width; i++) totals[i % columns] = R::merge(totals[i % columns], wide[i]);
}

// `scale` multiplies the result: 1 over the number of elements for a mean.
template <typename R>
static bool reduceAs(const ReduceShape& s, double scale, const float* x, float* y) {
  const size_t blocks = (s.inner + kBlockColumns - 1) / kBlockColumns, width = s.inner < kBlockColumns ? s.inner : kBlockColumns;
  size_t chunks = 1;
  if (s.outer * blocks < kEnoughPieces) chunks = (s.reduced * width + kChunkFloats - 1) / kChunkFloats;
  if (chunks > s.reduced) chunks = s.reduced;
  if (chunks < 1) chunks = 1;
  double* partial = nullptr;
  if (chunks > 1) {
    partial = reinterpret_cast<double*>(threadScratch(3, s.outer * chunks * s.inner * 2));
    if (!partial) return false;
  }
  const size_t pieceFloats = s.reduced / chunks * width;
  parallelRanges(s.outer * chunks * blocks, kChunkFloats / (pieceFloats < kChunkFloats ? pieceFloats + 1 : kChunkFloats), [&](size_t begin, size_t end, int) {
    double totals[kBlockColumns];
    for (size_t piece = begin; piece < end; piece++) {
      const size_t block = piece % blocks, chunk = piece / blocks % chunks, outer = piece / blocks / chunks;
      const size_t first = s.reduced * chunk / chunks, rows = s.reduced * (chunk + 1) / chunks - first;
      const size_t c = block * kBlockColumns, columns = s.inner - c < kBlockColumns ? s.inner - c : kBlockColumns;
      const float* from = x + (outer * s.reduced + first) * s.inner + c;
      if (s.inner == 1) totals[0] = reduceRow<R>(from, rows);
      else if (s.inner < L) reduceNarrow<R>(from, rows, columns, totals);
      else reduceColumns<R>(from, rows, s.inner, columns, totals);
      if (partial) memcpy(partial + (outer * chunks + chunk) * s.inner + c, totals, columns * sizeof(double));
      else
        for (size_t i = 0; i < columns; i++) y[outer * s.inner + c + i] = static_cast<float>(totals[i] * scale);
    }
  });
  for (size_t i = 0; partial && i < s.outer * s.inner; i++) {
    const double* of = partial + i / s.inner * chunks * s.inner + i % s.inner;
    double total = of[0];
    for (size_t chunk = 1; chunk < chunks; chunk++) total = R::merge(total, of[chunk * s.inner]);
    y[i] = static_cast<float>(total * scale);
  }
  return true;
}

static bool reduce(ReduceOp op, const ReduceShape& s, const float* x, float* y) {
  switch (op) {
    case ReduceOp::sum: return reduceAs<SumReduction>(s, 1, x, y);
    case ReduceOp::mean: return reduceAs<SumReduction>(s, 1.0 / static_cast<double>(s.reduced), x, y);
    case ReduceOp::max: return reduceAs<MaxReduction>(s, 1, x, y);
  }
  return true;
}

// The first of equal maxima; NaN is one only where it comes first.
static void argMax(const ReduceShape& s, const float* x, int32_t* y) {
  parallelRanges(s.outer * s.inner, kGrain / (s.reduced < kGrain ? s.reduced : kGrain), [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const float* of = x + i / s.inner * s.reduced * s.inner + i % s.inner;
      float most = of[0];
      size_t place = 0;
      for (size_t r = 1; r < s.reduced; r++) {
        const float v = of[r * s.inner];
        if (v > most) most = v, place = r;
      }
      y[i] = static_cast<int32_t>(place);
    }
  });
}
