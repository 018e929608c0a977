/** The numbers by which the addon knows its operations, in the order of the enums in native/kernels.h. */

export const UNARY = {
  relu: 0,
  relu6: 1,
  step: 2,
  leakyRelu: 3,
  elu: 4,
  sigmoid: 5,
  tanh: 6,
  erf: 7,
  exp: 8,
  log: 9,
  sqrt: 10,
  rsqrt: 11,
  square: 12,
  neg: 13,
  abs: 14,
  reciprocal: 15,
  gelu: 16,
} as const;

export const BINARY = {
  add: 0,
  sub: 1,
  multiply: 2,
  realDiv: 3,
  maximum: 4,
  minimum: 5,
  squaredDifference: 6,
  pow: 7,
  prelu: 8,
  eluGrad: 9,
  mod: 10,
  atan2: 11,
  geluGrad: 12,
} as const;

/** What batch normalisation hands its result through. */
export const NORM_ACTIVATION = { linear: 0, relu: 1, gelu: 2 } as const;

export const COMPARE = {
  equal: 0,
  notEqual: 1,
  less: 2,
  lessEqual: 3,
  greater: 4,
  greaterEqual: 5,
} as const;

export const LOGICAL = { and: 0, or: 1 } as const;

export const REDUCE = { sum: 0, mean: 1, max: 2, argMax: 3 } as const;
