// The optimizers' update rules over a contiguous run of weights, gradients and slots. Formulas: Keras 3's, in Real.
#pragma once

#include "kernels/table.hpp"
#include "simd/math.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {

// Slots this small become zero, so that denormals never slow a step.
DENIM_INLINE Vec settle(Vec slot) { return select(vabs(slot) < set1(1e-30), Vec{}, slot); }

DENIM_INLINE Vec sign(Vec w) { return select(w > Vec{}, set1(1.0), select(w < Vec{}, set1(-1.0), Vec{})); }

// The gradient with its regularizer's.
DENIM_INLINE Vec regularized(const ParameterRules& rules, Vec w, Vec g) {
    return g + set1(2 * rules.l2) * w + set1(rules.l1) * sign(w);
}

// x^p for x >= 0.
DENIM_INLINE Vec power(Vec x, Real p) {
    if (p == (Real)0.5) return vsqrt(x);
    if (p == 0) return set1(1.0);
    if (p == 1) return x;
    return vexp(set1(p) * vlog(x));
}

template <Rule kRule>
DENIM_INLINE Vec updated(const Update& u, Vec w, Real* s0, Real* s1, Real* s2, Vec g) {
    const Vec lr = set1(u.learning_rate);
    if constexpr (kRule == Rule::sgd) return w - lr * g;
    if constexpr (kRule == Rule::sgd_momentum || kRule == Rule::sgd_nesterov) {
        const Vec mu = set1(u.momentum);
        const Vec pull = lr * g;
        const Vec m = settle(mu * load(s0) - pull);
        store(s0, m);
        return kRule == Rule::sgd_nesterov ? w + (mu * m - pull) : w + m;
    }
    if constexpr (kRule == Rule::rmsprop) {
        const Vec rho = set1(u.rho), rest = set1(1 - u.rho);
        const Vec v = settle(fma(rho, load(s0), rest * (g * g)));
        store(s0, v);
        Vec denominator = v + set1(u.epsilon);
        if (u.centered) {
            Real* average = u.momentum != 0 ? s2 : s1;
            const Vec a = settle(fma(rho, load(average), rest * g));
            store(average, a);
            denominator = v - a * a + set1(u.epsilon);
        }
        Vec step = lr * g / vsqrt(denominator);
        if (u.momentum != 0) {
            step = settle(fma(set1(u.momentum), load(s1), step));
            store(s1, step);
        }
        return w - step;
    }
    if constexpr (kRule == Rule::adagrad) {
        const Vec a = load(s0) + g * g;
        store(s0, a);
        return w - lr * g / vsqrt(a + set1(u.epsilon));
    }
    if constexpr (kRule == Rule::adadelta) {
        const Vec rho = set1(u.rho), rest = set1(1 - u.rho), epsilon = set1(u.epsilon), x = load(s1);
        const Vec a = settle(fma(rho, load(s0), rest * (g * g)));
        store(s0, a);
        const Vec change = vsqrt(x + epsilon) * g / vsqrt(a + epsilon);
        store(s1, settle(fma(rho, x, rest * (change * change))));
        return w - lr * change;
    }
    if constexpr (kRule == Rule::lion) {
        const Vec m = load(s0), direction = fma(set1(u.beta_1), m, set1(u.one_minus_beta_1) * g);
        store(s0, settle(fma(set1(u.beta_2), m, set1(u.one_minus_beta_2) * g)));
        // Of NaN, the sign is NaN.
        const Vec one = set1(1.0);
        return w - lr * select(direction > Vec{}, one, select(direction < Vec{}, -one, direction));
    }
    if constexpr (kRule == Rule::ftrl) {
        const Vec n = load(s0), square = g * g, grown = n + square, l1 = set1(u.l1);
        const Vec before = power(n, u.power), after = power(grown, u.power);
        Vec growth = after - before;
        if (u.power == (Real)0.5) growth = select(after > Vec{}, square / (after + before), Vec{});  // nothing cancels
        const Vec pull = g + set1(u.twice_shrinkage) * w - growth / lr * w;
        const Vec z = settle(load(s1) + pull);
        store(s0, settle(grown));
        store(s1, z);
        const Vec clipped = select(z > l1, l1, select(z < -l1, -l1, z));
        return (clipped - z) / (after / lr + set1(u.twice_l2));
    }
    if constexpr (kRule == Rule::adamax) {
        const Vec m = settle(fma(g - load(s0), set1(u.one_minus_beta_1), load(s0)));
        const Vec u_before = set1(u.beta_2) * load(s1), size = vabs(g);
        const Vec largest = settle(select(u_before > size, u_before, size));
        store(s0, m);
        store(s1, largest);
        return w - m * set1(u.alpha) / (largest + set1(u.epsilon));
    }
    Vec m = load(s0), v = load(s1);
    m = settle(fma(g - m, set1(u.one_minus_beta_1), m));
    v = settle(fma(g * g - v, set1(u.one_minus_beta_2), v));
    store(s0, m);
    store(s1, v);
    if constexpr (kRule == Rule::nadam) {
        const Vec momentum = fma(m, set1(u.nadam_moment), g * set1(u.nadam_gradient));
        return w - lr * momentum / (vsqrt(v * set1(u.nadam_velocity)) + set1(u.epsilon));
    }
    if (u.amsgrad) {
        v = vmax(load(s2), v);
        store(s2, v);
    }
    return w - m * set1(u.alpha) / (vsqrt(v) + set1(u.epsilon));
}

