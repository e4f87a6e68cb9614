// A plan's parameters: their packed memory, and the parameter phase that turns a batch's gradients into updates.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "plan/arena.hpp"
#include "plan/constraints.hpp"
#include "plan/pack.hpp"
#include "plan/rewriting.hpp"
#include "plan/watch.hpp"
#include "runtime/pool.hpp"

namespace denim::DENIM_PRECISION {

// Columns [first, last) of n for a thread, in whole granules.
inline std::pair<long, long> columns_of(long n, int thread, int threads) {
    const long granules = (n + kRowGranule - 1) / kRowGranule;
    return {granules * thread / threads * kRowGranule, granules * (thread + 1) / threads * kRowGranule};
}

// One use of a dense layer in a batch: its input's rows and its output's gradient.
struct DenseUse {
    const Real* const* x;
    const Real* dy;
    long dy_stride;
    long rows_per_sample;
};

// One use of a normalization: how gamma's and beta's gradients are had, if the row phase has not made them yet, and the
// batch statistics that the moving ones follow.
struct NormalizeUse {
    void (*gradients)(const Normalize&, long rows, long column0, long column1) = nullptr;
    Normalize arguments{};
    long rows_per_sample = 1;
    int mean = -1, variance = -1;
    Real momentum = 0;
};

class Parameters {
   public:
    // Not packed, the dense layers' parameters stay with the caller; that is for inference only.
    Parameters(const ProgramSpec& program, const KernelTable& table, bool training, bool packed, bool fuse,
               long rows_together);

    struct Block {
        Real* packed = nullptr;
        Real* transposed = nullptr;
        Real* gradient = nullptr;
        // Where formulas use the kernel or the bias too: both as they lie in a flat buffer, their gradients likewise, and
        // these packed.
        Real *flat = nullptr, *flat_gradient = nullptr, *packed_gradient = nullptr;
        std::vector<Real*> slots;
        std::vector<DenseUse> uses;
        std::vector<long> bounds;  // thread t has units [bounds[t], bounds[t + 1])
        double *kernel_sums = nullptr, *bias_sums = nullptr;
    };

    struct Vector {
        Real* value = nullptr;
        Real* gradient = nullptr;
        std::vector<Real*> slots;
        double* sums = nullptr;
    };

    // rows: of the dense layer that sees most of them in a batch; dense_uses: how often each block is used; transposed:
    // which blocks a backward product needs; in_formulas: which ones formulas use too.
    void reserve(Arena& arena, long rows, const std::vector<int>& dense_uses, const std::vector<bool>& transposed,
                 const std::vector<bool>& in_formulas);
    // A block's kernel and bias as formulas see them, in `flat`.
    void unpack_for_formulas(size_t block) const;

    // How many threads it pays to load and save with, of so many.
    int movers(int threads) const;
    // A thread's share; all of it when every thread has been through.
    void load(const StateSpec& state, int thread, int threads, const Watch& watch) const;
    void save(StateSpec& state, int thread, int threads) const;
    // Divides the work among threads; before the first step, and whenever their number changes.
    void share(int threads);
    // The numbers of the update for optimizer step `number`, counted from 0.
    void prepare(Real learning_rate, int64_t number);

    bool has_penalty() const { return has_penalty_; }
    // This thread's share of the penalty's column sums; penalty() adds them up when all threads are done.
    void sum_penalty(int thread, int threads) const;
    double penalty() const;

    // How often a thread's phase pauses between two tiles.
    long pauses(int thread) const;
    // Gradients, clipping, updates and moving statistics; every thread calls it. `between` runs in each pause: the place to
    // ask for what the next step reads. Where the watch gives the step up nothing has changed; where updates begin with
    // the first gradients, it is not asked.
    void phase(long samples, int thread, int threads, Barrier& barrier, const std::function<void()>& between,
               const Watch& watch) const;

    std::vector<Block> blocks;
    std::vector<Vector> vectors;
    std::vector<NormalizeUse> normalize_uses;

   private:
    bool by_norm() const { return program_.optimizer.clip_norm > 0 || program_.optimizer.global_clip_norm > 0; }
    void constrain(Arena& arena, const ConstraintSpec& constraint, const Place& place);
    ParameterRules rules(const PenaltySpec& penalty, const ConstraintSpec& constraint, double squares,
                         double all_squares) const;
    DenseUpdate arguments(size_t block, const DenseUse& use, long samples) const;
    void dense_gradients(long samples, int thread, const std::function<void()>& between, const Watch& watch) const;
    void formula_gradients(int thread, Barrier& barrier) const;
    void vector_gradients(long samples, int thread, int threads) const;
    void sum_columns(int thread, int threads, bool gradients) const;
    void apply(int thread, int threads) const;
    // The kernels' slots, in their order; those that there are not lie where `instead` does.
    void place_slots(const std::vector<Real*>& slots, Real* instead, Real* to[kSlots]) const;
    const Real* sum_of(const std::vector<Real*>& slots) const;

    const ProgramSpec& program_;
    const KernelTable& table_;
    const bool training_, packed_, fuse_;
    const long rows_together_;
    bool has_penalty_ = false;
    bool many_rows_ = false;  // so many that gradients are made some rows at a time, and in memory
    Update update_{};
    NormConstraints norms_;
    Rewritings rewritings_;
};

}  // namespace denim::DENIM_PRECISION
