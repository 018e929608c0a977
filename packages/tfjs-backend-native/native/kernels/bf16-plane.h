// What convolutions in bfloat16 read: pictures padded with zeros and rounded, filters rounded and laid out for products of
// 32×32 outputs. No im2col: in a padded picture [pixels, channels] the pixels under a tap are as far apart as those of the
// output, so that a product reads them in place, with the distance of a pixel as the stride of its rows.

constexpr int kBlockRows = 32, kBlockColumns = 32;  // outputs of one product
constexpr int kStepDepth = 32;                      // bf16 values that one step of it multiplies

static inline int roundUp(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

// To the nearest, ties to even; what is too large becomes infinite.
static inline void toBf16(const float* from, uint16_t* to, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from + i)));
  if (i < count) {
    const __mmask16 rest = static_cast<__mmask16>((1u << (count - i)) - 1);
    _mm256_mask_storeu_epi16(to + i, rest, (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(rest, from + i)));
  }
}

// [height, width, channels]: channels filled up with zeros to a multiple of a step's depth.
struct Plane {
  int height, width, channels;
  size_t pixels() const { return static_cast<size_t>(height) * width; }
};

// One picture [imageH, imageW, imageC] `top` rows down and `left` pixels to the right. Around it `to` must hold zeros
// already; another picture of the same size overwrites none of them.
static void fillPlane(const Plane& plane, const float* image, int imageH, int imageW, int imageC, int top, int left, uint16_t* to) {
  for (int y = 0; y < imageH; y++) {
    uint16_t* row = to + (static_cast<size_t>(y + top) * plane.width + left) * plane.channels;
    const float* from = image + static_cast<size_t>(y) * imageW * imageC;
    if (plane.channels == imageC) {
      toBf16(from, row, static_cast<size_t>(imageW) * imageC);
      continue;
    }
    for (int x = 0; x < imageW; x++) toBf16(from + static_cast<size_t>(x) * imageC, row + static_cast<size_t>(x) * plane.channels, imageC);
  }
}

// Room for a packed filter, in bf16 values: [columns / 32][taps][depth / 32][2 halves][16 pairs of rows][16 columns][2].
static size_t packedFilterSize(int taps, int depth, int columns) {
  return static_cast<size_t>(roundUp(columns, kBlockColumns)) * taps * roundUp(depth, kStepDepth);
}

// `weight(tap, row, column)` gives the filter's values.
template <typename Weight>
static void packFilter(int taps, int depth, int columns, uint16_t* packed, Weight weight) {
  const int steps = roundUp(depth, kStepDepth) / kStepDepth, blocks = roundUp(columns, kBlockColumns) / kBlockColumns;
  parallelRanges(static_cast<size_t>(blocks) * taps * steps, 4, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) {
      const int step = static_cast<int>(i % steps), tap = static_cast<int>(i / steps % taps), block = static_cast<int>(i / steps / taps);
      uint16_t* to = packed + i * kStepDepth * kBlockColumns;
      for (int half = 0; half < 2; half++)
        for (int pair = 0; pair < 16; pair++) {
          float values[32];
          for (int column = 0; column < 16; column++)
            for (int k = 0; k < 2; k++) {
              const int row = step * kStepDepth + 2 * pair + k, at = block * kBlockColumns + half * 16 + column;
              values[2 * column + k] = row < depth && at < columns ? weight(tap, row, at) : 0.0f;
            }
          toBf16(values, to + (half * 16 + pair) * 32, 32);
        }
    }
  });
}
