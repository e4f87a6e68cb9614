// How many threads pay at the moment. Bits do not depend on it, so it may follow the machine: where other processes
// hold the cores, threads that wait for each other at every step are slower than fewer, or one alone.
#pragma once

#include <algorithm>
#include <vector>

namespace denim {

// All threads, half of them, a quarter, ... one: it stays at one of these levels and tries its neighbours now and then.
class Governor {
   public:
    struct Choice {
        int threads;
        long steps;
    };

    explicit Governor(int threads = 1) {
        for (; threads >= 1; threads /= 2) levels_.push_back({threads});
    }

    // Before each run of so many steps: threads wake up and caches fill, so that its first steps are no measure of what
    // follows. Of short runs they are a good part, and count; a trial lasts for as many runs as it takes.
    void begin(long steps) { cold_ = steps > kShortRun; }

    // The next stretch, of at most `left` steps.
    Choice next(long left) const {
        const Level& level = levels_[running()];
        if (levels_.size() == 1) return {level.threads, left};
        if (cold_) return {level.threads, std::min(left, kColdSteps)};
        const double seconds = trial_ == Trial::fewer ? kTrialSeconds : trial_ == Trial::more ? kProbeSeconds : kStretchSeconds;
        const auto steps = static_cast<long>(seconds / (level.each > 0 ? level.each : last_));
        return {level.threads, std::clamp(steps, 1L, left)};
    }

    void took(const Choice& choice, double seconds) {
        if (levels_.size() == 1) return;
        last_ = std::max(seconds, kLeastSeconds) / static_cast<double>(choice.steps);
        since_trial_ += seconds;
        const bool warm = !cold_;
        cold_ = false;
        if (!warm) return;
        spent_ += seconds;
        steps_ += choice.steps;
        if (spent_ < (trial_ == Trial::none ? kLeastSeconds : kLeastTrial)) return;
        levels_[running()].each = spent_ / static_cast<double>(steps_);
        if (trial_ == Trial::none)
            look_around();
        else
            judge(spent_);
        spent_ = 0;
        steps_ = 0;
    }

   private:
    enum class Trial { none, fewer, more };

    struct Level {
        int threads;
        double each = 0;  // seconds a step, when it last ran
    };

    size_t running() const { return trial_ == Trial::fewer ? at_ + 1 : trial_ == Trial::more ? at_ - 1 : at_; }

    // Do the threads of one level earn what they cost more than those of the next?
    bool pays(size_t level) const { return levels_[level].each < kWorth * levels_[level + 1].each; }

    void look_around() {
        if (at_ + 1 < levels_.size() && (levels_[at_ + 1].each == 0 || since_trial_ > std::max(kTrialEvery, kTrialsRest * trial_took_) || !pays(at_))) {
            trial_ = Trial::fewer;
        } else if (at_ > 0 && since_trial_ > std::max(patience_, kProbesRest * probed_)) {
            trial_ = Trial::more;
            probed_ = 0;
        }
    }

    void judge(double seconds) {
        if (trial_ == Trial::fewer) {
            trial_took_ = seconds;
            if (!pays(at_))
                ++at_;
            else if (at_ == 0)
                patience_ = kLeastPatience;
        } else {
            const bool pay = pays(at_ - 1);
            // A thread that wakes up gets a core at once, and has to share it only then: a good beginning proves nothing.
            probed_ += seconds;
            if (pay && probed_ < kStretchSeconds) return;
            patience_ = std::min(2 * patience_, kMostPatience);
            if (pay) --at_;
        }
        trial_ = Trial::none;
        since_trial_ = 0;
    }

    static constexpr long kColdSteps = 8, kShortRun = 4 * kColdSteps;
    static constexpr double kLeastSeconds = 1e-4, kLeastTrial = 5e-4;
    static constexpr double kStretchSeconds = 0.02, kTrialSeconds = 0.002, kProbeSeconds = 0.005;
    static constexpr double kTrialEvery = 1.0, kTrialsRest = 50, kProbesRest = 10, kLeastPatience = 0.02, kMostPatience = 0.5;
    static constexpr double kWorth = 0.95;

    std::vector<Level> levels_;
    size_t at_ = 0;
    Trial trial_ = Trial::none;
    bool cold_ = true;
    double last_ = 0;  // seconds a step, of the last stretch
    double spent_ = 0;  // since a level was last measured: seconds, and steps
    long steps_ = 0;
    double since_trial_ = 0, patience_ = kLeastPatience, probed_ = 0, trial_took_ = 0;
};

}  // namespace denim
