// A Program made ready to run: where every tensor lies, which operations fuse, and who does what. Made once; a step
// allocates nothing.
//
// A step has two phases. In the row phase each thread takes its own samples from the gather through forward, loss and
// backward, meeting the others only around operations that look down the columns of a whole batch (batch
// normalization); in the parameter phase each thread takes its own tiles of the weight gradients and updates. A barrier
// stands after each.
#pragma once

#include <functional>
#include <vector>

#include "plan/parameters.hpp"

namespace denim::DENIM_PRECISION {

enum class Purpose { train, infer };

// One step, as the operations see it.
struct Step {
    const FeedSpec* feed;
    const int64_t* rows;  // row numbers of the batch's samples
    long samples;
    uint64_t key;
    uint64_t number;  // optimizer steps before this one
};

// What one thread does of a step.
struct Share {
    long sample0, sample1;
    int thread, threads;
};

struct Tensor {
    long rows_per_sample = 1, columns = 1, stride = 0;
    Real* value = nullptr;
    Real* gradient = nullptr;
    Real* slope = nullptr;
};

// Works on a range of samples, or on a range of columns of the whole batch.
struct Operation {
    std::function<void(const Step&, long, long)> run;
    long columns = 0;  // 0: split by samples
};

// A head's buffers: the loss and each metric, one value a row.
struct HeadPlan {
    long rows_per_sample = 1;
    Real* target = nullptr;
    Real* weights = nullptr;
    Real* losses = nullptr;
    std::vector<Real*> metrics;
};

class Plan {
   public:
    // fuse and poison are for tests: neither may change a bit. poison fills scratch memory first.
    Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, bool fuse, int poison);

    void row_phase(const Step& step, const Share& share, bool with_loss, bool with_backward, Barrier& barrier) const;
    // Adds one batch's losses and metrics, samples [first, first + samples) of the buffers, to sums and counts.
    void add_totals(long first, long samples, double penalty, double* sums, double* counts) const;
    void copy_output(size_t output, long sample0, long sample1, Real* to) const;

    // Does a row's gradient depend on other rows' weights?
    bool looks_across_rows() const;
    double work_per_sample() const { return work_; }
    long batch() const { return batch_; }

    Parameters parameters;

   private:
    friend class Builder;

    const ProgramSpec& program_;
    const Purpose purpose_;
    const long batch_;
    double work_ = 0;  // floating-point operations
    Arena::Memory arena_{nullptr, std::free};
    std::vector<Tensor> tensors_;  // one a node; aliases share pointers
    std::vector<HeadPlan> heads_;
    std::vector<Operation> forward_, judge_, backward_;
};

}  // namespace denim::DENIM_PRECISION
