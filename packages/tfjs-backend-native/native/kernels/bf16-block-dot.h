// Products of 32×32 outputs by AVX512-BF16: one instruction adds 16 products of pairs to 16 sums.

// Vector registers need no setting up.
struct BlockRegisters {
  BlockRegisters() {}
};

// sums [kRows][32], with `sumsStride` floats from row to row: a [kRows][32] · b [16 pairs of rows][32 columns][2], over all
// (a, b) that `steps(visit)` visits, added to what is there if `kAdd`. Strides count bf16 values; `bHalf` is the distance of
// b's second 16 columns.
template <int kRows, bool kAdd, typename Steps>
static inline __attribute__((always_inline)) void blockProduct(float* sums, size_t sumsStride, size_t aStride, size_t bStride, size_t bHalf, Steps steps) {
  constexpr int kPiece = 8;  // rows whose sums stay in registers; more than an instruction's latency waits for
  for (int row = 0; row < kRows; row += kPiece) {
    __m512 left[kPiece], right[kPiece];
    float* to = sums + row * sumsStride;
    for (int r = 0; r < kPiece; r++) {
      left[r] = kAdd ? _mm512_loadu_ps(to + r * sumsStride) : _mm512_setzero_ps();
      right[r] = kAdd ? _mm512_loadu_ps(to + r * sumsStride + 16) : _mm512_setzero_ps();
    }
    steps([&](const uint16_t* a, const uint16_t* b) __attribute__((always_inline)) {
      const uint16_t* from = a + row * aStride;
      for (int pair = 0; pair < 16; pair++) {
        const __m512bh first = (__m512bh)_mm512_loadu_si512(b + pair * bStride), second = (__m512bh)_mm512_loadu_si512(b + pair * bStride + bHalf);
        for (int r = 0; r < kPiece; r++) {
          int32_t word;
          memcpy(&word, from + r * aStride + 2 * pair, sizeof word);
          const __m512bh values = (__m512bh)_mm512_set1_epi32(word);
          left[r] = _mm512_dpbf16_ps(left[r], values, first);
          right[r] = _mm512_dpbf16_ps(right[r], values, second);
        }
      }
    });
    for (int r = 0; r < kPiece; r++) {
      _mm512_storeu_ps(to + r * sumsStride, left[r]);
      _mm512_storeu_ps(to + r * sumsStride + 16, right[r]);
    }
  }
}
