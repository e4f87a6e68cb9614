// Elementary functions and softmaxes: error bounds against the C library's long double, special values, and equal bits
// on every instruction set this CPU has.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "check.hpp"

using namespace denim::DENIM_PRECISION;

namespace {

using Wide = long double;
using Limits = std::numeric_limits<Real>;

constexpr Real kSubnormal = Limits::min() / 12345;
constexpr Wide kPi = std::numbers::pi_v<Wide>;
// How far exp(x) and exp(-x) are ordinary numbers.
constexpr Real kFar = sizeof(Real) == 8 ? 700 : 80;

struct Outcome {
    std::vector<Real> value, slope;
};

Outcome map(const KernelTable& table, Function f, Real alpha, const std::vector<Real>& x) {
    Outcome out{std::vector<Real>(x.size()), std::vector<Real>(x.size())};
    table.map(f, alpha, x.data(), out.value.data(), out.slope.data(), static_cast<long>(x.size()));
    return out;
}

Wide ulp(Wide exact) {
    const Real f = std::fabs(static_cast<Real>(exact));
    if (!std::isfinite(f)) return 1;
    return static_cast<Wide>(std::nextafter(f, kInfinity)) - f;
}

Wide erfc_cdf(Wide x) { return std::erfc(-x / std::sqrt(Wide{2})) / 2; }
Wide density(Wide x) { return std::exp(-x * x / 2) / std::sqrt(2 * kPi); }
Wide sigmoid(Wide x) { return 1 / (1 + std::exp(-x)); }

Wide hard_sigmoid(Wide x) { return std::min(std::max(x + 3, Wide{0}), Wide{6}) / 6; }

struct Case {
    const char* name;
    Function function;
    Real alpha;
    Real low, high;
    Wide bound;     // in ulp of the value
    Wide absolute;  // or, where functions cross zero by cancellation, an absolute bound in epsilons
    std::function<Wide(Wide)> exact;
    Wide slope_bound;  // in epsilons, absolute up to a slope of 1 and relative beyond
    std::function<Wide(Wide)> slope;
};

const Wide kA = 1.6732632423543772, kS = 1.0507009873554805;

std::vector<Case> cases() {
    const auto tanh_slope = [](Wide x) { return 1 - std::tanh(x) * std::tanh(x); };
    const Real high = kFar == 80 ? 88.5 : 709.5, low = kFar == 80 ? -100 : -740;
    return {
        {"exponential", Function::exponential, 0, low, high, 2, 0, [](Wide x) { return std::exp(x); }, 2,
         [](Wide x) { return std::exp(x); }},
        {"sigmoid", Function::sigmoid, 0, -kFar, kFar, 4, 0, sigmoid, 0.8, [](Wide x) { return sigmoid(x) * sigmoid(-x); }},
        {"tanh", Function::tanh, 0, -20, 20, 3, 0, [](Wide x) { return std::tanh(x); }, 2.5, tanh_slope},
        {"softplus", Function::softplus, 0, -kFar, kFar, 5, 0, [](Wide x) { return std::log1p(std::exp(x)); }, 2.5, sigmoid},
        {"silu", Function::silu, 0, -kFar, kFar, 5, 0, [](Wide x) { return x * sigmoid(x); }, 20,
         [](Wide x) { return sigmoid(x) * (1 + x * sigmoid(-x)); }},
        {"elu", Function::elu, 1.5, -60, 10, 4, 0, [](Wide x) { return x > 0 ? x : 1.5 * std::expm1(x); }, 4,
         [](Wide x) { return x > 0 ? 1 : 1.5 * std::exp(x); }},
        {"selu", Function::selu, 0, -60, 10, 5, 0, [](Wide x) { return kS * (x > 0 ? x : kA * std::expm1(x)); }, 4,
         [](Wide x) { return kS * (x > 0 ? 1 : kA * std::exp(x)); }},
        {"gelu", Function::gelu, 0, -9, 9, 0, 8, [](Wide x) { return x * erfc_cdf(x); }, 3.3,
         [](Wide x) { return erfc_cdf(x) + x * density(x); }},
        {"gelu_tanh", Function::gelu_tanh, 0, -6, 6, 0, 5,
         [](Wide x) { return x * (1 + std::tanh(std::sqrt(2 / kPi) * (x + 0.044715L * x * x * x))) / 2; }, 25,
         [](Wide x) {
             const Wide c = std::sqrt(2 / kPi), t = std::tanh(c * (x + 0.044715L * x * x * x));
             return (1 + t) / 2 + x * (1 - t * t) / 2 * c * (1 + 3 * 0.044715L * x * x);
         }},
        {"relu", Function::relu, 0, -3, 3, 0, 0, [](Wide x) { return x > 0 ? x : 0; }, 0,
         [](Wide x) { return x > 0 ? 1 : 0; }},
        {"leaky_relu", Function::leaky_relu, 0.25, -3, 3, 0, 0, [](Wide x) { return x > 0 ? x : 0.25 * x; }, 0,
         [](Wide x) { return x > 0 ? 1 : 0.25; }},
        {"softsign", Function::softsign, 0, -30, 30, 2, 0, [](Wide x) { return x / (1 + std::fabs(x)); }, 1.6,
         [](Wide x) { return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x))); }},
        {"hard_sigmoid", Function::hard_sigmoid, 0, -5, 5, 0, 0.8, hard_sigmoid, 0.08,
         [](Wide x) { return std::fabs(x) < 3 ? Wide{1} / 6 : 0; }},
        {"relu6", Function::relu6, 6, -9, 9, 0, 0, [](Wide x) { return std::min(std::max(x, Wide{0}), Wide{6}); }, 0,
         [](Wide x) { return x > 0 && x < 6 ? 1 : 0; }},
        {"mish", Function::mish, 0, -kFar, kFar, 6, 0, [](Wide x) { return x * std::tanh(std::log1p(std::exp(x))); }, 5,
         [](Wide x) {
             const Wide t = std::tanh(std::log1p(std::exp(x)));
             return t + x * (1 - t * t) * sigmoid(x);
         }},
        {"hard_silu", Function::hard_silu, 0, -5, 5, 0, 2.5, [](Wide x) { return x * hard_sigmoid(x); }, 1.6,
         [](Wide x) { return std::fabs(x) < 3 ? (2 * x + 3) / 6 : hard_sigmoid(x); }},
        {"celu", Function::celu, 1.5, -60, 10, 5, 0, [](Wide x) { return x > 0 ? x : 1.5 * std::expm1(x / 1.5); }, 4,
         [](Wide x) { return x > 0 ? 1 : std::exp(x / 1.5); }},
        {"log_sigmoid", Function::log_sigmoid, 0, -kFar, kFar, 5, 0, [](Wide x) { return -std::log1p(std::exp(-x)); }, 2.5,
         [](Wide x) { return sigmoid(-x); }},
    };
}

