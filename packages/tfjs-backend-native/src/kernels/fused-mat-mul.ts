/** _FusedMatMul: activation(op(a) · op(b) + bias), the dense layer. */
import { _FusedMatMul, type _FusedMatMulAttrs, type _FusedMatMulInputs } from "@tensorflow/tfjs-core";
import { planEpilogue } from "../epilogue.js";
import { defineKernel } from "../kernel.js";
import { planMatMul, runMatMul } from "../mat-mul-plan.js";

export const fusedMatMul = defineKernel<_FusedMatMulInputs, _FusedMatMulAttrs>(
  _FusedMatMul,
  ({ inputs, attrs, backend }) => {
    const plan = planMatMul(backend, inputs, attrs);
    if (typeof plan === "string") return plan;
    const epilogue = planEpilogue(backend, inputs, attrs, plan.n);
    return epilogue.finish(runMatMul(backend, plan, epilogue));
  },
);
