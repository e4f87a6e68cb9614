// Gathering: every kind of element, at any address and of any length, is converted as C++ converts one number, on every
// instruction set; the last row's end is the end of what is read (sanitizers watch).
#include <cmath>
#include <cstring>
#include <limits>

#include "check.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

Real scalar_half(uint16_t h) {
    const int exponent = (h >> 10) & 31, fraction = h & 1023;
    const double sign = h & 0x8000 ? -1.0 : 1.0;
    if (exponent == 31) return fraction ? std::numeric_limits<Real>::quiet_NaN() : static_cast<Real>(sign * INFINITY);
    const double size = exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24);
    return static_cast<Real>(sign * size);
}

struct Half {
    uint16_t bits;
    explicit operator Real() const { return scalar_half(bits); }
};

template <class T>
std::vector<T> numbers(size_t count) {
    std::vector<T> out(count);
    std::mt19937_64 random(7);
    for (size_t i = 0; i < count; ++i) {
        uint64_t bits = random();
        if constexpr (std::is_integral_v<T>) bits >>= random() % (8 * sizeof(T));
        if constexpr (std::is_same_v<T, Half>) bits = i;
        std::memcpy(&out[i], &bits, sizeof(T));
        if constexpr (std::is_floating_point_v<T>)
            if (std::isnan(out[i])) out[i] = 0;
    }
    return out;
}

bool same(Real a, Real b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

template <class T>
void reads(const char* name, Element element) {
    constexpr long kRows = 3, kLongest = 70;
    const std::vector<T> all = numbers<T>(1 << 16);
    const auto shift = uniform(80, -1, 1, 1), scale = uniform(80, -2, 2, 2), offset = uniform(80, -1, 1, 3);
    const int64_t order[kRows] = {2, 0, 1};
    for (const std::string& isa : available_instruction_sets()) {
        const KernelTable& table = kernels(isa);
        const auto check = [&](const T* from, long n, const char* what, const GatherRows& constants) {
            const long bytes = n * static_cast<long>(sizeof(T));
            std::vector<char> odd(static_cast<size_t>(kRows * bytes) + 1);  // an address that nothing is aligned to
            std::memcpy(odd.data() + 1, from, static_cast<size_t>(kRows * bytes));
            const long stride = round_up(n, kRowGranule);
            std::vector<Real> out(static_cast<size_t>(kRows * stride));
            GatherRows g = constants;
            g.base = odd.data() + 1;
            g.row_bytes = bytes;
            g.element = element;
            g.n = n;
            g.out = out.data();
            g.out_stride = stride;
            table.gather_rows(g, order, 0, kRows);
            for (long r = 0; r < kRows; ++r)
                for (long j = 0; j < n; ++j) {
                    Real want = static_cast<Real>(from[order[r] * n + j]);
                    const auto c = static_cast<size_t>(j * g.constant_step);
                    if (g.scale) want = std::fma(want - shift[c], scale[c], offset[c]);
                    const Real got = out[static_cast<size_t>(r * stride + j)];
                    CHECK(same(got, want), "%s, %s, %s, n = %ld: %g instead of %g", name, isa.c_str(), what, n,
                          static_cast<double>(got), static_cast<double>(want));
                }
        };
        const std::vector<Real> one_shift(16, shift[0]), one_scale(16, scale[0]), one_offset(16, offset[0]);
        GatherRows plain{}, alike{}, apart{};
        alike.shift = one_shift.data(), alike.scale = one_scale.data(), alike.offset = one_offset.data();
        apart.shift = shift.data(), apart.scale = scale.data(), apart.offset = offset.data();
        apart.constant_step = 1;
        for (long n = 1; n <= kLongest; ++n) {
            check(all.data() + 5 * n, n, "as it is", plain);
            check(all.data() + 5 * n, n, "scaled alike", alike);
            check(all.data() + 5 * n, n, "scaled by column", apart);
        }
        for (long at = 0; at + kRows * kLongest <= 1 << 16; at += kRows * kLongest)
            check(all.data() + at, kLongest, "as it is", plain);
    }
}

}  // namespace

int main() {
    reads<uint8_t>("uint8", Element::uint8);
    reads<int8_t>("int8", Element::int8);
    reads<uint16_t>("uint16", Element::uint16);
    reads<int16_t>("int16", Element::int16);
    reads<uint32_t>("uint32", Element::uint32);
    reads<int32_t>("int32", Element::int32);
    reads<uint64_t>("uint64", Element::uint64);
    reads<int64_t>("int64", Element::int64);
    reads<Half>("float16", Element::float16);
    reads<float>("float32", Element::float32);
    reads<double>("float64", Element::float64);
    return finish("rows");
}