void bounds(const KernelTable& table) {
    for (const Case& c : cases()) {
        auto x = uniform(many(1 << 15), c.low, c.high, 7);
        for (const auto& [reach, seed] : {std::pair<Real, unsigned>{30, 8}, {1, 9}}) {
            const auto nearer = uniform(many(1 << 14), -reach, reach, seed);
            for (size_t i = 0; i < nearer.size(); ++i) {
                const Real v = reach > 1 ? nearer[i] : nearer[i] * std::pow(Real{10}, -static_cast<Real>(i % 12));
                if (v >= c.low && v <= c.high) x.push_back(v);
            }
        }
        x.resize(x.size() / kRowGranule * kRowGranule);
        const Outcome out = map(table, c.function, c.alpha, x);
        Wide worst = 0, worst_slope = 0;
        for (size_t i = 0; i < x.size(); ++i) {
            const Wide exact = c.exact(x[i]), slope = c.slope(x[i]);
            const Wide error = std::fabs(out.value[i] - exact) / (c.absolute > 0 ? Limits::epsilon() : ulp(exact));
            worst = std::max(worst, error);
            CHECK(error <= (c.absolute > 0 ? c.absolute : c.bound), "%s %s(%.17g) = %.17g, exactly %.20Lg", table.name,
                  c.name, double{x[i]}, double{out.value[i]}, exact);
            const Wide slope_error =
                std::fabs(out.slope[i] - slope) / (Limits::epsilon() * std::max(Wide{1}, std::fabs(slope)));
            worst_slope = std::max(worst_slope, slope_error);
            CHECK(slope_error <= c.slope_bound, "%s %s'(%.17g) = %.17g, exactly %.20Lg", table.name, c.name,
                  double{x[i]}, double{out.slope[i]}, slope);
        }
        std::printf("%-9s %-12s value %.2Lf %s, slope %.2Lf epsilon\n", table.name, c.name, worst,
                    c.absolute > 0 ? "epsilon" : "ulp", worst_slope);
    }
    auto x = uniform(many(1 << 16), Limits::min_exponent10, Limits::max_exponent10, 9);
    for (Real& v : x) v = std::pow(Real{10}, v);
    auto near = uniform(many(1 << 14), 0.5, 2, 10);
    x.insert(x.end(), near.begin(), near.end());
    x[0] = kSubnormal;
    std::vector<Real> y(x.size());
    table.logarithm(x.data(), y.data(), static_cast<long>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
        const Wide exact = std::log(static_cast<Wide>(x[i]));
        CHECK(std::fabs(y[i] - exact) <= 2 * ulp(exact), "%s log(%.17g) = %.17g, exactly %.20Lg", table.name, double{x[i]},
              double{y[i]}, exact);
    }
}

