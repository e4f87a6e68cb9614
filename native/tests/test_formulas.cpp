// Functions of elements, reductions and noise: error bounds against the C library's long double, special values, and
// equal bits on every instruction set this CPU has.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "check.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

using Wide = long double;
using Limits = std::numeric_limits<Real>;
using F = ElementFunction;

std::vector<Real> apply(const KernelTable& table, F function, const std::vector<Real>& a, const std::vector<Real>& b,
                        const std::vector<Real>& c) {
    const auto n = static_cast<long>(a.size());
    std::vector<Real> y(a.size());
    table.elementwise_forward({function, n, {a.data(), b.data(), c.data()}, {n, n, n}, {}, y.data(), nullptr, n}, 0, 1);
    return y;
}

std::vector<Real> gradient(const KernelTable& table, F function, int operand, const std::vector<Real>& a,
                           const std::vector<Real>& b, const std::vector<Real>& c, const std::vector<Real>& dy) {
    const auto n = static_cast<long>(a.size());
    std::vector<Real> y = apply(table, function, a, b, c), dx(a.size(), 2);
    const Elementwise e{function, n, {a.data(), b.data(), c.data()}, {n, n, n}, {}, y.data(), dy.data(), n};
    table.elementwise_backward({e, operand, dx.data(), true}, 0, 1);
    return dx;
}

struct Case {
    const char* name;
    F function;
    Real low, high;
    Wide bound;     // in ulp of the value
    Wide absolute;  // or, where functions cross zero, in epsilons
    std::function<Wide(Wide)> exact;
};

std::vector<Case> cases() {
    return {
        {"expm1", F::expm1, -60, 60, 4, 0, [](Wide x) { return std::expm1(x); }},
        {"expm1 near 0", F::expm1, Real(-0.3), Real(0.3), 4, 0, [](Wide x) { return std::expm1(x); }},
        {"log1p", F::log1p, Real(-0.99), 1000, 5, 0, [](Wide x) { return std::log1p(x); }},
        {"sin", F::sin, -1000, 1000, 0, 4, [](Wide x) { return std::sin(x); }},
        {"cos", F::cos, -1000, 1000, 0, 4, [](Wide x) { return std::cos(x); }},
        {"erf", F::erf, -5, 5, 4, 0, [](Wide x) { return std::erf(x); }},
        {"sqrt", F::sqrt, 0, 100, Wide(0.5), 0, [](Wide x) { return std::sqrt(x); }},
        {"rsqrt", F::rsqrt, Real(0.01), 100, 2, 0, [](Wide x) { return 1 / std::sqrt(x); }},
        {"floor", F::floor, -1000, 1000, 0, 0, [](Wide x) { return std::floor(x); }},
        {"ceil", F::ceil, -1000, 1000, 0, 0, [](Wide x) { return std::ceil(x); }},
        {"round", F::round, -1000, 1000, 0, 0, [](Wide x) { return std::nearbyint(x); }},
        {"trunc", F::trunc, -1000, 1000, 0, 0, [](Wide x) { return std::trunc(x); }},
    };
}

void bounds(const KernelTable& table) {
    for (const Case& c : cases()) {
        auto x = uniform(many(1 << 14), c.low, c.high, 31);
        for (size_t i = 0; i < x.size(); i += 4)
            if (std::round(x[i]) >= c.low && std::round(x[i]) <= c.high) x[i] = std::round(x[i] * 2) / 2;
        const std::vector<Real> y = apply(table, c.function, x, x, x);
        Wide worst = 0;
        for (size_t i = 0; i < x.size(); ++i) {
            const Wide exact = c.exact(x[i]);
            const Real nearest = std::fabs(static_cast<Real>(exact));
            const Wide unit = c.absolute > 0 ? Wide{Limits::epsilon()} : std::nextafter(nearest, Limits::infinity()) - nearest;
            const Wide error = std::fabs(y[i] - exact) / unit;
            worst = std::max(worst, error);
            CHECK(error <= (c.absolute > 0 ? c.absolute : c.bound), "%s %s(%.17g) = %.17g, exactly %.20Lg", table.name,
                  c.name, double{x[i]}, double{y[i]}, exact);
        }
        std::printf("%-9s %-12s %.2Lf %s\n", table.name, c.name, worst, c.absolute > 0 ? "epsilon" : "ulp");
    }
    // The exponent b log a is rounded: the error grows with it.
    const auto a = uniform(many(1 << 14), Real(0.01), 10, 32), b = uniform(many(1 << 14), -4, 4, 33);
    const std::vector<Real> y = apply(table, F::power, a, b, a);
    for (size_t i = 0; i < a.size(); ++i) {
        const Wide exact = std::pow(static_cast<Wide>(a[i]), static_cast<Wide>(b[i]));
        CHECK(std::fabs(y[i] - exact) <= 20 * Limits::epsilon() * exact, "%s power(%.9g, %.9g) = %.17g, exactly %.20Lg",
              table.name, double{a[i]}, double{b[i]}, double{y[i]}, exact);
    }
}

