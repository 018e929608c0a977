// The register tile of the filter gradients: T input channels times V vectors of output channels, summed over
// a stream of pixels.

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

