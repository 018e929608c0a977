// One source for every instruction set: GCC and Clang vector types of CK_LANES floats, which the compiler
// maps to zmm, ymm, xmm or NEON registers. Included inside a namespace per instruction set; uses no inline
// library code, because the linker would keep one copy of it and it may be the one for a better CPU.
// No include guard: included once in each instruction set's namespace.

typedef float Vec __attribute__((vector_size(CK_LANES * 4)));
typedef float VecUnaligned __attribute__((vector_size(CK_LANES * 4), aligned(4), may_alias));
constexpr int L = CK_LANES;

static inline __attribute__((always_inline)) Vec load(const float* p) { return *reinterpret_cast<const VecUnaligned*>(p); }
static inline __attribute__((always_inline)) void store(float* p, Vec v) { *reinterpret_cast<VecUnaligned*>(p) = v; }
static inline __attribute__((always_inline)) Vec splat(float s) { return s - Vec{}; }
#if defined(__AVX2__) && !defined(__AVX512F__)
static inline __m256i firstLanes(int n) { return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)); }
#endif
// The first `n` lanes; the others are 0 and not read.
static inline Vec loadPart(const float* p, int n) {
#if defined(__AVX512F__)
  return (Vec)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p);
#elif defined(__AVX2__)
  return (Vec)_mm256_maskload_ps(p, firstLanes(n));
#else
  Vec v = {};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
#endif
}
static inline void storePart(float* p, Vec v, int n) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), (__m512)v);
#elif defined(__AVX2__)
  _mm256_maskstore_ps(p, firstLanes(n), (__m256)v);
#else
  for (int i = 0; i < n; i++) p[i] = v[i];
#endif
}
static inline __attribute__((always_inline)) Vec loadLanes(const float* p, int lanes) { return lanes >= L ? load(p) : loadPart(p, lanes); }
static inline __attribute__((always_inline)) void storeLanes(float* p, Vec v, int lanes) { lanes >= L ? store(p, v) : storePart(p, v, lanes); }

// Past the caches: for results larger than them, it saves reading the lines that are about to be overwritten.
// `p` is aligned to a vector. Followed by `streamFence` before another thread reads.
static inline __attribute__((always_inline)) void storeStream(float* p, Vec v) {
#if defined(__AVX512F__)
  _mm512_stream_ps(p, (__m512)v);
#elif defined(__AVX2__)
  _mm256_stream_ps(p, (__m256)v);
#else
  store(p, v);
#endif
}
static inline void streamFence() {
#if defined(__AVX2__)
  _mm_sfence();
#endif
}

// Brings a region into L2, a share at each of `visits` calls of `step`, beside the work that goes on.
struct Prefetch {
  const char* at = nullptr;
  size_t lines = 0, share = 0;
  void start(const float* region, size_t floats, size_t visits) {
    at = reinterpret_cast<const char*>(region);
    lines = floats / 16;
    share = visits ? (lines + visits - 1) / visits : 0;
  }
  inline __attribute__((always_inline)) void step() {
    const size_t now = share < lines ? share : lines;
    for (size_t i = 0; i < now; i++) __builtin_prefetch(at + i * 64, 0, 2);
    at += now * 64;
    lines -= now;
  }
};
