// Convolutions of stride 1 with operands rounded to bfloat16 and sums in float32, and their input gradient. Outputs are
// computed for all places of the padded width; those that belong to no pixel are dropped. What one picture gives depends on
// neither the number of threads nor the others of its batch.

// A convolution over pictures padded by `top` and `left`, and as far as the filter reaches below and to the right.
struct PlaneConv {
  int images, srcH, srcW, srcC, top, left;
  const float* src;
  int filterH, filterW;
  int outH, outW, outC;
  float* dst;
  const uint16_t* packed;
  const float* bias;
  Activation activation;
  float alpha;
};

// Sums of `kRows` places from `first` on, times 32 output channels, into sums [places][32].
template <int kRows>
static void placeSums(const PlaneConv& t, const Plane& plane, const uint16_t* source, const uint16_t* weights, float* sums) {
  blockProduct<kRows, false>(sums, kBlockColumns, plane.channels, 32, 16 * 32, [&](auto visit) __attribute__((always_inline)) {
    const uint16_t* b = weights;
    for (int y = 0; y < t.filterH; y++)
      for (int x = 0; x < t.filterW; x++) {
        const uint16_t* pixels = source + (static_cast<size_t>(y) * plane.width + x) * plane.channels;
        for (int c = 0; c < plane.channels; c += kStepDepth, b += kStepDepth * kBlockColumns) visit(pixels + c, b);
      }
  });
}

static bool planeConv(const PlaneConv& t) {
  const Plane plane{t.outH + t.filterH - 1, t.outW + t.filterW - 1, roundUp(t.srcC, kStepDepth)};
  const size_t places = static_cast<size_t>(t.outH - 1) * plane.width + t.outW;  // up to the last output
  const size_t reach = places + kBlockRows + static_cast<size_t>(t.filterH - 1) * plane.width + t.filterW;
  const size_t planeValues = (reach > plane.pixels() ? reach : plane.pixels()) * plane.channels;
  const int blocks = roundUp(t.outC, kBlockColumns) / kBlockColumns;
  const size_t weightsOfBlock = static_cast<size_t>(t.filterH) * t.filterW * plane.channels * kBlockColumns;
  Flag outOfMemory;
  parallelRanges(static_cast<size_t>(t.images) * blocks, 1, [&](size_t begin, size_t end, int) {
    float* scratch = threadScratch(1, kBlockRows * kBlockColumns + planeValues / 2 + 1);
    if (!scratch) return outOfMemory.raise();
    float* sums = scratch;
    uint16_t* source = reinterpret_cast<uint16_t*>(scratch + kBlockRows * kBlockColumns);
    memset(source, 0, planeValues * sizeof(uint16_t));
    const BlockRegisters registers;
    int filled = -1;
    for (size_t i = begin; i < end; i++) {
      const int image = static_cast<int>(i / blocks), block = static_cast<int>(i % blocks);
      if (image != filled) fillPlane(plane, t.src + static_cast<size_t>(image) * t.srcH * t.srcW * t.srcC, t.srcH, t.srcW, t.srcC, t.top, t.left, source);
      filled = image;
      const uint16_t* weights = t.packed + block * weightsOfBlock;
      const int column = block * kBlockColumns, columns = t.outC - column < kBlockColumns ? t.outC - column : kBlockColumns;
      float* target = t.dst + static_cast<size_t>(image) * t.outH * t.outW * t.outC + column;
      for (size_t first = 0; first < places; first += kBlockRows) {
        const int rows = places - first > 16 ? 32 : 16;
        const uint16_t* pixels = source + first * plane.channels;
        if (rows == 32) placeSums<32>(t, plane, pixels, weights, sums);
        else placeSums<16>(t, plane, pixels, weights, sums);
        int y = static_cast<int>(first / plane.width), x = static_cast<int>(first % plane.width);
        for (int row = 0; row < rows && y < t.outH; row++) {
          if (x < t.outW) {
            float* pixel = target + (static_cast<size_t>(y) * t.outW + x) * t.outC;
            for (int c = 0; c < columns; c += L) {
              const int lanes = columns - c < L ? columns - c : L;
              Vec v = load(sums + row * kBlockColumns + c);
              if (t.bias) v += loadLanes(t.bias + column + c, lanes);
              storeLanes(pixel + c, activate(v, t.activation, t.alpha), lanes);
            }
          }
          if (++x == plane.width) {
            x = 0;
            y++;
          }
        }
      }
    }
  });
  return !outOfMemory.raised();
}

// Stride 1, a picture that the padded one has room for, and channels enough to be worth filling up.
static bool fits(const ConvShape& s) {
  const bool dense = s.strideH == 1 && s.strideW == 1 && s.dilationH == 1 && s.dilationW == 1;
  const bool padded = s.padTop < s.filterH && s.padLeft < s.filterW && s.outH <= s.inH + s.padTop && s.outW <= s.inW + s.padLeft &&
                      s.outH + s.filterH - 1 >= s.inH + s.padTop && s.outW + s.filterW - 1 >= s.inW + s.padLeft;
  return dense && padded && s.inC >= 16 && s.outC >= 16;
}

static uint16_t* packedScratch(int taps, int depth, int columns) {
  return reinterpret_cast<uint16_t*>(threadScratch(0, packedFilterSize(taps, depth, columns) / 2));
}

static bool conv2d(const ConvShape& s, const float* x, const float* filter, const float* bias, float* y, Activation activation, float alpha) {
  const int taps = s.filterH * s.filterW;
  uint16_t* packed = packedScratch(taps, s.inC, s.outC);
  if (!packed) return false;
  packFilter(taps, s.inC, s.outC, packed, [&](int tap, int row, int column) { return filter[(static_cast<size_t>(tap) * s.inC + row) * s.outC + column]; });
  return planeConv({s.batch, s.inH, s.inW, s.inC, s.padTop, s.padLeft, x, s.filterH, s.filterW, s.outH, s.outW, s.outC, y, packed, bias, activation, alpha});
}

// The same over dy, with the filter turned by half and its channels exchanged.
static bool conv2dBackpropInput(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  const int taps = s.filterH * s.filterW;
  uint16_t* packed = packedScratch(taps, s.outC, s.inC);
  if (!packed) return false;
  packFilter(taps, s.outC, s.inC, packed, [&](int tap, int row, int column) { return filter[(static_cast<size_t>(taps - 1 - tap) * s.inC + column) * s.outC + row]; });
  return planeConv({s.batch, s.outH, s.outW, s.outC, s.filterH - 1 - s.padTop, s.filterW - 1 - s.padLeft, dy, s.filterH, s.filterW, s.inH, s.inW, s.inC, dx, packed, nullptr, kLinear, 0});
}
