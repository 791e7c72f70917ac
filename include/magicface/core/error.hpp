// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace magicface {

/// Base of everything the project throws on purpose. `what()` is one line that says expected, actual, the flag or
/// file, and the remedy. The class decides the exit code (docs/cli.md); nothing else does.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Wrong usage or configuration: flags, AU names, sampler settings, device. Exit code 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// A bundle that can't be used: manifest, hash, shapes. Exit code 2.
class BundleError : public Error {
 public:
  using Error::Error;
};

/// Nothing that was named as input exists or matches. Exit code 3.
class NoInputError : public Error {
 public:
  using Error::Error;
};

/// One item can't be done (unreadable picture, no face, too small); the others go on. Exit code 1 at the end.
class ItemError : public Error {
 public:
  using Error::Error;
};

/// Work was stopped on request between two denoising steps. Exit code 75.
class Cancelled : public Error {
 public:
  Cancelled() : Error("stopped on request; run again to finish, edit with --resume") {}
};

/// Whether a job that does one item after another has to end: a stop, wrong usage, a wrong bundle. Anything else, a
/// library's failure too, is the item's own, and the others go on.
inline bool concerns_every_item(const std::exception& problem) {
  return dynamic_cast<const Cancelled*>(&problem) != nullptr || dynamic_cast<const UsageError*>(&problem) != nullptr ||
         dynamic_cast<const BundleError*>(&problem) != nullptr;
}

}  // namespace magicface
