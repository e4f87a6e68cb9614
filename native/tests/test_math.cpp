// Elementary functions and softmaxes: error bounds against the C library in double, special values, and equal bits on
// every instruction set this CPU has.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "check.hpp"

using namespace denim::float32;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Outcome {
    std::vector<float> value, slope;
};

Outcome map(const KernelTable& table, Function f, float alpha, const std::vector<float>& x) {
    Outcome out{std::vector<float>(x.size()), std::vector<float>(x.size())};
    table.map(f, alpha, x.data(), out.value.data(), out.slope.data(), static_cast<long>(x.size()));
    return out;
}

double ulp(double exact) {
    const float f = std::fabs(static_cast<float>(exact));
    if (!std::isfinite(f)) return 1;
    return static_cast<double>(std::nextafter(f, kInfinity)) - f;
}

double erfc_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double hard_sigmoid(double x) { return std::min(std::max(x + 3, 0.0), 6.0) / 6; }

struct Case {
    const char* name;
    Function function;
    float alpha;
    float low, high;
    double bound;     // in ulp of the value
    double absolute;  // or, where functions cross zero by cancellation, an absolute bound
    std::function<double(double)> exact;
    double slope_bound;  // absolute
    std::function<double(double)> slope;
};

const double kA = 1.6732632423543772, kS = 1.0507009873554805;

std::vector<Case> cases() {
    const auto tanh_slope = [](double x) { return 1 - std::tanh(x) * std::tanh(x); };
    return {
        {"exponential", Function::exponential, 0, -100, 88.5f, 2, 0, [](double x) { return std::exp(x); }, 1e33,
         [](double x) { return std::exp(x); }},
        {"sigmoid", Function::sigmoid, 0, -80, 80, 4, 0, sigmoid, 1e-7, [](double x) { return sigmoid(x) * sigmoid(-x); }},
        {"tanh", Function::tanh, 0, -12, 12, 3, 0, [](double x) { return std::tanh(x); }, 3e-7, tanh_slope},
        {"softplus", Function::softplus, 0, -80, 80, 5, 0, [](double x) { return std::log1p(std::exp(x)); }, 3e-7, sigmoid},
        {"silu", Function::silu, 0, -80, 80, 5, 0, [](double x) { return x * sigmoid(x); }, 1e-6,
         [](double x) { return sigmoid(x) * (1 + x * sigmoid(-x)); }},
        {"elu", Function::elu, 1.5f, -40, 10, 4, 0, [](double x) { return x > 0 ? x : 1.5 * std::expm1(x); }, 5e-7,
         [](double x) { return x > 0 ? 1 : 1.5 * std::exp(x); }},
        {"selu", Function::selu, 0, -40, 10, 5, 0, [](double x) { return kS * (x > 0 ? x : kA * std::expm1(x)); }, 5e-7,
         [](double x) { return kS * (x > 0 ? 1 : kA * std::exp(x)); }},
        {"gelu", Function::gelu, 0, -6, 6, 0, 5e-7, [](double x) { return x * erfc_cdf(x); }, 4e-7,
         [](double x) { return erfc_cdf(x) + x * density(x); }},
        {"gelu_tanh", Function::gelu_tanh, 0, -6, 6, 0, 6e-7,
         [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }, 3e-6,
         [](double x) {
             const double c = std::sqrt(2 / M_PI), t = std::tanh(c * (x + 0.044715 * x * x * x));
             return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
         }},
        {"relu", Function::relu, 0, -3, 3, 0, 0, [](double x) { return x > 0 ? x : 0; }, 0,
         [](double x) { return x > 0 ? 1.0 : 0.0; }},
        {"leaky_relu", Function::leaky_relu, 0.25f, -3, 3, 0, 0, [](double x) { return x > 0 ? x : 0.25 * x; }, 0,
         [](double x) { return x > 0 ? 1.0 : 0.25; }},
        {"softsign", Function::softsign, 0, -30, 30, 2, 0, [](double x) { return x / (1 + std::fabs(x)); }, 2e-7,
         [](double x) { return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x))); }},
        {"hard_sigmoid", Function::hard_sigmoid, 0, -5, 5, 0, 1e-7, hard_sigmoid, 1e-8,
         [](double x) { return std::fabs(x) < 3 ? 1 / 6.0 : 0; }},
        {"relu6", Function::relu6, 6, -9, 9, 0, 0, [](double x) { return std::min(std::max(x, 0.0), 6.0); }, 0,
         [](double x) { return x > 0 && x < 6 ? 1 : 0; }},
        {"mish", Function::mish, 0, -80, 80, 6, 0, [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }, 6e-7,
         [](double x) {
             const double t = std::tanh(std::log1p(std::exp(x)));
             return t + x * (1 - t * t) * sigmoid(x);
         }},
        {"hard_silu", Function::hard_silu, 0, -5, 5, 0, 3e-7, [](double x) { return x * hard_sigmoid(x); }, 2e-7,
         [](double x) { return std::fabs(x) < 3 ? (2 * x + 3) / 6 : hard_sigmoid(x); }},
        {"celu", Function::celu, 1.5f, -40, 10, 5, 0, [](double x) { return x > 0 ? x : 1.5 * std::expm1(x / 1.5); }, 5e-7,
         [](double x) { return x > 0 ? 1 : std::exp(x / 1.5); }},
        {"log_sigmoid", Function::log_sigmoid, 0, -80, 80, 5, 0, [](double x) { return -std::log1p(std::exp(-x)); }, 3e-7,
         [](double x) { return sigmoid(-x); }},
    };
}