void specials(const KernelTable& table) {
    const Real nan = Limits::quiet_NaN(), infinity = Limits::infinity();
    const auto value = [&](F function, Real a, Real b = 0, Real c = 0) {
        const std::vector<Real> x(16, a), y(16, b), z(16, c);
        return apply(table, function, x, y, z)[0];
    };
    const auto near = [](Real got, Real exact) { return std::fabs(got - exact) <= 4 * Limits::epsilon() * std::fabs(exact); };
    CHECK(near(value(F::power, -2, 3), -8) && near(value(F::power, -2, 2), 4) && value(F::power, 0, 0) == 1,
          "powers of whole numbers");
    CHECK(std::isnan(value(F::power, -2, Real(0.5))) && value(F::power, 0, 2) == 0 && value(F::power, 0, -1) == infinity,
          "powers at the edges");
    CHECK(std::isnan(value(F::maximum, nan, 1)) && std::isnan(value(F::maximum, 1, nan)) && value(F::maximum, 1, 2) == 2,
          "maximum");
    CHECK(std::isnan(value(F::minimum, nan, 1)) && std::isnan(value(F::minimum, 1, nan)) && value(F::minimum, 1, 2) == 1,
          "minimum");
    CHECK(value(F::log1p, -1) == -infinity && value(F::log1p, infinity) == infinity && std::isnan(value(F::log1p, -2)), "log1p");
    CHECK(value(F::expm1, infinity) == infinity && value(F::expm1, -infinity) == -1, "expm1 of infinities");
    CHECK(value(F::erf, infinity) == 1 && value(F::erf, -infinity) == -1, "erf of infinities");
    CHECK(value(F::isnan, nan) == 1 && value(F::isnan, 1) == 0 && value(F::isfinite, infinity) == 0 && value(F::isfinite, nan) == 0,
          "isnan, isfinite");
    CHECK(value(F::where, 1, 2, 3) == 2 && value(F::where, 0, 2, 3) == 3, "where");
    CHECK(value(F::round, Real(2.5)) == 2 && value(F::round, Real(3.5)) == 4 && value(F::round, Real(-2.5)) == -2, "halves go to even");
    CHECK(value(F::floor_divide, -7, 2) == -4 && value(F::sign, -3) == -1 && value(F::sign, 0) == 0, "floor_divide, sign");
    const Real beyond = sizeof(Real) == 8 ? Real(1e17) : Real(1e9);
    CHECK(value(F::floor, beyond) == beyond && value(F::trunc, -beyond) == -beyond && value(F::ceil, infinity) == infinity,
          "numbers without a fraction");
    CHECK(value(F::logical_and, 2, 3) == 1 && value(F::logical_or, 0, 0) == 0 && value(F::logical_not, 0) == 1, "truth");
}

void reductions(const KernelTable& table) {
    const KernelTable& judge = kernels("portable");
    for (const long n : {1L, 3L, 16L, 17L, 100L}) {
        const long stride = round_up(n, kRowGranule), rows = 9;
        auto x = uniform(static_cast<size_t>(rows * stride), -2, 2, 41);
        for (size_t i = 0; i < x.size(); ++i)
            if (static_cast<long>(i) % stride >= n) x[i] = Limits::quiet_NaN();
        for (int f = 0; f <= static_cast<int>(ReduceFunction::argmin); ++f) {
            const auto run = [&](const KernelTable& t, std::vector<Real>& y, std::vector<Real>& dx) {
                const std::vector<Real> dy(static_cast<size_t>(rows * kRowGranule), Real(0.75));
                const Reduce e{static_cast<ReduceFunction>(f), n, x.data(), stride, y.data(), dy.data(), kRowGranule, dx.data(), false};
                t.reduce_forward(e, 0, rows);
                t.reduce_backward(e, 0, rows);
            };
            std::vector<Real> y(static_cast<size_t>(rows * kRowGranule)), z(y), dy(x.size()), dz(x.size());
            run(table, y, dy);
            run(judge, z, dz);
            CHECK(same_bits(y, z) && same_bits(dy, dz), "%s and portable differ in reduction %d of %ld", table.name, f, n);
            for (long r = 0; r < rows; ++r) {
                Wide sum = 0, most = x[static_cast<size_t>(r * stride)];
                for (long j = 0; j < n; ++j) {
                    const Wide v = x[static_cast<size_t>(r * stride + j)];
                    sum += v;
                    most = std::max(most, v);
                }
                const Real got = y[static_cast<size_t>(r * kRowGranule)];
                if (static_cast<ReduceFunction>(f) == ReduceFunction::sum)
                    CHECK(std::fabs(got - sum) <= 30 * Limits::epsilon(), "%s sum of %ld", table.name, n);
                if (static_cast<ReduceFunction>(f) == ReduceFunction::max) CHECK(got == most, "%s max of %ld", table.name, n);
            }
        }
    }
}

