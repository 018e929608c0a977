// The one convolution loop: for every output pixel, the sum over taps (dy, dx) of a source pixel's channels
// times that tap's weights. Forward convolution, dilated or strided, every phase of the input gradient and
// the 1x1 case differ only in their taps, steps and where results go.
//
// NHWC makes neighbouring taps of one row one contiguous run of floats. The register tile holds P output
// pixels times V vectors of output channels; one step loads V weight vectors and broadcasts P scalars.
// Weights are packed per block of 2L output channels. The source is copied once, zero-padded, into a band
// of rows that stays in the thread's L2 cache; where no padding is needed it is read in place.

struct TapConv {
  int images, srcH, srcW, channels;
  const float* src;
  int tapsY, tapsX;
  const int *offsetY, *offsetX;  // ascending, in source pixels relative to step * output position
  int stepY, stepX;
  int outH, outW, lastRowW, outC;  // lastRowW: width of the last output row (differs from outW in flat products)
  float* dst;
  ptrdiff_t dstImage, dstRow, dstPixel;
  const float* packed;  // [blocks][taps * channels][2L]
  const float* bias;
  Activation activation;
  float alpha;
};

// Multiplications that are worth waking another thread: some 10 microseconds of work.
constexpr size_t kThreadProducts = 1 << 18;

struct Run {
  ptrdiff_t offset;
  int length;
};

// Rows of weights (2L floats each) that one pass over a band uses: with 512-bit vectors 36 KiB, which stay in a
// 48 KiB L1. Measured best of 96, 144, 192, 288, 384, 576 and no segments.
constexpr int kSegment = 288;
// Results larger than this many floats do not stay in cache anyway and are stored past it.
constexpr size_t kStreamFloats = 1 << 20;
constexpr int kBandFloats = 96 * 1024;
constexpr int kBlock = 2 * L;
// Accumulators: P * 2 plus two weight vectors and one broadcast must fit the registers (32 or 16).
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kTile = 12;
#else
constexpr int kTile = 6;
#endif

struct TileContext {
  const Run* runs;
  int runCount;
  const float* weights;
  ptrdiff_t srcPixel, dstPixel;
  const float* bias;  // of this block, or null
  int lanes;          // output channels in this block
  bool first, last;   // of the segments
  bool stream;        // store past the caches
  Activation activation;
  float alpha;
};

template <int P, int V>
static void tapTile(const TileContext& c, const float* __restrict src, float* __restrict dst) {
  Vec acc[P][V];
  const bool whole = c.lanes == V * L;
  if (c.first) {
    Vec start[V];
    for (int v = 0; v < V; v++) {
      int n = c.lanes - v * L;
      start[v] = !c.bias ? Vec{} : n >= L ? load(c.bias + v * L) : loadPart(c.bias + v * L, n);
    }
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) acc[p][v] = start[v];
  } else if (whole) {
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) acc[p][v] = load(dst + p * c.dstPixel + v * L);
  } else {
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        int n = c.lanes - v * L;
        acc[p][v] = n >= L ? load(dst + p * c.dstPixel + v * L) : loadPart(dst + p * c.dstPixel + v * L, n);
      }
  }
  const float* w = c.weights;
  const ptrdiff_t step = c.srcPixel;
  for (int r = 0; r < c.runCount; r++) {
    // Three pixels share a base register: x86 addresses reach base, base + step and base + 2 step.
    const float* base[(P + 2) / 3];
#pragma GCC unroll 16
    for (int g = 0; g < (P + 2) / 3; g++) base[g] = src + c.runs[r].offset + 3 * g * step;
    const int length = c.runs[r].length;
    for (int k = 0; k < length; k++) {
      Vec weight[V];
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) weight[v] = load(w + v * L);
      w += kBlock;
#pragma GCC unroll 16
      for (int p = 0; p < P; p++) {
        Vec x = splat(base[p / 3][(p % 3) * step + k]);
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) acc[p][v] += x * weight[v];
      }
    }
  }
  if (c.last && c.activation != kLinear) {
    for (int p = 0; p < P; p++)
      for (int v = 0; v < V; v++) acc[p][v] = activate(acc[p][v], c.activation, c.alpha);
  }
  if (whole && c.stream) {
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) storeStream(dst + p * c.dstPixel + v * L, acc[p][v]);
  } else if (whole) {
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) store(dst + p * c.dstPixel + v * L, acc[p][v]);
  } else {
#pragma GCC unroll 16
    for (int p = 0; p < P; p++)
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        int n = c.lanes - v * L;
        if (n >= L) store(dst + p * c.dstPixel + v * L, acc[p][v]);
        else if (n > 0) storePart(dst + p * c.dstPixel + v * L, acc[p][v], n);
      }
  }
}

