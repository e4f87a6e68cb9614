// The keyed permutation of an epoch's rows; program/random.py is the written rule.
#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

static uint64_t mix(uint64_t half, uint32_t key) {
    uint32_t h = (static_cast<uint32_t>(half) ^ key) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    return h ^ (h >> 16);
}

int64_t OrderSpec::at(int64_t position) const {
    if (keys.empty()) return position;
    const uint64_t left_mask = (1ull << left_bits) - 1, right_mask = (1ull << right_bits) - 1;
    uint64_t x = static_cast<uint64_t>(position);
    do {
        uint64_t left = x >> right_bits, right = x & right_mask;
        for (size_t i = 0; i + 1 < keys.size(); i += 2) {
            left = (left ^ mix(right, keys[i])) & left_mask;
            right = (right ^ mix(left, keys[i + 1])) & right_mask;
        }
        x = (left << right_bits) | right;
    } while (x >= static_cast<uint64_t>(rows));
    return static_cast<int64_t>(x);
}

}  // namespace denim::DENIM_PRECISION
