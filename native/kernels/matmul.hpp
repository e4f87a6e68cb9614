// Products of small matrices, sample by sample. Each element is one chain of fused multiply-adds, as in dense layers.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

static void matmul_forward(const MatMul& given, long matrix0, long matrix1) {
    const MatMul p = given;
    for (long row = matrix0 * p.n; row < matrix1 * p.n; ++row) {
        const Real *a = p.a + row * p.a_stride, *b = p.b + row / p.n * p.k * p.b_stride;
        for (long j = 0; j < p.m; j += kLanes) {
            Vec sum = Vec{};
            for (long i = 0; i < p.k; ++i) sum = fma(set1(a[i]), load(b + i * p.b_stride + j), sum);
            store(p.y + row * p.y_stride + j, sum);
        }
    }
}

// da = dy . b^T and db = a^T . dy, where they are wanted.
static void matmul_backward(const MatMul& given, long matrix0, long matrix1) {
    const MatMul p = given;
    const auto put = [](Real* to, bool accumulate, Vec d) { store(to, accumulate ? load(to) + d : d); };
    for (long matrix = matrix0; matrix < matrix1; ++matrix) {
        const Real *a = p.a + matrix * p.n * p.a_stride, *b = p.b + matrix * p.k * p.b_stride;
        const Real* dy = p.dy + matrix * p.n * p.y_stride;
        for (long r = 0; p.da && r < p.n; ++r)
            for (long i = 0; i < p.k; i += kLanes) {
                Vec sum = Vec{};
                for (long j = 0; j < p.m; ++j) {
                    Vec column = Vec{};
                    for (long l = 0; l < kLanes && i + l < p.k; ++l) column[l] = b[(i + l) * p.b_stride + j];
                    sum = fma(set1(dy[r * p.y_stride + j]), column, sum);
                }
                put(p.da + (matrix * p.n + r) * p.a_stride + i, p.accumulate_a, sum);
            }
        for (long i = 0; p.db && i < p.k; ++i)
            for (long j = 0; j < p.m; j += kLanes) {
                Vec sum = Vec{};
                for (long r = 0; r < p.n; ++r) sum = fma(set1(a[r * p.a_stride + i]), load(dy + r * p.y_stride + j), sum);
                put(p.db + (matrix * p.k + i) * p.b_stride + j, p.accumulate_b, sum);
            }
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