void specials(const KernelTable& table) {
    const Real nan = Limits::quiet_NaN(), large = 1e30;
    std::vector<Real> x(16, 0);
    x[1] = kInfinity, x[2] = -kInfinity, x[3] = nan, x[4] = large, x[5] = -large, x[6] = -0.0;
    const auto value = [&](Function f, int i) { return map(table, f, 0.5, x).value[static_cast<size_t>(i)]; };
    for (const Function f : {Function::relu, Function::sigmoid, Function::tanh, Function::gelu, Function::gelu_tanh,
                             Function::leaky_relu, Function::elu, Function::selu, Function::silu, Function::softplus,
                             Function::exponential, Function::softsign, Function::hard_sigmoid, Function::relu6,
                             Function::mish, Function::hard_silu, Function::celu, Function::log_sigmoid})
        CHECK(std::isnan(value(f, 3)), "%s: function %d loses NaN", table.name, static_cast<int>(f));
    CHECK(value(Function::exponential, 1) == kInfinity && value(Function::exponential, 2) == 0, "exp of infinities");
    CHECK(value(Function::exponential, 4) == kInfinity && value(Function::exponential, 5) == 0, "exp of large numbers");
    CHECK(value(Function::exponential, 0) == 1 && value(Function::sigmoid, 0) == 0.5, "exp and sigmoid of 0");
    CHECK(value(Function::sigmoid, 1) == 1 && value(Function::sigmoid, 2) == 0, "sigmoid of infinities");
    CHECK(value(Function::tanh, 1) == 1 && value(Function::tanh, 2) == -1, "tanh of infinities");
    CHECK(value(Function::relu, 1) == kInfinity && value(Function::relu, 2) == 0, "relu of infinities");
    CHECK(value(Function::relu6, 1) == 0.5 && value(Function::relu6, 2) == 0, "relu6 of infinities");
    CHECK(value(Function::hard_sigmoid, 1) == 1 && value(Function::hard_sigmoid, 2) == 0, "hard_sigmoid of infinities");
    CHECK(value(Function::mish, 4) == large && value(Function::mish, 5) == 0, "mish of large numbers");
    CHECK(map(table, Function::mish, 0, x).slope[4] == 1, "mish's slope at a large number");
    CHECK(value(Function::celu, 1) == kInfinity && value(Function::celu, 2) == -0.5, "celu of infinities");
    CHECK(value(Function::log_sigmoid, 4) == 0 && value(Function::log_sigmoid, 5) == -large, "log_sigmoid of large numbers");
    CHECK(value(Function::softplus, 4) == large && value(Function::softplus, 5) == 0, "softplus of large numbers");
    std::vector<Real> y(16);
    std::vector<Real> z(16, 1);
    z[1] = 0, z[2] = kInfinity, z[3] = nan, z[4] = -1;
    table.logarithm(z.data(), y.data(), 16);
    CHECK(y[0] == 0 && y[1] == -kInfinity && y[2] == kInfinity && std::isnan(y[3]) && std::isnan(y[4]), "log of specials");
}

