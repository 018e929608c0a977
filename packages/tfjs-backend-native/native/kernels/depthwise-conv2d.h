// Depthwise convolution and its two gradients, NHWC: filter [H, W, C, M] is one weight per tap and output channel,
// output channel c * M + q sees input channel c. Vectors run over output channels. M > 1 becomes M = 1 by
// repeating each input channel M times in scratch memory.
//
// The forward pass and the input gradient are one loop: every output position has a list of (filter position,
// source position) pairs along each axis, which leaves padding out instead of multiplying by zeros.

struct Tap {
  int filter, source;
};

// Appends the taps of position p: source = p * stride + filter * dilation - pad.
static int forwardTaps(int p, int filter, int stride, int dilation, int pad, int sourceSize, Tap* taps) {
  int count = 0;
  for (int k = 0; k < filter; k++) {
    const int source = p * stride + k * dilation - pad;
    if (source >= 0 && source < sourceSize) taps[count++] = {k, source};
  }
  return count;
}
// The same with the roles of p and source exchanged.
static int backwardTaps(int p, int filter, int stride, int dilation, int pad, int sourceSize, Tap* taps) {
  int count = 0;
  for (int k = filter - 1; k >= 0; k--) {
    const int reach = p + pad - k * dilation;
    if (reach >= 0 && reach % stride == 0 && reach / stride < sourceSize) taps[count++] = {k, reach / stride};
  }
  return count;
}

struct DepthwisePixels {
  const float *source, *filter, *bias;
  const Tap *rows, *columns;
  int rowCount, columnCount, filterW;
  size_t channels, rowFloats;
  ptrdiff_t shift;  // floats between the sources of neighbouring pixels
  Activation activation;
  float alpha;
};

// P pixels side by side, V vectors of channels from c on.
template <int P, int V>
static inline void depthwiseTile(const DepthwisePixels& d, size_t c, int lanes, float* out) {
  Vec acc[P][V];
  for (int p = 0; p < P; p++)
    for (int v = 0; v < V; v++) acc[p][v] = d.bias ? loadLanes(d.bias + c + v * L, lanes) : Vec{};
  for (int r = 0; r < d.rowCount; r++) {
    const float* row = d.source + d.rows[r].source * d.rowFloats + c;
    const float* weights = d.filter + static_cast<size_t>(d.rows[r].filter) * d.filterW * d.channels + c;
    for (int k = 0; k < d.columnCount; k++) {
      const float* from = row + d.columns[k].source * d.channels;
      const float* weight = weights + d.columns[k].filter * d.channels;
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        const Vec w = loadLanes(weight + v * L, lanes);
#pragma GCC unroll 4
        for (int p = 0; p < P; p++) acc[p][v] += loadLanes(from + p * d.shift + v * L, lanes) * w;
      }
    }
  }
  for (int p = 0; p < P; p++)
    for (int v = 0; v < V; v++) storeLanes(out + p * d.channels + c + v * L, activate(acc[p][v], d.activation, d.alpha), lanes);
}
template <int P>
static void depthwisePixels(const DepthwisePixels& d, float* out) {
  size_t c = 0;
  for (; c + 2 * L <= d.channels; c += 2 * L) depthwiseTile<P, 2>(d, c, L, out);
  for (; c + L <= d.channels; c += L) depthwiseTile<P, 1>(d, c, L, out);
  if (c < d.channels) depthwiseTile<P, 1>(d, c, static_cast<int>(d.channels - c), out);
}

static void repeatChannels(const float* from, size_t pixels, int channels, int times, float* to) {
  for (size_t i = 0; i < pixels * channels; i++)
    for (int q = 0; q < times; q++) *to++ = from[i];
}

struct DepthwisePlan {
  int height, width, sourceH, sourceW;  // of one result image, of one source image
  size_t sourceChannels;                // in memory
  int multiplier;
  int (*taps)(int p, int filter, int stride, int dilation, int pad, int sourceSize, Tap*);
};

