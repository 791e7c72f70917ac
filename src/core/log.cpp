// SPDX-License-Identifier: Apache-2.0
#include "magicface/core/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "magicface/core/error.hpp"

namespace magicface::log {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    // NO_COLOR (no-color.org): any non-empty value switches colours off.
    const char* no_color = std::getenv("NO_COLOR");
    const auto mode =
        (no_color != nullptr && *no_color != '\0') ? spdlog::color_mode::never : spdlog::color_mode::automatic;
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode);
    auto made = std::make_shared<spdlog::logger>("magicface", sink);
    made->set_pattern("magicface: %^%l%$: %v");
    return made;
  }();
  return *instance;
}

}  // namespace

void set_level(std::string_view name) {
  for (const auto& [spelling, level] : {std::pair{"debug", spdlog::level::debug},
                                        {"info", spdlog::level::info},
                                        {"warn", spdlog::level::warn},
                                        {"error", spdlog::level::err},
                                        {"off", spdlog::level::off}}) {
    if (name == spelling) {
      logger().set_level(level);
      return;
    }
  }
  throw UsageError("--log-level: expected debug, info, warn, error or off, got '" + std::string(name) + "'");
}

void debug(const std::string& message) { logger().debug("{}", message); }
void info(const std::string& message) { logger().info("{}", message); }
void warn(const std::string& message) { logger().warn("{}", message); }
void error(const std::string& message) { logger().error("{}", message); }

}  // namespace magicface::log
