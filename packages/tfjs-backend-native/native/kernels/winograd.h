// 3x3 convolutions of stride 1 with 2.25 times fewer multiplications: F(2x2, 3x3) of Lavin & Gray 2015,
// "Fast Algorithms for Convolutional Neural Networks", §4.1, https://arxiv.org/abs/1509.09308.
//
//   Y  = A^T [ (G g G^T) . (B^T d B) ] A          forward; the input gradient is the same with the filter turned
//   dg = G^T [ (A dY A^T) . (B^T d B) ] G         filter gradient
//
// where d is a 4x4 patch of the input, Y a 2x2 tile of the output and "." is, over channels, 16 matrix products.
// A thread takes a few rows of tiles at a time, so that patches and products stay in its L2 cache. The transforms
// only add, subtract and halve: the error stays within a small multiple of the direct sum's. A NaN or infinity
// reaches all four pixels of its tile, where the direct sum would spare those whose window does not hold it.

struct WinogradShape {
  int images, srcH, srcW, channels;
  int outH, outW, outC;
  int padTop, padLeft;
  int tilesH, tilesW;
  size_t tileRows;     // of all images
  int rowsPerItem;     // tile rows that one thread takes at a time
  size_t tilesPerItem;
};

// Patches and products of one item: 512 KiB, measured best of 128 KiB to 1.5 MiB; but for many channels at least 32
// tiles, because every item reads the whole transformed filter.
constexpr size_t kWinogradFloats = 128 * 1024;
constexpr int kWinogradTiles = 32;

static bool winogradFits(const ConvShape& s) {
  const bool shape = s.filterH == 3 && s.filterW == 3 && s.strideH == 1 && s.strideW == 1 && s.dilationH == 1 && s.dilationW == 1 && s.padTop <= 2 && s.padLeft <= 2;
  return shape && s.inC >= 16 && s.outC >= 16 && s.outH >= 2 && s.outW >= 2 && static_cast<size_t>(s.batch) * s.outH * s.outW >= 128;
}

static WinogradShape winogradShape(int images, int srcH, int srcW, int channels, int outH, int outW, int outC, int padTop, int padLeft) {
  WinogradShape w{};
  w.images = images;
  w.srcH = srcH;
  w.srcW = srcW;
  w.channels = channels;
  w.outH = outH;
  w.outW = outW;
  w.outC = outC;
  w.padTop = padTop;
  w.padLeft = padLeft;
  w.tilesH = (outH + 1) / 2;
  w.tilesW = (outW + 1) / 2;
  w.tileRows = static_cast<size_t>(images) * w.tilesH;
  const size_t padded = (static_cast<size_t>(outC) + kBlock - 1) / kBlock * kBlock;
  size_t rows = kWinogradFloats / (16 * (channels + padded) * w.tilesW);
  const size_t fair = (w.tileRows + threadCount() - 1) / threadCount();
  const size_t least = (kWinogradTiles + w.tilesW - 1) / w.tilesW;
  if (rows < least) rows = least;
  if (rows > fair) rows = fair;
  w.rowsPerItem = rows < 1 ? 1 : static_cast<int>(rows);
  w.tilesPerItem = static_cast<size_t>(w.rowsPerItem) * w.tilesW;
  return w;
}

// patches[16][tilesPerItem][channels] = B^T d B for the tile rows from `first`. `zeros` holds `channels` zeros.
static void winogradPatches(const WinogradShape& w, const float* src, size_t first, int rows, const float* zeros, float* patches) {
  const size_t plane = w.tilesPerItem * w.channels;
  const ptrdiff_t pixel = w.channels, line = static_cast<ptrdiff_t>(w.srcW) * pixel;
  for (int r = 0; r < rows; r++) {
    const size_t image = (first + r) / w.tilesH;
    const int y0 = static_cast<int>((first + r) % w.tilesH) * 2 - w.padTop;
    const float* source = src + image * w.srcH * line;
    for (int tx = 0; tx < w.tilesW; tx++) {
      const int x0 = tx * 2 - w.padLeft;
      const float* at[4][4];
      for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
          const int y = y0 + i, x = x0 + j;
          at[i][j] = y >= 0 && y < w.srcH && x >= 0 && x < w.srcW ? source + y * line + x * pixel : zeros;
        }
      float* target = patches + (static_cast<size_t>(r) * w.tilesW + tx) * pixel;
      for (int c = 0; c < w.channels; c += L) {
        const int lanes = w.channels - c < L ? w.channels - c : L;
        Vec t[4][4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
          const Vec d0 = loadLanes(at[0][j] + c, lanes), d1 = loadLanes(at[1][j] + c, lanes), d2 = loadLanes(at[2][j] + c, lanes), d3 = loadLanes(at[3][j] + c, lanes);
          t[0][j] = d0 - d2;
          t[1][j] = d1 + d2;
          t[2][j] = d2 - d1;
          t[3][j] = d1 - d3;
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) {
          float* row = target + i * 4 * plane + c;
          storeLanes(row, t[i][0] - t[i][2], lanes);
          storeLanes(row + plane, t[i][1] + t[i][2], lanes);
          storeLanes(row + 2 * plane, t[i][2] - t[i][1], lanes);
          storeLanes(row + 3 * plane, t[i][1] - t[i][3], lanes);
        }
      }
    }
  }
}

