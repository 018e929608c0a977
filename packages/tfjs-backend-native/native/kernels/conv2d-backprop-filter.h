// Filter gradient: dw[tap, c, o] = sum over images and output pixels of x at that tap times dy.
//
// A tile of T input channels (of one contiguous run: all taps of a filter row where dilation is 1) times
// two vectors of output channels stays in registers while the pixels of a group of images stream by. Each
// thread sums its images into a filter of its own; the sums are added up at the end in a fixed order.

// Measured best of 256 and 512 pixels a group, 64, 128 and 256 a chunk.
constexpr int kGroupPixels = 512, kChunkPixels = 64;

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
  if (winogradFits(s)) return winogradBackpropFilter(s, x, dy, dw);
  const int depth = s.filterH * s.filterW * s.inC;
  const int blocks = (s.outC + kBlock - 1) / kBlock;
  const size_t sumFloats = static_cast<size_t>(blocks) * depth * kBlock;
  const size_t outPixels = static_cast<size_t>(s.outH) * s.outW;
  // Padded extent that the taps reach.
  const int bandH = (s.outH - 1) * s.strideH + (s.filterH - 1) * s.dilationH + 1;
  const int bandW = (s.outW - 1) * s.strideW + (s.filterW - 1) * s.dilationW + 1;
  const bool inPlace = s.padTop == 0 && s.padLeft == 0 && bandH <= s.inH && bandW <= s.inW;
  const int cols = inPlace ? s.inW : bandW;
  const size_t xImage = inPlace ? static_cast<size_t>(s.inH) * s.inW * s.inC : static_cast<size_t>(bandH) * bandW * s.inC;
  // Small images in groups, so that a pass over the sums is worth its loads and stores; rows of large images in
  // chunks whose gradient and input stay in L1 for all tiles.
  const int group = outPixels >= kGroupPixels ? 1 : static_cast<int>((kGroupPixels + outPixels - 1) / outPixels);
  const int chunkImages = outPixels >= kChunkPixels ? 1 : static_cast<int>(kChunkPixels / outPixels);
  const int chunkRows = outPixels < kChunkPixels ? s.outH : s.outW >= kChunkPixels ? 1 : kChunkPixels / s.outW;

  int threads = threadCount();
  if (threads > s.batch) threads = s.batch;
  const size_t worth = 1 + outPixels * s.batch * depth * s.outC / kThreadProducts;
  if (static_cast<size_t>(threads) > worth) threads = static_cast<int>(worth);
  float* sums = threadScratch(3, sumFloats * threads);
  if (!sums) return false;
  Flag outOfMemory;
  // Thread t of T takes images [batch t / T, batch (t + 1) / T); at most `threads` ranges, so each has a sum.
  const int ranges = threads;
  parallelRanges(ranges, 1, [&](size_t firstRange, size_t lastRange, int) {
    for (size_t range = firstRange; range < lastRange; range++) {
      float* sum = sums + range * sumFloats;
      memset(sum, 0, sumFloats * sizeof(float));
      const int begin = static_cast<int>(static_cast<int64_t>(s.batch) * range / ranges);
      const int end = static_cast<int>(static_cast<int64_t>(s.batch) * (range + 1) / ranges);
      float* padded = inPlace ? nullptr : threadScratch(1, xImage * group);
      float* grad = threadScratch(2, static_cast<size_t>(chunkImages) * chunkRows * s.outW * kBlock);
      if (!grad || (!inPlace && !padded)) {
        outOfMemory.raise();
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
        const int merged = s.dilationW == 1 ? s.filterW : 1, runsX = s.filterW / merged, length = merged * s.inC;
        const int tiles = (length + kFilterTile - 1) / kFilterTile;
        const int chunks = ((images + chunkImages - 1) / chunkImages) * ((s.outH + chunkRows - 1) / chunkRows);
        const size_t visits = static_cast<size_t>(blocks) * chunks * s.filterH * runsX * tiles;
        Prefetch nextX, nextGradient;
        if (n0 + images < end) {
          const size_t following = end - n0 - images < group ? end - n0 - images : group;
          nextX.start(x + static_cast<size_t>(n0 + images) * s.inH * s.inW * s.inC, following * s.inH * s.inW * s.inC, visits);
          nextGradient.start(dy + (n0 + images) * outPixels * s.outC, following * outPixels * s.outC, visits);
        }
        FilterTile f{};
        f.xImage = static_cast<ptrdiff_t>(xImage);
        f.xRow = static_cast<ptrdiff_t>(s.strideH) * cols * s.inC;
        f.xPixel = static_cast<ptrdiff_t>(s.strideW) * s.inC;
        for (int block = 0; block < blocks; block++) {
          const int lanes = s.outC - block * kBlock < kBlock ? s.outC - block * kBlock : kBlock;
          const int vectors = lanes > L ? 2 : 1;
          float* blockSum = sum + static_cast<size_t>(block) * depth * kBlock;
          for (int i = 0; i < images; i += chunkImages) {
            f.images = images - i < chunkImages ? images - i : chunkImages;
            for (int y = 0; y < s.outH; y += chunkRows) {
              f.outH = s.outH - y < chunkRows ? s.outH - y : chunkRows;
              f.dy = dy + ((n0 + i) * outPixels + static_cast<size_t>(y) * s.outW) * s.outC;
              if (s.outC != vectors * L) {
                packGradient(f.dy, static_cast<size_t>(f.images) * f.outH * s.outW, s.outC, block * kBlock, lanes, vectors * L, grad);
                f.dy = grad;
              }
              // Where a row of x follows the one before it without a gap, they are one row.
              const bool oneRow = f.xRow == static_cast<ptrdiff_t>(s.outW) * f.xPixel;
              f.outW = oneRow ? s.outW * f.outH : s.outW;
              if (oneRow) f.outH = 1;
              const float* corner = source + i * xImage + y * f.xRow;
              f.sum = blockSum;
              for (int ky = 0; ky < s.filterH; ky++) {
                for (int kx = 0; kx < runsX; kx++) {
                  f.x = corner + (static_cast<ptrdiff_t>(ky) * s.dilationH * cols + static_cast<ptrdiff_t>(kx) * s.dilationW) * s.inC;
                  for (int n = 0, c = 0; n < tiles; n++) {
                    const int tile = (length - c + tiles - n - 1) / (tiles - n);
                    nextX.step();
                    nextGradient.step();
                    vectors == 2 ? filterTileOf<2>(tile, f) : filterTileOf<1>(tile, f);
                    f.x += tile;
                    f.sum += tile * kBlock;
                    c += tile;
                  }
                }
              }
            }
          }
        }
      }
    }
  });
  if (outOfMemory.raised()) return false;
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
