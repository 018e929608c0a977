// Dropout whose mask is a hash of the element's place: lowbias32 over a Weyl sequence, as @convkit/ops/kernel-names
// writes it out, https://nullprogram.com/blog/2018/07/31/

static inline __attribute__((always_inline)) VecUint hashPlaces(uint32_t first, uint32_t seed) {
  VecUint h;
  for (int i = 0; i < L; i++) h[i] = static_cast<uint32_t>(i);
  h = (h + first) * 0x9E3779B9u + seed;
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ h >> 16;
}

// Keeps an element, times `scale`, if its hash is at least `threshold` (2^32 keeps none). A dropped element counts
// as multiplied by 0, as where it is composed of ops: NaN and infinities become NaN.
static void dropout(size_t size, uint64_t threshold, float scale, uint32_t seed, const float* x, float* y) {
  const bool none = threshold > 0xffffffffu;
  const VecUint least = static_cast<uint32_t>(threshold) - VecUint{};
  const Vec zero = {}, kept = splat(scale);
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      const Vec factor = none ? zero : hashPlaces(static_cast<uint32_t>(at), seed) >= least ? kept : zero;
      storeLanes(y + at, loadLanes(x + at, lanes) * factor, lanes);
    });
  });
}