// packed[16][blocks][channels][2L] = G g G^T of an HWIO filter; with `turned`, of the filter rotated by 180°,
// as the input gradient needs it (its channels are then already swapped by the caller).
static void winogradFilter(const float* filter, int channels, int outC, bool turned, float* packed) {
  const int blocks = (outC + kBlock - 1) / kBlock;
  const size_t plane = static_cast<size_t>(blocks) * channels * kBlock, tap = static_cast<size_t>(channels) * outC;
  parallelRanges(static_cast<size_t>(blocks) * channels, 64, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const int block = static_cast<int>(i / channels);
      const float* from = filter + (i % channels) * outC + block * kBlock;
      for (int v = 0; v < 2; v++) {
        const int lanes = outC - block * kBlock - v * L;
        Vec t[4][3];
#pragma GCC unroll 3
        for (int j = 0; j < 3; j++) {
          Vec g[3];
#pragma GCC unroll 3
          for (int k = 0; k < 3; k++) {
            const int at = turned ? 8 - (k * 3 + j) : k * 3 + j;
            g[k] = lanes <= 0 ? Vec{} : loadLanes(from + at * tap + v * L, lanes);
          }
          const Vec sum = (g[0] + g[2]) * 0.5f, half = g[1] * 0.5f;
          t[0][j] = g[0];
          t[1][j] = sum + half;
          t[2][j] = sum - half;
          t[3][j] = g[2];
        }
        float* to = packed + i * kBlock + v * L;
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) {
          const Vec sum = (t[k][0] + t[k][2]) * 0.5f, half = t[k][1] * 0.5f;
          store(to + (k * 4) * plane, t[k][0]);
          store(to + (k * 4 + 1) * plane, sum + half);
          store(to + (k * 4 + 2) * plane, sum - half);
          store(to + (k * 4 + 3) * plane, t[k][2]);
        }
      }
    }
  });
}

// y = A^T m A for the tile rows from `first`, plus bias and activation; m is [16][tilesPerItem][blocks * 2L].
static void winogradOutput(const WinogradShape& w, const float* products, size_t first, int rows, const float* bias, Activation activation, float alpha, bool stream, float* dst) {
  const int padded = (w.outC + kBlock - 1) / kBlock * kBlock;
  const size_t plane = w.tilesPerItem * padded;
  for (int r = 0; r < rows; r++) {
    const size_t image = (first + r) / w.tilesH;
    const int y0 = static_cast<int>((first + r) % w.tilesH) * 2;
    for (int tx = 0; tx < w.tilesW; tx++) {
      const float* m = products + (static_cast<size_t>(r) * w.tilesW + tx) * padded;
      float* target = dst + ((image * w.outH + y0) * w.outW + tx * 2) * w.outC;
      const bool right = tx * 2 + 1 < w.outW, below = y0 + 1 < w.outH;
      for (int c = 0; c < w.outC; c += L) {
        const int lanes = w.outC - c < L ? w.outC - c : L;
        Vec s[4][2];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) {
          const float* row = m + i * 4 * plane + c;
          const Vec m0 = load(row), m1 = load(row + plane), m2 = load(row + 2 * plane), m3 = load(row + 3 * plane);
          s[i][0] = m0 + m1 + m2;
          s[i][1] = m1 - m2 - m3;
        }
        const Vec start = bias ? loadLanes(bias + c, lanes) : Vec{};
#pragma GCC unroll 2
        for (int j = 0; j < 2; j++) {
          if (j == 1 && !right) break;
          const Vec top = activate(s[0][j] + s[1][j] + s[2][j] + start, activation, alpha);
          const Vec bottom = activate(s[1][j] - s[2][j] - s[3][j] + start, activation, alpha);
          float* at = target + static_cast<ptrdiff_t>(j) * w.outC + c;
          const ptrdiff_t line = static_cast<ptrdiff_t>(w.outW) * w.outC;
          if (stream) {
            storeStream(at, top);
            if (below) storeStream(at + line, bottom);
          } else {
            storeLanes(at, top, lanes);
            if (below) storeLanes(at + line, bottom, lanes);
          }
        }
      }
    }
  }
}