// done(image, y, row) takes each finished row [width, channels] of the result, or null if it was made in `result`.
template <typename Done>
static bool depthwiseRows(const ConvShape& s, const DepthwisePlan& plan, const float* source, float* result, DepthwisePixels d, Done done) {
  const size_t channels = s.outC, sourceImage = static_cast<size_t>(plan.sourceH) * plan.sourceW;
  const bool repeat = plan.sourceChannels != channels;
  const size_t resultRow = static_cast<size_t>(plan.width) * channels;
  d.channels = channels;
  d.rowFloats = plan.sourceW * channels;
  d.filterW = s.filterW;
  bool enough = true;
  const size_t work = resultRow * s.filterH * s.filterW;
  parallelRanges(static_cast<size_t>(s.batch) * plan.height, kGrain / (work < kGrain ? work + 1 : kGrain), [&](size_t begin, size_t end, int) {
    // starts[x]: the first tap of column x.
    const size_t width = plan.width, tapInts = (width * s.filterW + s.filterH) * 2;
    Tap* taps = reinterpret_cast<Tap*>(threadScratch(0, tapInts + width + 1));
    float* repeated = repeat ? threadScratch(1, sourceImage * channels) : nullptr;
    float* ownRow = result ? nullptr : threadScratch(2, resultRow);
    if (!taps || (repeat && !repeated) || (!result && !ownRow)) {
      enough = false;
      return;
    }
    int* starts = reinterpret_cast<int*>(taps) + tapInts;
    Tap* columns = taps + s.filterH;
    starts[0] = 0;
    for (size_t x = 0; x < width; x++)
      starts[x + 1] = starts[x] + plan.taps(static_cast<int>(x), s.filterW, s.strideW, s.dilationW, s.padLeft, plan.sourceW, columns + starts[x]);
    size_t ready = SIZE_MAX;  // image in `repeated`
    for (size_t i = begin; i < end; i++) {
      const size_t image = i / plan.height;
      const int y = static_cast<int>(i % plan.height);
      const float* from = source + image * sourceImage * plan.sourceChannels;
      if (repeat && ready != image) {
        repeatChannels(from, sourceImage, static_cast<int>(plan.sourceChannels), plan.multiplier, repeated);
        ready = image;
      }
      DepthwisePixels here = d;
      here.source = repeat ? repeated : from;
      here.rows = taps;
      here.rowCount = plan.taps(y, s.filterH, s.strideH, s.dilationH, s.padTop, plan.sourceH, taps);
      float* row = result ? result + i * resultRow : ownRow;
      for (size_t x = 0; x < width;) {
        here.columns = columns + starts[x];
        here.columnCount = starts[x + 1] - starts[x];
        // Neighbours with the same filter positions share their weights.
        auto alike = [&](size_t other) {
          if (other >= width || starts[other + 1] - starts[other] != here.columnCount) return false;
          return here.columnCount == 0 || columns[starts[other]].filter == here.columns[0].filter;
        };
        if (alike(x + 1) && alike(x + 2) && alike(x + 3)) {
          here.shift = here.columnCount == 0 ? 0 : (columns[starts[x + 1]].source - here.columns[0].source) * static_cast<ptrdiff_t>(channels);
          depthwisePixels<4>(here, row + x * channels);
          x += 4;
        } else {
          depthwisePixels<1>(here, row + x * channels);
          x++;
        }
      }
      if (!result) done(image, y, ownRow);
    }
  });
  return enough;
}

static bool depthwiseConv2d(const ConvShape& s, const float* x, const float* filter, const float* bias, float* y, Activation activation, float alpha) {
  const DepthwisePlan plan{s.outH, s.outW, s.inH, s.inW, static_cast<size_t>(s.inC), s.outC / s.inC, forwardTaps};
  DepthwisePixels d{};
  d.filter = filter;
  d.bias = bias;
  d.activation = activation;
  d.alpha = alpha;
  return depthwiseRows(s, plan, x, y, d, [](size_t, int, const float*) {});
}

static bool depthwiseConv2dBackpropInput(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const int multiplier = s.outC / s.inC;
  const DepthwisePlan plan{s.inH, s.inW, s.outH, s.outW, static_cast<size_t>(s.outC), 1, backwardTaps};
  DepthwisePixels d{};
  d.filter = filter;
  return depthwiseRows(s, plan, dy, multiplier == 1 ? dx : nullptr, d, [&](size_t image, int row, const float* wide) {
    float* to = dx + (image * s.inH + row) * s.inW * s.inC;
    for (size_t i = 0; i < static_cast<size_t>(s.inW) * s.inC; i++) {
      float total = 0;
      for (int q = 0; q < multiplier; q++) total += wide[i * multiplier + q];
      to[i] = total;
    }
  });
}

// Output columns [first, last) whose tap k lies in the image.
static inline void validColumns(const ConvShape& s, int k, int* first, int* last) {
  const int reach = s.padLeft - k * s.dilationW;  // x * stride - reach is the source column
  *first = reach <= 0 ? 0 : (reach + s.strideW - 1) / s.strideW;
  const int most = s.inW - 1 + reach;
  *last = most < 0 ? 0 : most / s.strideW + 1;
  if (*last > s.outW) *last = s.outW;
  if (*first > *last) *first = *last;
}

