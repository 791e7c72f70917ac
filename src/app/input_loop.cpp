// SPDX-License-Identifier: Apache-2.0
#include "input_loop.hpp"

#include "magicface/app/inputs.hpp"
#include "magicface/core/cancellation.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"

namespace magicface::app {

JobResult for_each_input(const std::vector<std::string>& names, std::istream& list,
                         const std::function<void(const std::filesystem::path&)>& work) {
  JobResult result;
  for (const auto& input : expand_inputs(names, list)) {
    throw_if_cancelled();
    try {
      if (input.problem) throw ItemError(*input.problem);
      work(input.path);
      ++result.made;
    } catch (const std::exception& problem) {
      if (concerns_every_item(problem)) throw;
      ++result.failed;
      const std::string text = problem.what();
      log::error(text.starts_with(input.path.string()) ? text : input.path.string() + ": " + text);
    }
  }
  return result;
}

}  // namespace magicface::app
