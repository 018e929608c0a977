// Batch normalisation in training, ReLU and a 2x2 max pooling of stride 2 in one pass each way: what lies between them is never
// written, and of dy a quarter is read. To the bit what batch-norm.h and pool.h give one after the
// other, but for the order of the gradient's sums. `rows` are rows of windows, [image, outH]; x is [rows * 2, outW * 2, channels].

// The normalised values at a window's four places, in its own order, and x - mean.
struct Quad {
  Vec value[4], centred[4];
};

struct PooledNorm {
  size_t outW, channels;
  const float *x, *mean, *factor, *offset;

  inline __attribute__((always_inline)) size_t place(size_t row, size_t column, int k) const {
    return ((row * 2 + k / 2) * outW * 2 + column * 2 + k % 2) * channels;
  }
  inline __attribute__((always_inline)) Quad at(size_t row, size_t column, size_t c, int lanes) const {
    Quad q;
    const Vec m = loadLanes(mean + c, lanes), f = loadLanes(factor + c, lanes);
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
      q.centred[k] = loadLanes(x + place(row, column, k) + c, lanes) - m;
      q.value[k] = q.centred[k] * f;
      if (offset) q.value[k] += loadLanes(offset + c, lanes);
    }
    return q;
  }
};

// Where the first of the greatest activated values is; the gradient goes there if it passed the ReLU.
static inline __attribute__((always_inline)) VecInt greatest(const Quad& q, Vec& most) {
  const Vec zero = {};
  VecInt place = VecInt{} - 1;
  most = splat(-__builtin_inff());
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    const Vec v = maximum(q.value[k], zero);
    place = v > most ? k - VecInt{} : place;
    most = v > most ? v : most;
  }
  return place;
}

static bool batchNormReluMaxPool(size_t rows, size_t outW, size_t channels, const float* x, const float* scale, const float* offset, float epsilon, float* y,
                                 float* mean, float* variance) {
  const float* factor = batchStatistics(rows * 2 * outW * 2, channels, x, scale, epsilon, mean, variance);
  if (!factor) return false;
  const PooledNorm norm{outW, channels, x, mean, factor, offset};
  parallelRanges(rows, 1024 / (outW * channels) + 1, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++)
      for (size_t j = 0; j < outW; j++)
        forLanes(0, channels, [&](size_t c, int lanes) {
          Vec most;
          greatest(norm.at(r, j, c, lanes), most);
          storeLanes(y + (r * outW + j) * channels + c, most, lanes);
        });
  });
  return true;
}

// Sums of g and of g * (x - mean) over the rows of windows [begin, end), for V vectors of channels from c0 on.
template <int V>
static void sumPooled(const PooledNorm& norm, const float* dy, size_t begin, size_t end, size_t c0, int lanes, double* sums) {
  const size_t step = kSumRows / norm.outW + 1;
  const Vec zero = {};
  for (size_t r0 = begin; r0 < end; r0 += step) {
    const size_t r1 = end - r0 < step ? end : r0 + step;
    Vec a[V] = {}, b[V] = {};
    for (size_t r = r0; r < r1; r++)
      for (size_t j = 0; j < norm.outW; j++)
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) {
          const size_t c = c0 + v * L;
          const int n = V == 1 ? lanes : L;
          const Quad q = norm.at(r, j, c, n);
          Vec most, centred = q.centred[0];
          const VecInt place = greatest(q, most);
#pragma GCC unroll 3
          for (int k = 1; k < 4; k++) centred = place == k ? q.centred[k] : centred;
          const Vec gradient = most > zero ? loadLanes(dy + (r * norm.outW + j) * norm.channels + c, n) : zero;
          a[v] += gradient;
          b[v] += gradient * centred;
        }
    for (int v = 0; v < V; v++)
      for (int i = 0; i < L && v * L + i < lanes; i++) {
        sums[c0 + v * L + i] += a[v][i];
        sums[norm.channels + c0 + v * L + i] += b[v][i];
      }
  }
}

static bool batchNormReluMaxPoolGrad(size_t rows, size_t outW, size_t channels, const float* dy, const float* x, const float* mean, const float* variance,
                                     const float* scale, const float* offset, float epsilon, float* dx, float* dscale, float* doffset) {
  const NormGradient n = normGradient(channels, variance, scale, epsilon);
  const size_t pixels = rows * 2 * outW * 2;
  const size_t threads = sumThreads(pixels, channels);
  double* sums = channelSums(threads, channels);
  if (!n.factor || !sums) return false;
  const PooledNorm norm{outW, channels, x, mean, n.factor, offset};
  sumInThreads(rows, channels, sums, threads, [&](size_t begin, size_t end, size_t c0, int vectors, int lanes, double* mine) {
    vectors == 2 ? sumPooled<2>(norm, dy, begin, end, c0, lanes, mine) : sumPooled<1>(norm, dy, begin, end, c0, lanes, mine);
  });
  finishNormGradient(n, pixels, channels, sums, variance, epsilon, dscale, doffset);
  const Vec zero = {};
  parallelRanges(rows, 1024 / (outW * channels) + 1, [&](size_t begin, size_t end, int) {
    for (size_t r = begin; r < end; r++)
      for (size_t j = 0; j < outW; j++)
        forLanes(0, channels, [&](size_t c, int lanes) {
          const Quad q = norm.at(r, j, c, lanes);
          Vec most;
          const VecInt place = greatest(q, most);
          const Vec gradient = most > zero ? loadLanes(dy + (r * outW + j) * channels + c, lanes) : zero;
          const Vec factor = loadLanes(n.factor + c, lanes), meanGrad = loadLanes(n.meanGrad + c, lanes), slope = loadLanes(n.slope + c, lanes);
#pragma GCC unroll 4
          for (int k = 0; k < 4; k++) {
            const Vec g = place == k ? gradient : zero;
            storeLanes(dx + norm.place(r, j, k) + c, factor * (g - meanGrad - q.centred[k] * slope), lanes);
          }
        });
  });
  return true;
}
