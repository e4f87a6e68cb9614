// Noise: normal numbers by Box and Muller (pairs of words make pairs of numbers), and alpha dropout.
#pragma once

#include "kernels/dropout.hpp"
#include "simd/math.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// Elements 2p and 2p + 1 come from words 2p and 2p + 1; `count` words, even, into as many numbers.
static void normal_numbers(const uint32_t* words, Real* to, long count) {
    for (long at = 0; at < count; at += 2 * kLanes) {
        Vec first = Vec{}, second = Vec{};
        for (int l = 0; l < kLanes; ++l) {
            const bool there = at + 2 * l < count;
            first[l] = there ? (Real)(((double)words[at + 2 * l] + 1.0) * 0x1p-32) : (Real)1;
            second[l] = there ? (Real)((double)words[at + 2 * l + 1] * 0x1p-32) : (Real)0;
        }
        const Vec radius = vsqrt(set1(-2.0) * vlog(first));
        const SinCos turned = vsincos(second * set1(6.2831853071795865));
        const Vec even = radius * turned.cos, odd = radius * turned.sin;
        for (int l = 0; l < kLanes && at + 2 * l < count; ++l) {
            to[at + 2 * l] = even[l];
            to[at + 2 * l + 1] = odd[l];
        }
    }
}

static void noise_rows(const NoiseRows& given, long row0, long row1) {
    const NoiseRows d = given;
    constexpr long kChunk = 256;
    uint32_t words[kChunk + 3 * kWords] = {};
    Real normal[kChunk + 3 * kWords] = {};
    const Philox philox(d.key, d.site, d.step);
    for (long r = row0; r < row1; ++r)
        for (long begin = 0; begin < d.n; begin += kChunk) {
            const long columns = d.n - begin < kChunk ? d.n - begin : kChunk;
            const uint64_t element = (d.first_row + (uint64_t)r) * (uint64_t)d.n + (uint64_t)begin;
            const long before = (long)(element % 4);
            for (long at = 0; at < before + columns; at += kWords) philox.draw((element + (uint64_t)at) / 4, words + at);
            if (d.kind != NoiseKind::alpha_dropout) normal_numbers(words, normal, round_up(before + columns, 4));
            for (long j = 0; j < columns; ++j) {
                const Real x = d.x[r * d.x_stride + begin + j];
                Real factor = 1, y;
                if (d.kind == NoiseKind::gaussian_noise) {
                    y = fma1(normal[before + j], d.deviation, x);
                } else if (d.kind == NoiseKind::gaussian_dropout) {
                    factor = fma1(normal[before + j], d.deviation, 1);
                    y = x * factor;
                } else {
                    const bool kept = words[before + j] >= d.threshold;
                    factor = kept ? d.scale : (Real)0;
                    y = kept ? fma1(x, d.scale, d.shift) : d.dropped;
                }
                d.y[r * d.stride + begin + j] = y;
                if (d.slope) d.slope[r * d.stride + begin + j] = factor;
            }
        }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