// The source rows that the item at tile row `first` reads, for prefetching.
static void prefetchRows(const WinogradShape& w, const float* src, size_t first, size_t end, size_t visits, Prefetch* prefetch) {
  if (first >= end) return;
  const size_t line = static_cast<size_t>(w.srcW) * w.channels, total = static_cast<size_t>(w.images) * w.srcH * line;
  size_t y = (first % w.tilesH) * 2;
  if (y >= static_cast<size_t>(w.srcH)) y = w.srcH - 1;
  const size_t from = (first / w.tilesH * w.srcH + y) * line, wanted = 2 * w.rowsPerItem * line;
  prefetch->start(src + from, wanted < total - from ? wanted : total - from, visits);
}

static bool winogradConv(const WinogradShape& w, const float* src, const float* packed, const float* bias, Activation activation, float alpha, float* dst) {
  const int blocks = (w.outC + kBlock - 1) / kBlock, padded = blocks * kBlock;
  const size_t items = (w.tileRows + w.rowsPerItem - 1) / w.rowsPerItem;
  const bool stream = reinterpret_cast<uintptr_t>(dst) % (4 * L) == 0 && w.outC % L == 0 && static_cast<size_t>(w.images) * w.outH * w.outW * w.outC >= kStreamFloats;
  Flag outOfMemory;
  parallelRanges(items, 1, [&](size_t begin, size_t end, int) {
    const size_t patchPlane = w.tilesPerItem * w.channels, productPlane = w.tilesPerItem * padded;
    const size_t patchFloats = (16 * patchPlane + 15) / 16 * 16;
    float* patches = threadScratch(1, patchFloats + 16 * productPlane);
    float* zeros = threadScratch(2, w.channels);
    if (!patches || !zeros) {
      outOfMemory.raise();
      return;
    }
    memset(zeros, 0, w.channels * sizeof(float));
    float* products = patches + patchFloats;
    const Run run{0, w.channels};
    TileContext c{};
    c.runs = &run;
    c.runCount = 1;
    c.srcPixel = w.channels;
    c.dstPixel = padded;
    c.lanes = kBlock;
    c.first = c.last = true;
    c.activation = kLinear;
    for (size_t item = begin; item < end; item++) {
      const size_t first = item * w.rowsPerItem;
      const int rows = w.tileRows - first < static_cast<size_t>(w.rowsPerItem) ? static_cast<int>(w.tileRows - first) : w.rowsPerItem;
      const int count = rows * w.tilesW, steps = (count + kTile - 1) / kTile;
      Prefetch next;
      prefetchRows(w, src, first + w.rowsPerItem, end * w.rowsPerItem < w.tileRows ? end * w.rowsPerItem : w.tileRows, static_cast<size_t>(16) * blocks * steps, &next);
      winogradPatches(w, src, first, rows, zeros, patches);
      for (int k = 0; k < 16; k++) {
        for (int block = 0; block < blocks; block++) {
          c.weights = packed + (static_cast<size_t>(k) * blocks + block) * w.channels * kBlock;
          for (int n = 0, t = 0; n < steps; n++) {
            const int tiles = (count - t + steps - n - 1) / (steps - n);
            next.step();
            tileFunction<2>(tiles)(c, patches + k * patchPlane + static_cast<size_t>(t) * w.channels, products + k * productPlane + static_cast<size_t>(t) * padded + block * kBlock);
            t += tiles;
          }
        }
      }
      winogradOutput(w, products, first, rows, bias, activation, alpha, stream, dst);
    }
    if (stream) streamFence();
  });
  return !outOfMemory.raised();
}

static float* winogradPacked(int channels, int outC, size_t extra) {
  return threadScratch(0, 16 * static_cast<size_t>(channels) * ((outC + kBlock - 1) / kBlock * kBlock) + extra);
}

