// Row operations that feed and disturb: gathering rows from the caller's arrays, and dropout.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

template <class T>
DENIM_INLINE void convert_row(const void* from, Real* to, long n) {
    const T* x = static_cast<const T*>(from);
    for (long i = 0; i < n; ++i) {
        T value;
        __builtin_memcpy(&value, x + i, sizeof value);
        to[i] = (Real)value;
    }
}

static void gather_rows(const GatherRows& g, const int64_t* rows, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        const char* from = static_cast<const char*>(g.base) + rows[r] * g.row_bytes;
        Real* to = g.out + r * g.out_stride;
        switch (g.element) {
            case Element::uint8: convert_row<uint8_t>(from, to, g.n); break;
            case Element::float32: convert_row<float>(from, to, g.n); break;
            case Element::float64: convert_row<double>(from, to, g.n); break;
            case Element::int32: convert_row<int32_t>(from, to, g.n); break;
            case Element::int64: convert_row<int64_t>(from, to, g.n); break;
        }
    }
}

static void prefetch(const char* from, long bytes) {
    for (long at = 0; at < bytes; at += 64) __builtin_prefetch(from + at, 0, 2);
}

DENIM_INLINE void philox_round(uint32_t (&c)[4], uint32_t k0, uint32_t k1) {
    const uint64_t p0 = (uint64_t)c[0] * 0xD2511F53u, p1 = (uint64_t)c[2] * 0xCD9E8D57u;
    const uint32_t c1 = c[1], c3 = c[3];
    c[0] = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c[1] = (uint32_t)p1;
    c[2] = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c[3] = (uint32_t)p0;
}

// Philox 4x32-10; program/random.py is the written rule.
DENIM_INLINE void philox(uint32_t (&c)[4], uint64_t key) {
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; ++round) {
        philox_round(c, k0, k1);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

static void dropout_rows(const DropoutRows& d, long row0, long row1) {
    for (long r = row0; r < row1; ++r) {
        const Real* x = d.x + r * d.x_stride;
        Real* y = d.y + r * d.stride;
        Real* slope = d.slope + r * d.slope_stride;
        uint32_t word[4];
        uint64_t held = ~0ull;
        for (long j = 0; j < d.n; ++j) {
            const uint64_t element = (uint64_t)r * (uint64_t)d.n + (uint64_t)j;
            if (element / 4 != held) {
                held = element / 4;
                word[0] = (uint32_t)held;
                word[1] = d.site;
                word[2] = (uint32_t)d.step;
                word[3] = (uint32_t)(d.step >> 32);
                philox(word, d.key);
            }
            slope[j] = word[element % 4] < d.threshold ? 0 : d.scale;
        }
        for (long j = d.n; j < round_up(d.n, kRowGranule); ++j) slope[j] = 0.0;
        for (long j = 0; j < round_up(d.n, kLanes); j += kLanes)
            store(y + j, select(load(slope + j) > Vec{}, load(x + j) * load(slope + j), Vec{}));
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