void bounds(const KernelTable& table) {
    for (const Case& c : cases()) {
        auto x = uniform(1 << 16, c.low, c.high, 7);
        const auto small = uniform(1 << 14, -1, 1, 8);
        for (size_t i = 0; i < small.size(); ++i) x.push_back(small[i] * std::pow(10.0f, -static_cast<float>(i % 12)));
        const Outcome out = map(table, c.function, c.alpha, x);
        double worst = 0, worst_slope = 0;
        for (size_t i = 0; i < x.size(); ++i) {
            const double exact = c.exact(x[i]);
            const double error = std::fabs(out.value[i] - exact);
            worst = std::max(worst, c.absolute > 0 ? error : error / ulp(exact));
            CHECK(c.absolute > 0 ? error <= c.absolute : error <= c.bound * ulp(exact), "%s %s(%.9g) = %.9g, exactly %.17g",
                  table.name, c.name, x[i], out.value[i], exact);
            const double slope_error = std::fabs(out.slope[i] - c.slope(x[i]));
            worst_slope = std::max(worst_slope, slope_error);
            CHECK(slope_error <= c.slope_bound, "%s %s'(%.9g) = %.9g, exactly %.17g", table.name, c.name, x[i],
                  out.slope[i], c.slope(x[i]));
        }
        std::printf("%-9s %-12s value %.2f %s, slope %.2g\n", table.name, c.name, c.absolute > 0 ? worst * 1e7 : worst,
                    c.absolute > 0 ? "e-7" : "ulp", worst_slope);
    }
    auto x = uniform(1 << 16, -37, 38, 9);
    for (float& v : x) v = std::pow(10.0f, v);
    auto near = uniform(1 << 14, 0.5f, 2, 10);
    x.insert(x.end(), near.begin(), near.end());
    x[0] = 1e-42f;
    std::vector<float> y(x.size());
    table.logarithm(x.data(), y.data(), static_cast<long>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) {
        const double exact = std::log(static_cast<double>(x[i]));
        CHECK(std::fabs(y[i] - exact) <= 2 * ulp(exact), "%s log(%.9g) = %.9g, exactly %.17g", table.name, x[i], y[i], exact);
    }
}

