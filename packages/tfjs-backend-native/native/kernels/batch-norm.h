// Batch normalisation over [rows, channels] (Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167), training
// and inference, with the following ReLU or GELU in the same pass. Memory-bound: each direction reads its inputs twice
// and writes once. Sums are taken of x minus its first row, in float over short blocks and in double across
// them, so that a large mean does not cancel the variance.

constexpr int kSumRows = 256;  // rows summed in float

static double* channelSums(size_t threads, size_t channels) {
  return reinterpret_cast<double*>(threadScratch(3, threads * channels * 2 * sizeof(double) / sizeof(float)));
}


// Calls visit(row, vector-of-channels start, lanes, accumulators a, b) and adds the accumulators to sums[0…C) and sums[C…2C).
template <int V, typename Visit>
static void sumChannels(size_t begin, size_t end, size_t channels, size_t c0, int lanes, double* sums, Visit visit) {
  for (size_t r0 = begin; r0 < end; r0 += kSumRows) {
    const size_t r1 = end - r0 < kSumRows ? end : r0 + kSumRows;
    Vec a[V] = {}, b[V] = {};
    for (size_t r = r0; r < r1; r++)
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) visit(r * channels + c0 + v * L, v, V == 1 ? lanes : L, a[v], b[v]);
    for (int v = 0; v < V; v++)
      for (int i = 0; i < L && v * L + i < lanes; i++) {
        sums[c0 + v * L + i] += a[v][i];
        sums[channels + c0 + v * L + i] += b[v][i];
      }
  }
}

// share(begin, end, c0, vectors, lanes, sums) adds the sums over rows [begin, end) of up to two vectors of channels from c0 on.
template <typename Share>
static void sumInThreads(size_t rows, size_t channels, double* sums, size_t threads, Share share) {
  memset(sums, 0, threads * channels * 2 * sizeof(double));
  struct Context { size_t rows, channels; double* sums; Share* share; } context{rows, channels, sums, &share};
  runParallel(static_cast<int>(threads), [](void* raw, int thread, int of) {
    auto& c = *static_cast<Context*>(raw);
    const size_t begin = c.rows * thread / of, end = c.rows * (thread + 1) / of;
    double* mine = c.sums + static_cast<size_t>(thread) * c.channels * 2;
    size_t c0 = 0;
    for (; c0 + 2 * L <= c.channels; c0 += 2 * L) (*c.share)(begin, end, c0, 2, 2 * L, mine);
    for (; c0 < c.channels; c0 += L) {
      const int lanes = c.channels - c0 < static_cast<size_t>(L) ? static_cast<int>(c.channels - c0) : L;
      (*c.share)(begin, end, c0, 1, lanes, mine);
    }
  }, &context);
  for (size_t t = 1; t < threads; t++)
    for (size_t i = 0; i < 2 * channels; i++) sums[i] += sums[t * 2 * channels + i];
}

template <typename Visit>
static void sumAllChannels(size_t rows, size_t channels, double* sums, size_t threads, Visit visit) {
  sumInThreads(rows, channels, sums, threads, [&](size_t begin, size_t end, size_t c0, int vectors, int lanes, double* mine) {
    auto of = [&](size_t at, int v, int n, Vec& a, Vec& b) { visit(at, c0 + v * L, n, a, b); };
    vectors == 2 ? sumChannels<2>(begin, end, channels, c0, lanes, mine, of) : sumChannels<1>(begin, end, channels, c0, lanes, mine, of);
  });
}

static size_t sumThreads(size_t rows, size_t channels) {
  const size_t most = rows * channels / 4096 + 1, threads = threadCount();
  return threads < most ? threads : most;
}

