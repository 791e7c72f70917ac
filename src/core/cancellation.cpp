// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/cancellation.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "magicface/core/error.hpp"

namespace magicface {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void on_signal(int signal) {
  if (requested.exchange(true)) ::_exit(128 + signal);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = &on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void request_cancellation() { requested.store(true); }
bool cancellation_requested() { return requested.load(); }
void throw_if_cancelled() {
  if (cancellation_requested()) throw Cancelled();
}

}  // namespace magicface
