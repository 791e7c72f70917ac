// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "eval_output.hpp"
#include "magicface/app/eval_job.hpp"

namespace magicface::app {

/// What is wrong with the options, known without reading a picture. @throws NoInputError, UsageError
void check_evaluation(const EvalOptions& options);

/// Measures all methods and names problems in the log; writes nothing. @throws as run_eval.
Evaluation evaluate(const EvalOptions& options);

/// Writes the files of `options.out`, replacing existing ones, and text or JSON to `out`. @returns pairs without and
/// with problems
JobResult write_evaluation(const Evaluation& evaluation, const EvalOptions& options, std::ostream& out);

}  // namespace magicface::app
