// Max and average pooling over NHWC, and their gradients. One output pixel at a time, a vector of channels in
// registers. As tfjs's `cpu`: padding takes no part, NaN is never the maximum, the first of equal maxima (in row
// order) is the one that gets the gradient, and the gradient of an average divides by the whole window even
// where padding cut it short.

struct Window {
  int y0, y1, x0, x1;  // of the input; empty if it lies in the padding
};
static inline Window windowOf(const PoolShape& s, int y, int x) {
  const int top = y * s.strideH - s.padTop, left = x * s.strideW - s.padLeft;
  const int bottom = top + s.filterH, right = left + s.filterW;
  return {top < 0 ? 0 : top, bottom < s.inH ? bottom : s.inH, left < 0 ? 0 : left, right < s.inW ? right : s.inW};
}

static inline size_t poolGrain(const PoolShape& s) {
  const size_t work = static_cast<size_t>(s.outW) * s.channels * s.filterH * s.filterW;
  return kGrain / (work < kGrain ? work + 1 : kGrain);
}

// f(image, y, first output pixel of that row) for every output row.
template <typename F>
static void forOutputRows(const PoolShape& s, F f) {
  parallelRanges(static_cast<size_t>(s.batch) * s.outH, poolGrain(s), [&](size_t begin, size_t end, int) {
    for (size_t row = begin; row < end; row++) f(row / s.outH, static_cast<int>(row % s.outH), row * s.outW * s.channels);
  });
}

static void maxPool(const PoolShape& s, const float* x, float* y) {
  forOutputRows(s, [&](size_t image, int row, size_t at) {
    const float* source = x + image * s.inH * s.inW * s.channels;
    for (int column = 0; column < s.outW; column++, at += s.channels) {
      const Window w = windowOf(s, row, column);
      forLanes(0, s.channels, [&](size_t c, int lanes) {
        Vec most = splat(-__builtin_inff());
        for (int i = w.y0; i < w.y1; i++)
          for (int j = w.x0; j < w.x1; j++) {
            const Vec v = loadLanes(source + (static_cast<size_t>(i) * s.inW + j) * s.channels + c, lanes);
            most = v > most ? v : most;
          }
        storeLanes(y + at + c, most, lanes);
      });
    }
  });
}

static void avgPool(const PoolShape& s, const float* x, float* y) {
  forOutputRows(s, [&](size_t image, int row, size_t at) {
    const float* source = x + image * s.inH * s.inW * s.channels;
    for (int column = 0; column < s.outW; column++, at += s.channels) {
      const Window w = windowOf(s, row, column);
      const int height = w.y1 > w.y0 ? w.y1 - w.y0 : 0, width = w.x1 > w.x0 ? w.x1 - w.x0 : 0;
      const float count = static_cast<float>(height) * static_cast<float>(width);
      forLanes(0, s.channels, [&](size_t c, int lanes) {
        Vec total = {};
        for (int i = w.y0; i < w.y1; i++)
          for (int j = w.x0; j < w.x1; j++) total += loadLanes(source + (static_cast<size_t>(i) * s.inW + j) * s.channels + c, lanes);
        storeLanes(y + at + c, total / count, lanes);
      });
    }
  });
}

// Both gradients: the rows of dx are shared out, and who has a row goes through every window that reaches it.
// spread(window, dy offset, image, first, last, add) adds one window's gradient to rows first…last of dx. Where
// windows neither overlap nor leave anything out, `add` is false: it stores, and dx needs no zeros before.
template <typename Spread>
static void poolGradient(const PoolShape& s, float* dx, Spread spread) {
  const size_t rowFloats = static_cast<size_t>(s.inW) * s.channels;
  const bool tiled = s.strideH == s.filterH && s.strideW == s.filterW && s.padTop == 0 && s.padLeft == 0 &&
                     s.outH * s.strideH >= s.inH && s.outW * s.strideW >= s.inW;
  parallelRanges(static_cast<size_t>(s.batch) * s.inH, kGrain / (rowFloats < kGrain ? rowFloats + 1 : kGrain), [&](size_t begin, size_t end, int) {
    while (begin < end) {
      const size_t image = begin / s.inH;
      const int first = static_cast<int>(begin % s.inH);
      const int last = end - begin < static_cast<size_t>(s.inH - first) ? first + static_cast<int>(end - begin) : s.inH;
      begin += last - first;
      float* target = dx + image * s.inH * rowFloats;
      if (!tiled) memset(target + first * rowFloats, 0, (last - first) * rowFloats * sizeof(float));
      // Windows [y * stride - pad, + filter) that meet [first, last).
      const int reach = first + s.padTop - s.filterH + 1;
      int y = reach <= 0 ? 0 : (reach + s.strideH - 1) / s.strideH;
      for (; y < s.outH && y * s.strideH - s.padTop < last; y++)
        for (int x = 0; x < s.outW; x++) spread(windowOf(s, y, x), ((image * s.outH + y) * s.outW + x) * s.channels, image, first, last, !tiled);
    }
  });
}

static void maxPoolGrad(const PoolShape& s, const float* dy, const float* x, float* dx) {
  const size_t imageFloats = static_cast<size_t>(s.inH) * s.inW * s.channels;
  poolGradient(s, dx, [&](const Window& w, size_t at, size_t image, int first, int last, bool add) {
    const float* source = x + image * imageFloats;
    float* target = dx + image * imageFloats;
    forLanes(0, s.channels, [&](size_t c, int lanes) {
      Vec most = splat(-__builtin_inff());
      VecInt place = VecInt{} - 1;
      int32_t here = 0;
      for (int i = w.y0; i < w.y1; i++)
        for (int j = w.x0; j < w.x1; j++, here++) {
          const Vec v = loadLanes(source + (static_cast<size_t>(i) * s.inW + j) * s.channels + c, lanes);
          place = v > most ? here - VecInt{} : place;
          most = v > most ? v : most;
        }
      const Vec gradient = loadLanes(dy + at + c, lanes), zero = {};
      here = 0;
      for (int i = w.y0; i < w.y1; i++)
        for (int j = w.x0; j < w.x1; j++, here++) {
          if (i < first || i >= last) continue;
          float* to = target + (static_cast<size_t>(i) * s.inW + j) * s.channels + c;
          const Vec share = place == here ? gradient : zero;
          storeLanes(to, add ? loadLanes(to, lanes) + share : share, lanes);
        }
    });
  });
}

static void avgPoolGrad(const PoolShape& s, const float* dy, float* dx) {
  const size_t imageFloats = static_cast<size_t>(s.inH) * s.inW * s.channels;
  const float share = 1.0f / (static_cast<float>(s.filterH) * static_cast<float>(s.filterW));
  poolGradient(s, dx, [&](const Window& w, size_t at, size_t image, int first, int last, bool add) {
    float* target = dx + image * imageFloats;
    const int y0 = w.y0 < first ? first : w.y0, y1 = w.y1 < last ? w.y1 : last;
    forLanes(0, s.channels, [&](size_t c, int lanes) {
      const Vec gradient = loadLanes(dy + at + c, lanes) * share;
      for (int i = y0; i < y1; i++)
        for (int j = w.x0; j < w.x1; j++) {
          float* to = target + (static_cast<size_t>(i) * s.inW + j) * s.channels + c;
          storeLanes(to, add ? loadLanes(to, lanes) + gradient : gradient, lanes);
        }
    });
  });
}
