// The loops: whole stretches of training, evaluation and prediction over a compiled program.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "plan/plan.hpp"

namespace denim {

struct Stretch {
    long batch_size, first_step, last_step;  // last_step is exclusive and within the epoch
    const float* learning_rates = nullptr;   // one a step; or null, and the state's holds
};

// Called on the caller's thread every twentieth of a second or so, and after the last step, with the steps (or, from
// predict, the rows) done; true stops the run after the step in hand.
using Poll = std::function<bool(long)>;

class Runner {
   public:
    // fuse and poison are for tests: neither may change a bit.
    Runner(ProgramSpec program, const KernelTable& table, bool fuse, int poison);

    // Both return the steps done. sums and counts are added to.
    long train(StateSpec& state, const FeedSpec& feed, const OrderSpec& order, const Stretch& stretch, int threads,
               double* sums, double* counts, const Poll& poll);
    long evaluate(const StateSpec& state, const FeedSpec& feed, const Stretch& stretch, int threads, double* sums,
                  double* counts, const Poll& poll);
    // outputs[i] has room for feed.rows samples.
    void predict(const StateSpec& state, const FeedSpec& feed, long batch_size, bool training, int threads,
                 const std::vector<float*>& outputs, const Poll& poll);

    const char* instruction_set() const { return table_.name; }

   private:
    Plan& plan(Purpose purpose, long batch);
    int useful_threads(const Plan& plan, long samples, int threads) const;

    const ProgramSpec program_;
    const KernelTable& table_;
    const bool fuse_;
    const int poison_;
    std::mutex mutex_;  // a plan's memory serves one run at a time
    std::map<std::pair<Purpose, long>, std::unique_ptr<Plan>> plans_;
};

}  // namespace denim
