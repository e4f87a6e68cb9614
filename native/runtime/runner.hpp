// The loops: whole stretches of training, evaluation and prediction over a compiled program.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "plan/plan.hpp"
#include "runtime/governor.hpp"

namespace denim::DENIM_PRECISION {

struct Stretch {
    long batch_size, first_step, last_step;  // last_step is exclusive and within the epoch
    const Real* learning_rates = nullptr;   // one a step; or null, and the state's holds
};

// Called on the caller's thread every twentieth of a second or so, and after the last step, with the steps (or, from
// predict, the rows) done; true ends the run. kOnlySignals: nothing more is done yet, the run is within a step, or waits
// for another to end; true then gives that step up.
using Poll = std::function<bool(long)>;
constexpr long kOnlySignals = -1;

// Up to so many rows, packing the weights costs more than it gains.
constexpr long kFewRows = 64;

// Parameters are packed when a call begins and unpacked when it ends: the caller's state is as it was until then.
class Runner {
   public:
    Runner(ProgramSpec program, const KernelTable& table, const Options& options = {});

    // Both return the steps done. sums and counts are added to; captured[i], where it is given, takes output i of each
    // step's samples, one step after the other.
    long train(StateSpec& state, const FeedSpec& feed, const OrderSpec& order, const Stretch& stretch, int threads,
               double* sums, double* counts, const Poll& poll, const std::vector<Real*>& captured = {});
    long evaluate(const StateSpec& state, const FeedSpec& feed, const Stretch& stretch, int threads, double* sums,
                  double* counts, const Poll& poll, const std::vector<Real*>& captured = {});
    // outputs[i] has room for feed.rows samples.
    void predict(const StateSpec& state, const FeedSpec& feed, long batch_size, bool training, int threads,
                 const std::vector<Real*>& outputs, const Poll& poll);

    // The same as predict for few rows of little work, unless another run is on: then, or for more, nothing is done and
    // the answer is false. It is over so soon that nobody need be asked meanwhile.
    bool predict_few(const StateSpec& state, const FeedSpec& feed, const std::vector<Real*>& outputs);

    const char* instruction_set() const { return table_.name; }
    const ProgramSpec& program() const { return program_; }

   private:
    class Turn {
       public:
        Turn(Runner& runner, const Poll& poll);
        explicit Turn(Runner& runner);  // taken only if it can be had at once
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        bool taken() const { return taken_; }

       private:
        void after_fork();

        Runner& runner_;
        bool taken_ = false;
    };

    Plan& plan(Purpose purpose, long batch);
    int useful_threads(const Plan& plan, long samples, int threads) const;
    void infer(const StateSpec& state, const FeedSpec& feed, int threads, const std::vector<Real*>& outputs,
               const Poll& poll);
    void infer_few(Plan& plan, const StateSpec& state, const FeedSpec& feed, const std::vector<Real*>& outputs);
    void copy_outputs(const Plan& plan, long s0, long s1, long row, const std::vector<Real*>& outputs) const;
    template <class Work, class After>
    void rounds(Plan& plan, long first, long last, Governor& governor, Work work, After after);
    // What the runs before, of the same purpose and size, found out about threads.
    Governor& governor(Purpose purpose, long batch, int threads);

    const ProgramSpec program_;
    const KernelTable& table_;
    const Options options_;
    std::timed_mutex mutex_;
    std::atomic<std::thread::id> owner_{};
    unsigned forks_;
    std::array<std::unique_ptr<Plan>, 3> plans_;  // one a purpose, with room for the largest batch so far
    std::map<std::tuple<Purpose, long, int>, Governor> governors_;
};

}  // namespace denim::DENIM_PRECISION