static bool winogradForward(const ConvShape& s, const float* x, const float* filter, const float* bias, Activation activation, float alpha, float* y) {
  float* packed = winogradPacked(s.inC, s.outC, 0);
  if (!packed) return false;
  winogradFilter(filter, s.inC, s.outC, false, packed);
  return winogradConv(winogradShape(s.batch, s.inH, s.inW, s.inC, s.outH, s.outW, s.outC, s.padTop, s.padLeft), x, packed, bias, activation, alpha, y);
}

static bool winogradBackpropInput(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const size_t tap = static_cast<size_t>(s.inC) * s.outC;
  float* packed = winogradPacked(s.outC, s.inC, 9 * tap);
  if (!packed) return false;
  float* transposed = packed + 16 * static_cast<size_t>(s.outC) * ((s.inC + kBlock - 1) / kBlock * kBlock);
  for (int k = 0; k < 9; k++) transposeInto(filter + k * tap, s.inC, s.outC, transposed + k * tap);
  winogradFilter(transposed, s.outC, s.inC, true, packed);
  return winogradConv(winogradShape(s.batch, s.outH, s.outW, s.outC, s.inH, s.inW, s.inC, 2 - s.padTop, 2 - s.padLeft), dy, packed, nullptr, kLinear, 0, dx);
}

// gradients[16][blocks][tilesPerItem][2L] = A dY A^T for the tile rows from `first`.
static void winogradGradients(const WinogradShape& w, const float* dy, size_t first, int rows, const float* zeros, float* gradients) {
  const int blocks = (w.outC + kBlock - 1) / kBlock;
  const size_t plane = static_cast<size_t>(blocks) * w.tilesPerItem * kBlock;
  for (int r = 0; r < rows; r++) {
    const size_t image = (first + r) / w.tilesH;
    const int y0 = static_cast<int>((first + r) % w.tilesH) * 2;
    for (int tx = 0; tx < w.tilesW; tx++) {
      const float* p00 = dy + ((image * w.outH + y0) * w.outW + tx * 2) * w.outC;
      const bool right = tx * 2 + 1 < w.outW, below = y0 + 1 < w.outH;
      const float* p01 = right ? p00 + w.outC : zeros;
      const float* p10 = below ? p00 + static_cast<ptrdiff_t>(w.outW) * w.outC : zeros;
      const float* p11 = right && below ? p10 + w.outC : zeros;
      const size_t tile = static_cast<size_t>(r) * w.tilesW + tx;
      for (int c = 0; c < blocks * kBlock; c += L) {
        const int lanes = w.outC - c < L ? w.outC - c : L;
        float* to = gradients + (static_cast<size_t>(c / kBlock) * w.tilesPerItem + tile) * kBlock + c % kBlock;
        Vec a[4][2];
#pragma GCC unroll 2
        for (int j = 0; j < 2; j++) {
          const Vec top = lanes <= 0 ? Vec{} : loadLanes((j ? p01 : p00) + c, lanes), bottom = lanes <= 0 ? Vec{} : loadLanes((j ? p11 : p10) + c, lanes);
          a[0][j] = top;
          a[1][j] = top + bottom;
          a[2][j] = top - bottom;
          a[3][j] = -bottom;
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) {
          store(to + (i * 4) * plane, a[i][0]);
          store(to + (i * 4 + 1) * plane, a[i][0] + a[i][1]);
          store(to + (i * 4 + 2) * plane, a[i][0] - a[i][1]);
          store(to + (i * 4 + 3) * plane, -a[i][1]);
        }
      }
    }
  }
}