void specials(const KernelTable& table) {
    const float nan = std::nanf("");
    std::vector<float> x(16, 0.0f);
    x[1] = kInfinity, x[2] = -kInfinity, x[3] = nan, x[4] = 1e30f, x[5] = -1e30f, x[6] = -0.0f;
    const auto value = [&](Function f, int i) { return map(table, f, 0.5f, x).value[static_cast<size_t>(i)]; };
    for (const Function f : {Function::relu, Function::sigmoid, Function::tanh, Function::gelu, Function::gelu_tanh,
                             Function::leaky_relu, Function::elu, Function::selu, Function::silu, Function::softplus,
                             Function::exponential, Function::softsign, Function::hard_sigmoid, Function::relu6,
                             Function::mish, Function::hard_silu, Function::celu, Function::log_sigmoid})
        CHECK(std::isnan(value(f, 3)), "%s: function %d loses NaN", table.name, static_cast<int>(f));
    CHECK(value(Function::exponential, 1) == kInfinity && value(Function::exponential, 2) == 0, "exp of infinities");
    CHECK(value(Function::exponential, 4) == kInfinity && value(Function::exponential, 5) == 0, "exp of large numbers");
    CHECK(value(Function::exponential, 0) == 1 && value(Function::sigmoid, 0) == 0.5f, "exp and sigmoid of 0");
    CHECK(value(Function::sigmoid, 1) == 1 && value(Function::sigmoid, 2) == 0, "sigmoid of infinities");
    CHECK(value(Function::tanh, 1) == 1 && value(Function::tanh, 2) == -1, "tanh of infinities");
    CHECK(value(Function::relu, 1) == kInfinity && value(Function::relu, 2) == 0, "relu of infinities");
    CHECK(value(Function::relu6, 1) == 0.5f && value(Function::relu6, 2) == 0, "relu6 of infinities");
    CHECK(value(Function::hard_sigmoid, 1) == 1 && value(Function::hard_sigmoid, 2) == 0, "hard_sigmoid of infinities");
    CHECK(value(Function::mish, 4) == 1e30f && value(Function::mish, 5) == 0, "mish of large numbers");
    CHECK(map(table, Function::mish, 0, x).slope[4] == 1, "mish's slope at a large number");
    CHECK(value(Function::celu, 1) == kInfinity && value(Function::celu, 2) == -0.5f, "celu of infinities");
    CHECK(value(Function::log_sigmoid, 4) == 0 && value(Function::log_sigmoid, 5) == -1e30f, "log_sigmoid of large numbers");
    CHECK(value(Function::softplus, 4) == 1e30f && value(Function::softplus, 5) == 0, "softplus of large numbers");
    std::vector<float> y(16);
    std::vector<float> z(16, 1.0f);
    z[1] = 0, z[2] = kInfinity, z[3] = nan, z[4] = -1;
    table.logarithm(z.data(), y.data(), 16);
    CHECK(y[0] == 0 && y[1] == -kInfinity && y[2] == kInfinity && std::isnan(y[3]) && std::isnan(y[4]), "log of specials");
}

void same_everywhere(const KernelTable& table) {
    const KernelTable& judge = kernels("portable");
    auto x = uniform(1 << 15, -20, 20, 11);
    for (size_t i = 0; i < x.size(); i += 3) x[i] *= 1e-6f;
    x[0] = kInfinity, x[1] = -kInfinity, x[2] = 1e-42f;
    for (const Case& c : cases()) {
        const Outcome a = map(table, c.function, c.alpha, x), b = map(judge, c.function, c.alpha, x);
        CHECK(same_bits(a.value, b.value) && same_bits(a.slope, b.slope), "%s and portable differ in %s", table.name, c.name);
    }
}

// The softmaxes, forward and backward, on rows of n columns in buffers whose other columns hold NaN.
struct Rows {
    std::vector<float> y, dx;
};

constexpr long kRows = 64;

