// The keyed permutation of an epoch's rows, several positions at a time; program/random.py is the written rule.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

typedef uint32_t Words __attribute__((vector_size(kVectorBytes)));
constexpr long kWordLanes = kVectorBytes / 4;

DENIM_INLINE Words mixed(Words half, uint32_t key) {
    Words h = (half ^ key) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    return h ^ (h >> 16);
}

// Positions on their way through the network, in two halves.
struct Walkers {
    static constexpr long kMost = 256;
    uint32_t left[kMost], right[kMost], place[kMost];
};

DENIM_INLINE void walk(const OrderRows& o, Walkers& w, long count) {
    const auto left_mask = (uint32_t)((1ull << o.left_bits) - 1), right_mask = (uint32_t)((1ull << o.right_bits) - 1);
    for (long i = 0; i < count; i += kWordLanes) {
        Words left, right;
        __builtin_memcpy(&left, w.left + i, sizeof left);
        __builtin_memcpy(&right, w.right + i, sizeof right);
        for (long round = 0; round + 1 < o.rounds; round += 2) {
            left = (left ^ mixed(right, o.keys[round])) & left_mask;
            right = (right ^ mixed(left, o.keys[round + 1])) & right_mask;
        }
        __builtin_memcpy(w.left + i, &left, sizeof left);
        __builtin_memcpy(w.right + i, &right, sizeof right);
    }
}

// Who lands outside [0, rows) goes on from there, side by side with the others.
static void order_rows(const OrderRows& given, int64_t start, long count, int64_t* to) {
    const OrderRows o = given;
    const auto right_mask = (1ull << o.right_bits) - 1;
    Walkers w;
    const auto reached = [&](long i) { return (int64_t)((uint64_t)w.left[i] << o.right_bits | w.right[i]); };
    for (long first = 0; first < count; first += Walkers::kMost, to += Walkers::kMost) {
        const long here = count - first < Walkers::kMost ? count - first : Walkers::kMost;
        for (long i = 0; i < round_up(here, kWordLanes); ++i) {
            const auto x = (uint64_t)(start + first + i);
            w.left[i] = (uint32_t)(x >> o.right_bits);
            w.right[i] = (uint32_t)(x & right_mask);
        }
        walk(o, w, here);
        for (long i = 0; i < here; ++i) to[i] = reached(i);
        long walking = 0;
        for (long i = 0; i < here; ++i) {
            w.place[walking] = (uint32_t)i;
            walking += to[i] >= o.rows;
        }
        for (long i = 0; i < walking; ++i) {
            w.left[i] = w.left[w.place[i]];
            w.right[i] = w.right[w.place[i]];
        }
        while (walking > 0) {
            walk(o, w, walking);
            long still = 0;
            for (long i = 0; i < walking; ++i) {
                const int64_t x = reached(i);
                to[w.place[i]] = x;
                w.place[still] = w.place[i];
                w.left[still] = w.left[i];
                w.right[still] = w.right[i];
                still += x >= o.rows;
            }
            walking = still;
        }
    }
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