static bool winogradBackpropFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const WinogradShape w = winogradShape(s.batch, s.inH, s.inW, s.inC, s.outH, s.outW, s.outC, s.padTop, s.padLeft);
  const int blocks = (s.outC + kBlock - 1) / kBlock, padded = blocks * kBlock;
  const size_t sumFloats = 16 * static_cast<size_t>(s.inC) * padded, sumPlane = static_cast<size_t>(s.inC) * padded;
  const size_t items = (w.tileRows + w.rowsPerItem - 1) / w.rowsPerItem;
  const size_t ranges = items < static_cast<size_t>(threadCount()) ? items : threadCount();
  float* sums = threadScratch(3, sumFloats * ranges);
  if (!sums) return false;
  Flag outOfMemory;
  parallelRanges(ranges, 1, [&](size_t firstRange, size_t lastRange, int) {
    const size_t patchPlane = w.tilesPerItem * w.channels, gradPlane = w.tilesPerItem * padded;
    const size_t patchFloats = (16 * patchPlane + 15) / 16 * 16;
    const int most = w.channels > s.outC ? w.channels : s.outC;
    float* patches = threadScratch(1, patchFloats + 16 * gradPlane);
    float* zeros = threadScratch(2, most);
    if (!patches || !zeros) {
      outOfMemory.raise();
      return;
    }
    memset(zeros, 0, most * sizeof(float));
    float* gradients = patches + patchFloats;
    const int tiles = (w.channels + kFilterTile - 1) / kFilterTile;
    for (size_t range = firstRange; range < lastRange; range++) {
      float* sum = sums + range * sumFloats;
      memset(sum, 0, sumFloats * sizeof(float));
      const size_t begin = items * range / ranges, end = items * (range + 1) / ranges;
      for (size_t item = begin; item < end; item++) {
        const size_t first = item * w.rowsPerItem;
        const int rows = w.tileRows - first < static_cast<size_t>(w.rowsPerItem) ? static_cast<int>(w.tileRows - first) : w.rowsPerItem;
        const size_t stop = end * w.rowsPerItem < w.tileRows ? end * w.rowsPerItem : w.tileRows, visits = static_cast<size_t>(16) * blocks * tiles;
        Prefetch nextX, nextGradient;
        prefetchRows(w, x, first + w.rowsPerItem, stop, visits, &nextX);
        WinogradShape g = w;  // the same rows of dy
        g.srcH = w.outH;
        g.srcW = w.outW;
        g.channels = w.outC;
        prefetchRows(g, dy, first + w.rowsPerItem, stop, visits, &nextGradient);
        winogradPatches(w, x, first, rows, zeros, patches);
        winogradGradients(w, dy, first, rows, zeros, gradients);
        FilterTile f{};
        f.images = f.outH = 1;
        f.outW = rows * w.tilesW;
        f.xPixel = w.channels;
        for (int k = 0; k < 16; k++) {
          for (int block = 0; block < blocks; block++) {
            f.dy = gradients + k * gradPlane + static_cast<size_t>(block) * w.tilesPerItem * kBlock;
            f.x = patches + k * patchPlane;
            f.sum = sum + k * sumPlane + static_cast<size_t>(block) * w.channels * kBlock;
            for (int n = 0, c = 0; n < tiles; n++) {
              const int tile = (w.channels - c + tiles - n - 1) / (tiles - n);
              nextX.step();
              nextGradient.step();
              filterTileOf<2>(tile, f);
              f.x += tile;
              f.sum += tile * kBlock;
              c += tile;
            }
          }
        }
      }
    }
  });
  if (outOfMemory.raised()) return false;
  // dw = G^T s G, s summed over the ranges in order.
  parallelRanges(static_cast<size_t>(w.channels) * blocks * 2, 16, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const int c = static_cast<int>(i / (blocks * 2)), o = static_cast<int>(i % (blocks * 2)) * L;
      const int lanes = s.outC - o < L ? s.outC - o : L;
      if (lanes <= 0) continue;
      const float* from = sums + (static_cast<size_t>(o / kBlock) * w.channels + c) * kBlock + o % kBlock;
      Vec t[3][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) {
        Vec m[4];
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) {
          m[k] = load(from + (k * 4 + j) * sumPlane);
          for (size_t r = 1; r < ranges; r++) m[k] += load(from + r * sumFloats + (k * 4 + j) * sumPlane);
        }
        const Vec even = (m[1] + m[2]) * 0.5f;
        t[0][j] = m[0] + even;
        t[1][j] = (m[1] - m[2]) * 0.5f;
        t[2][j] = even + m[3];
      }
      float* to = dw + static_cast<size_t>(c) * s.outC + o;
      const size_t tap = static_cast<size_t>(w.channels) * s.outC;
#pragma GCC unroll 3
      for (int k = 0; k < 3; k++) {
        const Vec even = (t[k][1] + t[k][2]) * 0.5f;
        storeLanes(to + (k * 3) * tap, t[k][0] + even, lanes);
        storeLanes(to + (k * 3 + 1) * tap, (t[k][1] - t[k][2]) * 0.5f, lanes);
        storeLanes(to + (k * 3 + 2) * tap, even + t[k][3], lanes);
      }
    }
  });
  return true;
}