void same_everywhere(const KernelTable& table) {
    const KernelTable& judge = kernels("portable");
    auto x = uniform(many(1 << 15), -20, 20, 11);
    for (size_t i = 0; i < x.size(); i += 3) x[i] /= 1 << 20;
    x[0] = kInfinity, x[1] = -kInfinity, x[2] = kSubnormal;
    for (const Case& c : cases()) {
        const Outcome a = map(table, c.function, c.alpha, x), b = map(judge, c.function, c.alpha, x);
        CHECK(same_bits(a.value, b.value) && same_bits(a.slope, b.slope), "%s and portable differ in %s", table.name, c.name);
    }
}

// The softmaxes, forward and backward, on rows of n columns in buffers whose other columns hold NaN.
struct Rows {
    std::vector<Real> y, dx;
};

constexpr long kRows = 64;

Rows rows(const KernelTable& table, Function f, long n, const std::vector<Real>& x, const std::vector<Real>& dy,
          bool accumulate) {
    const long stride = round_up(n, kRowGranule);
    Rows out{std::vector<Real>(x.size(), Limits::quiet_NaN()), std::vector<Real>(x.size(), 2)};
    table.activation_forward({f, 0, x.data(), stride, out.y.data(), stride, nullptr, 0, n}, 0, kRows);
    table.activation_backward(
        {f, 0, dy.data(), stride, out.y.data(), stride, nullptr, 0, out.dx.data(), stride, accumulate, n}, 0, kRows);
    return out;
}

