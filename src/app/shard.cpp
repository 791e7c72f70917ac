// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/shard.hpp"

#include <charconv>
#include <cstdlib>

#include "magicface/core/error.hpp"

namespace magicface::app {
namespace {

std::optional<std::size_t> whole_number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The variable's value as a number; nothing when it isn't set. @throws UsageError when it is no number.
std::optional<std::size_t> variable(const Environment& environment, const std::string& name) {
  const auto text = environment(name);
  if (!text) return std::nullopt;
  if (const auto value = whole_number(*text)) return value;
  throw UsageError("--shard auto: expected a whole number in " + name + ", got '" + *text + "'");
}

Shard checked(std::size_t index, std::size_t count, const std::string& said) {
  if (index < 1 || index > count) {
    throw UsageError("--shard " + said + ": expected an index from 1 to " + std::to_string(count) + ", got " +
                     std::to_string(index));
  }
  return {index, count};
}

/// Index from 0 and, where the engine tells it, the size of the array.
struct ArrayTask {
  std::string engine;
  std::size_t index = 0;
  std::optional<std::size_t> count;
};

/// Slurm: `--array=5-20:5` numbers its tasks 5, 10, 15, 20; MIN, STEP and COUNT bring them back to 0, 1, 2, 3.
std::optional<ArrayTask> slurm_task(const Environment& environment) {
  const auto id = variable(environment, "SLURM_ARRAY_TASK_ID");
  if (!id) return std::nullopt;
  const auto first = variable(environment, "SLURM_ARRAY_TASK_MIN").value_or(0);
  const auto step = variable(environment, "SLURM_ARRAY_TASK_STEP").value_or(1);
  if (*id < first || step == 0 || (*id - first) % step != 0) {
    throw UsageError("--shard auto: SLURM_ARRAY_TASK_ID " + std::to_string(*id) + " isn't MIN " +
                     std::to_string(first) + " plus a multiple of STEP " + std::to_string(step) +
                     "; give --array=1-N, or --shard I/N");
  }
  return ArrayTask{"Slurm", (*id - first) / step, variable(environment, "SLURM_ARRAY_TASK_COUNT")};
}

std::optional<ArrayTask> find_task(const Environment& environment) {
  if (auto task = slurm_task(environment)) return task;
  if (const auto id = variable(environment, "AWS_BATCH_JOB_ARRAY_INDEX")) {
    return ArrayTask{"AWS Batch", *id, variable(environment, "AWS_BATCH_JOB_ARRAY_SIZE")};
  }
  if (const auto id = variable(environment, "JOB_COMPLETION_INDEX")) return ArrayTask{"Kubernetes", *id, std::nullopt};
  return std::nullopt;
}

Shard automatic_shard(const std::string& text, std::optional<std::size_t> given, const Environment& environment) {
  const auto task = find_task(environment);
  if (!task) {
    throw UsageError("--shard " + text +
                     ": expected SLURM_ARRAY_TASK_ID, AWS_BATCH_JOB_ARRAY_INDEX or JOB_COMPLETION_INDEX in the "
                     "environment, got none of them; run it as an array job, or give --shard I/N");
  }
  if (!given && !task->count) {
    throw UsageError("--shard auto: " + task->engine + " gave an index but no size; give --shard auto/N");
  }
  if (given && task->count && *given != *task->count) {
    throw UsageError("--shard " + text + ": " + task->engine + " says that the array has " +
                     std::to_string(*task->count) + " tasks; give --shard auto");
  }
  return checked(task->index + 1, given ? *given : *task->count, text);
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Shard parse_shard(const std::string& text, const Environment& environment) {
  const auto slash = text.find('/');
  const auto first = text.substr(0, slash);
  std::optional<std::size_t> count;
  if (slash != std::string::npos) count = whole_number(text.substr(slash + 1));
  const bool count_is_right = slash == std::string::npos ? first == "auto" : count && *count >= 1;
  const auto index = whole_number(first);
  if (!count_is_right || (first != "auto" && !index)) {
    throw UsageError("--shard: expected I/N (I from 1 to N), auto or auto/N, got '" + text + "'");
  }
  return first == "auto" ? automatic_shard(text, count, environment) : checked(*index, *count, text);
}

}  // namespace magicface::app
