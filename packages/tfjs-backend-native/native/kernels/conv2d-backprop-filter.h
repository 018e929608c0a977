// Filter gradient: dw[tap, c, o] = sum over images and output pixels of x at that tap times dy.
//
// A tile of T input channels (of one contiguous run: all taps of a filter row where dilation is 1) times
// two vectors of output channels stays in registers while the pixels of a group of images stream by. Each
// thread sums its images into a filter of its own; the sums are added up at the end in a fixed order.

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kFilterTile = 12;
#else
constexpr int kFilterTile = 6;
#endif

struct FilterTile {
  const float* x;   // first image, run start
  const float* dy;  // packed [images][outH][outW][2L] of this block
  int images, outH, outW;
  ptrdiff_t xImage, xRow, xPixel;
  float* sum;  // [T][2L]
};

template <int T, int V>
static void filterTile(const FilterTile& f) {
  Vec acc[T][V];
#pragma GCC unroll 16
  for (int i = 0; i < T; i++)
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) acc[i][v] = load(f.sum + i * kBlock + v * L);
  const float* dy = f.dy;
  for (int n = 0; n < f.images; n++) {
    for (int y = 0; y < f.outH; y++) {
      const float* x = f.x + n * f.xImage + y * f.xRow;
      for (int p = 0; p < f.outW; p++, x += f.xPixel, dy += V * L) {
        Vec grad[V];
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) grad[v] = load(dy + v * L);
#pragma GCC unroll 16
        for (int i = 0; i < T; i++) {
          const Vec value = splat(x[i]);
#pragma GCC unroll 2
          for (int v = 0; v < V; v++) acc[i][v] += value * grad[v];
        }
      }
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < T; i++)
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) store(f.sum + i * kBlock + v * L, acc[i][v]);
}

template <int V>
static void filterTileOf(int tile, const FilterTile& f) {
  switch (tile) {
    case 1: return filterTile<1, V>(f);
    case 2: return filterTile<2, V>(f);
    case 3: return filterTile<3, V>(f);
    case 4: return filterTile<4, V>(f);
    case 5: return filterTile<5, V>(f);
    case 6: return filterTile<6, V>(f);
#if defined(__AVX512F__) || defined(__aarch64__)
    case 7: return filterTile<7, V>(f);
    case 8: return filterTile<8, V>(f);
    case 9: return filterTile<9, V>(f);
    case 10: return filterTile<10, V>(f);
    case 11: return filterTile<11, V>(f);
    case 12: return filterTile<12, V>(f);
#endif
  }
}

// Gathers output channels o0…o0+n of `pixels` pixels into [pixels][width], zeros beyond n.
static void packGradient(const float* dy, size_t pixels, int outC, int o0, int n, int width, float* packed) {
  for (size_t p = 0; p < pixels; p++) {
    const float* from = dy + p * outC + o0;
    for (int v = 0; v < width / L; v++) {
      const int rest = n - v * L;
      store(packed + p * width + v * L, rest >= L ? load(from + v * L) : rest > 0 ? loadPart(from + v * L, rest) : Vec{});
    }
  }
}

