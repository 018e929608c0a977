// Optimizer updates in one pass over a parameter; the formulas stand in @convkit/ops/kernel-names. Outputs may be
// the inputs' own memory.

static void sgdUpdate(const SgdOptions& o, size_t size, const float* param, const float* grad, const float* velocity, float* newParam, float* newVelocity) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      const Vec p = loadLanes(param + at, lanes), decay = o.weightDecay * p;
      Vec g = loadLanes(grad + at, lanes);
      if (o.coupled) g = g + decay;
      const Vec v = o.momentum * loadLanes(velocity + at, lanes) + g;
      const Vec update = o.nesterov ? g + o.momentum * v : v;
      storeLanes(newVelocity + at, v, lanes);
      storeLanes(newParam + at, p - o.learningRate * (o.coupled ? update : update + decay), lanes);
    });
  });
}

static void adamWUpdate(const AdamWOptions& o, size_t size, const float* param, const float* grad, const float* first, const float* second, float* newParam,
                        float* newFirst, float* newSecond) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      const Vec p = loadLanes(param + at, lanes), g = loadLanes(grad + at, lanes);
      const Vec m = o.beta1 * loadLanes(first + at, lanes) + o.oneMinusBeta1 * g;
      const Vec v = o.beta2 * loadLanes(second + at, lanes) + o.oneMinusBeta2 * (g * g);
      const Vec update = (m / o.correction1) / (squareRoot(v / o.correction2) + o.epsilon);
      storeLanes(newFirst + at, m, lanes);
      storeLanes(newSecond + at, v, lanes);
      storeLanes(newParam + at, p - o.learningRate * (update + o.weightDecay * p), lanes);
    });
  });
}

static void rmsPropUpdate(const RmsPropOptions& o, size_t size, const float* param, const float* grad, const float* meanSquare, const float* velocity,
                          float* newParam, float* newMeanSquare, float* newVelocity) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      const Vec p = loadLanes(param + at, lanes), g = loadLanes(grad + at, lanes);
      const Vec s = o.smoothing * loadLanes(meanSquare + at, lanes) + o.oneMinusSmoothing * (g * g);
      const Vec v = o.momentum * loadLanes(velocity + at, lanes) + g / (squareRoot(s) + o.epsilon);
      storeLanes(newMeanSquare + at, s, lanes);
      storeLanes(newVelocity + at, v, lanes);
      storeLanes(newParam + at, p - o.learningRate * (v + o.weightDecay * p), lanes);
    });
  });
}

static void lionUpdate(const LionOptions& o, size_t size, const float* param, const float* grad, const float* average, float* newParam, float* newAverage) {
  parallelRanges(size, kGrain, [&](size_t begin, size_t end, int) {
    forLanes(begin, end, [&](size_t at, int lanes) {
      const Vec p = loadLanes(param + at, lanes), g = loadLanes(grad + at, lanes), a = loadLanes(average + at, lanes);
      const Vec mixed = o.beta1 * a + o.oneMinusBeta1 * g;
      // 0 of 0, and of NaN, as tf.sign has it.
      const Vec update = mixed > 0.0f ? splat(1.0f) : (mixed < 0.0f ? splat(-1.0f) : Vec{});
      storeLanes(newAverage + at, o.beta2 * a + o.oneMinusBeta2 * g, lanes);
      storeLanes(newParam + at, p - o.learningRate * (update + o.weightDecay * p), lanes);
    });
  });
}
