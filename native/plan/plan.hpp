// A Program made ready to run: where every tensor lies, which operations fuse, and who does what. Made once; a step
// allocates nothing.
//
// A step has two phases. In the row phase each thread takes its own samples from the gather through forward, loss and
// backward, meeting the others only around operations that look down the columns of a whole batch (batch
// normalization) and around wide products, which are shared out by columns; in the parameter phase each thread takes its own tiles of the weight gradients and updates. A barrier
// stands after each.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "plan/parameters.hpp"

namespace denim::DENIM_PRECISION {

// few: inference for a few rows, with the dense layers' parameters as the caller has them.
enum class Purpose { train, infer, few };

// For tests and trials: none of these may change a bit.
struct Options {
    bool fuse = true;
    int poison = 0;  // what scratch memory is filled with
    // Below this many floating-point operations a thread, meeting at barriers costs more than it gains.
    double work_per_thread = 4e5;
    // Numbers that could be fetched from another core while threads meet at a barrier.
    double meeting = 8192;
    // Rows of a batch whose weight gradients are made together; 0: all, or of many as many as stay in the cache.
    long rows_together = 0;
};

// One step, as the operations see it.
struct Step {
    const FeedSpec* feed;
    const int64_t* rows;  // row numbers of the batch's samples
    long samples;
    uint64_t key = 0;
    uint64_t number = 0;  // optimizer steps before this one
    uint64_t first_row = 0;  // of the first sample's memory: its number among the rows whose noise is drawn together
    const Real* parameters = nullptr;  // the caller's, for few rows
};

// What one thread does of a step.
struct Share {
    long sample0, sample1;
    int thread, threads;
};

// Samples x panels.
struct Tiles {
    long sample0, sample1, panel0, panel1;
};

struct Tensor {
    long rows_per_sample = 1, columns = 1, stride = 0;
    Real* value = nullptr;
    Real* gradient = nullptr;
    Real* slope = nullptr;
    const Real** rows = nullptr;  // where each row lies: in `value`, or where the caller has it
};

// Works on a range of samples, on a range of columns of the whole batch, or on samples x panels of columns.
struct Operation {
    std::function<void(const Step&, long, long)> run;
    long columns = 0;  // 0: split by samples
    std::function<void(const Step&, const Tiles&)> tiles;  // in place of run; with `columns`, panels are split, too
    long panels = 0;     // of tiles
    double work = 0;     // floating-point operations of a tile of one sample and one panel
};

// A head's buffers: the loss and each metric, one value a row.
struct HeadPlan {
    long rows_per_sample = 1;  // of the output and its target
    long loss_rows = 1;        // of the loss's values
    Real* target = nullptr;
    Real* weights = nullptr;
    Real* counted = nullptr;  // of each sample: how many of its loss's values count
    double* valid = nullptr;  // of the batch, by its samples' weights where the mean is: where a node says what counts
    Real* losses = nullptr;
    std::vector<Real*> metrics;
    std::vector<long> widths;  // of each metric: numbers a row
    std::vector<long> rows;    // of each metric: rows a sample
    double* sums = nullptr;    // of the widest metric's columns
};

// What is added to the loss: each sample's sum, over `rows_per_sample` rows.
struct Addend {
    bool shared;
    long rows_per_sample;
    Real* sums = nullptr;
};

class Plan {
   public:
    Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, const Options& options);

    // The watch, if a step of so many samples takes so long that it is worth being given up.
    Watch watching(long samples, const Watch& watch) const;
    // Where the watch gives the step up, all barriers are met, and what was made is not whole.
    void row_phase(const Step& step, const Share& share, bool with_loss, bool with_backward, Barrier& barrier,
                   const Watch& watch = {}) const;
    // What weights and constants alone make: once after the weights have changed, before any row phase.
    void refresh_shared() const;
    bool has_shared() const { return !shared_.empty(); }
    // Adds one batch's losses and metrics, samples [first, first + samples) of the buffers, to sums and counts.
    void add_totals(const FeedSpec& feed, long first, long samples, double penalty, double* sums, double* counts) const;
    void copy_output(size_t output, long sample0, long sample1, Real* to) const;

    double work_per_sample() const { return work_; }
    long batch() const { return batch_; }

    Parameters parameters;

   private:
    friend class Builder;

    double loss_of_batch(size_t h, const FeedSpec& feed, long first, long samples) const;
    double most_work_a_sample() const;
    void run_tiles(const Operation& operation, const Step& step, const Tiles& tiles, long part, const Watch& watch) const;
    std::array<Tiles, 3> tiles_of(long samples, long columns, int thread, int threads) const;

    const ProgramSpec& program_;
    const KernelTable& table_;
    const Purpose purpose_;
    const long batch_;
    double work_ = 0;  // floating-point operations a sample
    long widest_ = 1;  // numbers a sample of the largest tensor
    Arena::Memory arena_;
    std::vector<Tensor> tensors_;  // one a node; aliases share pointers
    std::vector<HeadPlan> heads_;
    std::vector<Addend> added_;
    std::vector<std::function<void()>> shared_;
    std::vector<Operation> forward_, judge_, backward_;
};

}  // namespace denim::DENIM_PRECISION
