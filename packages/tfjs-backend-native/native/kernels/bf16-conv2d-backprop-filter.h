// The filter gradient of a convolution in bfloat16: dw[tap][c][n] = sum over pixels of x[pixel under the tap][c] · dy[pixel][n]. Pixels are
// the depth of the product, so x is transposed to [channels][pixels], in the padded width, where a tap is an offset; dy stands
// in pairs of pixels, [pixels / 2][channels][2], zeros where the padded width has no output. Several images are laid one
// behind the other, since a sum of few pixels would be mostly loading and storing the gradient.

constexpr size_t kThreadProducts = 1 << 20;  // multiplications that are worth waking another thread, and its own sum
constexpr size_t kGroupValues = 96 * 1024;  // of each operand in a group of images: both lie in the second-level cache

// to[channel][pixel] from plane[pixel][channel], 32 pixels and 16 channels: pairs of pixels are 32-bit words, and 16×16
// words are transposed.
static inline void transposePairs(const uint16_t* plane, ptrdiff_t pixelStride, uint16_t* to, size_t rowLength) {
  __m512i r[16], t[16];
  for (int i = 0; i < 16; i++) {
    const uint16_t* pair = plane + 2 * i * pixelStride;
    const __m512i low = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(pair)));
    const __m512i high = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(pair + pixelStride)));
    r[i] = _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
  }
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 8; i++) {
    _mm512_storeu_si512(to + i * rowLength, _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88));
    _mm512_storeu_si512(to + (i + 8) * rowLength, _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd));
  }
}

// Pairs of pixels side by side: [pixels / 2][channels][2] from [pixels][channels].
static void interleavePairs(const uint16_t* plane, int channels, size_t pairs, uint16_t* to) {
  for (size_t i = 0; i < pairs; i++)
    for (int c = 0; c < channels; c += 16) {
      const uint16_t* pixel = plane + 2 * i * channels + c;
      const __m512i low = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixel)));
      const __m512i high = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixel + channels)));
      _mm512_storeu_si512(to + 2 * (i * channels + c), _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
}

static bool conv2dBackpropFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const int taps = s.filterH * s.filterW, inC = roundUp(s.inC, kBlockColumns), outC = roundUp(s.outC, kBlockColumns);
  const int widest = inC > outC ? inC : outC;
  const Plane plane{s.outH + s.filterH - 1, s.outW + s.filterW - 1, inC};
  const size_t pixels = plane.pixels();
  const size_t shift = static_cast<size_t>(s.filterH - 1) * plane.width + s.filterW - 1;
  const size_t most = kGroupValues / (static_cast<size_t>(widest) * pixels);
  const int group = most < 1 ? 1 : most > static_cast<size_t>(s.batch) ? s.batch : static_cast<int>(most);
  // Whole steps of 32 pixels; the rows of x go on under the last tap. An odd number of cache lines spreads them over the sets.
  const size_t depth = (group * pixels + kStepDepth - 1) / kStepDepth * kStepDepth;
  const size_t rowLength = ((depth + shift + 2 * kStepDepth - 1) / kStepDepth | 1) * kStepDepth;
  // Of one picture that is larger than the cache, so many pixels at a time.
  const size_t chunk = roundUp(static_cast<int>(kGroupValues / widest) + 1, kStepDepth);
  const size_t planeValues = rowLength * widest;
  const size_t gradient = static_cast<size_t>(taps) * inC * outC;
  size_t threads = static_cast<size_t>(threadCount()) < static_cast<size_t>(s.batch) ? threadCount() : s.batch;
  const size_t worth = 1 + static_cast<size_t>(s.outH) * s.outW * s.batch * taps * s.inC * s.outC / kThreadProducts;
  if (threads > worth) threads = worth;
  float* partial = threadScratch(0, threads * gradient);
  if (!partial) return false;
  Flag outOfMemory;
  size_t used = 0;
  parallelRanges(s.batch, (s.batch + threads - 1) / threads, [&](size_t begin, size_t end, int thread) {
    float* sums = partial + static_cast<size_t>(thread) * gradient;
    memset(sums, 0, gradient * sizeof(float));
    float* scratch = threadScratch(1, (planeValues + rowLength * inC + depth * outC) / 2 + 64);
    if (!scratch) return outOfMemory.raise();
    uint16_t *source = reinterpret_cast<uint16_t*>(scratch), *rows = source + planeValues, *pairs = rows + rowLength * inC;
    const BlockRegisters registers;
    for (size_t first = begin; first < end; first += group) {
      const int images = static_cast<int>(end - first < static_cast<size_t>(group) ? end - first : group);
      const size_t now = (images * pixels + kStepDepth - 1) / kStepDepth * kStepDepth;
      memset(source, 0, rowLength * inC * sizeof(uint16_t));
      for (int i = 0; i < images; i++)
        fillPlane(plane, x + (first + i) * s.inH * s.inW * s.inC, s.inH, s.inW, s.inC, s.padTop, s.padLeft, source + i * pixels * inC);
      for (size_t pixel = 0; pixel < rowLength; pixel += kStepDepth)
        for (int c = 0; c < inC; c += 16) transposePairs(source + pixel * inC + c, inC, rows + c * rowLength + pixel, rowLength);
      const Plane output{plane.height, plane.width, outC};
      memset(source, 0, now * outC * sizeof(uint16_t));
      for (int i = 0; i < images; i++)
        fillPlane(output, dy + (first + i) * s.outH * s.outW * s.outC, s.outH, s.outW, s.outC, 0, 0, source + i * pixels * outC);
      interleavePairs(source, outC, now / 2, pairs);
      for (size_t from = 0; from < now; from += chunk)
        for (int c = 0; c < inC; c += kBlockRows)
          for (int n = 0; n < outC; n += kBlockColumns)
            for (int tap = 0; tap < taps; tap++) {
              const uint16_t* a = rows + c * rowLength + static_cast<size_t>(tap / s.filterW) * plane.width + tap % s.filterW;
              const uint16_t* b = pairs + 2 * n;
              const size_t to = now - from < chunk ? now : from + chunk;
              blockProduct<32, true>(sums + (static_cast<size_t>(tap) * inC + c) * outC + n, outC, rowLength, 2 * outC, 32, [&](auto visit) __attribute__((always_inline)) {
                for (size_t k = from; k < to; k += kStepDepth) visit(a + k, b + k * outC);
              });
            }
    }
    __atomic_fetch_add(&used, 1, __ATOMIC_RELAXED);
  });
  if (outOfMemory.raised()) return false;
  // Threads take ranges from the first on, so those that took part are the first ones; summed in their order.
  parallelRanges(static_cast<size_t>(taps) * s.inC, 16, [&](size_t begin, size_t end, int) {
    for (size_t row = begin; row < end; row++) {
      const size_t at = (row / s.inC * inC + row % s.inC) * outC;
      for (int n = 0; n < s.outC; n += L) {
        const int lanes = s.outC - n < L ? s.outC - n : L;
        Vec total = load(partial + at + n);
        for (size_t thread = 1; thread < used; thread++) total += load(partial + thread * gradient + at + n);
        storeLanes(dw + row * s.outC + n, total, lanes);
      }
    }
  });
  return true;
}
