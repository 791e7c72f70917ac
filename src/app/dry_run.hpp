// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "edit_plan.hpp"
#include "item_loader.hpp"

namespace magicface::app {

/// Prints what a run would do, and loads no model: the outputs it would write, one path or JSON object per line, then
/// a summary in the log, with the time it would take where the records say what an item took before.
JobResult print_plan(EditPlan plan, const EditOptions& options, const ItemLoader& loader,
                     const RecordedOutputs& recorded, std::ostream& out);

}  // namespace magicface::app
