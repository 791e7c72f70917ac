// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "edit_run.hpp"

namespace magicface::app {

/// Edit jobs one after the other. Those of one bundle and device share its networks, which are loaded once.
class EditSession {
 public:
  /// @throws UsageError for options that don't fit the bundle, and as run_edit.
  JobResult run(const EditOptions& options, const std::shared_ptr<const models::Bundle>& bundle, EditPlan plan,
                std::ostream& out);

 private:
  std::string loaded_for_;  ///< bundle and device
  EngineSlot engine_;
};

/// What is wrong with the flags, known without loading a model. @throws UsageError
void check_edit_options(const EditOptions& options, const models::Manifest& manifest);

}  // namespace magicface::app
