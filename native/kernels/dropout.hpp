// Dropout: a vector of Philox counters at a time, then the mask, the values and, where it is wanted, the slope.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// One number of 32 bits in the low half of each lane; the upper halves hold leftovers that nothing reads.
typedef uint64_t Wide32 __attribute__((vector_size(kVectorBytes)));
constexpr int kCounters = kVectorBytes / 8;
constexpr long kWords = 4 * kCounters;
constexpr int kPhiloxRounds = 10;

// The products of the low halves, all 64 bits.
DENIM_INLINE Wide32 multiply_low(Wide32 a, uint32_t b) {
#if defined(DENIM_AVX512)
    return (Wide32)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#elif defined(DENIM_AVX2)
    return (Wide32)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#else
    return (a & 0xffffffffu) * (uint64_t)b;
#endif
}

// Two vectors' even and odd lanes in turn, as the hardware does it without crossing 128 bits.
DENIM_INLINE void interleave(Wide32 a, Wide32 b, Wide32& even, Wide32& odd) {
#if defined(DENIM_AVX512)
    even = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    odd = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
#elif defined(DENIM_AVX2)
    even = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
#else
    even = __builtin_shufflevector(a, b, 0, 2);
    odd = __builtin_shufflevector(a, b, 1, 3);
#endif
}

// Philox 4x32-10 with one key, site and step; program/random.py is the written rule.
class Philox {
   public:
    __attribute__((always_inline)) Philox(uint64_t key, uint32_t site, uint64_t step)
        : site_(site - Wide32{}), step_low_((uint32_t)step - Wide32{}), step_high_((step >> 32) - Wide32{}) {
        uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
        for (int round = 0; round < kPhiloxRounds; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            keys_[round][0] = k0 - Wide32{};
            keys_[round][1] = k1 - Wide32{};
        }
        // In the order that interleave() makes rising.
        for (int i = 0; i < kCounters; ++i) places_[i] = (uint64_t)(i % 2 * (kCounters / 2) + i / 2);
    }

    // kWords numbers: those of the counters first, first + 1, ...
    __attribute__((always_inline)) void draw(uint64_t first, uint32_t* words) const {
        Wide32 c0 = first + places_, c1 = site_, c2 = step_low_, c3 = step_high_;
        for (int round = 0; round < kPhiloxRounds; ++round) {
            const Wide32 p0 = multiply_low(c0, 0xD2511F53u), p1 = multiply_low(c2, 0xCD9E8D57u);
            c0 = (p1 >> 32) ^ c1 ^ keys_[round][0];
            c1 = p1;
            c2 = (p0 >> 32) ^ c3 ^ keys_[round][1];
            c3 = p0;
        }
        Wide32 out[2];
        interleave((c0 & 0xffffffffu) | c1 << 32, (c2 & 0xffffffffu) | c3 << 32, out[0], out[1]);
        __builtin_memcpy(words, out, sizeof out);
    }

   private:
    Wide32 site_, step_low_, step_high_, places_;
    Wide32 keys_[kPhiloxRounds][2];
};

// Element e of the batch is word e % 4 of counter e / 4. In place is fine.
static void dropout_rows(const DropoutRows& d, long row0, long row1) {
    typedef uint32_t Bits __attribute__((vector_size(kLanes * 4)));
    typedef int32_t Mask __attribute__((vector_size(kLanes * 4)));
    constexpr long kChunk = 256;
    uint32_t words[kChunk + 2 * kWords] = {};
    const Philox philox(d.key, d.site, d.step);
    const Vec scale = set1(d.scale);
    for (long r = row0; r < row1; ++r)
        for (long begin = 0; begin < d.n; begin += kChunk) {
            const long columns = d.n - begin < kChunk ? d.n - begin : kChunk;
            const uint64_t element = (d.first_row + (uint64_t)r) * (uint64_t)d.n + (uint64_t)begin;
            const long before = (long)(element % 4);
            for (long at = 0; at < before + columns; at += kWords) philox.draw((element + (uint64_t)at) / 4, words + at);
            const Real* x = d.x + r * d.x_stride + begin;
            Real* y = d.y + r * d.stride + begin;
            Real* slope = d.slope ? d.slope + r * d.stride + begin : nullptr;
            for (long j = 0; j < columns; j += kLanes) {
                Bits drawn;
                __builtin_memcpy(&drawn, words + before + j, sizeof drawn);
                const Int kept = __builtin_convertvector((Mask)(drawn >= d.threshold), Int);
                store(y + j, select(kept, load(x + j) * scale, Vec{}));
                if (slope) store(slope + j, select(kept, scale, Vec{}));
            }
        }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