using TileFunction = void (*)(const TileContext&, const float*, float*);
template <int V>
static TileFunction tileFunction(int pixels) {
  switch (pixels) {
    case 1: return tapTile<1, V>;
    case 2: return tapTile<2, V>;
    case 3: return tapTile<3, V>;
    case 4: return tapTile<4, V>;
    case 5: return tapTile<5, V>;
    case 6: return tapTile<6, V>;
#if defined(__AVX512F__) || defined(__aarch64__)
    case 7: return tapTile<7, V>;
    case 8: return tapTile<8, V>;
    case 9: return tapTile<9, V>;
    case 10: return tapTile<10, V>;
    case 11: return tapTile<11, V>;
    case 12: return tapTile<12, V>;
#endif
  }
  return nullptr;
}

// Copies source rows y0…y0+rows-1, columns x0…x0+cols-1 into `band`, zeros outside the source.
static void copyBand(const TapConv& t, const float* image, int y0, int rows, int x0, int cols, float* band) {
  const ptrdiff_t c = t.channels;
  int left = x0 < 0 ? -x0 : 0;
  if (left > cols) left = cols;
  int from = x0 + left;
  int middle = t.srcW - from < cols - left ? t.srcW - from : cols - left;
  if (middle < 0) middle = 0;
  int right = cols - left - middle;
  for (int r = 0; r < rows; r++, band += cols * c) {
    int y = y0 + r;
    if (y < 0 || y >= t.srcH) {
      memset(band, 0, cols * c * sizeof(float));
      continue;
    }
    memset(band, 0, left * c * sizeof(float));
    memcpy(band + left * c, image + (static_cast<ptrdiff_t>(y) * t.srcW + from) * c, middle * c * sizeof(float));
    memset(band + (left + middle) * c, 0, right * c * sizeof(float));
  }
}

