// Products of 32×32 outputs on the matrix units of Intel's AMX: eight registers that hold a tile of 16 rows of 64 bytes.

// The tile registers of this thread, for as long as it lives.
struct BlockRegisters {
  BlockRegisters() {
    struct alignas(64) Config {
      uint8_t palette = 1, startRow = 0, reserved[14] = {};
      uint16_t bytesPerRow[16] = {};
      uint8_t rows[16] = {};
    } config;
    for (int i = 0; i < 8; i++) {
      config.bytesPerRow[i] = 64;
      config.rows[i] = 16;
    }
    // The intrinsic tells the compiler of the first bytes alone.
    asm volatile("" : : "r"(&config) : "memory");
    _tile_loadconfig(&config);
  }
  ~BlockRegisters() { _tile_release(); }
};

// sums [kRows][32], with `sumsStride` floats from row to row: a [kRows][32] · b [16 pairs of rows][32 columns][2], over all
// (a, b) that `steps(visit)` visits, added to what is there if `kAdd`. Strides count bf16 values; `bHalf` is the distance of
// b's second 16 columns.
template <int kRows, bool kAdd, typename Steps>
static inline __attribute__((always_inline)) void blockProduct(float* sums, size_t sumsStride, size_t aStride, size_t bStride, size_t bHalf, Steps steps) {
  static_assert(kRows == 16 || kRows == 32, "one tile of rows, or two");
  const size_t sumsBytes = sumsStride * sizeof(float), aBytes = aStride * sizeof(uint16_t), bBytes = bStride * sizeof(uint16_t);
  float* lower = sums + 16 * sumsStride;
  if (kAdd) {
    _tile_loadd(0, sums, sumsBytes);
    _tile_loadd(1, sums + 16, sumsBytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
  if (kRows == 32 && kAdd) {
    _tile_loadd(2, lower, sumsBytes);
    _tile_loadd(3, lower + 16, sumsBytes);
  } else if (kRows == 32) {
    _tile_zero(2);
    _tile_zero(3);
  }
  steps([&](const uint16_t* a, const uint16_t* b) __attribute__((always_inline)) {
    _tile_loadd(4, a, aBytes);
    _tile_loadd(6, b, bBytes);
    _tile_loadd(7, b + bHalf, bBytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if (kRows == 32) {
      _tile_loadd(5, a + 16 * aStride, aBytes);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  });
  _tile_stored(0, sums, sumsBytes);
  _tile_stored(1, sums + 16, sumsBytes);
  if (kRows == 32) {
    _tile_stored(2, lower, sumsBytes);
    _tile_stored(3, lower + 16, sumsBytes);
  }
}
