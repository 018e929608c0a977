// Between float32, int32 and bool, as JavaScript's typed arrays convert. Plain loops, which compilers vectorise.

template <typename In, typename Out, typename F>
static void convert(size_t size, const In* x, Out* y, F f) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    const In* __restrict from = x;
    Out* __restrict to = y;
    for (size_t i = begin; i < end; i++) to[i] = f(from[i]);
  });
}

// ECMAScript's ToInt32: truncated, modulo 2^32; NaN and infinities give 0.
static int32_t toInt32(float x) {
  if (!__builtin_isfinite(x)) return 0;
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(fmod(trunc(static_cast<double>(x)), 4294967296.0))));
}

static void floatToInt(size_t size, const float* x, int32_t* y) {
  constexpr size_t kBlockElements = 4096;
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    for (size_t from = begin; from < end; from += kBlockElements) {
      const size_t to = end - from < kBlockElements ? end : from + kBlockElements;
      int outside = 0;  // of what the conversion instruction takes
      for (size_t i = from; i < to; i++) {
        const bool fits = x[i] > -2147483648.0f && x[i] < 2147483648.0f;
        y[i] = static_cast<int32_t>(fits ? x[i] : 0.0f);
        outside |= !fits;
      }
      for (size_t i = from; outside && i < to; i++) y[i] = toInt32(x[i]);
    }
  });
}
static void floatToBool(size_t size, const float* x, uint8_t* y) {
  convert(size, x, y, [](float v) { return static_cast<uint8_t>(v != 0); });
}
static void intToFloat(size_t size, const int32_t* x, float* y) {
  convert(size, x, y, [](int32_t v) { return static_cast<float>(v); });
}
static void intToBool(size_t size, const int32_t* x, uint8_t* y) {
  convert(size, x, y, [](int32_t v) { return static_cast<uint8_t>(v != 0); });
}
static void boolToFloat(size_t size, const uint8_t* x, float* y) {
  convert(size, x, y, [](uint8_t v) { return static_cast<float>(v); });
}
static void boolToInt(size_t size, const uint8_t* x, int32_t* y) {
  convert(size, x, y, [](uint8_t v) { return static_cast<int32_t>(v); });
}
