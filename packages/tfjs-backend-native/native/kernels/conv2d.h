// Forward convolution and its input gradient, both as tapConv.

// packed[block][row][2L] from rows of `columns` floats: weight(row, column) = source[row * rowStride + column * columnStride],
// the last block filled up with zeros. `rowOf` gives each packed row its source row.
template <typename RowOf>
static void packBlocks(const float* source, int rows, int columns, ptrdiff_t columnStride, float* packed, RowOf rowOf) {
  const int blocks = (columns + kBlock - 1) / kBlock;
  parallelRanges(static_cast<size_t>(blocks) * rows, 4096, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const int block = static_cast<int>(i / rows), row = static_cast<int>(i % rows);
      const float* from = source + rowOf(row) + static_cast<ptrdiff_t>(block) * kBlock * columnStride;
      float* to = packed + i * kBlock;
      const int n = columns - block * kBlock < kBlock ? columns - block * kBlock : kBlock;
      if (columnStride == 1) memcpy(to, from, n * sizeof(float));
      else
        for (int c = 0; c < n; c++) to[c] = from[c * columnStride];
      for (int c = n; c < kBlock; c++) to[c] = 0.0f;
    }
  });
}

static float* packedScratch(size_t rows, int columns, size_t extraInts) {
  const size_t blocks = (static_cast<size_t>(columns) + kBlock - 1) / kBlock;
  return threadScratch(0, blocks * rows * kBlock + extraInts + 16);
}

// [m, k] times packed [k, n]: rows of 192 "pixels" so that threads and bands have something to share.
static bool flatProduct(size_t m, int k, int n, const float* a, const float* packed, const float* bias, float* out, Activation activation, float alpha) {
  const int zero = 0;
  size_t done = 0;
  // int indices: at most 2^30 output pixels at a time.
  while (done < m) {
    const size_t now = m - done < (1u << 30) ? m - done : (1u << 30);
    TapConv t{};
    int width = 16 * kTile;
    while (width > kTile && now < static_cast<size_t>(width) * 2 * threadCount()) width /= 2;
    if (static_cast<size_t>(width) > now) width = static_cast<int>(now);
    t.images = 1;
    t.outW = width;
    t.outH = static_cast<int>((now + width - 1) / width);
    t.lastRowW = static_cast<int>(now - static_cast<size_t>(t.outH - 1) * width);
    t.srcH = t.outH;
    t.srcW = width;
    t.channels = k;
    t.src = a + done * k;
    t.tapsY = t.tapsX = 1;
    t.offsetY = t.offsetX = &zero;
    t.stepY = t.stepX = 1;
    t.outC = n;
    t.dst = out + done * n;
    t.dstPixel = n;
    t.dstRow = static_cast<ptrdiff_t>(width) * n;
    t.packed = packed;
    t.bias = bias;
    t.activation = activation;
    t.alpha = alpha;
    if (!tapConv(t)) return false;
    done += now;
  }
  return true;
}

static bool conv2d(const ConvShape& s, const float* x, const float* filter, const float* bias, float* y, Activation activation, float alpha) {
  if (winogradFits(s)) return winogradForward(s, x, filter, bias, activation, alpha, y);
  const int depth = s.filterH * s.filterW * s.inC;
  float* packed = packedScratch(depth, s.outC, s.filterH + s.filterW);
  if (!packed) return false;
  packBlocks(filter, depth, s.outC, 1, packed, [&](int row) { return static_cast<ptrdiff_t>(row) * s.outC; });
  const bool pointwise = s.filterH == 1 && s.filterW == 1 && s.strideH == 1 && s.strideW == 1 && s.padTop == 0 && s.padLeft == 0 && s.inH == s.outH && s.inW == s.outW;
  if (pointwise) return flatProduct(static_cast<size_t>(s.batch) * s.outH * s.outW, s.inC, s.outC, x, packed, bias, y, activation, alpha);

  const size_t blocks = (static_cast<size_t>(s.outC) + kBlock - 1) / kBlock;
  int* offsets = reinterpret_cast<int*>(packed + blocks * depth * kBlock);
  for (int i = 0; i < s.filterH; i++) offsets[i] = i * s.dilationH - s.padTop;
  for (int i = 0; i < s.filterW; i++) offsets[s.filterH + i] = i * s.dilationW - s.padLeft;
  TapConv t{};
  t.images = s.batch;
  t.srcH = s.inH;
  t.srcW = s.inW;
  t.channels = s.inC;
  t.src = x;
  t.tapsY = s.filterH;
  t.tapsX = s.filterW;
  t.offsetY = offsets;
  t.offsetX = offsets + s.filterH;
  t.stepY = s.strideH;
  t.stepX = s.strideW;
  t.outH = s.outH;
  t.outW = t.lastRowW = s.outW;
  t.outC = s.outC;
  t.dst = y;
  t.dstPixel = s.outC;
  t.dstRow = static_cast<ptrdiff_t>(s.outW) * s.outC;
  t.dstImage = t.dstRow * s.outH;
  t.packed = packed;
  t.bias = bias;
  t.activation = activation;
  t.alpha = alpha;
  return tapConv(t);
}

