// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "magicface/app/edit_job.hpp"

namespace magicface::app {

/// The program's version, "0.1.0".
const char* version();

/// `magicface bundle list`: the bundles in the folders that are searched by name.
JobResult list_bundles(bool json, std::ostream& out);
/// `magicface bundle show`: what the manifest says.
JobResult show_bundle(const std::optional<std::string>& bundle, bool json, std::ostream& out);
/// `magicface bundle verify`: size and sha256 of every file; a bad file counts as failed.
JobResult verify_bundle(const std::optional<std::string>& bundle, bool json, std::ostream& out);

}  // namespace magicface::app