// y = activation((x - center) * factor + offset).
template <typename F>
static void scaleRowsAnd(F activation, size_t rows, size_t channels, const float* x, const float* center, const float* factor, const float* offset, float* y) {
  parallelRanges(rows, 4096 / channels + 1, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      for (size_t c = 0; c < channels; c += L) {
        const int lanes = channels - c < static_cast<size_t>(L) ? static_cast<int>(channels - c) : L;
        Vec v = (loadLanes(x + r * channels + c, lanes) - loadLanes(center + c, lanes)) * loadLanes(factor + c, lanes);
        if (offset) v += loadLanes(offset + c, lanes);
        storeLanes(y + r * channels + c, activation(v), lanes);
      }
    }
  });
}

static void scaleRows(NormActivation activation, size_t rows, size_t channels, const float* x, const float* center, const float* factor, const float* offset,
                      float* y) {
  const Vec zero = {};
  switch (activation) {
    case NormActivation::linear: return scaleRowsAnd([](Vec v) { return v; }, rows, channels, x, center, factor, offset, y);
    case NormActivation::relu: return scaleRowsAnd([=](Vec v) { return maximum(v, zero); }, rows, channels, x, center, factor, offset, y);
    case NormActivation::gelu: return scaleRowsAnd([](Vec v) { return gelu(v); }, rows, channels, x, center, factor, offset, y);
  }
}

// factor = scale / sqrt(variance + epsilon), in a thread's scratch; null where there is no memory.
static const float* batchStatistics(size_t rows, size_t channels, const float* x, const float* scale, float epsilon, float* mean, float* variance) {
  const size_t threads = sumThreads(rows, channels);
  double* sums = channelSums(threads, channels);
  float* factor = threadScratch(2, channels);
  if (!sums || !factor) return nullptr;
  sumAllChannels(rows, channels, sums, threads, [&](size_t at, size_t c, int lanes, Vec& a, Vec& b) {
    const Vec d = loadLanes(x + at, lanes) - loadLanes(x + c, lanes);
    a += d;
    b += d * d;
  });
  for (size_t c = 0; c < channels; c++) {
    const double shift = sums[c] / rows, square = sums[channels + c] / rows - shift * shift;
    mean[c] = static_cast<float>(x[c] + shift);
    variance[c] = static_cast<float>(square < 0 ? 0 : square);
    factor[c] = static_cast<float>((scale ? scale[c] : 1.0) / sqrt((square < 0 ? 0 : square) + epsilon));
  }
  return factor;
}

static bool batchNormTraining(size_t rows, size_t channels, const float* x, const float* scale, const float* offset, float epsilon, NormActivation activation,
                              float* y, float* mean, float* variance) {
  const float* factor = batchStatistics(rows, channels, x, scale, epsilon, mean, variance);
  if (!factor) return false;
  scaleRows(activation, rows, channels, x, mean, factor, offset, y);
  return true;
}

static bool batchNormInference(size_t rows, size_t channels, const float* x, const float* mean, const float* variance, const float* scale, const float* offset,
                               float epsilon, float* y) {
  float* factor = threadScratch(2, channels);
  if (!factor) return false;
  for (size_t c = 0; c < channels; c++) factor[c] = static_cast<float>((scale ? scale[c] : 1.0) / sqrt(static_cast<double>(variance[c]) + epsilon));
  scaleRows(NormActivation::linear, rows, channels, x, mean, factor, offset, y);
  return true;
}

// dx = factor * (g - meanGrad - d * slope) with g the gradient behind the activation and d = x - mean.
struct NormGradient {
  float *factor, *meanGrad, *slope;
};

// In a thread's scratch, what needs no sums yet: factor = scale / sqrt(variance + epsilon). Null where there is no memory.
static NormGradient normGradient(size_t channels, const float* variance, const float* scale, float epsilon) {
  float* factor = threadScratch(2, channels * 3);
  if (!factor) return {};
  for (size_t c = 0; c < channels; c++) factor[c] = static_cast<float>((scale ? scale[c] : 1.0) / sqrt(static_cast<double>(variance[c]) + epsilon));
  return {factor, factor + channels, factor + 2 * channels};
}

