// The optimizers' update rules over a contiguous run of weights, gradients and slots. Formulas: Keras 3's, in float.
#pragma once

#include "kernels/table.hpp"
#include "simd/vec.hpp"

namespace denim::DENIM_ISA {

// Slots this small become zero, so that denormals never slow a step.
DENIM_INLINE Vec settle(Vec slot) { return select(vabs(slot) < set1(1e-30f), Vec{}, slot); }

template <Rule kRule>
DENIM_INLINE void update_vector(const Update& u, float* w, float* s0, float* s1, float* s2, Vec g) {
    const Vec lr = set1(u.learning_rate);
    if constexpr (kRule == Rule::sgd) {
        store(w, load(w) - lr * g);
    } else if constexpr (kRule == Rule::sgd_momentum || kRule == Rule::sgd_nesterov) {
        const Vec mu = set1(u.momentum);
        const Vec pull = lr * g;
        const Vec m = settle(mu * load(s0) - pull);
        store(s0, m);
        if constexpr (kRule == Rule::sgd_nesterov)
            store(w, load(w) + (mu * m - pull));
        else
            store(w, load(w) + m);
    } else if constexpr (kRule == Rule::rmsprop) {
        const Vec rho = set1(u.rho), rest = set1(1.0f - u.rho);
        const Vec v = settle(fma(rho, load(s0), rest * (g * g)));
        store(s0, v);
        Vec denominator = v + set1(u.epsilon);
        if (u.centered) {
            float* average = u.momentum != 0 ? s2 : s1;
            const Vec a = settle(fma(rho, load(average), rest * g));
            store(average, a);
            denominator = v - a * a + set1(u.epsilon);
        }
        Vec step = lr * g / vsqrt(denominator);
        if (u.momentum != 0) {
            step = settle(fma(set1(u.momentum), load(s1), step));
            store(s1, step);
        }
        store(w, load(w) - step);
    } else if constexpr (kRule == Rule::adagrad) {
        const Vec a = load(s0) + g * g;
        store(s0, a);
        store(w, load(w) - lr * g / vsqrt(a + set1(u.epsilon)));
    } else if constexpr (kRule == Rule::adam) {
        Vec m = load(s0), v = load(s1);
        m = settle(fma(g - m, set1(u.one_minus_beta_1), m));
        v = settle(fma(g * g - v, set1(u.one_minus_beta_2), v));
        store(s0, m);
        store(s1, v);
        if (u.amsgrad) {
            v = vmax(load(s2), v);
            store(s2, v);
        }
        store(w, load(w) - m * set1(u.alpha) / (vsqrt(v) + set1(u.epsilon)));
    }
}

template <Rule kRule>
DENIM_INLINE void update_run(const Update& u, float* w, float* s0, float* s1, float* s2, const float* g, long n) {
    for (long i = 0; i < n; i += kLanes) update_vector<kRule>(u, w + i, s0 + i, s1 + i, s2 + i, load(g + i));
}

// n weights, a multiple of the vector length.
static void update(const Update& u, float* w, float* const slots[3], long at, const float* g, long n) {
    float *s0 = slots[0] + at, *s1 = slots[1] + at, *s2 = slots[2] + at;
    switch (u.rule) {
        case Rule::sgd: return update_run<Rule::sgd>(u, w + at, s0, s1, s2, g, n);
        case Rule::sgd_momentum: return update_run<Rule::sgd_momentum>(u, w + at, s0, s1, s2, g, n);
        case Rule::sgd_nesterov: return update_run<Rule::sgd_nesterov>(u, w + at, s0, s1, s2, g, n);
        case Rule::rmsprop: return update_run<Rule::rmsprop>(u, w + at, s0, s1, s2, g, n);
        case Rule::adagrad: return update_run<Rule::adagrad>(u, w + at, s0, s1, s2, g, n);
        case Rule::adam: return update_run<Rule::adam>(u, w + at, s0, s1, s2, g, n);
    }
}

}  // namespace denim::DENIM_ISA
