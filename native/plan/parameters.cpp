#include "plan/parameters.hpp"

#include <algorithm>
#include <cmath>

namespace denim::DENIM_PRECISION {

namespace {

// x^n by squaring: the same bits everywhere, which the C library's pow does not promise.
double power(double x, int64_t n) {
    double result = 1;
    for (; n > 0; n >>= 1, x *= x)
        if (n & 1) result *= x;
    return result;
}

// Nadam's momentum schedule: u_t and u_(t+1), and the product u_1 .. u_t.
struct NadamSchedule {
    double now, next, product;
};

NadamSchedule nadam_schedule(double beta_1, int64_t t) {
    // Once 0.96^t is below the last bit, every factor is beta_1.
    const int64_t settled = std::min<int64_t>(t, 1000);
    double product = 1, decay = 1, now = beta_1;
    for (int64_t i = 1; i <= settled; ++i) {
        decay *= 0.96;
        now = beta_1 * (1.0 - 0.5 * decay);
        product *= now;
    }
    return {now, beta_1 * (1.0 - 0.5 * decay * 0.96), product * power(beta_1, t - settled)};
}

bool penalized(const PenaltySpec& penalty) { return penalty.l1 != 0 || penalty.l2 != 0; }

// The same block in a flat buffer of its own.
BlockSpec alone(BlockSpec spec) {
    spec.kernel_offset = 0;
    spec.bias_offset = spec.bias_offset < 0 ? -1 : spec.k * spec.n;
    return spec;
}

}  // namespace

Parameters::Parameters(const ProgramSpec& program, const KernelTable& table, bool training, bool packed, bool fuse,
                       long rows_together)
    : blocks(program.blocks.size()),
      vectors(program.vectors.size()),
      program_(program),
      table_(table),
      training_(training),
      packed_(packed),
      fuse_(fuse),
      rows_together_(rows_together),
      norms_(table),
      rewritings_(table) {
    for (const BlockSpec& b : program.blocks)
        has_penalty_ = has_penalty_ || (b.train_kernel && penalized(b.kernel_penalty)) ||
                       (b.train_bias && penalized(b.bias_penalty));
    for (const VectorSpec& v : program.vectors) has_penalty_ = has_penalty_ || (v.trainable && penalized(v.penalty));
}

void Parameters::reserve(Arena& arena, long rows, const std::vector<int>& dense_uses, const std::vector<bool>& transposed,
                         const std::vector<bool>& in_formulas) {
    constexpr long kMany = 4096;
    many_rows_ = rows_together_ > 0 || rows >= kMany;
    for (size_t b = 0; b < blocks.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        Block& block = blocks[b];
        const long size = packed_size(spec.k + 1, spec.n, table_);
        if (packed_) arena.reserve(&block.packed, size);
        arena.reserve(&block.kernel_sums, round_up(spec.n, kRowGranule));
        arena.reserve(&block.bias_sums, round_up(spec.n, kRowGranule));
        if (transposed[b]) arena.reserve(&block.transposed, packed_size(spec.n, spec.k, table_));
        if (in_formulas[b]) arena.reserve(&block.flat, (spec.k + 1) * spec.n);
        if (!training_ || !spec.trainable()) continue;
        block.slots.resize(static_cast<size_t>(program_.optimizer.slots));
        for (Real*& slot : block.slots) arena.reserve(&slot, size);
        if (!fuse_ || many_rows_ || by_norm() || dense_uses[b] > 1 || in_formulas[b]) arena.reserve(&block.gradient, size);
        if (spec.train_kernel)
            constrain(arena, spec.kernel_constraint,
                      {&block.packed, spec.k + 1, 0, spec.k, spec.n, &block.transposed, &block.kernel_sums});
        if (spec.train_bias)
            constrain(arena, spec.bias_constraint,
                      {&block.packed, spec.k + 1, spec.k, 1, spec.n, nullptr, &block.bias_sums});
        if (!in_formulas[b]) continue;
        arena.reserve(&block.flat_gradient, (spec.k + 1) * spec.n);
        arena.reserve(&block.packed_gradient, size);
    }
    for (size_t v = 0; v < vectors.size(); ++v) {
        const long size = round_up(program_.vectors[v].n, kRowGranule);
        arena.reserve(&vectors[v].value, size);
        arena.reserve(&vectors[v].gradient, size);
        arena.reserve(&vectors[v].sums, size);
        if (!training_ || !program_.vectors[v].trainable) continue;
        vectors[v].slots.resize(static_cast<size_t>(program_.optimizer.slots));
        for (Real*& slot : vectors[v].slots) arena.reserve(&slot, size);
        const ConstraintSpec& constraint = program_.vectors[v].constraint;
        const long columns = constraint.columns > 0 ? constraint.columns : program_.vectors[v].n;
        constrain(arena, constraint, {&vectors[v].value, 0, 0, program_.vectors[v].n / columns, columns, nullptr, &vectors[v].sums});
    }
}

void Parameters::constrain(Arena& arena, const ConstraintSpec& constraint, const Place& place) {
    norms_.add(arena, constraint, place);
    rewritings_.add(constraint, place);
}

int Parameters::movers(int threads) const {
    constexpr long kMuch = 1 << 20;
    return program_.flat_size < kMuch ? 1 : threads;
}

void Parameters::load(const StateSpec& state, int thread, int threads, const Watch& watch) const {
    constexpr long kAtOnce = 1 << 22;  // numbers
    // The share of `rows` rows of n numbers, by bands and some millions at a time.
    const auto some = [&](long rows, long n, const auto& take) {
        const long bands = (rows + kBand - 1) / kBand;
        const long row0 = bands * thread / threads * kBand, row1 = std::min(rows, bands * (thread + 1) / threads * kBand);
        const long each = round_up(std::max(1L, kAtOnce / n), kBand);
        for (long row = row0; row < row1 && !watch.given_up(); row += each) take(row, std::min(row + each, row1));
    };
    for (size_t b = 0; b < blocks.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        const Block& block = blocks[b];
        some(spec.k + 1, spec.n, [&](long row0, long row1) {
            if (block.packed) pack(spec, table_, state.parameters, block.packed, row0, row1);
            // A prediction in training mode has none.
            for (size_t s = 0; s < std::min(block.slots.size(), state.slots.size()); ++s)
                pack(spec, table_, state.slots[s], block.slots[s], row0, row1);
            // What no formula uses, or no loss depends on, stays so.
            if (block.flat_gradient)
                std::fill(block.flat_gradient + row0 * spec.n, block.flat_gradient + row1 * spec.n, static_cast<Real>(0));
        });
        if (block.transposed)
            some(spec.n, spec.k, [&](long row0, long row1) {
                pack_transposed(spec, table_, state.parameters, block.transposed, row0, row1);
            });
    }
    for (size_t v = 0; v < vectors.size(); ++v) {
        const VectorSpec& spec = program_.vectors[v];
        const auto copy = [&](const Real* flat, Real* to, long from, long end) {
            std::copy(flat + spec.offset + from, flat + spec.offset + std::min(end, spec.n), to + from);
            std::fill(to + std::min(end, spec.n), to + end, static_cast<Real>(0));
        };
        some(round_up(spec.n, kRowGranule), 1, [&](long from, long end) {
            copy(state.parameters, vectors[v].value, from, end);
            // Stays so where no loss depends on the vector.
            std::fill(vectors[v].gradient + from, vectors[v].gradient + end, static_cast<Real>(0));
            for (size_t s = 0; s < std::min(vectors[v].slots.size(), state.slots.size()); ++s)
                copy(state.slots[s], vectors[v].slots[s], from, end);
        });
    }
}

void Parameters::save(StateSpec& state, int thread, int threads) const {
    for (size_t b = 0; b < blocks.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        if (!spec.trainable()) continue;
        const long rows = spec.k + 1, row0 = rows * thread / threads, row1 = rows * (thread + 1) / threads;
        unpack(spec, table_, blocks[b].packed, state.parameters, row0, row1);
        for (size_t s = 0; s < blocks[b].slots.size(); ++s)
            unpack(spec, table_, blocks[b].slots[s], state.slots[s], row0, row1);
    }
    // Moving statistics change though no optimizer trains them.
    for (size_t v = 0; v < vectors.size(); ++v) {
        const VectorSpec& spec = program_.vectors[v];
        const long from = spec.n * thread / threads, end = spec.n * (thread + 1) / threads;
        std::copy(vectors[v].value + from, vectors[v].value + end, state.parameters + spec.offset + from);
        for (size_t s = 0; s < vectors[v].slots.size(); ++s)
            std::copy(vectors[v].slots[s] + from, vectors[v].slots[s] + end, state.slots[s] + spec.offset + from);
    }
}

void Parameters::share(int threads) {
    for (size_t b = 0; b < blocks.size(); ++b) {
        const long k = program_.blocks[b].k, n = program_.blocks[b].n;
        const long per_panel = units_per_panel(k), units = update_units(k, n, table_.panel);
        // A narrow panel's unit is cheap in products, but not in all that a unit takes beside them.
        const auto weight = [&](long panel) { return panel_width(n, table_.panel, table_.tail, panel) + table_.panel / 3; };
        long all = 0;
        for (long p = 0; p < panels_of(n, table_.panel); ++p) all += per_panel * weight(p);
        std::vector<long>& bounds = blocks[b].bounds;
        bounds.assign(static_cast<size_t>(threads) + 1, units);
        bounds[0] = 0;
        long passed = 0, thread = 1;
        for (long unit = 0; unit < units && thread < threads; ++unit) {
            passed += weight(unit / per_panel);
            while (thread < threads && passed * threads >= all * thread) bounds[static_cast<size_t>(thread++)] = unit + 1;
        }
    }
}

void Parameters::prepare(Real learning_rate, int64_t number) {
    const OptimizerSpec& o = program_.optimizer;
    const double lr = learning_rate;
    const int64_t gather = std::max<int64_t>(o.gather, 1), updates = number / gather, t = updates + 1;
    update_.rule = o.rule;
    update_.learning_rate = learning_rate;
    update_.momentum = o.momentum;
    update_.rho = o.rho;
    update_.epsilon = o.epsilon;
    update_.centered = o.centered;
    update_.amsgrad = o.amsgrad;
    update_.beta_1 = static_cast<Real>(o.beta_1);
    update_.beta_2 = static_cast<Real>(o.beta_2);
    update_.one_minus_beta_1 = static_cast<Real>(1.0 - o.beta_1);
    update_.one_minus_beta_2 = static_cast<Real>(1.0 - o.beta_2);
    update_.gathered = static_cast<Real>(o.gather);
    update_.holds = (number + 1) % gather != 0;
    update_.averages = o.averages;
    update_.overwrites = o.overwrite_every > 0 && t % o.overwrite_every == 0;
    update_.average_share = updates > 0 ? o.average_momentum : 0;
    update_.weight_share = 1 - update_.average_share;
    if (o.rule == Rule::adamax) update_.alpha = static_cast<Real>(lr / (1.0 - power(o.beta_1, t)));
    if (o.rule == Rule::ftrl) {
        update_.power = static_cast<Real>(o.power);
        update_.l1 = static_cast<Real>(o.l1);
        update_.twice_l2 = static_cast<Real>(2 * o.l2 + o.beta / lr);
        update_.twice_shrinkage = static_cast<Real>(2 * o.shrinkage);
    }
    if (o.rule == Rule::adam)
        update_.alpha = static_cast<Real>(lr * std::sqrt(1.0 - power(o.beta_2, t)) / (1.0 - power(o.beta_1, t)));
    if (o.rule == Rule::nadam) {
        const NadamSchedule u = nadam_schedule(o.beta_1, t);
        update_.nadam_moment = static_cast<Real>(u.next / (1.0 - u.product * u.next));
        update_.nadam_gradient = static_cast<Real>((1.0 - u.now) / (1.0 - u.product));
        update_.nadam_velocity = static_cast<Real>(1.0 / (1.0 - power(o.beta_2, t)));
    }
}

void Parameters::place_slots(const std::vector<Real*>& slots, Real* instead, Real* to[kSlots]) const {
    const OptimizerSpec& o = program_.optimizer;
    std::fill_n(to, kSlots, instead);
    if (slots.empty()) return;
    const auto own = static_cast<size_t>(o.own_slots());
    std::copy_n(slots.begin(), own, to);
    if (o.averages) to[kAverageSlot] = slots[own];
    if (o.gather > 0) to[kSumSlot] = slots.back();
}

// The gradients added up so far, where clipping by norm must see them.
const Real* Parameters::sum_of(const std::vector<Real*>& slots) const {
    return program_.optimizer.gather > 0 ? slots.back() : nullptr;
}

// squares: of this parameter's gradient, and of all parameters' together; 0 where nothing is clipped by norm.
ParameterRules Parameters::rules(const PenaltySpec& penalty, const ConstraintSpec& constraint, double squares,
                                 double all_squares) const {
    const OptimizerSpec& o = program_.optimizer;
    ParameterRules r;
    r.non_negative = constraint.kind == ConstraintKind::non_negative;
    r.l1 = penalty.l1;
    r.l2 = penalty.l2;
    if (o.clip_norm > 0) r.scale = static_cast<Real>(o.clip_norm / std::max<double>(std::sqrt(squares), o.clip_norm));
    if (o.global_clip_norm > 0)
        r.scale = static_cast<Real>(o.global_clip_norm / std::max<double>(std::sqrt(all_squares), o.global_clip_norm));
    // std::max passes a NaN norm by; Keras lets it poison the gradient.
    if (std::isnan(o.clip_norm > 0 ? squares : all_squares)) r.scale = std::nanf("");
    if (o.clip_value > 0) r.limit = o.clip_value;
    if (penalty.decays) r.decay = o.weight_decay * update_.learning_rate;
    return r;
}

DenseUpdate Parameters::arguments(size_t b, const DenseUse& use, long samples) const {
    const BlockSpec& spec = program_.blocks[b];
    const Block& block = blocks[b];
    DenseUpdate d{};
    d.x = use.x;
    d.dy = use.dy;
    d.dy_stride = use.dy_stride;
    d.rows = samples * use.rows_per_sample;
    d.k = spec.k;
    d.n = spec.n;
    d.block = block.packed;
    d.transposed = block.transposed;
    place_slots(block.slots, block.packed, d.slots);
    d.gradient = block.gradient;
    d.train_kernel = spec.train_kernel;
    d.train_bias = spec.train_bias;
    d.kernel_rules = rules(spec.kernel_penalty, spec.kernel_constraint, 0, 0);
    d.bias_rules = rules(spec.bias_penalty, spec.bias_constraint, 0, 0);
    d.update = &update_;
    return d;
}

// Tiles from one pause to the next.
constexpr long kUnitsBetween = 8;

long Parameters::pauses(int thread) const {
    long count = 0;
    const auto t = static_cast<size_t>(thread);
    for (const Block& block : blocks)
        if (!block.uses.empty())
            count += static_cast<long>(block.uses.size()) *
                     ((block.bounds[t + 1] - block.bounds[t] + kUnitsBetween - 1) / kUnitsBetween);
    return count;
}

// Many rows are taken as few at a time as stay in the cache from one unit to the next; each sum goes on where it was.
void Parameters::dense_gradients(long samples, int thread, const std::function<void()>& between, const Watch& watch) const {
    constexpr long kCached = 1 << 17;  // numbers
    for (size_t b = 0; b < blocks.size(); ++b) {
        const Block& block = blocks[b];
        const long end = block.bounds[static_cast<size_t>(thread) + 1];
        for (size_t i = 0; i < block.uses.size(); ++i) {
            const DenseUpdate all = arguments(b, block.uses[i], samples);
            const long cached = rows_together_ > 0 ? rows_together_ : std::clamp(kCached / (all.k + all.n), 128L, 1024L);
            const long each = many_rows_ ? cached : all.rows;
            for (long row = 0; row == 0 || row < all.rows; row += each) {
                DenseUpdate d = all;
                d.x += row;
                d.dy += row * all.dy_stride;
                d.rows = std::min(each, all.rows - row);
                d.accumulate = i > 0 || row > 0;
                for (long unit = block.bounds[static_cast<size_t>(thread)]; unit < end; unit += kUnitsBetween) {
                    if (watch.given_up()) return;
                    between();
                    table_.dense_update(d, unit, std::min(unit + kUnitsBetween, end));
                }
            }
        }
    }
}

void Parameters::unpack_for_formulas(size_t b) const {
    const BlockSpec& spec = program_.blocks[b];
    unpack(alone(spec), table_, blocks[b].packed, blocks[b].flat, 0, spec.k + 1);
}

// Added once the products' gradients are there; by one thread, since it is rare.
void Parameters::formula_gradients(int thread, Barrier& barrier) const {
    const auto wanted = [](const Block& block) { return block.packed_gradient != nullptr; };
    if (std::none_of(blocks.begin(), blocks.end(), wanted)) return;
    barrier.wait();
    for (size_t b = 0; thread == 0 && b < blocks.size(); ++b) {
        const Block& block = blocks[b];
        if (!wanted(block)) continue;
        const BlockSpec& spec = program_.blocks[b];
        pack(alone(spec), table_, block.flat_gradient, block.packed_gradient, 0, spec.k + 1);
        const long size = packed_size(spec.k + 1, spec.n, table_);
        for (long i = 0; i < size; ++i) block.gradient[i] += block.packed_gradient[i];
    }
    barrier.wait();
}

void Parameters::vector_gradients(long samples, int thread, int threads) const {
    for (const NormalizeUse& use : normalize_uses) {
        const auto [c0, c1] = columns_of(use.arguments.n, thread, threads);
        if (use.gradients) use.gradients(use.arguments, samples * use.rows_per_sample, c0, c1);
        if (use.mean < 0 || c0 == c1) continue;
        table_.move_statistics(vectors[static_cast<size_t>(use.mean)].value + c0, use.arguments.mean + c0, use.momentum, c1 - c0);
        table_.move_statistics(vectors[static_cast<size_t>(use.variance)].value + c0, use.arguments.variance + c0, use.momentum, c1 - c0);
    }
}

// Column sums of what each parameter has: gradients for clipping by norm, weights for the penalty.
void Parameters::sum_columns(int thread, int threads, bool gradients) const {
    const auto wanted = [&](bool trainable, const PenaltySpec& p) { return trainable && (gradients || penalized(p)); };
    for (size_t b = 0; b < blocks.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        const Block& block = blocks[b];
        if (gradients && block.uses.empty()) continue;
        const long panels = panels_of(spec.n, table_.panel);
        for (long p = panels * thread / threads; p < panels * (thread + 1) / threads; ++p) {
            const long width = panel_width(spec.n, table_.panel, table_.tail, p);
            const long at = p * table_.panel * (spec.k + 1), bias = at + spec.k * width;
            const auto sum = [&](long from, long rows, const PenaltySpec& penalty, double* sums) {
                const Real* held = gradients ? sum_of(block.slots) : nullptr;
                const ColumnSums c{block.packed + from, gradients ? block.gradient + from : nullptr, width, rows,
                                   {.l1 = penalty.l1, .l2 = penalty.l2}, held ? held + from : nullptr, update_.gathered};
                table_.column_sums(c, sums + p * table_.panel, 0, width);
            };
            if (wanted(spec.train_kernel, spec.kernel_penalty)) sum(at, spec.k, spec.kernel_penalty, block.kernel_sums);
            if (wanted(spec.train_bias, spec.bias_penalty)) sum(bias, 1, spec.bias_penalty, block.bias_sums);
        }
    }
    for (size_t v = 0; v < vectors.size(); ++v) {
        const VectorSpec& spec = program_.vectors[v];
        if (!wanted(spec.trainable, spec.penalty)) continue;
        const auto [c0, c1] = columns_of(spec.n, thread, threads);
        const ColumnSums c{vectors[v].value, gradients ? vectors[v].gradient : nullptr, 0, 1,
                           {.l1 = spec.penalty.l1, .l2 = spec.penalty.l2},
                           gradients ? sum_of(vectors[v].slots) : nullptr, update_.gathered};
        table_.column_sums(c, vectors[v].sums, c0, c1);
    }
}

void Parameters::sum_penalty(int thread, int threads) const { sum_columns(thread, threads, false); }

double Parameters::penalty() const {
    double sum = 0;
    for (size_t b = 0; b < blocks.size(); ++b) {
        const BlockSpec& spec = program_.blocks[b];
        if (spec.train_kernel && penalized(spec.kernel_penalty)) sum += total(blocks[b].kernel_sums, spec.n);
        if (spec.train_bias && penalized(spec.bias_penalty)) sum += total(blocks[b].bias_sums, spec.n);
    }
    for (size_t v = 0; v < vectors.size(); ++v) {
        const VectorSpec& spec = program_.vectors[v];
        if (spec.trainable && penalized(spec.penalty)) sum += total(vectors[v].sums, spec.n);
    }
    return sum;
}

// Updates from gradients in memory, which the fused path has no need of, and those of vectors.
void Parameters::apply(int thread, int threads) const {
    double all = 0;
    if (program_.optimizer.global_clip_norm > 0) {
        for (size_t b = 0; b < blocks.size(); ++b) {
            if (blocks[b].uses.empty()) continue;
            if (program_.blocks[b].train_kernel) all += total(blocks[b].kernel_sums, program_.blocks[b].n);
            if (program_.blocks[b].train_bias) all += total(blocks[b].bias_sums, program_.blocks[b].n);
        }
        for (size_t v = 0; v < vectors.size(); ++v)
            if (program_.vectors[v].trainable) all += total(vectors[v].sums, program_.vectors[v].n);
    }
    const auto squares = [&](const double* sums, long n) { return program_.optimizer.clip_norm > 0 ? total(sums, n) : 0; };
    for (size_t b = 0; b < blocks.size(); ++b) {
        const Block& block = blocks[b];
        if (block.uses.empty() || !block.gradient) continue;
        const BlockSpec& spec = program_.blocks[b];
        DenseUpdate d = arguments(b, block.uses.back(), 0);
        d.kernel_rules = rules(spec.kernel_penalty, spec.kernel_constraint, squares(block.kernel_sums, spec.n), all);
        d.bias_rules = rules(spec.bias_penalty, spec.bias_constraint, squares(block.bias_sums, spec.n), all);
        table_.apply_update(d, block.bounds[static_cast<size_t>(thread)], block.bounds[static_cast<size_t>(thread) + 1]);
    }
    for (size_t v = 0; v < vectors.size(); ++v) {
        const VectorSpec& spec = program_.vectors[v];
        if (!spec.trainable) continue;
        const auto [c0, c1] = columns_of(spec.n, thread, threads);
        if (c0 == c1) continue;
        const Vector& vector = vectors[v];
        Real* slots[kSlots];
        place_slots(vector.slots, vector.value, slots);
        table_.update_run(update_, rules(spec.penalty, spec.constraint, squares(vector.sums, spec.n), all), vector.value,
                          slots, c0, vector.gradient + c0, c1 - c0);
    }
}

void Parameters::phase(long samples, int thread, int threads, Barrier& barrier,
                       const std::function<void()>& between, const Watch& watch) const {
    const bool asks = many_rows_ && watch.over;
    if (asks) barrier.wait();  // all know that the step has not been given up so far
    dense_gradients(samples, thread, between, asks ? watch : Watch{});
    if (asks) {
        barrier.wait();
        if (watch.over->load(std::memory_order_relaxed)) return;
    }
    formula_gradients(thread, barrier);
    vector_gradients(samples, thread, threads);
    if (by_norm() && !update_.holds) {
        barrier.wait();
        sum_columns(thread, threads, true);
        barrier.wait();
    }
    apply(thread, threads);
    if (norms_.empty() && rewritings_.empty()) return;
    barrier.wait();
    rewritings_.run(thread, threads);
    if (norms_.empty()) return;
    norms_.sum(thread, threads);
    barrier.wait();
    norms_.scale(thread, threads);
}

}  // namespace denim::DENIM_PRECISION