// For one residue of (position + pad) modulo stride: which filter taps reach it, and from which offset of dy.
struct Phase {
  int first, count;  // first position of this phase in dx; positions in it
  int taps;
};
static Phase phaseOf(int residue, int size, int stride, int dilation, int pad, int filter, int* tap, int* offset) {
  Phase p{};
  p.first = ((residue - pad) % stride + stride) % stride;
  p.count = p.first < size ? (size - p.first + stride - 1) / stride : 0;
  // Position first + stride * t, tap k: dy index t + (first + pad - k * dilation) / stride. Ascending in offset.
  for (int k = filter - 1; k >= 0; k--) {
    int reach = p.first + pad - k * dilation;
    if (reach % stride != 0) continue;
    tap[p.taps] = k;
    offset[p.taps++] = reach / stride;
  }
  return p;
}

// dx[i] = sum over taps with (i + pad - k * dilation) divisible by the stride: one tapConv over dy for each
// of the strideH * strideW phases of dx, with the filter transposed.
static bool conv2dBackpropInput(const ConvShape& s, const float* dy, const float* filter, float* dx) {
  // The gradient's convolution has input and output exchanged; its padding is 2 - pad.
  const ConvShape exchanged{s.batch, s.outH, s.outW, s.outC, s.filterH, s.filterW, s.inH, s.inW, s.inC, s.strideH, s.strideW, s.dilationH, s.dilationW, s.padTop, s.padLeft};
  if (winogradFits(exchanged)) return winogradBackpropInput(s, dy, filter, dx);
  const int taps = s.filterH * s.filterW;
  float* packed = packedScratch(static_cast<size_t>(taps) * s.outC, s.inC, 2 * (s.filterH + s.filterW));
  if (!packed) return false;
  const size_t blocks = (static_cast<size_t>(s.inC) + kBlock - 1) / kBlock;
  int* tapY = reinterpret_cast<int*>(packed + blocks * taps * s.outC * kBlock);
  int *offsetY = tapY + s.filterH, *tapX = offsetY + s.filterH, *offsetX = tapX + s.filterW;

  for (int residueY = 0; residueY < s.strideH; residueY++) {
    const Phase py = phaseOf(residueY, s.inH, s.strideH, s.dilationH, s.padTop, s.filterH, tapY, offsetY);
    for (int residueX = 0; residueX < s.strideW; residueX++) {
      const Phase px = phaseOf(residueX, s.inW, s.strideW, s.dilationW, s.padLeft, s.filterW, tapX, offsetX);
      if (py.count == 0 || px.count == 0) continue;
      const ptrdiff_t dxRow = static_cast<ptrdiff_t>(s.inW) * s.inC, dxImage = dxRow * s.inH;
      float* target = dx + py.first * dxRow + static_cast<ptrdiff_t>(px.first) * s.inC;
      if (py.taps == 0 || px.taps == 0) {  // stride larger than the filter: nothing reaches these pixels
        parallelRanges(static_cast<size_t>(s.batch) * py.count, 8, [&](size_t begin, size_t end, int) {
          for (size_t i = begin; i < end; i++) {
            float* row = target + (i / py.count) * dxImage + static_cast<ptrdiff_t>(i % py.count) * s.strideH * dxRow;
            for (int p = 0; p < px.count; p++) memset(row + static_cast<ptrdiff_t>(p) * s.strideW * s.inC, 0, s.inC * sizeof(float));
          }
        });
        continue;
      }
      packBlocks(filter, py.taps * px.taps * s.outC, s.inC, s.outC, packed, [&](int row) {
        const int channel = row % s.outC, tap = row / s.outC;
        const int k = tapY[tap / px.taps] * s.filterW + tapX[tap % px.taps];
        return static_cast<ptrdiff_t>(k) * s.inC * s.outC + channel;
      });
      TapConv t{};
      t.images = s.batch;
      t.srcH = s.outH;
      t.srcW = s.outW;
      t.channels = s.outC;
      t.src = dy;
      t.tapsY = py.taps;
      t.tapsX = px.taps;
      t.offsetY = offsetY;
      t.offsetX = offsetX;
      t.stepY = t.stepX = 1;
      t.outH = py.count;
      t.outW = t.lastRowW = px.count;
      t.outC = s.inC;
      t.dst = target;
      t.dstPixel = static_cast<ptrdiff_t>(s.strideW) * s.inC;
      t.dstRow = s.strideH * dxRow;
      t.dstImage = dxImage;
      t.packed = packed;
      t.activation = kLinear;
      if (!tapConv(t)) return false;
    }
  }
  return true;
}