// K taps k0…k0+K-1 of filter row ky, one vector of channels, one image.
template <int K>
static inline void depthwiseFilterTaps(const ConvShape& s, const float* x, const float* dy, int ky, int k0, size_t c, int lanes, float* sums) {
  Vec acc[K] = {};
  int first[K], last[K], from = 0, to = s.outW;
  for (int k = 0; k < K; k++) {
    validColumns(s, k0 + k, &first[k], &last[k]);
    if (first[k] > from) from = first[k];
    if (last[k] < to) to = last[k];
  }
  if (from > to) from = to;
  const size_t channels = s.outC;
  const ptrdiff_t step = static_cast<ptrdiff_t>(s.strideW) * channels, tapStep = static_cast<ptrdiff_t>(s.dilationW) * channels;
  for (int y = 0; y < s.outH; y++) {
    const int row = y * s.strideH + ky * s.dilationH - s.padTop;
    if (row < 0 || row >= s.inH) continue;
    const float* grad = dy + static_cast<size_t>(y) * s.outW * channels + c;
    const float* source = x + static_cast<size_t>(row) * s.inW * channels + c + static_cast<ptrdiff_t>(k0 * s.dilationW - s.padLeft) * static_cast<ptrdiff_t>(channels);
    for (int i = from; i < to; i++) {  // all taps at once
      const Vec g = loadLanes(grad + i * channels, lanes);
#pragma GCC unroll 4
      for (int k = 0; k < K; k++) acc[k] += loadLanes(source + i * step + k * tapStep, lanes) * g;
    }
#pragma GCC unroll 4
    for (int k = 0; k < K; k++) {
      for (int i = first[k]; i < from && i < last[k]; i++) acc[k] += loadLanes(source + i * step + k * tapStep, lanes) * loadLanes(grad + i * channels, lanes);
      for (int i = to > first[k] ? to : first[k]; i < last[k]; i++) acc[k] += loadLanes(source + i * step + k * tapStep, lanes) * loadLanes(grad + i * channels, lanes);
    }
  }
  for (int k = 0; k < K; k++) {
    float* sum = sums + (static_cast<size_t>(ky) * s.filterW + k0 + k) * channels + c;
    storeLanes(sum, loadLanes(sum, lanes) + acc[k], lanes);
  }
}

// As in conv2dBackpropFilter each thread sums up images of its own, and the sums are added in a fixed order.
static bool depthwiseConv2dBackpropFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const size_t channels = s.outC, floats = static_cast<size_t>(s.filterH) * s.filterW * channels;
  const size_t inPixels = static_cast<size_t>(s.inH) * s.inW, outPixels = static_cast<size_t>(s.outH) * s.outW;
  const int threads = threadCount() < s.batch ? threadCount() : s.batch, multiplier = s.outC / s.inC;
  float* sums = threadScratch(3, floats * threads);
  if (!sums) return false;
  bool enough = true;
  parallelRanges(threads, 1, [&](size_t firstRange, size_t lastRange, int) {
    float* repeated = multiplier == 1 ? nullptr : threadScratch(1, inPixels * channels);
    if (multiplier != 1 && !repeated) {
      enough = false;
      return;
    }
    for (size_t range = firstRange; range < lastRange; range++) {
      float* sum = sums + range * floats;
      memset(sum, 0, floats * sizeof(float));
      for (size_t n = s.batch * range / threads; n < s.batch * (range + 1) / threads; n++) {
        const float* image = x + n * inPixels * s.inC;
        if (multiplier != 1) {
          repeatChannels(image, inPixels, s.inC, multiplier, repeated);
          image = repeated;
        }
        const float* grad = dy + n * outPixels * channels;
        for (size_t c = 0; c < channels; c += L) {
          const int lanes = channels - c < static_cast<size_t>(L) ? static_cast<int>(channels - c) : L;
          for (int ky = 0; ky < s.filterH; ky++)
            for (int k = 0; k < s.filterW;) {
              const int rest = s.filterW - k, take = rest > 4 ? (rest == 5 ? 3 : 4) : rest;
              auto run = [&](int width) {
                switch (take) {
                  case 1: return depthwiseFilterTaps<1>(s, image, grad, ky, k, c, width, sum);
                  case 2: return depthwiseFilterTaps<2>(s, image, grad, ky, k, c, width, sum);
                  case 3: return depthwiseFilterTaps<3>(s, image, grad, ky, k, c, width, sum);
                  case 4: return depthwiseFilterTaps<4>(s, image, grad, ky, k, c, width, sum);
                }
              };
              if (lanes == L) run(L);
              else run(lanes);
              k += take;
            }
        }
      }
    }
  });
  if (!enough) return false;
  for (size_t i = 0; i < floats; i++) {
    float total = sums[i];
    for (int t = 1; t < threads; t++) total += sums[t * floats + i];
    dw[i] = total;
  }
  return true;
}
