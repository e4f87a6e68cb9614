// How many threads pay at the moment. Bits do not depend on it, so it may follow the machine: where other processes
// hold the cores, threads that wait for each other at every step are slower than one alone.
#pragma once

#include <algorithm>

namespace denim {

class Governor {
   public:
    struct Choice {
        int threads;
        long steps;
    };

    explicit Governor(int threads) : most_(threads) {}

    // The next stretch, of at most `left` steps.
    Choice next(long left) const {
        if (most_ == 1) return {1, left};
        if (trial_) return {1, std::min(left, kTrialSteps)};
        const double seconds = together_ ? kTogetherSeconds : alone_seconds_;
        const double each = together_ ? with_all_ : alone_;
        const long steps = each > 0 ? static_cast<long>(seconds / each) : cold_ ? kTrialSteps : kFirstSteps;
        return {together_ ? most_ : 1, std::clamp(steps, std::min(left, kTrialSteps), left)};
    }

    void took(const Choice& choice, double seconds) {
        if (most_ == 1) return;
        if (cold_) {  // threads woke up and caches filled: no measure of what follows
            cold_ = false;
            return;
        }
        (choice.threads == 1 ? alone_ : with_all_) = seconds / static_cast<double>(choice.steps);
        since_trial_ += seconds;
        const bool alone_is_faster = alone_ > 0 && alone_ < with_all_;
        if (trial_) {  // one thread has had its turn
            trial_ = false;
            since_trial_ = 0;
            together_ = !alone_is_faster;
            alone_seconds_ = kAloneSeconds;
        } else if (!together_) {
            together_ = retried_ = true;  // perhaps the cores are free again
        } else if (retried_) {
            retried_ = false;
            together_ = !alone_is_faster;
            alone_seconds_ = std::min(2 * alone_seconds_, kMostAloneSeconds);
        } else {
            trial_ = alone_is_faster || since_trial_ > (alone_ == 0 ? kFirstTrial : kTrialEvery);
        }
    }

   private:
    static constexpr long kTrialSteps = 8, kFirstSteps = 32;
    static constexpr double kTogetherSeconds = 0.02, kAloneSeconds = 0.02, kMostAloneSeconds = 0.2;
    static constexpr double kFirstTrial = 0.1, kTrialEvery = 1.0;

    const int most_;
    bool cold_ = true, together_ = true, trial_ = false, retried_ = false;
    double alone_ = 0, with_all_ = 0, since_trial_ = 0, alone_seconds_ = kAloneSeconds;
};

}  // namespace denim
