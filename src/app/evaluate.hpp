// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "eval_output.hpp"
#include "magicface/app/eval_job.hpp"

namespace magicface::app {

/// Measures all methods and names problems in the log; writes nothing. @throws as run_eval.
Evaluation evaluate(const EvalOptions& options);

}  // namespace magicface::app