Rows rows(const KernelTable& table, Function f, long n, const std::vector<float>& x, const std::vector<float>& dy,
          bool accumulate) {
    const long stride = round_up(n, kRowGranule);
    Rows out{std::vector<float>(x.size(), std::nanf("")), std::vector<float>(x.size(), 2.0f)};
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
            if (i % stride >= n) x[static_cast<size_t>(i)] = dy[static_cast<size_t>(i)] = std::nanf("");
        for (const Function f : {Function::softmax, Function::log_softmax}) {
            const bool logarithm = f == Function::log_softmax;
            const Rows out = rows(table, f, n, x, dy, false), added = rows(table, f, n, x, dy, true);
            const Rows judge = rows(kernels("portable"), f, n, x, dy, false);
            CHECK(same_bits(out.y, judge.y) && same_bits(out.dx, judge.dx), "%s and portable differ in softmax %d of %ld",
                  table.name, logarithm, n);
            for (long r = 0; r < kRows; ++r) {
                const auto at = [&](const std::vector<float>& a, long j) -> double {
                    return a[static_cast<size_t>(r * stride + j)];
                };
                double total = 0, dot = 0, sum = 0;
                for (long j = 0; j < n; ++j) total += std::exp(at(x, j)), sum += at(dy, j);
                for (long j = 0; j < n; ++j) dot += at(dy, j) * std::exp(at(x, j)) / total;
                for (long j = 0; j < n; ++j) {
                    const double p = std::exp(at(x, j)) / total;
                    const double y = logarithm ? at(x, j) - std::log(total) : p;
                    const double dx = logarithm ? at(dy, j) - p * sum : p * (at(dy, j) - dot);
                    CHECK(std::fabs(at(out.y, j) - y) <= 2e-7 * std::max(1.0, std::fabs(y)),
                          "%s softmax %d of %ld: %.9g, exactly %.17g", table.name, logarithm, n, at(out.y, j), y);
                    CHECK(std::fabs(at(out.dx, j) - dx) <= 4e-7 * (1 + std::fabs(sum)),
                          "%s softmax %d of %ld backward: %.9g, exactly %.17g", table.name, logarithm, n, at(out.dx, j), dx);
                    CHECK(at(added.dx, j) == static_cast<double>(2.0f + out.dx[static_cast<size_t>(r * stride + j)]),
                          "%s softmax %d of %ld: accumulation", table.name, logarithm, n);
                }
                for (long j = n; j < stride; ++j)
                    CHECK(at(out.y, j) == 0 && at(out.dx, j) == 0, "%s softmax %d of %ld: padding", table.name, logarithm, n);
            }
        }
    }
    std::vector<float> x(16, 0.0f), y(16);
    x[1] = -kInfinity, x[2] = -1e30f;
    table.activation_forward({Function::log_softmax, 0, x.data(), 16, y.data(), 16, nullptr, 0, 3}, 0, 1);
    CHECK(y[0] == 0 && y[1] == -kInfinity && y[2] == -1e30f, "%s log_softmax of extremes", table.name);
    x[1] = std::nanf("");
    table.activation_forward({Function::log_softmax, 0, x.data(), 16, y.data(), 16, nullptr, 0, 3}, 0, 1);
    CHECK(std::isnan(y[0]) && std::isnan(y[1]), "%s log_softmax loses NaN", table.name);
}

// The emulated instruction against the C library's, over magnitudes where the intermediate is inexact or subnormal.
void fused(const KernelTable& table) {
    std::mt19937 random(12);
    std::vector<float> a(1 << 18), b(a.size()), c(a.size()), out(a.size());
    const auto draw = [&] {
        const uint32_t word = random();
        float f;
        std::memcpy(&f, &word, sizeof f);
        return std::isnan(f) ? 1.0f : f;
    };
    for (size_t i = 0; i < a.size(); ++i) {
        a[i] = draw(), b[i] = draw(), c[i] = draw();
        if (i % 2) c[i] = -a[i] * b[i] * (1 + static_cast<float>(random() % 16) * 6e-8f);  // cancellation
        if (i % 8 == 0) a[i] *= 1e-20f, b[i] = 1e-20f, c[i] = 1e-41f;                      // subnormal results
    }
    table.fused_multiply_add(a.data(), b.data(), c.data(), out.data(), static_cast<long>(a.size()));
    for (size_t i = 0; i < a.size(); ++i) {
        const float exact = std::fmaf(a[i], b[i], c[i]);
        CHECK(std::memcmp(&exact, &out[i], 4) == 0 || (std::isnan(exact) && std::isnan(out[i])),
              "%s fma(%.9g, %.9g, %.9g) = %.9g, exactly %.9g", table.name, a[i], b[i], c[i], out[i], exact);
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