// From sums of g and of g * d over all rows.
static void finishNormGradient(const NormGradient& n, size_t rows, size_t channels, const double* sums, const float* variance, float epsilon, float* dscale,
                               float* doffset) {
  for (size_t c = 0; c < channels; c++) {
    const double inverse = 1.0 / (static_cast<double>(variance[c]) + epsilon);
    doffset[c] = static_cast<float>(sums[c]);
    dscale[c] = static_cast<float>(sums[channels + c] * sqrt(inverse));
    n.meanGrad[c] = static_cast<float>(sums[c] / rows);
    n.slope[c] = static_cast<float>(sums[channels + c] / rows * inverse);
  }
}

// `activationGrad(at, c, lanes, d)` is dy behind the activation's gradient, with d = x - mean; it is asked once for the sums
// and once for dx, and may keep what it found in dx in between.
template <typename First, typename Second>
static bool batchNormGradThrough(First first, Second second, size_t rows, size_t channels, const float* x, const float* mean, const float* variance,
                                 const NormGradient& n, float epsilon, float* dx, float* dscale, float* doffset) {
  const size_t threads = sumThreads(rows, channels);
  double* sums = channelSums(threads, channels);
  if (!sums) return false;
  sumAllChannels(rows, channels, sums, threads, [&](size_t at, size_t c, int lanes, Vec& a, Vec& b) {
    const Vec d = loadLanes(x + at, lanes) - loadLanes(mean + c, lanes);
    const Vec g = first(at, c, lanes, d);
    a += g;
    b += g * d;
  });
  finishNormGradient(n, rows, channels, sums, variance, epsilon, dscale, doffset);
  parallelRanges(rows, 4096 / channels + 1, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++) {
      for (size_t c = 0; c < channels; c += L) {
        const int lanes = channels - c < static_cast<size_t>(L) ? static_cast<int>(channels - c) : L;
        const size_t at = r * channels + c;
        const Vec d = loadLanes(x + at, lanes) - loadLanes(mean + c, lanes);
        const Vec g = second(at, c, lanes, d);
        storeLanes(dx + at, loadLanes(n.factor + c, lanes) * (g - loadLanes(n.meanGrad + c, lanes) - d * loadLanes(n.slope + c, lanes)), lanes);
      }
    }
  });
  return true;
}

static bool batchNormTrainingGrad(size_t rows, size_t channels, const float* dy, const float* x, const float* mean, const float* variance, const float* scale,
                                  const float* offset, float epsilon, NormActivation activation, float* dx, float* dscale, float* doffset) {
  const NormGradient n = normGradient(channels, variance, scale, epsilon);
  if (!n.factor) return false;
  const Vec zero = {};
  // What the activation was given.
  auto before = [&](size_t c, int lanes, Vec d) {
    const Vec scaled = d * loadLanes(n.factor + c, lanes);
    return offset ? scaled + loadLanes(offset + c, lanes) : scaled;
  };
  auto through = [&](auto first, auto second) {
    return batchNormGradThrough(first, second, rows, channels, x, mean, variance, n, epsilon, dx, dscale, doffset);
  };
  switch (activation) {
    case NormActivation::linear: {
      auto whole = [&](size_t at, size_t, int lanes, Vec) { return loadLanes(dy + at, lanes); };
      return through(whole, whole);
    }
    case NormActivation::relu: {
      // Asked twice: less work than memory for the answer.
      auto masked = [&](size_t at, size_t c, int lanes, Vec d) { return before(c, lanes, d) > zero ? loadLanes(dy + at, lanes) : zero; };
      return through(masked, masked);
    }
    case NormActivation::gelu: {
      auto slanted = [&](size_t at, size_t c, int lanes, Vec d) {
        const Vec g = loadLanes(dy + at, lanes) * geluSlope(before(c, lanes, d));
        storeLanes(dx + at, g, lanes);
        return g;
      };
      return through(slanted, [&](size_t at, size_t, int lanes, Vec) { return loadLanes(dx + at, lanes); });
    }
  }
  return false;
}
