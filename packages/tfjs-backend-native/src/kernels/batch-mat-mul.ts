/** BatchMatMul: op(a) · op(b) over the last two axes, each operand transposed or not. */
import { BatchMatMul, type BatchMatMulAttrs } from "@tensorflow/tfjs-core";
import { LINEAR } from "../activation.js";
import { defineKernel } from "../kernel.js";
import { type MatMulInputs, planMatMul, runMatMul } from "../mat-mul-plan.js";

export const batchMatMul = defineKernel<MatMulInputs, BatchMatMulAttrs>(
  BatchMatMul,
  ({ inputs, attrs, backend }) => {
    const plan = planMatMul(backend, inputs, attrs);
    if (typeof plan === "string") return plan;
    return runMatMul(backend, plan, { bias: null, activation: LINEAR, alpha: 0 });
  },
);
