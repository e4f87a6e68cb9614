// The number of threads, on machines that are made up: seconds a step by threads, and what changes meanwhile.
#include "runtime/governor.hpp"

#include <functional>

#include "check.hpp"

using denim::Governor;

namespace {

// Seconds of a step on so many threads, at a time.
using Machine = std::function<double(int threads, double now)>;

struct Run {
    Governor governor;
    double now = 0;
    long steps = 0;

    // Calls of `length` steps until `end`; the seconds spent on `threads` threads.
    double until(double end, long length, const Machine& machine, int threads) {
        double spent = 0;
        while (now < end) {
            governor.begin(length);
            for (long left = length; left > 0 && now < end;) {
                const auto choice = governor.next(left);
                CHECK(choice.steps >= 1 && choice.steps <= left, "%ld of %ld steps", choice.steps, left);
                const double seconds = static_cast<double>(choice.steps) * machine(choice.threads, now);
                governor.took(choice, seconds);
                now += seconds;
                steps += choice.steps;
                left -= choice.steps;
                if (choice.threads == threads) spent += seconds;
            }
        }
        return spent;
    }
};

double free_cores(int threads, double) { return 1e-4 / threads; }

// One core of two is another's: two threads wait for each other.
double crowded(int threads, double) { return threads == 1 ? 1e-4 : 3e-4; }

}  // namespace

int main() {
    for (const long length : {1L, 5L, 20L, 1000L, 1000000L}) {
        Run run{Governor(2)};
        CHECK(run.until(5, length, free_cores, 2) > 4.9, "%ld steps: free cores are used", length);
    }
    for (const long length : {1L, 5L, 20L, 40L, 1000L, 1000000L}) {
        Run run{Governor(2)};
        CHECK(run.until(2, length, crowded, 1) > 1.7, "%ld steps: one thread where two wait", length);
        run.until(3, length, free_cores, 2);
        CHECK(run.until(5, length, free_cores, 2) > 1.9, "%ld steps: cores that are free again are used", length);
        CHECK(run.until(7, length, crowded, 1) > 1.7, "%ld steps: and left again", length);
    }
    // A thread that wakes up has its core to itself for a while.
    double woke = 0;
    int before = 0;
    const Machine flatters = [&](int threads, double now) {
        if (threads != before) woke = now;
        before = threads;
        return threads == 1 ? 1e-4 : now - woke < 0.003 ? 5e-5 : 3e-4;
    };
    Run flattered{Governor(2)};
    CHECK(flattered.until(2, 1000000, flatters, 1) > 1.6, "a good beginning proves nothing");
    // Four of sixteen cores are free.
    const Machine quarter = [](int threads, double) { return threads <= 4 ? 1e-3 / threads : 1e-3; };
    Run many{Governor(16)};
    CHECK(many.until(3, 1000000, quarter, 4) > 2.4, "as many threads as there are cores");
    // Steps that last: trials are few.
    Run slow{Governor(2)};
    CHECK(slow.until(60, 1000000, [](int threads, double) { return 1.0 / threads; }, 2) > 50, "slow steps");
    Run one{Governor(1)};
    CHECK(one.until(1, 1000, free_cores, 1) == one.now, "one thread");
    return finish("governor");
}