static bool conv2dBackpropFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const int depth = s.filterH * s.filterW * s.inC;
  const int blocks = (s.outC + kBlock - 1) / kBlock;
  const size_t sumFloats = static_cast<size_t>(blocks) * depth * kBlock;
  const size_t outPixels = static_cast<size_t>(s.outH) * s.outW;
  const bool pointwise = s.filterH == 1 && s.filterW == 1 && s.strideH == 1 && s.strideW == 1 && s.padTop == 0 && s.padLeft == 0 && s.inH == s.outH && s.inW == s.outW;
  // Padded extent that the taps reach.
  const int bandH = (s.outH - 1) * s.strideH + (s.filterH - 1) * s.dilationH + 1;
  const int bandW = (s.outW - 1) * s.strideW + (s.filterW - 1) * s.dilationW + 1;
  const bool inPlace = s.padTop == 0 && s.padLeft == 0 && bandH <= s.inH && bandW <= s.inW;
  const int cols = inPlace ? s.inW : bandW;
  const size_t xImage = inPlace ? static_cast<size_t>(s.inH) * s.inW * s.inC : static_cast<size_t>(bandH) * bandW * s.inC;
  // Enough pixels a pass that loading and storing the sums does not count, and all in L2.
  int group = static_cast<int>(outPixels >= 256 ? 1 : (256 + outPixels - 1) / outPixels);

  int threads = threadCount();
  if (threads > s.batch) threads = s.batch;
  float* sums = threadScratch(3, sumFloats * threads);
  if (!sums) return false;
  bool outOfMemory = false;
  // Thread t of T takes images [batch t / T, batch (t + 1) / T); at most `threads` ranges, so each has a sum.
  const int ranges = threads;
  parallelRanges(ranges, 1, [&](size_t firstRange, size_t lastRange, int) {
    for (size_t range = firstRange; range < lastRange; range++) {
      float* sum = sums + range * sumFloats;
      memset(sum, 0, sumFloats * sizeof(float));
      const int begin = static_cast<int>(static_cast<int64_t>(s.batch) * range / ranges);
      const int end = static_cast<int>(static_cast<int64_t>(s.batch) * (range + 1) / ranges);
      float* padded = inPlace ? nullptr : threadScratch(1, xImage * group);
      float* grad = threadScratch(2, outPixels * group * kBlock);
      if (!grad || (!inPlace && !padded)) {
        outOfMemory = true;
        return;
      }
      for (int n0 = begin; n0 < end; n0 += group) {
        const int images = end - n0 < group ? end - n0 : group;
        const float* source = x + static_cast<size_t>(n0) * s.inH * s.inW * s.inC;
        if (!inPlace) {
          TapConv t{};
          t.srcH = s.inH;
          t.srcW = s.inW;
          t.channels = s.inC;
          for (int i = 0; i < images; i++)
            copyBand(t, source + static_cast<size_t>(i) * s.inH * s.inW * s.inC, -s.padTop, bandH, -s.padLeft, bandW, padded + i * xImage);
          source = padded;
        }
        FilterTile f{};
        f.images = images;
        f.outH = s.outH;
        f.outW = s.outW;
        f.xImage = static_cast<ptrdiff_t>(xImage);
        f.xRow = static_cast<ptrdiff_t>(s.strideH) * cols * s.inC;
        f.xPixel = static_cast<ptrdiff_t>(s.strideW) * s.inC;
        if (pointwise) {
          f.images = 1;
          f.outH = 1;
          f.outW = static_cast<int>(outPixels) * images;
        }
        for (int block = 0; block < blocks; block++) {
          const int lanes = s.outC - block * kBlock < kBlock ? s.outC - block * kBlock : kBlock;
          const int vectors = lanes > L ? 2 : 1;
          const float* gradient = dy + static_cast<size_t>(n0) * outPixels * s.outC;
          if (s.outC == vectors * L) {
            f.dy = gradient;
          } else {
            packGradient(gradient, outPixels * images, s.outC, block * kBlock, lanes, vectors * L, grad);
            f.dy = grad;
          }
          float* blockSum = sum + static_cast<size_t>(block) * depth * kBlock;
          const bool merged = s.dilationW == 1;
          const int runsX = merged ? 1 : s.filterW, length = merged ? s.filterW * s.inC : s.inC;
          for (int ky = 0; ky < s.filterH; ky++) {
            for (int kx = 0; kx < runsX; kx++) {
              const float* run = source + (static_cast<ptrdiff_t>(ky) * s.dilationH * cols + static_cast<ptrdiff_t>(kx) * s.dilationW) * s.inC;
              const int tiles = (length + kFilterTile - 1) / kFilterTile;
              for (int i = 0, c = 0; i < tiles; i++) {
                const int tile = (length - c) / (tiles - i) + ((length - c) % (tiles - i) != 0);
                f.x = run + c;
                f.sum = blockSum + (static_cast<size_t>(ky * runsX + kx) * length + c) * kBlock;
                vectors == 2 ? filterTileOf<2>(tile, f) : filterTileOf<1>(tile, f);
                c += tile;
              }
            }
          }
        }
      }
    }
  });
  if (outOfMemory) return false;
  parallelRanges(depth, 64, [&](size_t begin, size_t end, int) {
    for (size_t k = begin; k < end; k++) {
      for (int o = 0; o < s.outC; o++) {
        const size_t at = (static_cast<size_t>(o / kBlock) * depth + k) * kBlock + o % kBlock;
        float total = sums[at];
        for (int r = 1; r < ranges; r++) total += sums[r * sumFloats + at];
        dw[k * s.outC + o] = total;
      }
    }
  });
  return true;
}