// The gradient of a step, or the mean of those that have been added up.
DENIM_INLINE Vec mean_gradient(Vec g, const Real* sum, Real gathered) { return (g + load(sum)) / set1(gathered); }

template <Rule kRule, bool kPlain>
DENIM_INLINE void update_loop(const Update& update, const ParameterRules& given, Real* weights, Real* s0, Real* s1,
                              Real* s2, Real* average, Real* sum, const Real* gradient, long n) {
    const Update u = update;  // copies, which stores to the weights cannot alias
    const ParameterRules rules = given;
    const auto one = [&](Real* w_at, Real* s0_at, Real* s1_at, Real* s2_at, Real* average_at, Real* sum_at,
                         const Real* g_at) __attribute__((always_inline)) {
        Vec w = load(w_at), g = load(g_at);
        if constexpr (kPlain) {
            w = updated<kRule>(u, w, s0_at, s1_at, s2_at, g);
        } else {
            g = regularized(rules, w, g);
            if (u.holds) {
                store(sum_at, settle(g + load(sum_at)));
            } else {
                if (u.gathered != 0) {
                    g = mean_gradient(g, sum_at, u.gathered);
                    store(sum_at, Vec{});
                }
                g = g * set1(rules.scale);
                const Vec limit = set1(rules.limit);
                g = select(g > limit, limit, select(g < -limit, -limit, g));  // NaN stays NaN
                w = updated<kRule>(u, w - w * set1(rules.decay), s0_at, s1_at, s2_at, g);
            }
            if (u.averages) {
                const Vec mean = settle(fma(set1(u.average_share), load(average_at), set1(u.weight_share) * w));
                store(average_at, mean);
                if (u.overwrites) w = mean;
            }
            if (rules.non_negative) w = select(w < Vec{}, Vec{}, w);
        }
        store(w_at, w);
    };
    long i = 0;
    for (; i + kLanes <= n; i += kLanes) one(weights + i, s0 + i, s1 + i, s2 + i, average + i, sum + i, gradient + i);
    if (i == n) return;
    // Half a vector is left: an odd number of rows of a narrow panel.
    constexpr int kArrays = 1 + (kPlain ? kOwnSlots : kSlots);
    Real* const from[] = {weights + i, s0 + i, s1 + i, s2 + i, average + i, sum + i};
    Real part[1 + kSlots][kLanes] = {}, g[kLanes] = {};
    const size_t bytes = (size_t)(n - i) * sizeof(Real);
    for (int a = 0; a < kArrays; ++a) __builtin_memcpy(part[a], from[a], bytes);
    __builtin_memcpy(g, gradient + i, bytes);
    one(part[0], part[1], part[2], part[3], part[4], part[5], g);
    for (int a = kArrays - 1; a >= 0; --a) __builtin_memcpy(from[a], part[a], bytes);
}

