// Vector functions beyond activation.h's exp. None flushes denormals or assumes finite input. The largest errors,
// in units of the last place over all 2^32 floats against double precision, with fused multiply-add | without:
//
//   exp 1.01 | 0.99   expMinusOne 1.45 | 1.57   hyperbolicTangent 2.42 | 2.42   logistic 2.41 | 2.41
//   logarithm 0.83 | 0.83   errorFunction 1.03 | 1.19   squareRoot 0.5 | 0.5

typedef uint32_t VecUint __attribute__((vector_size(CK_LANES * 4)));

static inline __attribute__((always_inline)) Vec absolute(Vec x) { return (Vec)((VecInt)x & 0x7fffffff); }
static inline __attribute__((always_inline)) Vec copySign(Vec magnitude, Vec sign) {
  return (Vec)(((VecInt)magnitude & 0x7fffffff) | ((VecInt)sign & static_cast<int32_t>(0x80000000)));
}

// Correctly rounded.
static inline __attribute__((always_inline)) Vec squareRoot(Vec x) {
  Vec y;
  for (int i = 0; i < L; i++) y[i] = __builtin_sqrtf(x[i]);  // one instruction, in every compiler tried
  return y;
}

// e^x - 1. Reduced as in expVec; the polynomial is e^r - 1 itself, so nothing cancels near 0.
static inline __attribute__((always_inline)) Vec expMinusOne(Vec x) {
  const Vec high = splat(89.0f), low = splat(-18.0f);
  const Vec clamped = x > high ? high : x < low ? low : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const Vec n = (clamped * 1.44269504088896341f + magic) - magic;
  Vec r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  Vec p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r;
  // 2^n p + (2^n - 1); halved, so that n = 128 does not overflow before the sum does.
  const VecInt exponent = __builtin_convertvector(n, VecInt);
  const Vec half = (Vec)((exponent + 126) << 23);
  const Vec result = (half * p + (half - 0.5f)) * 2.0f;
  return x != x ? x : n == 0.0f ? p : result;
}

// e^2x - 1 over itself plus 2. From 9.02 on the result rounds to 1.
static inline __attribute__((always_inline)) Vec hyperbolicTangent(Vec x) {
  const Vec most = splat(9.02f), magnitude = absolute(x);
  const Vec t = expMinusOne(2.0f * (magnitude > most ? most : magnitude));
  return copySign(t / (t + 2.0f), x);
}

// 1 / (1 + e^-x), with e^-|x| so that nothing overflows.
static inline __attribute__((always_inline)) Vec logistic(Vec x) {
  const Vec e = expVec(-absolute(x));
  return (x < 0.0f ? e : splat(1.0f)) / (1.0f + e);
}

// Cephes logf: x = m 2^e with m in [sqrt(1/2), sqrt(2)), a polynomial for log m, e ln 2 added in two parts.
static inline __attribute__((always_inline)) Vec logarithm(Vec x) {
  const Vec zero = {}, infinity = splat(__builtin_inff());
  const VecInt denormal = absolute(x) < 1.17549435e-38f;
  const Vec scaled = denormal ? x * 8388608.0f : x;  // 2^23
  const VecInt bits = (VecInt)scaled;
  VecInt exponent = ((bits >> 23) & 0xff) - 126;
  Vec m = (Vec)((bits & 0x007fffff) | 0x3f000000);  // [1/2, 1)
  const VecInt low = m < 0.707106781186547524f;
  exponent += low;  // -1 where true
  m = low ? m + m : m;
  m = m - 1.0f;
  exponent -= denormal & 23;
  const Vec e = __builtin_convertvector(exponent, Vec);
  const Vec z = m * m;
  Vec p = splat(7.0376836292e-2f);
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  p = p * m * z;
  p = p + e * -2.12194440e-4f;
  p = p - 0.5f * z;
  Vec result = (m + p) + e * 0.693359375f;
  result = x == infinity ? infinity : result;
  result = x == zero ? -infinity : result;
  return ((x < zero) | (x != x)) ? splat(__builtin_nanf("")) : result;
}

// Norbert Juffa's erff, https://stackoverflow.com/a/35152313: x + x p(x^2) near 0, 1 - e^q(|x|) elsewhere.
static inline __attribute__((always_inline)) Vec errorFunction(Vec x) {
  const Vec t = absolute(x), s = x * x;
  Vec far = -1.72853470e-5f * t + 3.83197126e-4f;
  const Vec u = -3.88396438e-3f * t + 2.42546219e-2f;
  far = far * s + u;
  far = far * t - 1.06777877e-1f;
  far = far * t - 6.34846687e-1f;
  far = far * t - 1.28717512e-1f;
  far = far * t - t;
  far = copySign(1.0f - expVec(t > 5.0f ? splat(-100.0f) : far), x);
  Vec near = splat(-5.96761703e-4f);
  near = near * s + 4.99119423e-3f;
  near = near * s - 2.67681349e-2f;
  near = near * s + 1.12819925e-1f;
  near = near * s - 3.76125336e-1f;
  near = near * s + 1.28379166e-1f;
  near = near * x + x;
  return x != x ? x : t > 0.927734375f ? far : near;
}

// x Φ(x), Φ the distribution function of the standard normal: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
static inline __attribute__((always_inline)) Vec normalDistribution(Vec x) { return 0.5f + 0.5f * errorFunction(x * 0.707106781186547524f); }
static inline __attribute__((always_inline)) Vec gelu(Vec x) { return x * normalDistribution(x); }
// Φ(x) + x φ(x)
static inline __attribute__((always_inline)) Vec geluSlope(Vec x) {
  return normalDistribution(x) + x * (0.398942280401432678f * expVec(x * x * -0.5f));
}