void softmaxes(const KernelTable& table) {
    for (const long n : {1L, 3L, 16L, 17L, 100L}) {
        const long stride = round_up(n, kRowGranule);
        auto x = uniform(static_cast<size_t>(kRows * stride), -30, 30, 13), dy = uniform(x.size(), -2, 2, 14);
        for (long i = 0; i < static_cast<long>(x.size()); ++i)
            if (i % stride >= n) x[static_cast<size_t>(i)] = dy[static_cast<size_t>(i)] = Limits::quiet_NaN();
        for (const Function f : {Function::softmax, Function::log_softmax}) {
            const bool logarithm = f == Function::log_softmax;
            const Rows out = rows(table, f, n, x, dy, false), added = rows(table, f, n, x, dy, true);
            const Rows judge = rows(kernels("portable"), f, n, x, dy, false);
            CHECK(same_bits(out.y, judge.y) && same_bits(out.dx, judge.dx), "%s and portable differ in softmax %d of %ld",
                  table.name, logarithm, n);
            for (long r = 0; r < kRows; ++r) {
                const auto at = [&](const std::vector<Real>& a, long j) -> Wide {
                    return a[static_cast<size_t>(r * stride + j)];
                };
                Wide total = 0, dot = 0, sum = 0;
                for (long j = 0; j < n; ++j) total += std::exp(at(x, j)), sum += at(dy, j);
                for (long j = 0; j < n; ++j) dot += at(dy, j) * std::exp(at(x, j)) / total;
                for (long j = 0; j < n; ++j) {
                    const Wide p = std::exp(at(x, j)) / total;
                    const Wide y = logarithm ? at(x, j) - std::log(total) : p;
                    const Wide dx = logarithm ? at(dy, j) - p * sum : p * (at(dy, j) - dot);
                    CHECK(std::fabs(at(out.y, j) - y) <= 1.6L * Limits::epsilon() * std::max(Wide{1}, std::fabs(y)),
                          "%s softmax %d of %ld: %.17Lg, exactly %.20Lg", table.name, logarithm, n, at(out.y, j), y);
                    CHECK(std::fabs(at(out.dx, j) - dx) <= 3.3L * Limits::epsilon() * (1 + std::fabs(sum)),
                          "%s softmax %d of %ld backward: %.17Lg, exactly %.20Lg", table.name, logarithm, n, at(out.dx, j), dx);
                    CHECK(at(added.dx, j) == static_cast<Wide>(2 + out.dx[static_cast<size_t>(r * stride + j)]),
                          "%s softmax %d of %ld: accumulation", table.name, logarithm, n);
                }
                for (long j = n; j < stride; ++j)
                    CHECK(at(out.y, j) == 0 && at(out.dx, j) == 0, "%s softmax %d of %ld: padding", table.name, logarithm, n);
            }
        }
    }
    const Real large = 1e30;
    std::vector<Real> x(16, 0), y(16);
    x[1] = -kInfinity, x[2] = -large;
    table.activation_forward({Function::log_softmax, 0, x.data(), 16, y.data(), 16, nullptr, 0, 3}, 0, 1);
    CHECK(y[0] == 0 && y[1] == -kInfinity && y[2] == -large, "%s log_softmax of extremes", table.name);
    x[1] = Limits::quiet_NaN();
    table.activation_forward({Function::log_softmax, 0, x.data(), 16, y.data(), 16, nullptr, 0, 3}, 0, 1);
    CHECK(std::isnan(y[0]) && std::isnan(y[1]), "%s log_softmax loses NaN", table.name);
}

// The emulated instruction against the C library's, over magnitudes where the intermediate is inexact or subnormal.
void fused(const KernelTable& table) {
    std::mt19937_64 random(12);
    std::vector<Real> a(many(1 << 18)), b(a.size()), c(a.size()), out(a.size());
    const auto draw = [&] {
        const uint64_t word = random();
        Real f;
        std::memcpy(&f, &word, sizeof f);
        return std::isnan(f) ? Real{1} : f;
    };
    const Real small = std::sqrt(Limits::min());
    for (size_t i = 0; i < a.size(); ++i) {
        a[i] = draw(), b[i] = draw(), c[i] = draw();
        if (i % 2) c[i] = -a[i] * b[i] * (1 + static_cast<Real>(random() % 16) * Limits::epsilon() / 2);  // cancellation
        if (i % 8 == 0) a[i] *= small / 8, b[i] = small / 8, c[i] = kSubnormal;  // subnormal results
    }
    table.fused_multiply_add(a.data(), b.data(), c.data(), out.data(), static_cast<long>(a.size()));
    for (size_t i = 0; i < a.size(); ++i) {
        const Real exact = std::fma(a[i], b[i], c[i]);
        CHECK(std::memcmp(&exact, &out[i], sizeof exact) == 0 || (std::isnan(exact) && std::isnan(out[i])),
              "%s fma(%.17g, %.17g, %.17g) = %.17g, exactly %.17g", table.name, double{a[i]}, double{b[i]}, double{c[i]},
              double{out[i]}, double{exact});
    }
}

}  // namespace

int main() {
    for (const std::string& name : available_instruction_sets()) {
        const KernelTable& table = kernels(name);
        bounds(table);
        specials(table);
        same_everywhere(table);
        softmaxes(table);
        fused(table);
    }
    return finish("math");
}