void same_everywhere(const KernelTable& table) {
    const KernelTable& judge = kernels("portable");
    const size_t n = many(1 << 12);
    auto a = uniform(n, -20, 20, 51), b = uniform(n, -5, 5, 52), c = uniform(n, -5, 5, 53), dy = uniform(n, -2, 2, 54);
    for (size_t i = 0; i < n; i += 7) b[i] = std::round(b[i]), a[i] = b[i];
    for (int f = 0; f <= static_cast<int>(F::where); ++f) {
        const F function = static_cast<F>(f);
        // Which of the bits of NaN a hardware gives is not promised.
        const auto clean = [](std::vector<Real> x) {
            for (Real& v : x)
                if (std::isnan(v)) v = 12345;
            return x;
        };
        CHECK(same_bits(clean(apply(table, function, a, b, c)), clean(apply(judge, function, a, b, c))),
              "%s and portable differ in function %d", table.name, f);
        for (int k = 0; has_slope(function) && k < arity_of(function); ++k)
            CHECK(same_bits(clean(gradient(table, function, k, a, b, c, dy)), clean(gradient(judge, function, k, a, b, c, dy))),
                  "%s and portable differ in the gradient of function %d", table.name, f);
    }
}

void noise(const KernelTable& table) {
    const KernelTable& judge = kernels("portable");
    const long n = 37, stride = round_up(n, kRowGranule), rows = kEmulated ? 64 : 2000;
    const auto x = uniform(static_cast<size_t>(rows * stride), -1, 1, 61);
    for (const NoiseKind kind : {NoiseKind::gaussian_noise, NoiseKind::gaussian_dropout, NoiseKind::alpha_dropout}) {
        const auto run = [&](const KernelTable& t, long row0, long row1) {
            std::vector<Real> y(x.size(), 0);
            const NoiseRows d{kind, 7, 2, 5, 3, Real(0.5), 1u << 30, Real(0.9), Real(0.1), Real(-1.2), x.data(), y.data(), stride,
                              nullptr, n, stride};
            t.noise_rows(d, row0, row1);
            return y;
        };
        const auto y = run(table, 0, rows);
        CHECK(same_bits(y, run(judge, 0, rows)), "%s and portable differ in noise %d", table.name, static_cast<int>(kind));
        const auto later = run(table, 20, 21);
        CHECK(std::memcmp(later.data() + 20 * stride, y.data() + 20 * stride, static_cast<size_t>(n) * sizeof(Real)) == 0,
              "%s noise %d depends on where a thread begins", table.name, static_cast<int>(kind));
        if (kind != NoiseKind::gaussian_noise) continue;
        Wide mean = 0, square = 0;
        for (long r = 0; r < rows; ++r)
            for (long j = 0; j < n; ++j) {
                const auto i = static_cast<size_t>(r * stride + j);
                const Wide z = (y[i] - x[i]) / Wide(0.5);
                mean += z;
                square += z * z;
            }
        const Wide count = static_cast<Wide>(rows * n), tolerance = 6 / std::sqrt(count);
        CHECK(std::fabs(mean / count) < tolerance && std::fabs(square / count - 1) < 2 * tolerance,
              "%s normal numbers have mean %.4Lg and mean square %.4Lg", table.name, mean / count, square / count);
    }
}

}  // namespace

int main() {
    for (const std::string& name : available_instruction_sets()) {
        const KernelTable& table = kernels(name);
        bounds(table);
        specials(table);
        reductions(table);
        same_everywhere(table);
        noise(table);
    }
    return finish("formulas");
}
