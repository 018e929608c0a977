// Vector exp and the activations a convolution or a matrix product can end with.

typedef int32_t VecInt __attribute__((vector_size(CK_LANES * 4)));

static inline __attribute__((always_inline)) Vec maximum(Vec a, Vec b) { return ((a != a) | (a > b)) ? a : b; }
static inline __attribute__((always_inline)) Vec minimum(Vec a, Vec b) { return ((a != a) | (a < b)) ? a : b; }

// e^x to about 1 ulp: x = n ln 2 + r, a degree 6 polynomial for e^r (Cephes expf), then two exact scalings
// so that results below 2^-126 and n = 128 come out right. NaN stays NaN.
static inline __attribute__((always_inline)) Vec expVec(Vec x) {
  const Vec high = splat(89.0f), low = splat(-104.0f);
  Vec clamped = x > high ? high : x < low ? low : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  Vec n = (clamped * 1.44269504088896341f + magic) - magic;
  Vec r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  Vec p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  VecInt exponent = __builtin_convertvector(n, VecInt);
  VecInt half = exponent >> 1;
  union { VecInt i; Vec f; } a, b;
  a.i = (half + 127) << 23;
  b.i = (exponent - half + 127) << 23;
  Vec result = p * a.f * b.f;
  return x != x ? x : result;
}

static inline __attribute__((always_inline)) Vec activate(Vec v, Activation activation, float alpha) {
  const Vec zero = {};
  switch (activation) {
    case kLinear: return v;
    case kRelu: return maximum(v, zero);
    case kRelu6: return minimum(maximum(v, zero), splat(6.0f));
    case kLeakyRelu: return v < zero ? v * alpha : v;
    case kElu: return v >= zero ? v : v != v ? v : expVec(v) - 1.0f;
    case kSigmoid: return 1.0f / (1.0f + expVec(-v));
  }
  return v;
}
