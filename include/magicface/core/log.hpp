// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Logging to stderr. spdlog is hidden in one source file: its fmt and LibTorch's fmt can't share an include path.
namespace magicface::log {

/// Level by name: debug, info, warn, error, off. @throws UsageError for another name.
void set_level(std::string_view name);

void debug(const std::string& message);
void info(const std::string& message);
void warn(const std::string& message);
void error(const std::string& message);

}  // namespace magicface::log
