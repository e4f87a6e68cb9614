// A Program made ready to run: where every tensor lies, which operations fuse, and who does what. Made once; a step
// allocates nothing.
//
// A step has two phases. In the row phase each thread takes its own samples from the gather through forward, loss and
// backward, with no meeting on the way; in the parameter phase each thread takes its own tiles of the weight gradients
// and updates. A barrier stands after each.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "plan/pack.hpp"
#include "plan/spec.hpp"

namespace denim {

enum class Purpose { train, infer };

// One step, as the operations see it.
struct Step {
    const FeedSpec* feed;
    const int64_t* rows;  // row numbers of the batch's samples
    long samples;
    uint64_t key;
    uint64_t number;  // optimizer steps before this one
};

struct Tensor {
    long rows_per_sample = 1, columns = 1, stride = 0;
    float* value = nullptr;
    float* gradient = nullptr;
    float* slope = nullptr;
};

// One metric or loss of a head, and its values for the rows of a batch.
struct Measure {
    std::function<void(const Step&, long, long)> run;
    float* values = nullptr;
    long rows_per_sample = 1;
};

struct HeadPlan {
    Measure loss;
    std::vector<Measure> metrics;
    float* weights = nullptr;
};

class Plan {
   public:
    // poison fills scratch memory with a byte first: results must not depend on it.
    Plan(const ProgramSpec& program, const KernelTable& table, Purpose purpose, long batch, bool fuse, int poison);

    void load(const StateSpec& state);
    void save(StateSpec& state) const;
    // The numbers of the update for optimizer step `number`, counted from 0.
    void prepare_update(float learning_rate, int64_t number);

    void row_phase(const Step& step, long sample0, long sample1, bool with_loss, bool with_backward) const;
    // Divides the parameter phase among threads; before the first step, and whenever their number changes.
    void share_units(int threads);
    void parameter_phase(const Step& step, int thread) const;
    // Adds one batch's losses and metrics, samples [first, first + samples) of the buffers, to sums and counts.
    void add_totals(long first, long samples, double* sums, double* counts) const;
    void copy_output(int output, long sample0, long sample1, float* to) const;

    // Does a row's gradient depend on other rows' weights?
    bool looks_across_rows() const;

    const ProgramSpec& program() const { return program_; }
    const KernelTable& table() const { return table_; }
    long batch() const { return batch_; }
    size_t bytes() const { return bytes_; }
    double work_per_sample() const { return work_; }

   private:
    using Operation = std::function<void(const Step&, long, long)>;

    struct Use {
        const float* x;
        long x_stride;
        const float* dy;
        long dy_stride;
        long rows_per_sample;
    };

    struct Block {
        float* packed = nullptr;
        float* transposed = nullptr;
        float* gradient = nullptr;
        std::vector<float*> slots;
        std::vector<Use> uses;
        std::vector<long> bounds;  // thread t has units [bounds[t], bounds[t + 1])
    };

    class Builder;

    DenseUpdate update_arguments(int block, const Use& use, long samples) const;

    ProgramSpec program_;
    const KernelTable& table_;
    Purpose purpose_;
    long batch_;
    bool fuse_;
    double work_ = 0;
    size_t bytes_ = 0;
    std::unique_ptr<float[], void (*)(void*)> arena_;
    std::vector<Tensor> tensors_;  // one a node; aliases share pointers
    std::vector<Block> blocks_;
    std::vector<HeadPlan> heads_;
    std::vector<Operation> gather_, forward_, losses_, metrics_, backward_;
    Update update_{};
};

}  // namespace denim