static bool tapConv(const TapConv& t) {
  const int minY = t.offsetY[0], maxY = t.offsetY[t.tapsY - 1];
  const int minX = t.offsetX[0], maxX = t.offsetX[t.tapsX - 1];
  const bool inPlace = minY >= 0 && minX >= 0 && (t.outH - 1) * t.stepY + maxY < t.srcH && (t.outW - 1) * t.stepX + maxX < t.srcW;
  const int cols = inPlace ? t.srcW : (t.outW - 1) * t.stepX + maxX - minX + 1;
  const ptrdiff_t rowFloats = static_cast<ptrdiff_t>(cols) * t.channels;
  const int depth = t.tapsY * t.tapsX * t.channels;
  const int blocks = (t.outC + kBlock - 1) / kBlock;

  // Bands of rows: small enough for L2, and enough of them for all threads when there are few images.
  const int threads = threadCount();
  int bandRows = static_cast<int>((kBandFloats / rowFloats - (maxY - minY)) / t.stepY);
  if (t.images < 4 * threads) {
    const int perImage = (4 * threads + t.images - 1) / t.images;
    const int fair = (t.outH + perImage - 1) / perImage;
    if (fair < bandRows) bandRows = fair;
  }
  if (bandRows < 1) bandRows = 1;
  if (bandRows > t.outH) bandRows = t.outH;
  const int bandsPerImage = (t.outH + bandRows - 1) / bandRows;
  const size_t bandFloats = inPlace ? 0 : static_cast<size_t>((bandRows - 1) * t.stepY + maxY - minY + 1) * rowFloats;
  const bool alignedRows = (reinterpret_cast<uintptr_t>(t.dst) % (4 * L)) == 0 && t.dstPixel % L == 0 && t.dstRow % L == 0 && t.dstImage % L == 0;
  const bool large = static_cast<size_t>(t.images) * t.outH * t.outW * t.outC >= kStreamFloats;

  const size_t productsPerBand = static_cast<size_t>(bandRows) * t.outW * depth * t.outC;
  Flag outOfMemory;
  parallelRanges(static_cast<size_t>(t.images) * bandsPerImage, 1 + kThreadProducts / productsPerBand, [&](size_t begin, size_t end, int) {
    // Runs of contiguous source floats, cut into segments whose weights fit L1.
    const int mostRuns = t.tapsY * t.tapsX + depth / kSegment + 1;
    float* scratch = threadScratch(1, bandFloats + static_cast<size_t>(mostRuns) * 2 * sizeof(Run) / sizeof(float) + 16);
    if (!scratch) {
      outOfMemory.raise();
      return;
    }
    float* band = scratch;
    Run* runs = reinterpret_cast<Run*>(scratch + (bandFloats + 15) / 16 * 16);
    int* segmentEnd = reinterpret_cast<int*>(runs + mostRuns);  // first run after each segment
    int runCount = 0, segments = 0, filled = 0;
    for (int ty = 0; ty < t.tapsY; ty++) {
      for (int tx = 0; tx < t.tapsX;) {
        int next = tx + 1;
        while (next < t.tapsX && t.offsetX[next] == t.offsetX[next - 1] + 1) next++;
        ptrdiff_t offset = (t.offsetY[ty] - (inPlace ? 0 : minY)) * rowFloats + static_cast<ptrdiff_t>(t.offsetX[tx] - (inPlace ? 0 : minX)) * t.channels;
        int length = (next - tx) * t.channels;
        while (length > 0) {
          int take = length < kSegment - filled ? length : kSegment - filled;
          runs[runCount++] = {offset, take};
          offset += take;
          length -= take;
          filled += take;
          if (filled == kSegment) {
            segmentEnd[segments++] = runCount;
            filled = 0;
          }
        }
        tx = next;
      }
    }
    if (filled > 0) segmentEnd[segments++] = runCount;

    TileContext c{};
    c.srcPixel = static_cast<ptrdiff_t>(t.stepX) * t.channels;
    c.dstPixel = t.dstPixel;
    c.activation = t.activation;
    c.alpha = t.alpha;
    c.stream = alignedRows && large && segments == 1;
    for (size_t item = begin; item < end; item++) {
      const size_t image = item / bandsPerImage;
      const int y0 = static_cast<int>(item % bandsPerImage) * bandRows;
      const int y1 = y0 + bandRows < t.outH ? y0 + bandRows : t.outH;
      const size_t srcRow = static_cast<size_t>(t.srcW) * t.channels, srcImage = t.srcH * srcRow;
      const float* source = t.src + image * srcImage;
      Prefetch nextSource;
      if (item + 1 < end) {
        const float* following = y1 < t.outH ? source + static_cast<size_t>(y1) * t.stepY * srcRow : source + srcImage;
        const size_t rest = t.src + t.images * srcImage - following, wanted = static_cast<size_t>(y1 - y0) * t.stepY * srcRow;
        nextSource.start(following, wanted < rest ? wanted : rest, static_cast<size_t>(blocks) * segments * (y1 - y0) * ((t.outW + kTile - 1) / kTile));
      }
      if (inPlace) {
        source += static_cast<ptrdiff_t>(y0) * t.stepY * rowFloats;
      } else {
        copyBand(t, source, y0 * t.stepY + minY, (y1 - 1 - y0) * t.stepY + maxY - minY + 1, minX, cols, band);
        source = band;
      }
      float* target = t.dst + static_cast<ptrdiff_t>(image) * t.dstImage;
      for (int block = 0; block < blocks; block++) {
        c.lanes = t.outC - block * kBlock < kBlock ? t.outC - block * kBlock : kBlock;
        c.bias = t.bias ? t.bias + block * kBlock : nullptr;
        c.weights = t.packed + static_cast<size_t>(block) * depth * kBlock;
        for (int s = 0; s < segments; s++) {
          const int firstRun = s == 0 ? 0 : segmentEnd[s - 1];
          c.runs = runs + firstRun;
          c.runCount = segmentEnd[s] - firstRun;
          c.first = s == 0;
          c.last = s == segments - 1;
          size_t segmentFloats = 0;
          for (int i = firstRun; i < segmentEnd[s]; i++) segmentFloats += static_cast<size_t>(runs[i].length) * kBlock;
          for (int y = y0; y < y1; y++) {
            const float* sourceRow = source + static_cast<ptrdiff_t>(y - y0) * t.stepY * rowFloats;
            float* targetRow = target + y * t.dstRow + block * kBlock;
            const int width = y == t.outH - 1 ? t.lastRowW : t.outW;
            // Even tiles: 32 pixels are 11 + 11 + 10, not 12 + 12 + 8.
            const int tiles = (width + kTile - 1) / kTile;
            for (int n = 0, x = 0; n < tiles; n++) {
              nextSource.step();
              const int pixels = (width - x + tiles - n - 1) / (tiles - n);
              TileFunction tile = c.lanes > L ? tileFunction<2>(pixels) : tileFunction<1>(pixels);
              tile(c, sourceRow + x * c.srcPixel, targetRow + x * t.dstPixel);
              x += pixels;
            }
          }
          c.weights += segmentFloats;
        }
      }
    }
    if (c.stream) streamFence();
  });
  return !outOfMemory.raised();
}