template <Rule kRule>
DENIM_INLINE void update_rule(const Update& u, const ParameterRules& rules, Real* w, Real* const slots[kSlots], long at,
                              const Real* g, long n) {
    Real *s0 = slots[0] + at, *s1 = slots[1] + at, *s2 = slots[2] + at;
    Real *average = slots[kAverageSlot] + at, *sum = slots[kSumSlot] + at;
    if (rules.plain() && u.plain())
        update_loop<kRule, true>(u, rules, w + at, s0, s1, s2, average, sum, g, n);
    else
        update_loop<kRule, false>(u, rules, w + at, s0, s1, s2, average, sum, g, n);
}

// n weights, whole vectors and perhaps half of one; `at` is where they begin in the weights and in each slot.
static void update_run(const Update& u, const ParameterRules& rules, Real* w, Real* const slots[kSlots], long at,
                       const Real* g, long n) {
    switch (u.rule) {
        case Rule::sgd: return update_rule<Rule::sgd>(u, rules, w, slots, at, g, n);
        case Rule::sgd_momentum: return update_rule<Rule::sgd_momentum>(u, rules, w, slots, at, g, n);
        case Rule::sgd_nesterov: return update_rule<Rule::sgd_nesterov>(u, rules, w, slots, at, g, n);
        case Rule::rmsprop: return update_rule<Rule::rmsprop>(u, rules, w, slots, at, g, n);
        case Rule::adagrad: return update_rule<Rule::adagrad>(u, rules, w, slots, at, g, n);
        case Rule::adam: return update_rule<Rule::adam>(u, rules, w, slots, at, g, n);
        case Rule::nadam: return update_rule<Rule::nadam>(u, rules, w, slots, at, g, n);
        case Rule::adamax: return update_rule<Rule::adamax>(u, rules, w, slots, at, g, n);
        case Rule::adadelta: return update_rule<Rule::adadelta>(u, rules, w, slots, at, g, n);
        case Rule::lion: return update_rule<Rule::lion>(u, rules, w, slots, at, g, n);
        case Rule::ftrl: return update_rule<Rule::ftrl>(u, rules, w, slots, at, g, n);
    }
}

// A whole register of doubles, and the numbers that fill it.
constexpr int kWideLanes = kVectorBytes / 8;
constexpr int kWides = kLanes / kWideLanes;
typedef double Wide __attribute__((vector_size(kVectorBytes)));
typedef Real Narrow __attribute__((vector_size(kWideLanes * sizeof(Real))));

DENIM_INLINE Wide widen(const Real* from) {
    Narrow x;
    __builtin_memcpy(&x, from, sizeof x);
    return __builtin_convertvector(x, Wide);
}

// For each column, the sum over rows of the squared gradient (with its regularizer's), or of the weights' penalty.
static void column_sums(const ColumnSums& given, double* sums, long column0, long column1) {
    const ColumnSums c = given;
    const bool plain = c.rules.l1 == 0 && c.rules.l2 == 0 && !c.sum;
    // The last columns may be half a vector: what is summed past them nobody reads.
    const long end = column0 + round_up(column1 - column0, kLanes);
    column_groups<3>(column0, end, [&]<int kVectors>(long first) __attribute__((always_inline)) {
        Wide sum[kVectors * kWides]{};
        for (long i = 0; i < c.rows; ++i)
            for (int v = 0; v < kVectors; ++v) {
                const long at = i * c.stride + first + v * kLanes;
                Real whole[kLanes];
                if (c.gradient && !plain) {
                    Vec g = regularized(c.rules, load(c.weights + at), load(c.gradient + at));
                    if (c.sum) g = mean_gradient(g, c.sum + at, c.gathered);
                    store(whole, g);
                }
                const Real* from = !c.gradient ? c.weights + at : plain ? c.gradient + at : whole;
                for (int part = 0; part < kWides; ++part) {
                    const Wide x = widen(from + part * kWideLanes);
                    Wide& to = sum[v * kWides + part];
                    if (c.gradient)
                        to += x * x;
                    else
                        to += x * x * (double)c.rules.l2 + (x < Wide{} ? -x : x) * (double)c.rules.l1;
                }
            }
        __builtin_memcpy(sums + first, sum, sizeof sum);
    });
}

}  // namespace denim::DENIM_PRECISION::DENIM_ISA
