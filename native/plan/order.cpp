// The keyed permutation of an epoch's rows; program/random.py is the written rule.
#include <numeric>

#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

static uint32_t mix(uint32_t half, uint32_t key) {
    uint32_t h = (half ^ key) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    return h ^ (h >> 16);
}

void OrderSpec::rows_at(int64_t start, long count, int64_t* to) const {
    if (keys.empty()) {
        std::iota(to, to + count, start);
        return;
    }
    // Walkers side by side, so that their chains of multiplications overlap; whoever lands outside [0, rows) goes on.
    constexpr long kWalkers = 16;
    const auto left_mask = static_cast<uint32_t>((1ull << left_bits) - 1);
    const auto right_mask = static_cast<uint32_t>((1ull << right_bits) - 1);
    uint32_t left[kWalkers] = {}, right[kWalkers] = {};
    long place[kWalkers] = {}, walking = 0, next = 0;
    const auto put = [&](long walker, uint64_t x) {
        left[walker] = static_cast<uint32_t>(x >> right_bits);
        right[walker] = static_cast<uint32_t>(x) & right_mask;
    };
    while (walking > 0 || next < count) {
        for (; walking < kWalkers && next < count; ++walking, ++next) {
            place[walking] = next;
            put(walking, static_cast<uint64_t>(start + next));
        }
        for (size_t round = 0; round + 1 < keys.size(); round += 2) {
            const uint32_t key_0 = keys[round], key_1 = keys[round + 1];
            for (long i = 0; i < kWalkers; ++i) left[i] = (left[i] ^ mix(right[i], key_0)) & left_mask;
            for (long i = 0; i < kWalkers; ++i) right[i] = (right[i] ^ mix(left[i], key_1)) & right_mask;
        }
        long still = 0;
        for (long i = 0; i < walking; ++i) {
            const uint64_t x = (static_cast<uint64_t>(left[i]) << right_bits) | right[i];
            if (x < static_cast<uint64_t>(rows)) {
                to[place[i]] = static_cast<int64_t>(x);
                continue;
            }
            place[still] = place[i];
            put(still++, x);
        }
        walking = still;
    }
}

}  // namespace denim::DENIM_PRECISION
